// A price hangs on what is in the basket: not on what was priced before, nor on how it was rung up.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_BASKET } from '../../src/core/basket';
import { Memory, price } from '../../src/core/pricing';
import { sell } from '../../src/core/sale';
import type { Basket, BasketLine, Priced } from '../../src/core/types';
import {
  APPLE,
  add,
  anyBasket,
  anyPromotions,
  basket,
  CUP,
  NOON,
  priced,
  product,
  promo,
  rules,
  TEA,
} from './fixtures';

/** Something that is done to a basket: a line changes, comes, goes, or is taken from another. */
const anyStep = fc.record({
  what: fc.constantFrom('quantity', 'discount', 'remove', 'add', 'member', 'total', 'other'),
  at: fc.nat(20),
  amount: fc.integer({ min: 1, max: 9 }),
});

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

function step(given: Basket, { what, at, amount }: Step, other: Basket): Basket {
  const manual = { percentPpm: amount * 100_000, reason: 'x', approver: '' };
  const place = given.lines.length === 0 ? 0 : at % given.lines.length;
  const change = (by: (line: BasketLine) => BasketLine[]) => ({
    ...given,
    lines: given.lines.flatMap((line, nth) => (nth === place ? by(line) : [line])),
  });
  switch (what) {
    case 'quantity':
      return change((line) => [{ ...line, quantity: amount }]);
    case 'discount':
      return change((line) => [{ ...line, discount: line.discount ? null : manual }]);
    case 'remove':
      return change(() => []);
    case 'add': {
      const more = other.lines
        .slice(at, at + 1)
        .map((line) => ({ ...line, key: `n${at}${amount}` }));
      return { ...given, lines: [...given.lines, ...more] };
    }
    case 'member':
      return { ...given, member: given.member ? null : { id: 'm', name: 'M' } };
    case 'total':
      return { ...given, discount: given.discount ? null : manual };
    default:
      return other;
  }
}

