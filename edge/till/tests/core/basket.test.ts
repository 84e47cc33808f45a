// A basket takes what may be sold, refuses the rest in a code, and never changes under anybody's hand.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_BASKET, isEmpty, reduce } from '../../src/core/basket';
import { reducedMinor } from '../../src/core/pricing';
import type { BasketEvent, Product } from '../../src/core/types';
import { APPLE, add, basket, CUP, context, NOON, priced, product, rules, TEA } from './fixtures';

function refusal(event: BasketEvent, given = basket(add(TEA)), by = rules()): string {
  const reduced = reduce(given, event, context(by));
  expect(reduced.basket).toBe(given);
  return reduced.ok ? '' : reduced.refused.code;
}

const key = 'l0001';
const by = { reason: 'damaged', approver: 'ben' };

describe('adding', () => {
  it('mints the id with the first line and merges the same piece', () => {
    const two = basket(add(TEA), add(CUP), add(TEA, 2));
    expect(two.id).not.toBe('');
    expect(two.startedMs).toBe(NOON);
    expect(two.lines.map((line) => [line.key, line.sku, line.quantity])).toEqual([
      ['l0001', 'TEA', 3],
      ['l0002', 'CUP', 1],
    ]);
  });

  it('keeps apart what was weighed, repriced, or is another lot', () => {
    const override = { priceMinor: 400, priceQuantity: 1, ...by };
    const found = basket(
      add(APPLE, 500),
      add(APPLE, 700),
      add(TEA),
      { type: 'add', product: TEA, override },
      { type: 'add', product: TEA, lot: 'L1' },
      { type: 'add', product: TEA, lot: 'L1' },
    );
    expect(found.lines.map((line) => line.quantity)).toEqual([500, 700, 1, 1, 2]);
  });

  it('says what is missing', () => {
    const needs = (attributes: Record<string, string>, price = 100): Product =>
      product('N', price, { attributes });
    expect(refusal({ type: 'add', product: { ...TEA, active: false } })).toBe('not-for-sale');
    expect(refusal({ type: 'add', product: APPLE })).toBe('quantity-needed');
    expect(refusal({ type: 'add', product: needs({}, 0) })).toBe('price-needed');
    expect(refusal({ type: 'add', product: needs({ open_price: 'yes' }) })).toBe('price-needed');
    expect(refusal({ type: 'add', product: needs({ serial: 'yes' }) })).toBe('serial-needed');
    expect(refusal({ type: 'add', product: needs({ lot: 'yes' }) })).toBe('lot-needed');
    expect(refusal({ type: 'add', product: needs({ gift_card: 'yes' }) })).toBe('voucher-needed');
    expect(refusal(add(TEA, 0))).toBe('quantity-wrong');
    expect(refusal(add(TEA, 1.5))).toBe('quantity-wrong');
    expect(refusal(add(product('X', 10 ** 11), 2))).toBe('amount-wrong');
  });

  it('sells no serial number twice', () => {
    const phone = product('PHONE', 50_000, { attributes: { serial: 'yes' } });
    const one = { type: 'add', product: phone, serials: ['S1'] } as const;
    expect(refusal(one, basket(one))).toBe('serial-twice');
    expect(refusal({ ...one, quantity: 2, serials: ['S2', 'S2'] })).toBe('serial-twice');
  });
});

