// One promotion on a set of lines: what it takes off each of them, never more than the line costs.
import { floorDivide, lineAmount, mulDivHalfUp, PPM, spread } from './money';
import type { BasketLine, Discount, Minor, Promotion } from './types';

/** A line while promotions are looked for; `left` is what it costs after those applied so far. */
export interface Work {
  readonly line: BasketLine;
  readonly grossMinor: Minor;
  readonly priceMinor: Minor;
  readonly priceQuantity: number;
  /** Pieces that a promotion may count: a weighed line is one. */
  readonly pieces: number;
  /** Whether the price is the product's own, so that a fixed price can take its place. */
  readonly listed: boolean;
  left: Minor;
  /** What it was reduced by so far, as the receipt explains it. */
  discounts: Discount[];
}

/** What one promotion does: lines that take part, with what each is spared (0 or more). */
export interface Plan {
  readonly promotion: Promotion;
  readonly shares: ReadonlyMap<Work, Minor>;
  readonly totalMinor: Minor;
}

/** Canonical order: dearest piece first; ties by what the lines are, never by place in the basket. */
export function byPiecePrice(one: Work, two: Work): number {
  const difference = two.left * one.pieces - one.left * two.pieces;
  return difference || byKind(one.line, two.line);
}

/** Only lines that may take each other's place are left to their keys, which tell who came first. */
function byKind(one: BasketLine, two: BasketLine): number {
  if (one.sku !== two.sku) return one.sku < two.sku ? -1 : 1;
  if (one.quantity !== two.quantity) return two.quantity - one.quantity;
  if (one.taxCode !== two.taxCode) return one.taxCode < two.taxCode ? -1 : 1;
  const percent = (one.discount?.percentPpm ?? 0) - (two.discount?.percentPpm ?? 0);
  const amount = (one.discount?.amountMinor ?? 0) - (two.discount?.amountMinor ?? 0);
  return percent || amount || (one.key < two.key ? -1 : 1);
}

/** What a promotion of one line takes off it. */
export function ownDiscount(promotion: Promotion, work: Work): Minor {
  const { left, line } = work;
  if (left <= 0) return 0;
  let off = 0;
  if (promotion.type === 'percent') off = mulDivHalfUp(left, promotion.percentPpm, PPM);
  else if (promotion.type === 'amount')
    off = lineAmount(line.quantity, promotion.amountMinor, work.priceQuantity);
  else if (work.listed)
    off = left - lineAmount(line.quantity, promotion.priceMinor, work.priceQuantity);
  return Math.max(0, Math.min(off, left));
}

interface Known {
  readonly works: readonly Work[];
  readonly lefts: readonly Minor[];
  readonly plan: Plan;
}

const KNOWN_MAX = 4;

/** Works plans out, and knows again what a promotion came to on lines that cost what they did. */
export class Planner {
  private readonly known = new WeakMap<Promotion, Known[]>();

  /** Works out a promotion on the lines it fits; `netMinor` is what a threshold looks at. */
  plan(promotion: Promotion, works: readonly Work[], netMinor: Minor): Plan {
    if (promotion.type === 'threshold' && netMinor < promotion.thresholdMinor)
      return nothing(promotion);
    const known = this.known.get(promotion) ?? [];
    const same = known.find((one) => isSame(one, works));
    if (same) return same.plan;
    const lefts = works.map((work) => work.left);
    const found = { works, lefts, plan: planAnew(promotion, works) };
    this.known.set(promotion, [found, ...known.slice(0, KNOWN_MAX - 1)]);
    return found.plan;
  }
}

function isSame(known: Known, works: readonly Work[]): boolean {
  if (known.works.length !== works.length) return false;
  return works.every((work, at) => work === known.works[at] && work.left === known.lefts[at]);
}

function planAnew(promotion: Promotion, works: readonly Work[]): Plan {
  switch (promotion.type) {
    case 'n-for-m':
      return nForM(promotion, [...works].sort(byPiecePrice));
    case 'bundle':
      return bundle(promotion, [...works].sort(byPiecePrice));
    case 'threshold':
    case 'coupon':
      return off(promotion, works);
    default:
      return capped(promotion, works);
  }
}

function nothing(promotion: Promotion): Plan {
  return { promotion, shares: new Map(), totalMinor: 0 };
}

function made(promotion: Promotion, shares: Map<Work, Minor>): Plan {
  let totalMinor = 0;
  for (const share of shares.values()) totalMinor += share;
  return totalMinor > 0 ? { promotion, shares, totalMinor } : nothing(promotion);
}

function partOf(work: Work, pieces: number): Minor {
  return Math.min(work.left, mulDivHalfUp(work.left, pieces, work.pieces));
}

