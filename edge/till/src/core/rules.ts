// Rules come from people: what is missing gets its default, what is malformed is left out and told.
import type { SetupDocument } from '../data/wire';
import {
  KEY_COLORS,
  type KeyColor,
  type KeyPage,
  type Loyalty,
  type Names,
  type Promotion,
  type PromotionType,
  type Reason,
  type Rules,
  type TenderKind,
} from './types';

type Loose = Readonly<Record<string, unknown>>;

const TYPES: readonly PromotionType[] = [
  'percent',
  'amount',
  'fixed-price',
  'n-for-m',
  'bundle',
  'threshold',
  'coupon',
];

const DEFAULT_TENDERS: readonly TenderKind[] = [
  {
    kind: 'cash',
    names: { en: 'Cash', zh: '现金' },
    opensDrawer: true,
    change: true,
    reference: false,
  },
  {
    kind: 'card',
    names: { en: 'Card', zh: '银行卡' },
    opensDrawer: false,
    change: false,
    reference: false,
  },
];

/** Rules before there is a setup: nothing can be sold by them, but nothing breaks either. */
export const NO_RULES: Rules = parseRules(null);

/** Reads a setup's rules. */
export function parseRules(setup: SetupDocument | null): Rules {
  const rules = setup?.rules ?? {};
  const limits = object(rules.limits);
  return {
    currency: setup?.currency ?? 'EUR',
    exponent: setup?.exponent ?? 2,
    timezone: setup?.timezone ?? 'UTC',
    rates: new Map(
      (setup?.tax_rates ?? []).map(({ code, rate_ppm, included, name }) => [
        code,
        { code, ratePpm: rate_ppm, included, name },
      ]),
    ),
    promotions: Object.keys(rules)
      .filter((name) => name.startsWith('promotion.'))
      .sort()
      .flatMap((name) => promotion(name.slice('promotion.'.length), rules[name]) ?? []),
    loyalty: loyalty(rules.loyalty),
    tenders: tenders(rules.tenders),
    reasons: reasons(rules.reasons),
    limits: {
      cashierDiscountPpm: integer(limits.cashier_discount_ppm, 100_000),
      priceOverride: limits.price_override === true,
    },
    tips: object(rules.tips).enabled === true,
    coinMinor: coin(object(rules['cash.rounding']).to_minor),
    ages: numbers(rules.age),
    templates: templates(rules['barcode.templates']),
    keyPages: keyPages(rules['till.keys']),
    categories: Object.fromEntries(
      Object.entries(object(rules.categories)).map(([code, name]) => [code, names(name)]),
    ),
    receipt: rules.receipt ?? null,
  };
}

/** Reads one promotion; null if it is withdrawn or makes no sense. */
export function promotion(id: string, value: unknown): Promotion | null {
  const rule = object(value);
  const type = TYPES.find((one) => one === rule.type);
  if (type === undefined || rule.active === false) return null;
  const items = object(rule.items);
  const hours = list(rule.hours).map(String);
  return {
    id,
    names: names(rule.name),
    type,
    skus: list(items.skus).map(String),
    categories: list(items.categories).map(String),
    all: items.all === true,
    percentPpm: rule.off === 'amount' ? 0 : Math.min(1_000_000, amount(rule.percent_ppm)),
    amountMinor: rule.off === 'percent' ? 0 : amount(rule.amount_minor),
    priceMinor: amount(rule.price_minor),
    buy: amount(rule.buy),
    pay: amount(rule.pay),
    bundle: list(rule.bundle).map((part) => ({
      skus: list(object(part).skus).map(String),
      quantity: Math.max(1, amount(object(part).quantity)),
    })),
    thresholdMinor: amount(rule.threshold_minor),
    coupon: typeof rule.coupon === 'string' ? rule.coupon : '',
    cap: typeof rule.cap === 'number' ? amount(rule.cap) : null,
    members: rule.members === true,
    from: typeof rule.from === 'string' ? rule.from : null,
    to: typeof rule.to === 'string' ? rule.to : null,
    weekdays: list(rule.weekdays).filter((day): day is number => typeof day === 'number'),
    hours: hours[0] !== undefined && hours[1] !== undefined ? [hours[0], hours[1]] : null,
    stacks: rule.stacks === true,
    priority: integer(rule.priority, 0),
  };
}

function object(value: unknown): Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Loose)
    : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function integer(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : otherwise;
}

function amount(value: unknown): number {
  return Math.max(0, integer(value, 0));
}

function coin(value: unknown): number {
  const minor = integer(value, 1);
  return minor >= 1 && minor <= 1_000_000 ? minor : 1;
}

function names(value: unknown): Names {
  if (typeof value === 'string') return { en: value };
  const found = Object.entries(object(value)).filter(([, text]) => typeof text === 'string');
  return Object.fromEntries(found) as Names;
}

function numbers(value: unknown): Readonly<Record<string, number>> {
  const found = Object.entries(object(value)).filter(([, number]) => typeof number === 'number');
  return Object.fromEntries(found) as Record<string, number>;
}

function loyalty(value: unknown): Loyalty | null {
  const rule = object(value);
  const pointsPerMajor = amount(rule.points_per_major);
  const redeemMinorPerPoint = amount(rule.redeem_minor_per_point);
  if (pointsPerMajor + redeemMinorPerPoint === 0) return null;
  return { pointsPerMajor, redeemMinorPerPoint, minRedeem: amount(rule.min_redeem) };
}

function tenders(value: unknown): readonly TenderKind[] {
  const found = list(value).map((one) => {
    const rule = object(one);
    return {
      kind: String(rule.kind ?? ''),
      names: names(rule.name),
      opensDrawer: rule.opens_drawer === true,
      change: rule.change === true,
      reference: rule.reference === true,
    };
  });
  const named = found.filter(({ kind }) => kind !== '');
  return named.length > 0 ? named : DEFAULT_TENDERS;
}

function reasons(value: unknown): Readonly<Record<string, readonly Reason[]>> {
  const found = Object.entries(object(value)).map(([purpose, entries]) => {
    const read = list(entries).map((entry) => {
      const { code, en, zh } = object(entry);
      const english = String(en ?? code ?? '');
      return { code: String(code ?? ''), en: english, zh: String(zh ?? english) };
    });
    return [purpose, read.filter(({ code }) => code !== '')] as const;
  });
  return Object.fromEntries(found);
}

function templates(value: unknown): readonly string[] {
  const entries = Array.isArray(value) ? value : list(object(value).templates);
  return entries
    .map((one) => (typeof one === 'string' ? one : String(object(one).pattern ?? '')))
    .filter((one) => /^[0-9]+[PMWQX]*C?$/.test(one) && one.includes('P'));
}

function keyPages(value: unknown): readonly KeyPage[] {
  const pages = Array.isArray(value) ? value : list(object(value).pages);
  return pages.map((page) => ({
    names: names(object(page).name),
    keys: list(object(page).keys).map((key) => {
      if (typeof key === 'string') return { sku: key, names: {}, color: '' };
      const { sku, name, color } = object(key);
      return { sku: String(sku ?? ''), names: names(name), color: keyColor(color) };
    }),
  }));
}

function keyColor(value: unknown): KeyColor | '' {
  return KEY_COLORS.find((one) => one === value) ?? '';
}
