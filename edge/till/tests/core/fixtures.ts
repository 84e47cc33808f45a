// A small shop to sell from in tests: products, rules, and baskets built by events.
import * as fc from 'fast-check';
import { EMPTY_BASKET, reduce } from '../../src/core/basket';
import { price } from '../../src/core/pricing';
import { NO_RULES, promotion } from '../../src/core/rules';
import type {
  Basket,
  BasketContext,
  BasketEvent,
  Priced,
  Product,
  Promotion,
  Rules,
} from '../../src/core/types';

import type { SetupDocument } from '../../src/data/wire';

export const SETUP: SetupDocument = {
  till: 't1',
  drawer: 't1',
  store: { store: 's0001', name: 'One', region: '' },
  currency: 'EUR',
  exponent: 2,
  timezone: 'Europe/Berlin',
  software: '1',
  journal: 'j',
  business_day: '2026-11-18',
  tax_rates: [{ code: 'std', rate_ppm: 190_000, included: true, name: 'VAT' }],
  staff: [],
  rules: {},
  devices: [],
  drawers: ['t1'],
  training_allowed: true,
};

export const NOON = Date.UTC(2026, 10, 18, 11, 0); // a Wednesday, 12:00 in Berlin

export function product(sku: string, priceMinor: number, more: Partial<Product> = {}): Product {
  return {
    number: 1,
    sku,
    names: { en: sku },
    gtins: [],
    unit: 'piece',
    taxCode: 'std',
    priceMinor,
    priceQuantity: 1,
    tracked: true,
    active: true,
    category: '',
    variantOf: '',
    attributes: {},
    ...more,
  };
}

export const TEA = product('TEA', 499, { category: 'drinks' });
export const CUP = product('CUP', 1000, { taxCode: 'net', category: 'home' });
export const APPLE = product('APPLE', 299, { unit: 'g', priceQuantity: 1000, category: 'fruit' });

export function promo(id: string, rule: Record<string, unknown>): Promotion {
  const made = promotion(id, { name: { en: id }, ...rule });
  if (made === null) throw new Error(`no promotion: ${id}`);
  return made;
}

export function rules(promotions: readonly Promotion[] = [], more: Partial<Rules> = {}): Rules {
  return {
    ...NO_RULES,
    timezone: 'Europe/Berlin',
    rates: new Map([
      ['std', { code: 'std', ratePpm: 190_000, included: true, name: '' }],
      ['net', { code: 'net', ratePpm: 100_000, included: false, name: '' }],
    ]),
    promotions,
    ...more,
  };
}

export function context(given: Rules = rules()): BasketContext {
  return { rules: given, nowMs: NOON, newId: () => '0190aaaa-0000-7000-8000-000000000001' };
}

export function basket(...events: BasketEvent[]): Basket {
  return events.reduce<Basket>((before, event) => {
    const reduced = reduce(before, event, context(rules([], { tips: true })));
    if (!reduced.ok) throw new Error(`refused: ${reduced.refused.code}`);
    return reduced.basket;
  }, EMPTY_BASKET);
}

export function add(given: Product, quantity = 1): BasketEvent {
  return { type: 'add', product: given, quantity };
}

export function priced(given: Basket, by: Rules = rules(), atMs = NOON): Priced {
  return price(given, { rules: by, atMs, language: 'en' });
}

const SKUS = ['A', 'B', 'C', 'D', 'E'];

/** Any promotion, over few SKUs so that they meet. */
export const anyPromotion = fc
  .record({
    type: fc.constantFrom(
      'percent',
      'amount',
      'fixed-price',
      'n-for-m',
      'bundle',
      'threshold',
      'coupon',
    ),
    items: fc.record({
      skus: fc.subarray(SKUS),
      categories: fc.subarray(['x', 'y']),
      all: fc.boolean(),
    }),
    percent_ppm: fc.integer({ min: 0, max: 1_000_000 }),
    amount_minor: fc.integer({ min: 0, max: 3_000 }),
    price_minor: fc.integer({ min: 0, max: 3_000 }),
    buy: fc.integer({ min: 0, max: 4 }),
    pay: fc.integer({ min: 0, max: 4 }),
    bundle: fc.array(
      fc.record({
        skus: fc.subarray(SKUS, { minLength: 1 }),
        quantity: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 3 },
    ),
    threshold_minor: fc.integer({ min: 0, max: 10_000 }),
    coupon: fc.constantFrom('K1', 'K2'),
    cap: fc.option(fc.integer({ min: 0, max: 5 })),
    members: fc.boolean(),
    stacks: fc.boolean(),
    priority: fc.integer({ min: -1, max: 1 }),
  })
  .map((rule) => promo('p', rule));

export const anyPromotions = fc
  .array(anyPromotion, { maxLength: 6 })
  .map((found) => found.map((one, at) => ({ ...one, id: `p${at}` })));

/** Any basket over the same SKUs, with lines that do not merge. */
export const anyBasket = fc
  .record({
    lines: fc.array(
      fc.record({
        sku: fc.constantFrom(...SKUS),
        unit: fc.constantFrom('piece', 'piece', 'g'),
        quantity: fc.integer({ min: 1, max: 2_000 }),
        priceMinor: fc.integer({ min: 0, max: 5_000 }),
        tax: fc.constantFrom('std', 'net', ''),
        category: fc.constantFrom('', 'x', 'y'),
        percent: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { freq: 6 }),
        override: fc.option(fc.integer({ min: 0, max: 5_000 }), { freq: 6 }),
      }),
      { maxLength: 12 },
    ),
    member: fc.boolean(),
    coupons: fc.array(fc.record({ code: fc.constantFrom('K1', 'K2', 'K3'), paid: fc.boolean() }), {
      maxLength: 3,
    }),
    total: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { freq: 6 }),
  })
  .map(({ lines, member, coupons, total }): Basket => {
    const approver = 'ben';
    return {
      ...EMPTY_BASKET,
      id: 'sale',
      member: member ? { id: 'm', name: 'M' } : null,
      coupons: coupons.map(({ code, paid }, at) => ({ code, redeemedId: paid ? `r${at}` : '' })),
      discount: total === null ? null : { percentPpm: total, reason: 'goodwill', approver },
      lines: lines.map((line, at) => ({
        key: `l${at}`,
        sku: line.sku,
        names: { en: line.sku },
        kind: 'goods',
        unit: line.unit,
        category: line.category,
        taxCode: line.tax,
        quantity: line.unit === 'piece' ? (line.quantity % 9) + 1 : line.quantity,
        priceMinor: line.priceMinor,
        priceQuantity: line.unit === 'piece' ? 1 : 1000,
        override:
          line.override === null
            ? null
            : { priceMinor: line.override, priceQuantity: 1, reason: 'damaged', approver },
        discount:
          line.percent === null ? null : { percentPpm: line.percent, reason: 'x', approver },
        serials: [],
        lot: '',
        expiryDay: 0,
        voucher: '',
        note: '',
      })),
    };
  });
