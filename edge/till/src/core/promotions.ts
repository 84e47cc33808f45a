// A line takes the better of the promotions that do not stack; the outcome hangs on no order.
import { byPiecePrice, ownDiscount, type Plan, type Planner, type Work } from './plans';
import type { StoreTime } from './time';
import type { Coupon, Discount, Minor, Notice, Promotion } from './types';

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

/**
 * Applies every promotion that counts to the lines: their `left` becomes what remains, their
 * `discounts` say why. Returns what the cashier should know.
 */
export function promote(
  works: readonly Work[],
  promotions: readonly Promotion[],
  occasion: Occasion,
  planner: Planner,
): Notice[] {
  const notices: Notice[] = [];
  const due = promotions
    .filter((one) => isDue(one, occasion.time) && (occasion.member || !one.members))
    .sort(rank);
  const offered = due.filter((one) => one.type !== 'coupon');
  const counted = new Set<Promotion>();
  const presented = occasion.coupons.flatMap((coupon) => {
    const found = presentedAs(coupon, promotions, due);
    if ('id' in found) {
      const again = counted.has(found);
      counted.add(found);
      return [again ? { ...found } : found]; // a coupon presented twice counts as two
    }
    notices.push(found);
    return [];
  });
  const all = [...offered, ...presented];
  // In canonical order from the start: what is sorted again later is sorted already.
  const fits = fitter(all, [...works].sort(byPiecePrice));
  const applied = [
    ...bestOf(
      all.filter((one) => !one.stacks),
      works,
      fits,
      planner,
    ),
    ...stacked(
      all.filter((one) => one.stacks),
      fits,
      planner,
    ),
  ];
  const useful = new Set(applied.map((one) => one.promotion));
  for (const one of presented)
    if (!useful.has(one))
      notices.push({
        code: fits(one).length === 0 ? 'coupon-nothing-fits' : 'coupon-worse',
        subject: one.coupon,
      });
  for (const one of applied) explain(one, occasion.language);
  return notices;
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
  return found;
}

type Fits = (promotion: Promotion) => readonly Work[];

const NOTHING: readonly Work[] = [];

/** Finds the lines each promotion is about, in canonical order. */
function fitter(promotions: readonly Promotion[], works: readonly Work[]): Fits {
  const whole = new Set<Promotion>();
  const bySku = new Map<string, Promotion[]>();
  const byCategory = new Map<string, Promotion[]>();
  for (const promotion of promotions) {
    const { type, all, bundle, skus, categories } = promotion;
    const named = new Set(type === 'bundle' ? bundle.flatMap((part) => part.skus) : skus);
    if (type !== 'bundle' && (all || namesNone(promotion))) whole.add(promotion);
    else for (const sku of named) file(bySku, sku, promotion);
    if (!whole.has(promotion))
      for (const category of new Set(categories)) file(byCategory, category, promotion);
  }
  const found = new Map<Promotion, Work[]>();
  for (const work of works) {
    for (const one of bySku.get(work.line.sku) ?? []) file(found, one, work);
    if (work.line.category === '') continue;
    for (const one of byCategory.get(work.line.category) ?? [])
      if (found.get(one)?.at(-1) !== work) file(found, one, work);
  }
  return (promotion) => (whole.has(promotion) ? works : (found.get(promotion) ?? NOTHING));
}

/** A threshold or coupon that names no goods is about the whole basket. */
function namesNone({ type, skus, categories }: Promotion): boolean {
  return isForBaskets(type) && skus.length + categories.length === 0;
}

function isForBaskets(type: Promotion['type']): boolean {
  return type === 'threshold' || type === 'coupon';
}

function file<Key, Value>(index: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = index.get(key);
  if (known) known.push(value);
  else index.set(key, [value]);
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
function bestOf(
  promotions: readonly Promotion[],
  works: readonly Work[],
  fits: Fits,
  planner: Planner,
): Plan[] {
  const own = ownBest(promotions.filter(isOwn).sort(rank), fits);
  const groups = promotions
    .filter((one) => !isOwn(one))
    .map((promotion) => ({ promotion, alone: alone(promotion, fits(promotion), planner) }))
    .filter(({ alone: total, promotion }) => total > 0 || promotion.type === 'threshold')
    .sort(
      (one, two) =>
        Number(one.promotion.type === 'threshold') - Number(two.promotion.type === 'threshold') ||
        two.alone - one.alone ||
        rank(one.promotion, two.promotion),
    );
  const claims = new Map<Work, Plan>();
  for (const { promotion } of groups) contest(promotion, fits(promotion), own, claims, planner);
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

function alone(promotion: Promotion, works: readonly Work[], planner: Planner): Minor {
  return planner.plan(promotion, works, cost(works)).totalMinor;
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
  planner: Planner,
): void {
  const free = works.filter((work) => !claims.has(work));
  const plain = free.filter((work) => !own.has(work));
  const choices = [works, ...(free.length < works.length ? [free] : [])];
  if (plain.length < free.length) choices.push(plain);
  let best: { readonly plan: Plan; readonly gain: Minor } | null = null;
  for (const chosen of choices) {
    const netMinor = promotion.type === 'threshold' ? netWith(works, chosen, own, claims) : 0;
    const found = planner.plan(promotion, chosen, netMinor);
    const gain = found.totalMinor - loss(found, own, claims);
    if (gain > (best?.gain ?? 0)) best = { plan: found, gain };
  }
  if (best === null) return;
  for (const beaten of displaced(best.plan, claims))
    for (const work of beaten.shares.keys()) claims.delete(work);
  for (const work of best.plan.shares.keys()) claims.set(work, best.plan);
}

/** What lines come to while `chosen`, which are some of them in their order, are spared nothing. */
function netWith(
  works: readonly Work[],
  chosen: readonly Work[],
  own: ReadonlyMap<Work, Own>,
  claims: ReadonlyMap<Work, Plan>,
): Minor {
  let total = 0;
  let at = 0;
  for (const work of works) {
    total += work.left;
    if (work === chosen[at]) at += 1;
    else total -= claims.get(work)?.shares.get(work) ?? own.get(work)?.spared ?? 0;
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
function stacked(promotions: readonly Promotion[], fits: Fits, planner: Planner): Plan[] {
  const ordered = [...promotions].sort(
    (one, two) =>
      STACKING_ORDER.indexOf(one.type) - STACKING_ORDER.indexOf(two.type) || rank(one, two),
  );
  const applied: Plan[] = [];
  for (const promotion of ordered) {
    const works = fits(promotion);
    const found = planner.plan(promotion, works, cost(works));
    if (found.totalMinor === 0) continue;
    for (const [work, share] of found.shares) work.left -= share;
    applied.push(found);
  }
  return applied;
}

function explain({ promotion, shares }: Plan, language: string): void {
  const kind = promotion.type === 'coupon' ? 'coupon' : promotion.members ? 'member' : 'promotion';
  const code = promotion.type === 'coupon' ? promotion.coupon : promotion.id;
  const text = promotion.names[language] ?? promotion.names.en ?? code;
  const isWhole = isForBaskets(promotion.type) && (promotion.all || namesNone(promotion));
  const why: Omit<Discount, 'amountMinor'> = { kind, code, text, ...(isWhole && { whole: true }) };
  for (const [work, amountMinor] of shares)
    if (amountMinor !== 0) work.discounts.push({ ...why, amountMinor });
}
