// One law: a list of goods has each SKU once; a scan adds one, typing replaces.

/** A SKU on a list, in base units; `expected` where an order or a sender said how much. */
export interface Entry {
  readonly sku: string;
  readonly names: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly quantity: number;
  readonly expected: number | null;
}

/** What is known of goods before they are on the list. */
export type Goods = Omit<Entry, 'quantity' | 'expected'>;

/** The most that fits a line of a document. */
export const QUANTITY_MAX = 1_000_000_000;

/** A scan or a tap adds `by` units (a weighed label brings its weight); the entry comes to the top. */
export function scanned(list: readonly Entry[], goods: Goods, by = 1): readonly Entry[] {
  const before = list.find((entry) => entry.sku === goods.sku);
  const quantity = bounded((before?.quantity ?? 0) + by);
  const entry = { ...goods, quantity, expected: before?.expected ?? null };
  return [entry, ...list.filter((other) => other.sku !== goods.sku)];
}

/** A typed quantity stands for all of it; the entry stays where it is. */
export function typed(list: readonly Entry[], sku: string, quantity: number): readonly Entry[] {
  return list.map((entry) =>
    entry.sku === sku ? { ...entry, quantity: bounded(quantity) } : entry,
  );
}

/** Take a SKU off; one that is expected stays, with nothing of it there. */
export function without(list: readonly Entry[], sku: string): readonly Entry[] {
  return list.flatMap((entry) => {
    if (entry.sku !== sku) return [entry];
    return entry.expected === null ? [] : [{ ...entry, quantity: 0 }];
  });
}

function bounded(quantity: number): number {
  return Math.min(Math.max(Math.trunc(quantity) || 0, 0), QUANTITY_MAX);
}

/** What is posted: SKUs with something of them. */
export function lines(list: readonly Entry[]): { sku: string; quantity: number }[] {
  return list
    .filter(({ quantity }) => quantity > 0)
    .map(({ sku, quantity }) => ({ sku, quantity }));
}

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

/** Take everything as it was announced. */
export function asExpected(list: readonly Entry[]): readonly Entry[] {
  return list.map((entry) => ({ ...entry, quantity: entry.expected ?? entry.quantity }));
}
