// One law: the parts of a refund, however it is cut, add up to what was paid.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  choose,
  chooseAll,
  portion,
  type RefundLine,
  refundMinor,
  restock,
  returnable,
  serialsMissing,
  suggestSplit,
  totalMinor,
  VOIDED,
  withPart,
  withSerial,
} from '../../src/desk/refund';

const TEA: RefundLine = {
  line: 0,
  sku: 'TEA',
  name: 'Tea',
  sold: 3,
  returned: 1,
  amount_minor: 1000,
  serials: [],
};
const CUP: RefundLine = {
  line: 1,
  sku: 'CUP',
  name: 'Cup',
  sold: 2,
  returned: 2,
  amount_minor: 500,
  serials: [],
};

describe('refund', () => {
  it('pays every unit of a line out exactly once, whatever the steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }),
        (amount, steps) => {
          const whole = steps.reduce((sum, step) => sum + step, 0);
          let before = 0;
          let paid = 0;
          for (const step of steps) {
            paid += portion(amount, whole, before, step);
            before += step;
          }
          expect(paid).toBe(amount);
        },
      ),
    );
  });

  it('rounds as the node does', () => {
    expect([portion(1000, 3, 0, 1), portion(1000, 3, 1, 1), portion(1000, 3, 2, 1)]).toEqual([
      333, 334, 333,
    ]);
  });

  it('never takes more of a line than can come back', () => {
    expect(returnable(TEA)).toBe(2);
    expect(choose({}, TEA, 9)).toEqual({ 0: { quantity: 2, restock: true, serials: [] } });
    expect(choose({}, CUP, 1)).toEqual({});
    expect(choose(choose({}, TEA, 1), TEA, 0)).toEqual({});
  });

  it('keeps what was said about the shelf while the quantity changes', () => {
    const broken = restock(choose({}, TEA, 1), 0, false);
    expect(choose(broken, TEA, 2)).toEqual({ 0: { quantity: 2, restock: false, serials: [] } });
    expect(restock({}, 5, false)).toEqual({});
  });

  it('sums what is chosen', () => {
    const all = chooseAll([TEA, CUP]);
    expect(all).toEqual({ 0: { quantity: 2, restock: true, serials: [] } });
    expect(totalMinor([TEA, CUP], all)).toBe(refundMinor(TEA, 2));
    expect(refundMinor(TEA, 2)).toBe(667);
  });

  it('proposes to pay out the way it was paid', () => {
    const paid = [
      { kind: 'card', amount_minor: 500 },
      { kind: 'cash', amount_minor: 1000 },
      { kind: 'change', amount_minor: -100 },
    ];
    expect(suggestSplit(900, paid)).toEqual([
      { kind: 'card', amount_minor: 500 },
      { kind: 'cash', amount_minor: 400 },
    ]);
    expect(suggestSplit(300, paid)).toEqual([{ kind: 'card', amount_minor: 300 }]);
    expect(suggestSplit(0, paid)).toEqual([]);
  });

  it('gives points back where a sale is undone as a whole, and only there', () => {
    const paid = [
      { kind: 'points', amount_minor: 400 },
      { kind: 'gift', amount_minor: 100 },
      { kind: 'cash', amount_minor: 1000 },
      { kind: 'change', amount_minor: -500 },
    ];
    expect(suggestSplit(1000, paid, VOIDED)).toEqual([
      { kind: 'points', amount_minor: 400 },
      { kind: 'gift', amount_minor: 100 },
      { kind: 'cash', amount_minor: 500 },
    ]);
    expect(suggestSplit(1000, paid)).toEqual([
      { kind: 'gift', amount_minor: 100 },
      { kind: 'cash', amount_minor: 900 },
    ]);
  });

  it('keeps a split at the total', () => {
    const kind = fc.constantFrom('card', 'gift', 'voucher', 'cash');
    fc.assert(
      fc.property(fc.nat(100_000), fc.array(fc.tuple(kind, fc.integer())), (total, steps) => {
        const split = steps.reduce(
          (all, [one, amount]) => withPart(all, one, amount, total),
          suggestSplit(total, []),
        );
        expect(split.reduce((sum, part) => sum + part.amount_minor, 0)).toBe(total);
        expect(split.every((part) => part.amount_minor > 0)).toBe(true);
      }),
    );
  });
});

describe('pieces with serial numbers', () => {
  const PHONE: RefundLine = { ...TEA, sold: 3, returned: 0, serials: ['A', 'B', 'C'] };
  const said = (choices: ReturnType<typeof choose>) => choices[0]?.serials;

  it('are clear where all come back, and asked for where some do', () => {
    expect(said(chooseAll([PHONE]))).toEqual(['A', 'B', 'C']);
    const two = choose(chooseAll([PHONE]), PHONE, 2);
    expect(two[0]).toEqual({ quantity: 2, restock: true, serials: [] });
    expect(serialsMissing(PHONE, { quantity: 2, restock: true, serials: [] })).toBe(2);
  });

  it('bring their quantity along, and take it away again', () => {
    const one = withSerial({}, PHONE, 'B');
    expect(one[0]).toEqual({ quantity: 1, restock: true, serials: ['B'] });
    const two = withSerial(one, PHONE, 'C');
    expect(two[0]).toEqual({ quantity: 2, restock: true, serials: ['B', 'C'] });
    expect(withSerial(two, PHONE, 'B')[0]).toEqual({ quantity: 1, restock: true, serials: ['C'] });
    expect(withSerial(one, PHONE, 'B')).toEqual({});
  });

  it('answer a quantity that was said first', () => {
    const asked = choose({}, PHONE, 2);
    const one = withSerial(asked, PHONE, 'A');
    expect(one[0]).toEqual({ quantity: 2, restock: true, serials: ['A'] });
    expect(serialsMissing(PHONE, { quantity: 2, restock: true, serials: ['A'] })).toBe(1);
  });

  it('are never more than can come back, and not asked of pieces without any', () => {
    const last = { ...PHONE, sold: 1, serials: ['A', 'B'] };
    expect(said(withSerial(withSerial({}, last, 'A'), last, 'B'))).toEqual(['B']);
    const mixed = { ...PHONE, serials: ['A'] };
    expect(serialsMissing(mixed, { quantity: 2, restock: true, serials: [] })).toBe(0);
    expect(serialsMissing(mixed, { quantity: 3, restock: true, serials: [] })).toBe(1);
  });
});
