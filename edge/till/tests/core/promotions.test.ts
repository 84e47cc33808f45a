// Promotions are worth what they say, never cost the customer anything, and hang on no order.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_BASKET } from '../../src/core/basket';
import { reducedMinor } from '../../src/core/pricing';
import { isDue } from '../../src/core/promotions';
import { storeTime } from '../../src/core/time';
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

const A = product('A', 1000);
const B = product('B', 600);
const C = product('C', 300);
const ALL = { all: true };

function saved(
  promotions: Parameters<typeof rules>[0],
  ...events: Parameters<typeof basket>
): number {
  return priced(basket(...events), rules(promotions)).discountMinor;
}

describe('each kind of promotion', () => {
  it('percent: of each line, half up', () => {
    expect(
      saved([promo('p', { type: 'percent', items: ALL, percent_ppm: 150_000 })], add(TEA)),
    ).toBe(75);
  });

  it('amount: off each piece, or off each price unit of weighed goods', () => {
    const off = promo('p', { type: 'amount', items: ALL, amount_minor: 100 });
    expect(saved([off], add(TEA, 3))).toBe(300);
    expect(saved([off], add(APPLE, 500))).toBe(50);
    expect(saved([off], add(product('Z', 40)))).toBe(40);
  });

  it('fixed price: for members alone if it says so, never dearer', () => {
    const member = promo('p', { type: 'fixed-price', items: ALL, price_minor: 450, members: true });
    expect(saved([member], add(TEA, 2))).toBe(0);
    const card = { type: 'member', member: { id: 'm1', name: 'Mo' } } as const;
    const found = priced(basket(card, add(TEA, 2), add(C)), rules([member]));
    expect(found.discountMinor).toBe(98);
    expect(found.explained).toEqual([{ kind: 'member', code: 'p', amountMinor: 98, text: 'p' }]);
  });

  it('n for m: the cheapest of each n is free', () => {
    const three = promo('p', { type: 'n-for-m', items: ALL, buy: 3, pay: 2 });
    expect(saved([three], add(A, 2), add(C))).toBe(300);
    expect(saved([three], add(A, 3), add(B, 3))).toBe(1600);
    expect(saved([three], add(A, 2))).toBe(0);
    expect(saved([{ ...three, cap: 1 }], add(A, 9))).toBe(1000);
  });

  it('bundle: a set for a price, as often as it pays', () => {
    const bundle = [
      { skus: ['A'], quantity: 1 },
      { skus: ['B', 'C'], quantity: 2 },
    ];
    const set = promo('p', { type: 'bundle', bundle, price_minor: 1500 });
    expect(saved([set], add(A), add(B, 2))).toBe(700);
    expect(saved([set], add(A, 2), add(B, 2), add(C, 2))).toBe(800);
    expect(saved([set], add(A), add(B))).toBe(0);
    expect(saved([{ ...set, priceMinor: 1650 }], add(A, 2), add(B, 2), add(C, 2))).toBe(550);
  });

  it('threshold: from a total on', () => {
    const spend = promo('p', { type: 'threshold', threshold_minor: 2000, amount_minor: 500 });
    expect(saved([spend], add(A, 2))).toBe(500);
    expect(saved([spend], add(A), add(B))).toBe(0);
    const share = promo('p', { type: 'threshold', threshold_minor: 2000, percent_ppm: 100_000 });
    expect(saved([share], add(A), add(A), add(C))).toBe(230);
  });

  it('says once what it takes off a whole basket; by hand, more comes off what is left', () => {
    const spend = { type: 'threshold', threshold_minor: 2000, amount_minor: 500, stacks: true };
    const all = promo('p', { ...spend, items: ALL });
    const some = promo('q', { ...spend, items: { skus: ['A', 'B'] } });
    const coupon = promo('c', {
      type: 'coupon',
      coupon: 'TEN',
      off: 'percent',
      percent_ppm: 100_000,
    });
    const byHand = { percentPpm: 100_000, reason: 'goodwill', approver: '' };
    const found = priced(
      basket(add(A, 2), add(B), { type: 'total-discount', discount: byHand }),
      rules([all, some]),
    );
    expect(found.explained).toMatchObject([
      { code: 'p', amountMinor: 500, whole: true },
      { code: 'q', amountMinor: 500 },
      { kind: 'manual', amountMinor: 160, whole: true },
    ]);
    expect(found.explained[1]?.whole).toBeUndefined();
    expect([found.reducibleMinor, found.wholeMinor]).toEqual([1600, 660]);
    expect(found.lines.reduce((sum, one) => sum + reducedMinor(one), 0)).toBe(2100);
    const presented = basket(add(A), { type: 'coupon', code: 'TEN' });
    expect(priced(presented, rules([coupon])).explained).toMatchObject([{ whole: true }]);
  });

  it('coupon: once per coupon presented; a capped one needs its right', () => {
    const rule = { type: 'coupon', coupon: 'FIVE', off: 'amount', amount_minor: 500, stacks: true };
    const free = promo('p', rule);
    const present = { type: 'coupon', code: 'FIVE' } as const;
    expect(saved([free], add(A, 3))).toBe(0);
    expect(saved([free], add(A, 3), present)).toBe(500);
    expect(saved([free], add(A, 3), present, present)).toBe(1000);
    const capped = rules([promo('p', { ...rule, cap: 200 })]);
    const waiting = priced(basket(add(A, 3), present), capped);
    expect([waiting.discountMinor, waiting.notices]).toEqual([
      0,
      [{ code: 'coupon-needs-node', subject: 'FIVE' }],
    ]);
    const taken = basket(add(A, 3), present, { ...present, redeemedId: 'r1' });
    expect(priced(taken, capped).discountMinor).toBe(500);
  });

  it('a coupon that is unknown, not due or of no use says so', () => {
    const old = promo('p', {
      type: 'coupon',
      coupon: 'OLD',
      to: '2026-01-01T00:00',
      amount_minor: 1,
    });
    const other = promo('q', {
      type: 'coupon',
      coupon: 'Z',
      items: { skus: ['Z'] },
      amount_minor: 1,
    });
    const codes = ['NONE', 'OLD', 'Z'].map((code) => ({ type: 'coupon', code }) as const);
    const found = priced(basket(add(A), ...codes), rules([old, other]));
    expect(found.notices.map((one) => one.code)).toEqual([
      'coupon-unknown',
      'coupon-not-now',
      'coupon-nothing-fits',
    ]);
  });
});