describe('changing', () => {
  it('quantity, price and discount of a line, and of the whole', () => {
    const found = basket(
      add(TEA),
      { type: 'quantity', key, quantity: 4 },
      { type: 'override', key, override: { priceMinor: 400, priceQuantity: 1, ...by } },
      { type: 'discount', key, discount: { amountMinor: 100, ...by } },
      { type: 'total-discount', discount: { percentPpm: 100_000, ...by } },
    );
    expect(priced(found).totalMinor).toBe(1350);
    expect(priced(found).lines[0]?.discounts.map((one) => one.amountMinor)).toEqual([100, 150]);
  });

  it('shows a discount on the whole sale as one, off what it may be taken off', () => {
    const card = product('GFT', 2500, { attributes: { gift_card: 'yes' } });
    const found = basket(
      add(TEA, 2),
      add(CUP),
      { type: 'add', product: card, voucher: 'GC-1' },
      { type: 'discount', key, discount: { amountMinor: 98, ...by } },
      { type: 'total-discount', discount: { percentPpm: 100_000, ...by } },
    );
    const sums = priced(found);
    expect(sums.reducibleMinor).toBe(998 - 98 + 1000);
    expect(sums.wholeMinor).toBe(190);
    expect(sums.lines.map((one) => one.wholeMinor)).toEqual([90, 100, 0]);
    expect(sums.lines.map(reducedMinor)).toEqual([900, 1000, 2500]);
    expect(sums.explained).toMatchObject([{ amountMinor: 98 }, { amountMinor: 190, whole: true }]);
    const none = reduce(found, { type: 'total-discount', discount: null }, context());
    expect(none.ok && priced(none.basket).wholeMinor).toBe(0);
  });

  it('keeps the first credit of an exchange', () => {
    const swap = (returnId: string) =>
      ({ type: 'exchange', exchange: { returnId, amountMinor: 100 } }) as const;
    expect(refusal(swap('r2'), basket(add(TEA), swap('r1')))).toBe('exchange-twice');
    expect(basket(add(TEA), swap('r1'), swap('r1')).exchange?.returnId).toBe('r1');
  });

  it('refuses what cannot be', () => {
    expect(refusal({ type: 'quantity', key: 'none', quantity: 1 })).toBe('line-unknown');
    expect(refusal({ type: 'quantity', key, quantity: 0 })).toBe('quantity-wrong');
    expect(refusal({ type: 'discount', key, discount: { percentPpm: 1_000_001, ...by } })).toBe(
      'discount-wrong',
    );
    expect(refusal({ type: 'discount', key, discount: by })).toBe('discount-wrong');
    expect(refusal({ type: 'tip', amountMinor: 100 })).toBe('tips-off');
    expect(refusal({ type: 'restore', basket: EMPTY_BASKET })).toBe('basket-not-empty');
    expect(refusal({ type: 'tender', kind: 'cash', amountMinor: 0 })).toBe('amount-wrong');
    expect(refusal({ type: 'tender', kind: 'cash', amountMinor: 1 }, EMPTY_BASKET)).toBe(
      'basket-empty',
    );
  });

  it('keeps a paid basket until its tenders are taken back', () => {
    const paid = basket(add(TEA), { type: 'tender', kind: 'card', amountMinor: 499 });
    expect(refusal({ type: 'clear' }, paid)).toBe('tenders-taken');
    const back = reduce(
      paid,
      { type: 'remove-tender', key: paid.tenders[0]?.key ?? '' },
      context(),
    );
    expect(back.ok && reduce(back.basket, { type: 'clear' }, context()).basket).toBe(EMPTY_BASKET);
  });

  it('takes one tip, as a charge without tax that no discount touches', () => {
    const found = basket(
      add(TEA),
      { type: 'tip', amountMinor: 100 },
      { type: 'tip', amountMinor: 50 },
    );
    const half = { ...found, discount: { percentPpm: 500_000, ...by } };
    expect(priced(half).totalMinor).toBe(249 + 50);
  });

  it('goes on with the same sale after hold and recall', () => {
    const held = basket(add(TEA), { type: 'member', member: { id: 'm', name: 'M' } });
    const again = basket({ type: 'restore', basket: JSON.parse(JSON.stringify(held)) });
    expect(again).toEqual(held);
  });
});

describe('any events', () => {
  const keys = fc.constantFrom('l0001', 'l0002', 'l0003', 'p4');
  const anyEvent: fc.Arbitrary<BasketEvent> = fc.oneof(
    fc.record({
      type: fc.constant('add' as const),
      product: fc.constantFrom(TEA, CUP, APPLE),
      quantity: fc.integer({ min: -1, max: 5 }),
    }),
    fc.record({
      type: fc.constant('quantity' as const),
      key: keys,
      quantity: fc.integer({ min: -1, max: 9 }),
    }),
    fc.record({ type: fc.constant('void-line' as const), key: keys }),
    fc.record({
      type: fc.constant('tender' as const),
      kind: fc.constant('cash'),
      amountMinor: fc.integer(),
    }),
    fc.record({ type: fc.constant('remove-tender' as const), key: keys }),
    fc.record({ type: fc.constant('coupon' as const), code: fc.constantFrom('K', 'L') }),
    fc.record({ type: fc.constant('remove-coupon' as const), code: fc.constantFrom('K', 'L') }),
    fc.constant({ type: 'clear' as const }),
  );

  it('keep keys unique and the id of a begun sale, and survive JSON', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let current = EMPTY_BASKET;
        for (const event of events) {
          const before = structuredClone(current);
          const { basket: next } = reduce(current, event, context());
          expect(current).toEqual(before);
          const names = [...next.lines, ...next.tenders].map((one) => one.key);
          expect(new Set(names).size).toBe(names.length);
          if (!isEmpty(next)) expect(next.id).not.toBe('');
          expect(JSON.parse(JSON.stringify(next))).toEqual(next);
          current = next;
        }
      }),
    );
  });
});
