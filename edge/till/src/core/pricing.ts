// A basket is priced as if from scratch each time: promotions, hand-made discounts, tax, total.
import { addedTax, includedTax, lineAmount, mulDivHalfUp, PPM, spread } from './money';
import { byPiecePrice, Planner, type Work } from './plans';
import { promote } from './promotions';
import { type StoreTime, storeTime } from './time';
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

/** What was worked out for lines and promotions: it saves work and changes no result. */
export class Memory {
  readonly planner = new Planner();
  private readonly drafts = new WeakMap<BasketLine, Work>();
  private clock: { atMs: number; zone: string; time: StoreTime } | null = null;

  /** What the clocks of a store say. */
  time(atMs: number, zone: string): StoreTime {
    if (this.clock?.atMs !== atMs || this.clock.zone !== zone)
      this.clock = { atMs, zone, time: storeTime(atMs, zone) };
    return this.clock.time;
  }

  /** A line as nothing has been taken off it yet. */
  draft(line: BasketLine): Work {
    let found = this.drafts.get(line);
    if (found === undefined) {
      found = draft(line);
      this.drafts.set(line, found);
    }
    found.left = found.grossMinor;
    found.discounts = [];
    return found;
  }
}

/** Prices a basket; the same basket, rules and time always give the same result. */
export function price(basket: Basket, context: PricingContext, memory = new Memory()): Priced {
  const { rules, atMs, language } = context;
  const drafts = basket.lines.map((line) => memory.draft(line));
  const occasion = {
    time: memory.time(atMs, rules.timezone),
    member: basket.member !== null,
    coupons: basket.coupons,
    language,
  };
  const works = drafts.filter(isPromotable);
  const notices = promote(works, rules.promotions, occasion, memory.planner);
  for (const one of drafts) if (one.line.discount) reduce(one, one.line.discount, language, rules);
  if (basket.discount) reduceTotal(drafts, basket.discount, language, rules);
  const lines = drafts.map((one) => finish(one, rules, notices));
  return { ...totals(lines), ...points(basket, lines, rules), notices };
}

/** Whether a line's price was set by hand, so that no promotion may change it. */
export function isFixedByHand(line: BasketLine): boolean {
  const reason = line.override?.reason;
  return reason !== undefined && reason !== 'label' && reason !== 'open-price';
}

function draft(line: BasketLine): Work {
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

/** Whether a line sells something, rather than a charge or money on a gift card. */
export function isSold(line: BasketLine): boolean {
  return line.kind !== 'charge' && line.voucher === '';
}

function isReducible(one: Work): boolean {
  return isSold(one.line) && one.left > 0;
}

function isPromotable(one: Work): boolean {
  return isReducible(one) && !isFixedByHand(one.line);
}

function reasonText(code: string, rules: Rules, language: string): string {
  const reason = rules.reasons.discount?.find((one) => one.code === code);
  return reason === undefined ? code : language === 'zh' ? reason.zh : reason.en;
}

function takeOff(one: Work, discount: Discount): void {
  if (discount.amountMinor <= 0) return;
  one.left -= discount.amountMinor;
  one.discounts.push(discount);
}

function byHand(by: ManualDiscount, amountMinor: Minor, rules: Rules, language: string): Discount {
  const text = reasonText(by.reason, rules, language);
  return { kind: 'manual', code: by.reason, amountMinor, text };
}

function wanted(by: ManualDiscount, ofMinor: Minor): Minor {
  const amount =
    by.percentPpm === undefined ? (by.amountMinor ?? 0) : mulDivHalfUp(ofMinor, by.percentPpm, PPM);
  return Math.max(0, Math.min(amount, ofMinor));
}

function reduce(one: Work, by: ManualDiscount, language: string, rules: Rules): void {
  if (isReducible(one)) takeOff(one, byHand(by, wanted(by, one.left), rules, language));
}

function reduceTotal(
  drafts: readonly Work[],
  by: ManualDiscount,
  language: string,
  rules: Rules,
): void {
  const reducible = drafts.filter(isReducible).sort(byPiecePrice);
  const weights = reducible.map((one) => one.left);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = spread(wanted(by, whole), weights);
  reducible.forEach((one, at) => {
    takeOff(one, { ...byHand(by, shares[at] ?? 0, rules, language), whole: true });
  });
}

function finish(one: Work, rules: Rules, notices: Notice[]): PricedLine {
  const { line, priceMinor, priceQuantity, grossMinor, discounts, left } = one;
  const rate = rules.rates.get(line.taxCode);
  if (rate === undefined && line.taxCode !== '')
    notices.push({ code: 'tax-unknown', subject: line.taxCode });
  const taxPpm = rate?.ratePpm ?? 0;
  const taxAdded = rate !== undefined && !rate.included;
  const taxMinor = taxAdded ? addedTax(left, taxPpm) : includedTax(left, taxPpm);
  const discountMinor = grossMinor - left;
  let wholeMinor = 0;
  for (const discount of discounts) if (discount.whole) wholeMinor += discount.amountMinor;
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
    wholeMinor,
    taxMinor,
    amountMinor,
  };
}