describe('several promotions', () => {
  const tenth = promo('a', { type: 'percent', items: ALL, percent_ppm: 100_000 });
  const three = promo('b', { type: 'n-for-m', items: ALL, buy: 3, pay: 2 });

  it('a line takes the better of those that do not stack', () => {
    expect(saved([tenth, three], add(A, 3))).toBe(1000);
    expect(saved([tenth, three], add(A, 2))).toBe(200);
    const half = { ...tenth, percentPpm: 500_000 };
    expect(saved([half, three], add(A, 3))).toBe(1500);
  });

  it('those that stack come on top, of what is left', () => {
    const top = { ...tenth, id: 'c', stacks: true };
    expect(saved([tenth, top], add(A))).toBe(190);
  });

  it('are left alone where a price was set by hand, and on gift cards', () => {
    const override = { priceMinor: 900, priceQuantity: 1, reason: 'damaged', approver: 'ben' };
    expect(saved([tenth], { type: 'add', product: A, override })).toBe(0);
    expect(
      saved([tenth], { type: 'add', product: A, override: { ...override, reason: 'label' } }),
    ).toBe(90);
    expect(saved([tenth], { type: 'add', product: A, voucher: 'G-1' })).toBe(0);
  });

  it('are explained line by line', () => {
    const found = priced(basket(add(A), add(CUP)), rules([tenth]));
    expect(found.lines.map((one) => one.discounts)).toEqual([
      [{ kind: 'promotion', code: 'a', amountMinor: 100, text: 'a' }],
      [{ kind: 'promotion', code: 'a', amountMinor: 100, text: 'a' }],
    ]);
  });
});