describe('what was worked out before', () => {
  it('changes no price, whatever happens to a basket', () => {
    fc.assert(
      fc.property(
        anyBasket,
        anyBasket,
        anyPromotions,
        fc.array(anyStep, { maxLength: 12 }),
        (first, other, promotions, steps) => {
          const memory = new Memory();
          const by = { rules: rules(promotions), atMs: NOON, language: 'en' };
          let given = first;
          for (const one of steps) {
            expect(price(given, by, memory)).toEqual(price(given, by));
            given = step(given, one, other);
          }
          expect(price(given, by, memory)).toEqual(price(given, by));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is not mixed up with another time, language or set of rules', () => {
    const memory = new Memory();
    const given = basket(add(TEA, 3), add(CUP));
    const three = promo('a', { type: 'n-for-m', items: { all: true }, buy: 3, pay: 2 });
    const night = { ...three, id: 'n', hours: ['22:00', '23:00'] as const };
    for (const promotions of [[three], [night], [], [three, night]])
      for (const atMs of [NOON, NOON + 10.5 * 3_600_000])
        for (const language of ['en', 'zh']) {
          const by = { rules: rules(promotions), atMs, language };
          expect(price(given, by, memory)).toEqual(price(given, by));
        }
  });
});

const GOODS = [
  TEA,
  CUP,
  APPLE,
  product('A', 333, { category: 'x' }),
  product('B', 101, { category: 'x', taxCode: 'net' }),
  product('C', 999, { category: 'y', taxCode: '' }),
];
const WEIGHED = APPLE.sku;

/** Scans of a few articles, one each time; weighed ones with their weight. */
const anyScans = fc.array(
  fc.record({ at: fc.nat(GOODS.length - 1), weight: fc.integer({ min: 1, max: 900 }) }),
  { maxLength: 15 },
);

describe('the order of scanning', () => {
  const shuffled = fc.tuple(anyScans, fc.infiniteStream(fc.nat())).map(([scans, chance]) => [
    scans,
    scans
      .map((one) => [chance.next().value ?? 0, one] as const)
      .sort(([one], [two]) => one - two)
      .map(([, one]) => one),
  ]);
  const anyReduction = fc.option(fc.integer({ min: 0, max: 1_000_000 }));
  const goods = ['A', 'B', 'C', 'TEA', 'CUP', 'APPLE'];
  const anyRules = anyPromotions.map((found) =>
    found.map((one, at) => ({
      ...one,
      skus: goods.filter((_, nth) => (nth + at) % 3 !== 0),
      bundle: one.bundle.map((part, nth) => ({ ...part, skus: goods.slice(nth * 2, nth * 2 + 2) })),
    })),
  );

  it('does not change the total, its taxes or its discounts', () => {
    fc.assert(
      fc.property(shuffled, anyRules, anyReduction, ([one, two], promotions, percentPpm) => {
        const by = rules(promotions);
        const bill = (scans: typeof one): Priced => {
          const lines = (scans ?? []).map(({ at, weight }) => {
            const article = GOODS[at] ?? TEA;
            return add(article, article.sku === WEIGHED ? weight : 1);
          });
          const rung = lines.length === 0 ? EMPTY_BASKET : basket(...lines);
          const reduction =
            percentPpm === null ? null : { percentPpm, reason: 'goodwill', approver: 'ben' };
          return priced({ ...rung, discount: reduction }, by);
        };
        const [first, second] = [bill(one), bill(two)];
        expect(second.totalMinor).toBe(first.totalMinor);
        expect(second.discountMinor).toBe(first.discountMinor);
        const byCode = (found: Priced) =>
          Object.fromEntries(found.taxes.map((tax) => [tax.code, tax]));
        expect(byCode(second)).toEqual(byCode(first));
      }),
      { numRuns: 500 },
    );
  });
});

describe('whatever is sold', () => {
  it('no discount exceeds its line, and tax and net make up each amount', () => {
    fc.assert(
      fc.property(anyBasket, anyPromotions, (given, promotions) => {
        const found = priced(given, rules(promotions));
        for (const one of found.lines) {
          expect(one.discountMinor).toBeGreaterThanOrEqual(0);
          expect(one.discountMinor).toBeLessThanOrEqual(one.grossMinor);
          const base = one.grossMinor - one.discountMinor;
          expect(one.amountMinor).toBe(one.taxAdded ? base + one.taxMinor : base);
          expect(one.taxMinor).toBeLessThanOrEqual(one.amountMinor);
        }
        expect(found.taxes.reduce((sum, one) => sum + one.taxMinor, 0)).toBe(found.taxMinor);
        for (const one of found.taxes) expect(one.netMinor + one.taxMinor).toBe(one.grossMinor);
      }),
    );
  });

  it('what is paid, less the change, is the total', () => {
    fc.assert(
      fc.property(anyBasket, fc.integer({ min: 0, max: 10_000 }), (given, over) => {
        const by = rules();
        const free = { ...given, coupons: [] };
        const found = priced(free, by);
        const cash = {
          key: 'p1',
          kind: 'cash',
          amountMinor: found.totalMinor + over,
          reference: '',
        };
        const paid = { ...free, tenders: cash.amountMinor > 0 ? [cash] : [] };
        const booking = { life: 1, number: 1, drawer: '', shift: 0, businessDay: '2026-11-18' };
        const sold = sell(paid, found, by, {
          ...booking,
          atMs: NOON,
          operator: '',
          detached: false,
        });
        expect(sold.ok).toBe(given.lines.length > 0);
        if (!sold.ok) return;
        const brought = sold.document.tenders.reduce((sum, one) => sum + one.amount_minor, 0);
        expect(brought).toBe(found.totalMinor);
        expect(sold.document.total_minor).toBe(found.totalMinor);
      }),
    );
  });
});