function nForM(promotion: Promotion, works: readonly Work[]): Plan {
  const { buy, pay, cap } = promotion;
  if (buy < 1 || pay < 0 || pay >= buy) return nothing(promotion);
  const all = works.reduce((sum, work) => sum + work.pieces, 0);
  const limit = Math.min(floorDivide(all, buy), cap ?? Number.POSITIVE_INFINITY) * buy;
  const freeBefore = (at: number) => {
    const place = Math.min(at, limit);
    return floorDivide(place, buy) * (buy - pay) + Math.max(0, (place % buy) - pay);
  };
  const shares = new Map<Work, Minor>();
  let at = 0;
  for (const work of works) {
    if (at >= limit) break;
    const free = freeBefore(at + work.pieces) - freeBefore(at);
    shares.set(work, partOf(work, free));
    at += work.pieces;
  }
  return made(promotion, shares);
}

function bundle(promotion: Promotion, works: readonly Work[]): Plan {
  if (promotion.bundle.length === 0) return nothing(promotion);
  let low = 0;
  let high = Math.min(mostSets(promotion, works), promotion.cap ?? Number.POSITIVE_INFINITY);
  const worth = (sets: number) => {
    const taken = takeSets(promotion, works, sets);
    return taken === null ? -1 : sum(taken.values()) - sets * promotion.priceMinor;
  };
  // Dearer pieces are taken first, so every further set brings less: look for where it stops paying.
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if (worth(middle) > worth(middle - 1)) low = middle;
    else high = middle - 1;
  }
  const taken = low > 0 ? takeSets(promotion, works, low) : null;
  if (taken === null) return nothing(promotion);
  const cost = sum(taken.values());
  const spared = Math.max(0, Math.min(cost, cost - low * promotion.priceMinor));
  const shares = spread(spared, [...taken.values()]);
  return made(promotion, new Map([...taken.keys()].map((work, at) => [work, shares[at] ?? 0])));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function mostSets(promotion: Promotion, works: readonly Work[]): number {
  let sets = Number.POSITIVE_INFINITY;
  for (const part of promotion.bundle) {
    const fit = works.filter((work) => part.skus.includes(work.line.sku));
    const units = fit.reduce((total, work) => total + work.line.quantity, 0);
    sets = Math.min(sets, part.quantity > 0 ? floorDivide(units, part.quantity) : 0);
  }
  return sets;
}

/** Takes the dearest units for a number of sets; null if the parts compete for too few units. */
function takeSets(
  promotion: Promotion,
  works: readonly Work[],
  sets: number,
): Map<Work, Minor> | null {
  const units = new Map<Work, number>();
  for (const part of promotion.bundle) {
    let needed = sets * part.quantity;
    for (const work of works) {
      if (needed === 0) break;
      if (!part.skus.includes(work.line.sku)) continue;
      const used = units.get(work) ?? 0;
      const taken = Math.min(needed, work.line.quantity - used);
      if (taken > 0) units.set(work, used + taken);
      needed -= taken;
    }
    if (needed > 0) return null;
  }
  const cost = new Map<Work, Minor>();
  for (const [work, count] of units)
    cost.set(work, mulDivHalfUp(work.left, count, work.line.quantity));
  return cost;
}

function off(promotion: Promotion, works: readonly Work[]): Plan {
  const shares = new Map<Work, Minor>();
  if (promotion.percentPpm > 0) {
    for (const work of works) {
      const share = mulDivHalfUp(work.left, promotion.percentPpm, PPM);
      shares.set(work, Math.max(0, Math.min(work.left, share)));
    }
    return made(promotion, shares);
  }
  const ordered = [...works].sort(byPiecePrice);
  const weights = ordered.map((work) => Math.max(0, work.left));
  const parts = spread(Math.min(Math.max(0, promotion.amountMinor), sum(weights)), weights);
  ordered.forEach((work, at) => {
    shares.set(work, parts[at] ?? 0);
  });
  return made(promotion, shares);
}

function capped(promotion: Promotion, works: readonly Work[]): Plan {
  const found = works.map((work) => ({ work, spared: ownDiscount(promotion, work) }));
  const useful = found.filter(({ spared }) => spared > 0);
  useful.sort((one, two) => {
    const difference = two.spared * one.work.pieces - one.spared * two.work.pieces;
    return difference || byPiecePrice(one.work, two.work);
  });
  let left = promotion.cap ?? Number.POSITIVE_INFINITY;
  const shares = new Map<Work, Minor>();
  for (const { work, spared } of useful) {
    if (left <= 0) break;
    const pieces = Math.min(left, work.pieces);
    shares.set(work, mulDivHalfUp(spared, pieces, work.pieces));
    left -= pieces;
  }
  return made(promotion, shares);
}
