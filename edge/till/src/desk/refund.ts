// One law: nobody gets back more than was paid: the parts of a line's refund add up to its price.
import { mulDivHalfUp } from '../core/money';

/** A line of a sale, and what of it may still come back; quantities in base units. */
export interface RefundLine {
  readonly line: number;
  readonly sku: string;
  readonly name: string;
  readonly sold: number;
  readonly returned: number;
  readonly amount_minor: number;
  /** Serial numbers that the sale told of and that are not here again. */
  readonly serials: readonly string[];
}

/** What the customer brings back of a line. */
export interface Choice {
  readonly quantity: number;
  readonly restock: boolean;
  /** Which of the line's serial numbers they are, as far as somebody said. */
  readonly serials: readonly string[];
}

/** What was chosen, by the line's index. */
export type Choices = Readonly<Record<number, Choice>>;

/** A means of payment and an amount. */
export interface Part {
  readonly kind: string;
  readonly amount_minor: number;
}

/**
 * What `taken` units of a line carry after `before` of its `whole` came back: the node's own law, so
 * that what is shown is what is paid out.
 */
export function portion(amount: number, whole: number, before: number, taken: number): number {
  return mulDivHalfUp(amount, before + taken, whole) - mulDivHalfUp(amount, before, whole);
}

/** How many units of a line can still come back. */
export function returnable(line: RefundLine): number {
  return Math.max(line.sold - line.returned, 0);
}

/** What a line's choice refunds. */
export function refundMinor(line: RefundLine, quantity: number): number {
  return quantity ? portion(line.amount_minor, line.sold, line.returned, quantity) : 0;
}

/** Take this many of a line, never more than can come back; 0 takes it out again. */
export function choose(choices: Choices, line: RefundLine, quantity: number): Choices {
  const { [line.line]: before, ...rest } = choices;
  const bounded = Math.min(Math.max(Math.trunc(quantity) || 0, 0), returnable(line));
  if (bounded === 0) return rest;
  const named = before?.serials ?? [];
  const serials = allBack(line, bounded) ? line.serials : named.length > bounded ? [] : named;
  return { ...rest, [line.line]: { restock: true, ...before, quantity: bounded, serials } };
}

/** Whether it is clear which pieces come back: all that are left. */
const allBack = (line: RefundLine, quantity: number): boolean =>
  quantity === returnable(line) && line.serials.length <= quantity;

/** The piece with this serial number comes back, or does not after all; the quantity follows. */
export function withSerial(choices: Choices, line: RefundLine, serial: string): Choices {
  const before = choices[line.line] ?? { quantity: 0, restock: true, serials: [] };
  const out = before.serials.includes(serial);
  const serials = out
    ? before.serials.filter((one) => one !== serial)
    : [...before.serials, serial].slice(-returnable(line));
  const quantity = out ? before.quantity - 1 : Math.max(before.quantity, serials.length);
  return choose({ ...choices, [line.line]: { ...before, serials } }, line, quantity);
}

/** How many serial numbers are still to be said: pieces that have none need none. */
export function serialsMissing(line: RefundLine, choice: Choice): number {
  const plain = Math.max(returnable(line) - line.serials.length, 0);
  return Math.max(choice.quantity - plain - choice.serials.length, 0);
}

/** Say whether a line's goods go back on the shelf. */
export function restock(choices: Choices, line: number, yes: boolean): Choices {
  const before = choices[line];
  return before ? { ...choices, [line]: { ...before, restock: yes } } : choices;
}

/** Everything that can still come back. */
export function chooseAll(lines: readonly RefundLine[]): Choices {
  return lines.reduce<Choices>((all, line) => choose(all, line, returnable(line)), {});
}

/** What all choices refund. */
export function totalMinor(lines: readonly RefundLine[], choices: Choices): number {
  return lines.reduce((sum, line) => sum + refundMinor(line, choices[line.line]?.quantity ?? 0), 0);
}

/** What a return can go back to; of a gift card the node knows which one paid. */
const RETURNED: readonly string[] = ['card', 'gift'];
/** A void undoes all of a sale, and so the points that were spent as well. */
export const VOIDED: readonly string[] = [...RETURNED, 'points'];

/**
 * Propose how to pay a refund out: the way it was paid, in order, and what is left in cash.
 *
 * Change and tenders that can't take money back (vouchers, an earlier exchange) are cash.
 */
export function suggestSplit(total: number, paid: readonly Part[], back = RETURNED): Part[] {
  const parts = new Map<string, number>();
  let left = total;
  for (const { kind, amount_minor } of paid) {
    const part = back.includes(kind) ? Math.min(left, Math.max(amount_minor, 0)) : 0;
    if (part) parts.set(kind, (parts.get(kind) ?? 0) + part);
    left -= part;
  }
  if (left) parts.set('cash', left);
  return [...parts].map(([kind, amount_minor]) => ({ kind, amount_minor }));
}

/** Move what one tender pays out; cash takes or gives the difference. Bounded by the total. */
export function withPart(
  split: readonly Part[],
  kind: string,
  amount: number,
  total: number,
): Part[] {
  const others = split.filter((part) => part.kind !== kind && part.kind !== 'cash');
  const free = total - others.reduce((sum, part) => sum + part.amount_minor, 0);
  const bounded = kind === 'cash' ? 0 : Math.min(Math.max(amount, 0), free);
  const cash = free - bounded;
  const parts = bounded ? [...others, { kind, amount_minor: bounded }] : others;
  return cash ? [...parts, { kind: 'cash', amount_minor: cash }] : parts;
}
