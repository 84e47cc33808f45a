// A line takes the better of the promotions that do not stack; the outcome hangs on no order.
import { byPiecePrice, ownDiscount, type Plan, plan, type Work } from './plans';
import type { StoreTime } from './time';
import type { Coupon, Discount, Minor, Notice, Promotion } from './types';

/** What promotions came to: discounts by line, and what the cashier should know. */
export interface Promoted {
  readonly discounts: ReadonlyMap<Work, readonly Discount[]>;
  readonly notices: readonly Notice[];
}

/** What decides whether a promotion counts now. */
export interface Occasion {
  readonly time: StoreTime;
  readonly member: boolean;
  readonly coupons: readonly Coupon[];
  readonly language: string;
}

const STACKING_ORDER = [
  'percent',
  'amount',
  'fixed-price',
  'n-for-m',
  'bundle',
  'coupon',
  'threshold',
];

/** Whether a promotion counts at a time; `to` is exclusive, hours may reach past midnight. */
export function isDue(promotion: Promotion, time: StoreTime): boolean {
  const { from, to, weekdays, hours } = promotion;
  if (from !== null && time.local < from.slice(0, 16)) return false;
  if (to !== null && time.local >= to.slice(0, 16)) return false;
  if (weekdays.length > 0 && !weekdays.includes(time.weekday)) return false;
  if (hours === null) return true;
  const [opens, closes] = hours;
  if (opens <= closes) return time.clock >= opens && time.clock < closes;
  return time.clock >= opens || time.clock < closes;
}

/** Applies every promotion that counts to the lines; their `left` becomes what remains. */
export function promote(
  works: readonly Work[],
  promotions: readonly Promotion[],
  occasion: Occasion,
): Promoted {
  const notices: Notice[] = [];
  const due = promotions
    .filter((one) => isDue(one, occasion.time) && (occasion.member || !one.members))
    .sort(rank);
  const offered = due.filter((one) => one.type !== 'coupon');
  const presented = occasion.coupons.flatMap((coupon) => {
    const found = presentedAs(coupon, promotions, due);
    if ('id' in found) return [found];
    notices.push(found);
    return [];
  });
  // In canonical order from the start: what is sorted again later is sorted already.
  const fits = fitter([...works].sort(byPiecePrice));
  const all = [...offered, ...presented];
  const applied = [
    ...bestOf(
      all.filter((one) => !one.stacks),
      works,
      fits,
    ),
    ...stacked(
      all.filter((one) => one.stacks),
      fits,
    ),
  ];
  const useful = new Set(applied.map((one) => one.promotion));
  for (const one of presented)
    if (!useful.has(one))
      notices.push({
        code: fits(one).length === 0 ? 'coupon-nothing-fits' : 'coupon-worse',
        subject: one.coupon,
      });
  return { discounts: explain(applied, occasion.language), notices };
}

function presentedAs(
  coupon: Coupon,
  promotions: readonly Promotion[],
  due: readonly Promotion[],
): Promotion | Notice {
  const same = (one: Promotion) => one.type === 'coupon' && one.coupon === coupon.code;
  const found = due.find(same);
  if (found === undefined) {
    const code = promotions.some(same) ? 'coupon-not-now' : 'coupon-unknown';
    return { code, subject: coupon.code };
  }
  if (found.cap !== null && coupon.redeemedId === '')
    return { code: 'coupon-needs-node', subject: coupon.code };
  return { ...found }; // a coupon presented twice counts as two
}

type Fits = (promotion: Promotion) => readonly Work[];

/** Finds the lines a promotion is about, by an index made once; each is looked for once. */
function fitter(works: readonly Work[]): Fits {
  const find = finder(works);
  const known = new Map<Promotion, readonly Work[]>();
  return (promotion) => {
    const found = known.get(promotion) ?? find(promotion);
    known.set(promotion, found);
    return found;
  };
}

function finder(works: readonly Work[]): Fits {
  const bySku = new Map<string, Work[]>();
  const byCategory = new Map<string, Work[]>();
  for (const work of works) {
    file(bySku, work.line.sku, work);
    if (work.line.category !== '') file(byCategory, work.line.category, work);
  }
  return (promotion) => {
    if (promotion.type !== 'bundle' && (promotion.all || isWhole(promotion))) return works;
    const skus =
      promotion.type === 'bundle' ? promotion.bundle.flatMap((part) => part.skus) : promotion.skus;
    const found = new Set(skus.flatMap((sku) => bySku.get(sku) ?? []));
    for (const category of promotion.categories)
      for (const work of byCategory.get(category) ?? []) found.add(work);
    return [...found];
  };
}

/** A threshold or coupon that names no goods is about the whole basket. */
function isWhole({ type, skus, categories }: Promotion): boolean {
  return (type === 'threshold' || type === 'coupon') && skus.length + categories.length === 0;
}

function file(index: Map<string, Work[]>, name: string, work: Work): void {
  const known = index.get(name);
  if (known) known.push(work);
  else index.set(name, [work]);
}

function isOwn(promotion: Promotion): boolean {
  const { type, cap } = promotion;
  return cap === null && (type === 'percent' || type === 'amount' || type === 'fixed-price');
}

function rank(one: Promotion, two: Promotion): number {
  if (one.priority !== two.priority) return two.priority - one.priority;
  return one.id < two.id ? -1 : one.id > two.id ? 1 : 0;
}

interface Own {
  readonly promotion: Promotion;
  readonly spared: Minor;
}

