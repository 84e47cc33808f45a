// Tenders cover the total exactly: too little finishes nothing, too much comes back as change.
import type { Denomination } from './denominations';
import type { Minor, Refused, Rules, Tender } from './types';

/** How far the tenders of a basket reach. */
export interface Settled {
  readonly paidMinor: Minor;
  /** Still to pay to the cent; 0 when covered. */
  readonly dueMinor: Minor;
  /** Still to pay if it is paid in cash. */
  readonly dueCashMinor: Minor;
  /** What goes back in cash. */
  readonly changeMinor: Minor;
  /** What was paid too much, to the cent. */
  readonly overMinor: Minor;
  /** What cash leaves of the total, or (negative) takes beyond it. */
  readonly roundingMinor: Minor;
  /** null when the sale can be finished. */
  readonly refused: Refused | null;
}

/** The kind of tender that makes up for what cash cannot pay. */
export const ROUNDING = 'rounding';

/** The nearest multiple of the smallest coin; halves go away from zero. */
export function inCoins(minor: Minor, coin: Minor): Minor {
  const coins = Math.floor((2 * Math.abs(minor) + coin) / (2 * coin));
  return minor < 0 ? 0 - coins * coin : coins * coin;
}

/** What was rounded of a document's tenders. */
export function roundedMinor(tenders: readonly { kind: string; amount_minor: Minor }[]): Minor {
  return tenders.reduce((sum, one) => sum + (one.kind === ROUNDING ? one.amount_minor : 0), 0);
}

/**
 * What a refund's parts come to in cash: the node pays out the same. `takenMinor` is what was rounded
 * when it was paid; that comes back first.
 */
export function payOut(
  parts: readonly { kind: string; amount_minor: Minor }[],
  coin: Minor,
  takenMinor: Minor = 0,
): readonly { kind: string; amount_minor: Minor }[] {
  const cash = parts.find((one) => one.kind === 'cash');
  if (!cash || (coin === 1 && takenMinor === 0)) return parts;
  const paid = inCoins(cash.amount_minor - takenMinor, coin);
  const rounded = [
    { kind: 'cash', amount_minor: paid },
    { kind: ROUNDING, amount_minor: cash.amount_minor - paid },
  ].filter((one) => one.amount_minor !== 0);
  return [...parts.filter((one) => one !== cash), ...rounded];
}

/** Whether a kind of tender gives change. Cash always does, and what is left of an exchange. */
export function givesChange(kind: string, rules: Rules): boolean {
  return (
    kind === 'cash' ||
    kind === 'exchange' ||
    (rules.tenders.find((one) => one.kind === kind)?.change ?? false)
  );
}

/**
 * Settles a total; change is given up to what change-giving tenders brought, never of a card. What cash
 * has to cover is rounded to the smallest coin; what is paid to the cent stays exact.
 */
export function settle(totalMinor: Minor, tenders: readonly Tender[], rules: Rules): Settled {
  const sumOf = (counts: (kind: string) => boolean): Minor =>
    tenders.reduce((sum, one) => sum + (counts(one.kind) ? one.amountMinor : 0), 0);
  const paidMinor = sumOf(() => true);
  const cash = sumOf((kind) => kind === 'cash');
  const needed = inCoins(totalMinor - paidMinor + cash, rules.coinMinor);
  const covers = tenders.some((one) => one.kind === 'cash') && cash >= needed;
  const over = Math.max(0, paidMinor - Math.max(0, totalMinor));
  const short = totalMinor - paidMinor;
  const none = { paidMinor, dueMinor: 0, dueCashMinor: 0, changeMinor: 0, overMinor: over };
  const refuse = (refused: Refused, due = 0, dueCash = 0): Settled => ({
    ...none,
    dueMinor: due,
    dueCashMinor: dueCash,
    roundingMinor: 0,
    refused,
  });
  if (totalMinor < 0) return refuse({ code: 'total-negative' });
  if (short > 0 && (rules.coinMinor === 1 || !covers))
    return refuse(
      { code: 'tender-short', values: { due: short } },
      short,
      Math.max(0, needed - cash),
    );
  if (over > sumOf((kind) => givesChange(kind, rules)))
    return refuse({ code: 'tender-over', values: { over } });
  const changeMinor = short === 0 ? 0 : Math.max(0, cash - needed);
  return { ...none, changeMinor, roundingMinor: short + changeMinor, refused: null };
}

/** Splits what is due among people so that the parts add up; the first ones pay the odd units. */
export function splitEvenly(dueMinor: Minor, people: number): Minor[] {
  const low = Math.floor(dueMinor / people);
  return Array.from({ length: people }, (_, at) => low + (at < dueMinor - low * people ? 1 : 0));
}

/**
 * Amounts a customer is likely to hand over in cash: exact, then two notes of which neither is needless,
 * then one coin or note; beyond those, the next multiple of the largest notes.
 */
export function cashSuggestions(
  dueMinor: Minor,
  pieces: readonly Denomination[],
  count = 4,
): Minor[] {
  if (dueMinor <= 0) return [];
  const notes = pieces.filter((piece) => piece.form === 'note').map((piece) => piece.minor);
  const small = notes.filter((note) => note < dueMinor);
  const pairs = above(
    dueMinor,
    small.flatMap((one) => small.map((two) => one + two)),
  );
  const large = notes.slice(0, 2).map((note) => Math.ceil(dueMinor / note) * note);
  const singles = above(dueMinor, [...pieces.map((piece) => piece.minor), ...large]);
  return [...new Set([dueMinor, ...pairs.slice(0, 2), ...singles])]
    .slice(0, count)
    .sort((one, two) => one - two);
}

function above(least: Minor, amounts: readonly Minor[]): Minor[] {
  return [...new Set(amounts)].filter((amount) => amount > least).sort((one, two) => one - two);
}

/** What points are worth, and how many are needed for an amount (rounded down to whole points). */
export function pointsFor(amountMinor: Minor, rules: Rules): { points: number; worthMinor: Minor } {
  const worth = rules.loyalty?.redeemMinorPerPoint ?? 0;
  if (worth <= 0) return { points: 0, worthMinor: 0 };
  const points = Math.floor(amountMinor / worth);
  return { points, worthMinor: points * worth };
}
