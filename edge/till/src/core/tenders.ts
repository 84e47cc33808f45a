// Tenders cover the total exactly: too little finishes nothing, too much comes back as change.
import type { Denomination } from './denominations';
import type { Minor, Refused, Rules, Tender } from './types';

/** How far the tenders of a basket reach. */
export interface Settled {
  readonly paidMinor: Minor;
  /** Still to pay; 0 when covered. */
  readonly dueMinor: Minor;
  readonly changeMinor: Minor;
  /** null when the sale can be finished. */
  readonly refused: Refused | null;
}

/** Whether a kind of tender gives change. Cash always does, and what is left of an exchange. */
export function givesChange(kind: string, rules: Rules): boolean {
  return (
    kind === 'cash' ||
    kind === 'exchange' ||
    (rules.tenders.find((one) => one.kind === kind)?.change ?? false)
  );
}

/** Settles a total; change is given up to what change-giving tenders brought, never of a card. */
export function settle(totalMinor: Minor, tenders: readonly Tender[], rules: Rules): Settled {
  const paidMinor = tenders.reduce((sum, one) => sum + one.amountMinor, 0);
  const changeable = tenders.reduce(
    (sum, one) => sum + (givesChange(one.kind, rules) ? one.amountMinor : 0),
    0,
  );
  const dueMinor = Math.max(0, totalMinor - paidMinor);
  const over = Math.max(0, paidMinor - Math.max(0, totalMinor));
  if (totalMinor < 0)
    return { paidMinor, dueMinor: 0, changeMinor: 0, refused: { code: 'total-negative' } };
  if (dueMinor > 0)
    return {
      paidMinor,
      dueMinor,
      changeMinor: 0,
      refused: { code: 'tender-short', values: { due: dueMinor } },
    };
  if (over > changeable)
    return {
      paidMinor,
      dueMinor,
      changeMinor: 0,
      refused: { code: 'tender-over', values: { over } },
    };
  return { paidMinor, dueMinor, changeMinor: over, refused: null };
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
