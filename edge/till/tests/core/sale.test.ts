// What is finished is covered by its tenders, to the cent, and says what was priced.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reduce } from '../../src/core/basket';
import { denominations } from '../../src/core/denominations';
import { receiptText, uuid7 } from '../../src/core/ids';
import { sell } from '../../src/core/sale';
import {
  cashSuggestions,
  inCoins,
  payOut,
  pointsFor,
  settle,
  splitEvenly,
} from '../../src/core/tenders';
import type { Tender } from '../../src/core/types';
import {
  APPLE,
  add,
  anyBasket,
  anyPromotions,
  basket,
  CUP,
  context,
  NOON,
  priced,
  promo,
  rules,
  TEA,
} from './fixtures';

const BOOKING = {
  life: 994_000,
  number: 17,
  drawer: 't1',
  shift: 3,
  businessDay: '2026-11-18',
  atMs: NOON,
  operator: 'ana',
  detached: true,
};

function tender(kind: string, amountMinor: number): Tender {
  return { key: kind, kind, amountMinor, reference: '' };
}

describe('settling', () => {
  const table: [number, Tender[], number, number, string][] = [
    [998, [tender('cash', 1000)], 0, 2, ''],
    [998, [tender('card', 500)], 498, 0, 'tender-short'],
    [998, [tender('card', 1000)], 0, 0, 'tender-over'],
    [998, [tender('card', 900), tender('cash', 100)], 0, 2, ''],
    [998, [tender('card', 998), tender('cash', 5)], 0, 5, ''],
    [998, [tender('card', 1000), tender('cash', 1)], 0, 0, 'tender-over'],
    [0, [], 0, 0, ''],
    [-5, [], 0, 0, 'total-negative'],
  ];

  it.each(table)('of %i by %j', (total, tenders, due, change, refused) => {
    const found = settle(total, tenders, rules());
    expect([found.dueMinor, found.changeMinor, found.refused?.code ?? '']).toEqual([
      due,
      change,
      refused,
    ]);
  });

  it('gives change for other kinds where the rule says so', () => {
    const voucher = {
      kind: 'voucher',
      names: {},
      opensDrawer: true,
      change: true,
      reference: true,
    };
    expect(
      settle(900, [tender('voucher', 1000)], rules([], { tenders: [voucher] })).changeMinor,
    ).toBe(100);
  });

  const coins = rules([], { coinMinor: 5 });
  const rounded: [number, Tender[], number, number, number, number, string][] = [
    [998, [], 998, 1000, 0, 0, 'tender-short'],
    [998, [tender('cash', 1000)], 0, 0, 0, -2, ''],
    [997, [tender('cash', 2000)], 0, 0, 1005, 2, ''],
    [998, [tender('cash', 500)], 498, 500, 0, 0, 'tender-short'],
    [998, [tender('cash', 500), tender('card', 498)], 0, 0, 0, 0, ''],
    [998, [tender('card', 501)], 497, 495, 0, 0, 'tender-short'],
    [998, [tender('card', 501), tender('cash', 500)], 0, 0, 5, 2, ''],
    [998, [tender('card', 997)], 1, 0, 0, 0, 'tender-short'],
    [998, [tender('card', 997), tender('cash', 0)], 0, 0, 0, 1, ''],
    [998, [tender('card', 1000), tender('cash', 1)], 0, 0, 0, 0, 'tender-over'],
    [998, [tender('exchange', 1001)], 0, 0, 5, 2, ''],
    [998, [tender('exchange', 1001), tender('card', -3)], 0, 0, 0, 0, ''],
  ];

  it.each(rounded)('in coins of 5, of %i by %j', (total, tenders, ...wanted) => {
    const found = settle(total, tenders, coins);
    const { dueMinor, dueCashMinor, changeMinor, roundingMinor, refused } = found;
    expect([dueMinor, dueCashMinor, changeMinor, roundingMinor, refused?.code ?? '']).toEqual(
      wanted,
    );
  });

  it('rounds to the nearest coin, halves away from zero', () => {
    expect([0, 2, 3, 5, -2, -3].map((minor) => inCoins(minor, 5))).toEqual([0, 0, 5, 5, 0, -5]);
    expect([49, 50, -49, -50].map((minor) => inCoins(minor, 100))).toEqual([0, 100, 0, -100]);
  });

  it('rounds what cash pays and nothing else', () => {
    const amount = fc.integer({ min: 0, max: 5000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.constantFrom(1, 5, 10, 50, 100),
        amount,
        amount,
        (total, coinMinor, card, notes) => {
          const given = rules([], { coinMinor });
          const first = [tender('card', Math.min(card, total))];
          const { dueCashMinor } = settle(total, first, given);
          const cash = dueCashMinor + notes * coinMinor;
          const all = cash > 0 || coinMinor > 1 ? [...first, tender('cash', cash)] : first;
          const { refused, changeMinor, roundingMinor } = settle(total, all, given);
          expect(refused).toBeNull();
          const paid = all.reduce((sum, one) => sum + one.amountMinor, 0);
          expect(paid - changeMinor + roundingMinor).toBe(total);
          expect(2 * Math.abs(roundingMinor)).toBeLessThanOrEqual(coinMinor === 1 ? 0 : coinMinor);
          expect((cash - changeMinor) % coinMinor).toBe(0);
          expect(changeMinor).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('takes only cash that there are coins for', () => {
    const taken = (amountMinor: number, given = coins) => {
      const event = { type: 'tender', kind: 'cash', amountMinor } as const;
      const reduced = reduce(basket(add(TEA)), event, context(given));
      return reduced.ok ? '' : reduced.refused.code;
    };
    expect([1000, 0, 998, -5].map((minor) => taken(minor))).toEqual([
      '',
      '',
      'amount-coins',
      'amount-wrong',
    ]);
    expect([998, 0].map((minor) => taken(minor, rules()))).toEqual(['', 'amount-wrong']);
  });

  it('pays a refund out in coins, and a sale undone as it was paid', () => {
    const parts = [
      { kind: 'card', amount_minor: 300 },
      { kind: 'cash', amount_minor: 198 },
    ];
    const rounding = { kind: 'rounding', amount_minor: -2 };
    const cash = { kind: 'cash', amount_minor: 200 };
    expect(payOut(parts, 1)).toEqual(parts);
    expect(payOut(parts, 5)).toEqual([parts[0], cash, rounding]);
    expect(payOut(parts, 1, -2)).toEqual([parts[0], cash, rounding]);
    expect(payOut([{ kind: 'cash', amount_minor: 2 }], 5)).toEqual([
      { kind: 'rounding', amount_minor: 2 },
    ]);
  });

  it('splits so that the parts add up', () => {
    fc.assert(
      fc.property(fc.nat(10 ** 9), fc.integer({ min: 1, max: 40 }), (due, people) => {
        const parts = splitEvenly(due, people);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(due);
        expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('suggests what covers the sum', () => {
    const euro = denominations('EUR', 2);
    expect(cashSuggestions(129, euro)).toEqual([129, 200, 500, 1000]);
    expect(cashSuggestions(1000, euro)).toEqual([1000, 2000, 5000, 10_000]);
    expect(cashSuggestions(1234, euro)).toEqual([1234, 1500, 2000, 5000]);
    expect(cashSuggestions(5178, euro)).toEqual([5178, 5500, 6000, 10_000]);
    expect(cashSuggestions(432_150, euro)).toEqual([432_150, 440_000, 450_000]);
    expect(cashSuggestions(0, euro)).toEqual([]);
  });

  it('suggests notes that exist where money has no minor digits, or three', () => {
    const yen = denominations('JPY', 0);
    expect(cashSuggestions(129, yen)).toEqual([129, 500, 1000, 2000]);
    expect(cashSuggestions(4807, yen)).toEqual([4807, 5000, 10_000]);
    expect(cashSuggestions(48_070, yen)).toEqual([48_070, 50_000]);
    expect(cashSuggestions(1275, denominations('KWD', 3))).toEqual([1275, 1500, 2000, 5000]);
  });

  it('suggests at most four, each covering the sum, the exact one first', () => {
    const money = fc.constantFrom(
      ...([
        ['EUR', 2],
        ['JPY', 0],
        ['KWD', 3],
        ['XTS', 3],
      ] as const),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), money, (due, [code, exponent]) => {
        const said = cashSuggestions(due, denominations(code, exponent));
        expect(said[0]).toBe(due);
        expect(said.length).toBeLessThanOrEqual(4);
        expect(said).toEqual([...new Set(said)].sort((one, two) => one - two));
      }),
    );
  });

  it('counts points in whole points', () => {
    const loyalty = { pointsPerMajor: 1, redeemMinorPerPoint: 3, minRedeem: 0 };
    expect(pointsFor(100, rules([], { loyalty }))).toEqual({ points: 33, worthMinor: 99 });
  });
});

describe('the document', () => {
  it('says what was sold, letter for letter', () => {
    const tenth = promo('ten', { type: 'percent', items: { all: true }, percent_ppm: 100_000 });
    const by = rules([tenth]);
    const sold = basket(add(TEA, 2), add(CUP), { type: 'tender', kind: 'cash', amountMinor: 2000 });
    const made = sell(sold, priced(sold, by), by, BOOKING);
    expect(made).toEqual({
      ok: true,
      changeMinor: 112,
      document: {
        life: 994_000,
        number: 17,
        drawer: 't1',
        shift: 3,
        business_day: '2026-11-18',
        at_ms: NOON,
        operator: 'ana',
        member: '',
        points: 0,
        detached: true,
        total_minor: 1888,
        tenders: [
          { kind: 'cash', amount_minor: 2000, reference: '' },
          { kind: 'change', amount_minor: -112, reference: '' },
        ],
        lines: [
          {
            sku: 'TEA',
            name: 'TEA',
            quantity: 2,
            price_minor: 499,
            price_quantity: 1,
            tax_code: 'std',
            tax_ppm: 190_000,
            tax_added: false,
            kind: 'goods',
            discount_minor: 100,
            tax_adjust_minor: 0,
            note: '',
            detail: {
              discounts: [
                { kind: 'promotion', code: 'ten', amount_minor: 100, text: 'ten', whole: false },
              ],
              list_price_minor: null,
              reason: '',
              approver: '',
              serials: [],
              lot: '',
              expiry_day: 0,
              voucher: '',
            },
          },
          expect.objectContaining({ sku: 'CUP', tax_added: true, discount_minor: 100 }),
        ],
      },
    });
  });

  it('is paid by the refund of an exchange', () => {
    const exchange = { returnId: 'r1', amountMinor: 499 };
    const sold = basket(add(TEA), { type: 'exchange', exchange });
    const made = sell(sold, priced(sold), rules(), BOOKING);
    expect(made.ok && made.document.tenders).toEqual([
      { kind: 'exchange', amount_minor: 499, reference: 'r1' },
    ]);
  });

  it('gives back in cash what an exchange leaves over', () => {
    const exchange = { returnId: 'r1', amountMinor: 599 };
    const sold = basket(add(TEA), { type: 'exchange', exchange });
    const made = sell(sold, priced(sold), rules(), BOOKING);
    expect(made.ok && made.document.tenders).toEqual([
      { kind: 'exchange', amount_minor: 599, reference: 'r1' },
      { kind: 'change', amount_minor: -100, reference: '' },
    ]);
  });

  it('gives back to a card what an exchange leaves over, and nothing else goes out to one', () => {
    const exchange = { returnId: 'r1', amountMinor: 599 };
    const out = { type: 'tender', kind: 'card', amountMinor: -100 } as const;
    const sold = basket(add(TEA), { type: 'exchange', exchange }, out);
    const made = sell(sold, priced(sold), rules(), BOOKING);
    expect(made.ok && made.document.tenders).toEqual([
      { kind: 'exchange', amount_minor: 599, reference: 'r1' },
      { kind: 'card', amount_minor: -100, reference: '' },
    ]);
    expect(() => basket(add(TEA), out)).toThrow('amount-wrong');
  });

  it('says of a discount on the whole sale that each line has a share of it', () => {
    const discount = { percentPpm: 100_000, reason: 'goodwill', approver: 'ben' };
    const sold = basket(add(TEA), { type: 'total-discount', discount });
    const paid = { ...sold, tenders: [tender('cash', 449)] };
    const made = sell(paid, priced(paid), rules(), BOOKING);
    expect(made.ok && made.document.lines[0]?.detail).toMatchObject({
      discounts: [{ kind: 'manual', code: 'goodwill', amount_minor: 50, whole: true }],
      reason: 'goodwill',
      approver: 'ben',
    });
  });

  it('earns points for members, not for what points paid', () => {
    const loyalty = { pointsPerMajor: 2, redeemMinorPerPoint: 1, minRedeem: 100 };
    const by = rules([], { loyalty });
    const member = { type: 'member', member: { id: 'm1', name: 'Mo' } } as const;
    const sold = basket(add(CUP), member, { type: 'tender', kind: 'points', amountMinor: 550 });
    expect(priced(basket(add(CUP)), by).points).toBe(0);
    expect(priced(sold, by).points).toBe(11);
  });

  it('always adds up', () => {
    fc.assert(
      fc.property(anyBasket, anyPromotions, (given, promotions) => {
        const by = rules(promotions);
        const total = priced(given, by).totalMinor;
        const paid = { ...given, tenders: total > 0 ? [tender('cash', total + 7)] : [] };
        const made = sell(paid, priced(paid, by), by, BOOKING);
        if (!made.ok) return;
        const tendered = made.document.tenders.reduce((sum, one) => sum + one.amount_minor, 0);
        expect(tendered).toBe(made.document.total_minor);
        for (const line of made.document.lines) {
          const parts = line.detail?.discounts ?? [];
          expect(parts.reduce((sum, one) => sum + one.amount_minor, 0)).toBe(line.discount_minor);
        }
      }),
    );
  });

  it('is not made of nothing, nor of too little', () => {
    const nothing = basket();
    expect(sell(nothing, priced(nothing), rules(), BOOKING)).toMatchObject({
      refused: { code: 'basket-empty' },
    });
    const short = basket(add(APPLE, 1000), { type: 'tender', kind: 'cash', amountMinor: 298 });
    expect(sell(short, priced(short), rules(), BOOKING)).toMatchObject({
      refused: { code: 'tender-short', values: { due: 1 } },
    });
  });
});

describe('names and numbers', () => {
  it('ids sort by time and are of version 7', () => {
    const random = Uint8Array.from({ length: 10 }, (_, at) => 250 + at);
    const one = uuid7(NOON, random);
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuid7(NOON + 1, random) > one).toBe(true);
    expect(Number.parseInt(one.replaceAll('-', '').slice(0, 12), 16)).toBe(NOON);
  });

  it('receipts are numbered within a life', () => {
    expect(receiptText('t1', 1043, 7)).toBe('t1-1043-000007');
  });
});
