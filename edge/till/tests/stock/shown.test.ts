// One law: what stock work makes of its data is true at the edges too.
// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import type { Till } from '../../src/data/ports';
import type { Entry } from '../../src/stock/entry';
import { arrivals, expectedList } from '../../src/stock/receive';
import { above } from '../../src/stock/route';
import { titleOf } from '../../src/stock/sheets';

const entry = (sku: string, quantity: number): Entry => ({
  sku,
  names: {},
  unit: 'pc',
  quantity,
  expected: 12,
  asks: [],
  pieces: [],
});

describe('a delivery', () => {
  it('is never more damaged than it is, and leaves out what did not come', () => {
    const list = [entry('A', 5), entry('B', 0), entry('C', 2)];
    expect(arrivals(list, { A: '9', C: 'x', B: '3' })).toEqual([
      { sku: 'A', quantity: 5, damaged: 5 },
      { sku: 'C', quantity: 2, damaged: 0 },
    ]);
  });

  it('expects what is still to come, also of goods nobody here knows', async () => {
    const till = { catalogue: { bySkus: async () => [] } } as unknown as Till;
    const line = (sku: string, expected: number, received: number) => ({
      sku,
      expected,
      received,
      damaged: 0,
      difference: 0,
    });
    const list = await expectedList(till, [line('A', 12, 5), line('B', 6, 6), line('C', 0, 2)]);
    expect(list).toEqual([
      { sku: 'A', names: {}, unit: 'piece', asks: [], quantity: 0, expected: 7, pieces: [] },
    ]);
  });
});

describe('a sheet', () => {
  it('is called by its title, else by what it covers', () => {
    const sheet = { title: '', kind: 'category' as const, scope: ['tea', 'bread', 'fruit', 'x'] };
    const NAMED = { tea: { en: 'Tea', zh: '茶' } };
    expect(titleOf(sheet, NAMED)).toBe('Tea, bread, fruit');
    expect(titleOf({ ...sheet, kind: 'list' }, NAMED)).toBe('tea, bread, fruit');
    expect(titleOf({ ...sheet, title: 'Shelf 7' }, NAMED)).toBe('Shelf 7');
    expect(titleOf({ ...sheet, kind: 'full' }, NAMED)).toBe('Everything');
  });

  it('has its way back one level up', () => {
    expect(['', 'counts', 'counts/1/review'].map(above)).toEqual(['', 'stock', 'stock/counts/1']);
  });
});