describe('windows of time, on the clocks of the store', () => {
  const at = (iso: string) => storeTime(Date.parse(iso), 'Europe/Berlin');
  const lunch = promo('p', { type: 'percent', hours: ['12:00', '14:00'], weekdays: [3] });

  it('knows hours and weekdays in the zone of the store', () => {
    expect(isDue(lunch, storeTime(NOON, 'Europe/Berlin'))).toBe(true);
    expect(isDue(lunch, storeTime(NOON, 'UTC'))).toBe(false);
    expect(isDue(lunch, at('2026-11-19T11:30:00Z'))).toBe(false);
    expect(isDue(lunch, at('2026-11-18T13:00:00Z'))).toBe(false);
  });

  it('reaches past midnight and over the change of clocks', () => {
    const night = promo('p', { type: 'percent', hours: ['22:00', '02:00'] });
    expect(
      ['21:59', '22:00', '00:30', '01:59', '02:00'].map((clock) =>
        isDue(night, { day: '', local: '', weekday: 1, clock }),
      ),
    ).toEqual([false, true, true, true, false]);
    expect(at('2026-10-25T00:30:00Z').clock).toBe('02:30');
    expect(at('2026-10-25T01:30:00Z').clock).toBe('02:30');
  });

  it('begins and ends on the minute', () => {
    const week = promo('p', {
      type: 'percent',
      from: '2026-11-18T00:00',
      to: '2026-11-19T00:00:00',
    });
    expect(
      [
        '2026-11-17T22:59:00Z',
        '2026-11-17T23:00:00Z',
        '2026-11-18T22:59:00Z',
        '2026-11-18T23:00:00Z',
      ].map((iso) => isDue(week, at(iso))),
    ).toEqual([false, true, true, false]);
  });
});

describe('whatever the promotions', () => {
  const shuffled = fc.tuple(anyBasket, anyPromotions, fc.infiniteStream(fc.nat()));

  it('no total is negative, discounts add up, nobody pays more than without', () => {
    fc.assert(
      fc.property(anyBasket, anyPromotions, (given, promotions) => {
        const found = priced(given, rules(promotions));
        const plain = priced(given, rules([]));
        expect(found.totalMinor).toBeGreaterThanOrEqual(0);
        expect(found.totalMinor).toBeLessThanOrEqual(plain.totalMinor);
        for (const one of found.lines) {
          expect(one.amountMinor).toBeGreaterThanOrEqual(0);
          expect(one.discounts.reduce((sum, part) => sum + part.amountMinor, 0)).toBe(
            one.discountMinor,
          );
          expect(one.discounts.every((part) => part.amountMinor > 0)).toBe(true);
        }
        expect(found.lines.reduce((sum, one) => sum + one.amountMinor, 0)).toBe(found.totalMinor);
        expect(found.explained.reduce((sum, one) => sum + one.amountMinor, 0)).toBe(
          found.discountMinor,
        );
        expect(found.taxes.reduce((sum, one) => sum + one.grossMinor, 0)).toBe(found.totalMinor);
      }),
      { numRuns: 400 },
    );
  });

  it('the order of lines and of rules changes nothing', () => {
    fc.assert(
      fc.property(shuffled, ([given, promotions, chance]) => {
        const shuffle = <T>(all: readonly T[]) =>
          all
            .map((one) => [chance.next().value ?? 0, one] as const)
            .sort(([one], [two]) => one - two)
            .map(([, one]) => one);
        const plain = { ...given, discount: null };
        const found = priced(plain, rules(promotions));
        const other = priced({ ...plain, lines: shuffle(plain.lines) }, rules(shuffle(promotions)));
        const byKey = (lines: typeof found.lines) =>
          Object.fromEntries(lines.map((one) => [one.line.key, one.amountMinor]));
        expect(byKey(other.lines)).toEqual(byKey(found.lines));
      }),
      { numRuns: 400 },
    );
  });

  it('the same basket is priced the same again', () => {
    fc.assert(
      fc.property(anyBasket, anyPromotions, (given, promotions) => {
        const frozen = structuredClone(given);
        expect(priced(given, rules(promotions))).toEqual(priced(given, rules(promotions)));
        expect(given).toEqual(frozen);
      }),
    );
  });

  it('an empty basket costs nothing', () => {
    expect(priced(EMPTY_BASKET).totalMinor).toBe(0);
  });
});
