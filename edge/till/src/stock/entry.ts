// One law: a list of goods has each SKU once; a scan adds one, typing replaces.
import { QUANTITY_MAX } from '../core/money';
import { type Asked, fitting, hasSerial, type Line, linesOf, type Piece, telling } from './pieces';

/** A SKU on a list, in base units; `expected` where an order or a sender said how much. */
export interface Entry {
  readonly sku: string;
  readonly names: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly quantity: number;
  readonly expected: number | null;
  /** What the product wants to be told of its pieces, and what was told. */
  readonly asks: readonly Asked[];
  readonly pieces: readonly Piece[];
  /** The pieces that the sender told of. */
  readonly announced?: readonly Piece[];
}

/** What is known of goods before they are on the list. */
export type Goods = Pick<Entry, 'sku' | 'names' | 'unit' | 'asks'>;

/**
 * A scan or a tap adds `by` units (a weighed label brings its weight) and what the code said of them;
 * the entry comes to the top. A serial number that is there already adds nothing.
 */
export function scanned(
  list: readonly Entry[],
  goods: Goods,
  by = 1,
  said: Piece | null = null,
): readonly Entry[] {
  const before = list.find((entry) => entry.sku === goods.sku) ?? {
    quantity: 0,
    expected: null,
    pieces: [],
  };
  const whole: Entry = { ...before, ...goods };
  const others = list.filter((other) => other.sku !== goods.sku);
  if (said && hasSerial(whole, said.serial)) return [whole, ...others];
  const entry = { ...whole, quantity: bounded(whole.quantity + by) };
  return [said ? telling(entry, said) : entry, ...others];
}

/** A typed quantity stands for all of it; the entry stays where it is. */
export function typed(list: readonly Entry[], sku: string, quantity: number): readonly Entry[] {
  return list.map((entry) => (entry.sku === sku ? fitting(entry, bounded(quantity)) : entry));
}

/** Put an entry in the place of the one of its SKU. */
export function replaced(list: readonly Entry[], entry: Entry): readonly Entry[] {
  return list.map((other) => (other.sku === entry.sku ? entry : other));
}

/** Take a SKU off; one that is expected stays, with nothing of it there. */
export function without(list: readonly Entry[], sku: string): readonly Entry[] {
  return list.flatMap((entry) => {
    if (entry.sku !== sku) return [entry];
    return entry.expected === null ? [] : [{ ...entry, quantity: 0, pieces: [] }];
  });
}

function bounded(quantity: number): number {
  return Math.min(Math.max(Math.trunc(quantity) || 0, 0), QUANTITY_MAX);
}

/** What is posted: SKUs with something of them, each lot by itself. */
export function lines(list: readonly Entry[]): Omit<Line, 'damaged'>[] {
  return present(list).flatMap((entry) => linesOf(entry).map(({ damaged: _, ...line }) => line));
}

/** The entries of which there is something. */
export const present = (list: readonly Entry[]): readonly Entry[] =>
  list.filter(({ quantity }) => quantity > 0);

/** How an entry compares with what was expected. */
export type Difference = 'right' | 'short' | 'over' | 'unexpected' | 'missing';

/** Compare; null where nothing was expected of the whole list. */
export function difference(entry: Entry): Difference {
  if (entry.expected === null || entry.expected === 0) return 'unexpected';
  if (entry.quantity === entry.expected) return 'right';
  if (entry.quantity === 0) return 'missing';
  return entry.quantity < entry.expected ? 'short' : 'over';
}

/** The entries that are not as expected, the largest difference first. */
export function differences(list: readonly Entry[]): readonly Entry[] {
  const size = (entry: Entry): number => Math.abs(entry.quantity - (entry.expected ?? 0));
  return list
    .filter((entry) => entry.quantity > 0 || (entry.expected ?? 0) > 0)
    .filter((entry) => difference(entry) !== 'right')
    .sort((a, b) => size(b) - size(a));
}

/** Take everything as it was announced, with the lots and serial numbers the sender told of. */
export function asExpected(list: readonly Entry[]): readonly Entry[] {
  return list.map((entry) => {
    if (entry.expected === null) return entry;
    const pieces = entry.announced ?? entry.pieces;
    return fitting({ ...entry, pieces }, entry.expected);
  });
}
