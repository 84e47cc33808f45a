// A basket is priced from scratch each time: promotions, hand-made discounts, tax, then the total.
import { addedTax, includedTax, lineAmount, mulDivHalfUp, PPM, spread } from './money';
import type { Work } from './plans';
import { promote } from './promotions';
import { storeTime } from './time';
import type {
  Basket,
  BasketLine,
  Discount,
  ManualDiscount,
  Minor,
  Notice,
  Priced,
  PricedLine,
  Rules,
  TaxTotal,
} from './types';

/** When and for whom a basket is priced. */
export interface PricingContext {
  readonly rules: Rules;
  /** UTC ms; promotions with a window look at the store's clock at this time. */
  readonly atMs: number;
  /** Language of the explanations on the receipt. */
  readonly language: string;
}

interface Draft extends Work {
  readonly discounts: Discount[];
}

/** Prices a basket; the same basket, rules and time always give the same result. */
export function price(basket: Basket, context: PricingContext): Priced {
  const { rules, atMs, language } = context;
  const drafts = basket.lines.map(draft);
  const promoted = promote(drafts.filter(isPromotable), rules.promotions, {
    time: storeTime(atMs, rules.timezone),
    member: basket.member !== null,
    coupons: basket.coupons,
    language,
  });
  for (const [work, discounts] of promoted.discounts) (work as Draft).discounts.push(...discounts);
  for (const one of drafts) if (one.line.discount) reduce(one, one.line.discount, language, rules);
  if (basket.discount) reduceTotal(drafts, basket.discount, language, rules);
  const notices: Notice[] = [...promoted.notices];
  const lines = drafts.map((one) => finish(one, rules, notices));
  return { ...totals(lines), ...points(basket, lines, rules), notices };
}

/** Whether a line's price was set by hand, so that no promotion may change it. */
export function isFixedByHand(line: BasketLine): boolean {
  const reason = line.override?.reason;
  return reason !== undefined && reason !== 'label' && reason !== 'open-price';
}

function draft(line: BasketLine): Draft {
  const priceMinor = line.override?.priceMinor ?? line.priceMinor;
  const priceQuantity = line.override?.priceQuantity ?? line.priceQuantity;
  const grossMinor = lineAmount(line.quantity, priceMinor, priceQuantity);
  const pieces = line.unit === 'piece' ? line.quantity : 1;
  const listed = line.override === null;
  return {
    line,
    grossMinor,
    priceMinor,
    priceQuantity,
    pieces,
    listed,
    left: grossMinor,
    discounts: [],
  };
}

function isReducible(one: Work): boolean {
  return one.line.kind !== 'charge' && one.line.voucher === '' && one.left > 0;
}

function isPromotable(one: Work): boolean {
  return isReducible(one) && !isFixedByHand(one.line);
}

function reasonText(code: string, rules: Rules, language: string): string {
  const reason = rules.reasons.discount?.find((one) => one.code === code);
  return reason === undefined ? code : language === 'zh' ? reason.zh : reason.en;
}

function takeOff(one: Draft, by: ManualDiscount, amountMinor: Minor, text: string): void {
  if (amountMinor <= 0) return;
  one.left -= amountMinor;
  one.discounts.push({ kind: 'manual', code: by.reason, amountMinor, text });
}

function wanted(by: ManualDiscount, ofMinor: Minor): Minor {
  const amount =
    by.percentPpm === undefined ? (by.amountMinor ?? 0) : mulDivHalfUp(ofMinor, by.percentPpm, PPM);
  return Math.max(0, Math.min(amount, ofMinor));
}

function reduce(one: Draft, by: ManualDiscount, language: string, rules: Rules): void {
  if (isReducible(one))
    takeOff(one, by, wanted(by, one.left), reasonText(by.reason, rules, language));
}

function reduceTotal(
  drafts: readonly Draft[],
  by: ManualDiscount,
  language: string,
  rules: Rules,
): void {
  const weights = drafts.map((one) => (isReducible(one) ? one.left : 0));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = spread(wanted(by, whole), weights);
  const text = reasonText(by.reason, rules, language);
  drafts.forEach((one, at) => {
    takeOff(one, by, shares[at] ?? 0, text);
  });
}

function finish(one: Draft, rules: Rules, notices: Notice[]): PricedLine {
  const { line, priceMinor, priceQuantity, grossMinor, discounts, left } = one;
  const rate = rules.rates.get(line.taxCode);
  if (rate === undefined && line.taxCode !== '')
    notices.push({ code: 'tax-unknown', subject: line.taxCode });
  const taxPpm = rate?.ratePpm ?? 0;
  const taxAdded = rate !== undefined && !rate.included;
  const taxMinor = taxAdded ? addedTax(left, taxPpm) : includedTax(left, taxPpm);
  const discountMinor = grossMinor - left;
  const amountMinor = taxAdded ? left + taxMinor : left;
  return {
    line,
    priceMinor,
    priceQuantity,
    taxPpm,
    taxAdded,
    grossMinor,
    discounts,
    discountMinor,
    taxMinor,
    amountMinor,
  };
}

function totals(lines: readonly PricedLine[]): Omit<Priced, 'points' | 'notices'> {
  let totalMinor = 0;
  let taxMinor = 0;
  let discountMinor = 0;
  let articles = 0;
  const taxes = new Map<string, TaxTotal>();
  const explained = new Map<string, Discount>();
  for (const one of lines) {
    totalMinor += one.amountMinor;
    taxMinor += one.taxMinor;
    discountMinor += one.discountMinor;
    if (one.line.kind !== 'charge') articles += one.line.unit === 'piece' ? one.line.quantity : 1;
    addTax(taxes, one);
    for (const discount of one.discounts) {
      const name = `${discount.kind} ${discount.code}`;
      const amountMinor = (explained.get(name)?.amountMinor ?? 0) + discount.amountMinor;
      explained.set(name, { ...discount, amountMinor });
    }
  }
  return {
    lines,
    totalMinor,
    taxMinor,
    taxes: [...taxes.values()],
    discountMinor,
    explained: [...explained.values()],
    articles,
  };
}

function addTax(taxes: Map<string, TaxTotal>, one: PricedLine): void {
  const code = one.line.taxCode;
  const name = `${code} ${one.taxPpm}`;
  const known = taxes.get(name);
  const grossMinor = (known?.grossMinor ?? 0) + one.amountMinor;
  const taxMinor = (known?.taxMinor ?? 0) + one.taxMinor;
  const netMinor = grossMinor - taxMinor;
  taxes.set(name, { code, ratePpm: one.taxPpm, netMinor, taxMinor, grossMinor });
}

function points(basket: Basket, lines: readonly PricedLine[], rules: Rules): { points: number } {
  if (basket.member === null || rules.loyalty === null) return { points: 0 };
  let earning = 0;
  for (const one of lines)
    if (one.line.kind !== 'charge' && one.line.voucher === '') earning += one.amountMinor;
  for (const tender of basket.tenders) if (tender.kind === 'points') earning -= tender.amountMinor;
  const major = 10 ** rules.exponent;
  return { points: Math.floor((Math.max(0, earning) * rules.loyalty.pointsPerMajor) / major) };
}