/** Each line's best own promotion against those that need several lines or the whole basket. */
function bestOf(promotions: readonly Promotion[], works: readonly Work[], fits: Fits): Plan[] {
  const own = ownBest(promotions.filter(isOwn).sort(rank), fits);
  const groups = promotions
    .filter((one) => !isOwn(one))
    .map((promotion) => ({ promotion, alone: alone(promotion, fits(promotion)) }))
    .filter(({ alone: total, promotion }) => total > 0 || promotion.type === 'threshold')
    .sort(
      (one, two) =>
        Number(one.promotion.type === 'threshold') - Number(two.promotion.type === 'threshold') ||
        two.alone - one.alone ||
        rank(one.promotion, two.promotion),
    );
  const claims = new Map<Work, Plan>();
  for (const { promotion } of groups) contest(promotion, fits(promotion), own, claims);
  const result = [...new Set(claims.values())];
  for (const work of works) {
    const best = own.get(work);
    if (best && !claims.has(work))
      result.push({
        promotion: best.promotion,
        shares: new Map([[work, best.spared]]),
        totalMinor: best.spared,
      });
  }
  for (const one of result) for (const [work, share] of one.shares) work.left -= share;
  return result;
}

function ownBest(promotions: readonly Promotion[], fits: Fits): Map<Work, Own> {
  const own = new Map<Work, Own>();
  for (const promotion of promotions)
    for (const work of fits(promotion)) {
      const spared = ownDiscount(promotion, work);
      if (spared > (own.get(work)?.spared ?? 0)) own.set(work, { promotion, spared });
    }
  return own;
}

function alone(promotion: Promotion, works: readonly Work[]): Minor {
  return plan(promotion, works, cost(works)).totalMinor;
}

function cost(works: readonly Work[]): Minor {
  return works.reduce((total, work) => total + work.left, 0);
}

/**
 * Lets a promotion take the lines on which it gains most: all, those nobody claims, or those that
 * have nothing better of their own; it takes none if the customer would lose by it.
 */
function contest(
  promotion: Promotion,
  works: readonly Work[],
  own: ReadonlyMap<Work, Own>,
  claims: Map<Work, Plan>,
): void {
  const free = works.filter((work) => !claims.has(work));
  const plain = free.filter((work) => !own.has(work));
  const choices = [works, ...(free.length < works.length ? [free] : [])];
  if (plain.length < free.length) choices.push(plain);
  let best: { readonly plan: Plan; readonly gain: Minor } | null = null;
  for (const chosen of choices) {
    const found = plan(promotion, chosen, netWith(works, new Set(chosen), own, claims));
    const gain = found.totalMinor - loss(found, own, claims);
    if (gain > (best?.gain ?? 0)) best = { plan: found, gain };
  }
  if (best === null) return;
  for (const beaten of displaced(best.plan, claims))
    for (const work of beaten.shares.keys()) claims.delete(work);
  for (const work of best.plan.shares.keys()) claims.set(work, best.plan);
}

function netWith(
  works: readonly Work[],
  chosen: ReadonlySet<Work>,
  own: ReadonlyMap<Work, Own>,
  claims: ReadonlyMap<Work, Plan>,
): Minor {
  let total = 0;
  for (const work of works) {
    const spared = chosen.has(work)
      ? 0
      : (claims.get(work)?.shares.get(work) ?? own.get(work)?.spared ?? 0);
    total += work.left - spared;
  }
  return total;
}

function displaced(found: Plan, claims: ReadonlyMap<Work, Plan>): Set<Plan> {
  const beaten = new Set<Plan>();
  for (const work of found.shares.keys()) {
    const claim = claims.get(work);
    if (claim) beaten.add(claim);
  }
  return beaten;
}

/** What the customer gives up if a plan takes its lines: own promotions and whole other plans. */
function loss(found: Plan, own: ReadonlyMap<Work, Own>, claims: ReadonlyMap<Work, Plan>): Minor {
  let lost = 0;
  for (const beaten of displaced(found, claims)) {
    lost += beaten.totalMinor;
    for (const work of beaten.shares.keys())
      if (!found.shares.has(work)) lost -= own.get(work)?.spared ?? 0;
  }
  for (const work of found.shares.keys()) if (!claims.has(work)) lost += own.get(work)?.spared ?? 0;
  return lost;
}

/** Promotions that stack come on top, on what is left, in a fixed order. */
function stacked(promotions: readonly Promotion[], fits: Fits): Plan[] {
  const ordered = [...promotions].sort(
    (one, two) =>
      STACKING_ORDER.indexOf(one.type) - STACKING_ORDER.indexOf(two.type) || rank(one, two),
  );
  const applied: Plan[] = [];
  for (const promotion of ordered) {
    const works = fits(promotion);
    const found = plan(promotion, works, cost(works));
    if (found.totalMinor === 0) continue;
    for (const [work, share] of found.shares) work.left -= share;
    applied.push(found);
  }
  return applied;
}

function explain(plans: readonly Plan[], language: string): Map<Work, Discount[]> {
  const discounts = new Map<Work, Discount[]>();
  for (const { promotion, shares } of plans) {
    const kind =
      promotion.type === 'coupon' ? 'coupon' : promotion.members ? 'member' : 'promotion';
    const code = promotion.type === 'coupon' ? promotion.coupon : promotion.id;
    const text = promotion.names[language] ?? promotion.names.en ?? code;
    for (const [work, amountMinor] of shares) {
      if (amountMinor === 0) continue;
      const discount: Discount = { kind, code, amountMinor, text };
      const known = discounts.get(work);
      if (known) known.push(discount);
      else discounts.set(work, [discount]);
    }
  }
  return discounts;
}
