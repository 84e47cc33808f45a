// One law: whatever is scanned and typed, a list has each SKU once and never less than nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asExpected,
  difference,
  differences,
  type Entry,
  lines,
  scanned,
  typed,
  without,
} from '../../src/stock/entry';

const goods = (sku: string) => ({ sku, names: { en: sku }, unit: 'piece', asks: [] });
const entry = (sku: string, quantity: number, expected: number | null): Entry => ({
  ...goods(sku),
  quantity,
  expected,
  pieces: [],
});

describe('a list of goods', () => {
  it('adds one a scan, newest on top, and takes a typed quantity for all of it', () => {
    let list = scanned(scanned(scanned([], goods('A')), goods('B')), goods('A'));
    expect(list.map((one) => [one.sku, one.quantity])).toEqual([
      ['A', 2],
      ['B', 1],
    ]);
    list = typed(list, 'B', 24);
    expect(lines(list)).toEqual([
      { sku: 'A', quantity: 2 },
      { sku: 'B', quantity: 24 },
    ]);
  });

  it('keeps what was expected, also when nothing of it came', () => {
    expect(without([entry('A', 3, 5), entry('B', 1, null)], 'A')).toEqual([
      entry('A', 0, 5),
      entry('B', 1, null),
    ]);
    expect(without([entry('B', 1, null)], 'B')).toEqual([]);
    expect(scanned([entry('A', 4, 5)], goods('A'))).toEqual([entry('A', 5, 5)]);
  });

  it('names differences, the largest first', () => {
    const list = [
      entry('A', 5, 5),
      entry('B', 4, 5),
      entry('C', 9, 5),
      entry('D', 2, null),
      entry('E', 0, 9),
    ];
    expect(list.map(difference)).toEqual(['right', 'short', 'over', 'unexpected', 'missing']);
    expect(differences(list).map((one) => one.sku)).toEqual(['E', 'C', 'D', 'B']);
    expect(asExpected(list).map((one) => one.quantity)).toEqual([5, 5, 5, 2, 9]);
  });

  it('has each SKU once and no negative quantity', () => {
    const step = fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.boolean(), fc.integer());
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const list = steps.reduce<readonly Entry[]>(
          (all, [sku, scan, number]) => (scan ? scanned(all, goods(sku)) : typed(all, sku, number)),
          [],
        );
        expect(new Set(list.map((one) => one.sku)).size).toBe(list.length);
        expect(list.every((one) => one.quantity >= 0 && Number.isSafeInteger(one.quantity))).toBe(
          true,
        );
      }),
    );
  });
});