/** What a line comes to before what is taken off the whole sale and before tax that is added. */
export function reducedMinor(one: PricedLine): Minor {
  return one.grossMinor - one.discountMinor + one.wholeMinor;
}

/** What a line comes to after promotions, before a discount by hand on the whole sale. */
export function reducibleMinor(one: PricedLine): Minor {
  const byHand = one.discounts.find(({ kind, whole }) => whole && kind === 'manual');
  return one.grossMinor - one.discountMinor + (byHand?.amountMinor ?? 0);
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Sum = Mutable<Discount>;

function totals(lines: readonly PricedLine[]): Omit<Priced, 'points' | 'notices'> {
  let totalMinor = 0;
  let taxMinor = 0;
  let discountMinor = 0;
  let wholeMinor = 0;
  let baseMinor = 0;
  let articles = 0;
  const taxes = new Map<string, Mutable<TaxTotal>>();
  const explained = new Map<string, Sum[]>();
  const sums: Sum[] = [];
  for (const one of lines) {
    totalMinor += one.amountMinor;
    taxMinor += one.taxMinor;
    discountMinor += one.discountMinor;
    wholeMinor += one.wholeMinor;
    if (isSold(one.line)) baseMinor += reducibleMinor(one);
    if (one.line.kind !== 'charge') articles += one.line.unit === 'piece' ? one.line.quantity : 1;
    addTax(taxes, one);
    for (const discount of one.discounts) {
      const alike = explained.get(discount.code) ?? [];
      const known = alike.find((x) => x.kind === discount.kind && x.whole === discount.whole);
      if (known) known.amountMinor += discount.amountMinor;
      else {
        const sum = { ...discount };
        explained.set(discount.code, [...alike, sum]);
        sums.push(sum);
      }
    }
  }
  return {
    lines,
    totalMinor,
    taxMinor,
    taxes: [...taxes.values()],
    discountMinor,
    wholeMinor,
    reducibleMinor: baseMinor,
    explained: sums,
    articles,
  };
}

function addTax(taxes: Map<string, Mutable<TaxTotal>>, one: PricedLine): void {
  const code = one.line.taxCode;
  let sum = taxes.get(code);
  if (sum === undefined) {
    sum = { code, ratePpm: one.taxPpm, netMinor: 0, taxMinor: 0, grossMinor: 0 };
    taxes.set(code, sum);
  }
  sum.grossMinor += one.amountMinor;
  sum.taxMinor += one.taxMinor;
  sum.netMinor += one.amountMinor - one.taxMinor;
}

function points(basket: Basket, lines: readonly PricedLine[], rules: Rules): { points: number } {
  if (basket.member === null || rules.loyalty === null) return { points: 0 };
  let earning = 0;
  for (const one of lines) if (isSold(one.line)) earning += one.amountMinor;
  for (const tender of basket.tenders) if (tender.kind === 'points') earning -= tender.amountMinor;
  const major = 10 ** rules.exponent;
  return { points: Math.floor((Math.max(0, earning) * rules.loyalty.pointsPerMajor) / major) };
}
