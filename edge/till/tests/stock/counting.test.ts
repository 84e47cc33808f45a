// One law: whatever is scanned and typed, everything counted is written down exactly once.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Counting,
  corrected,
  delivered,
  entryBody,
  type Moment,
  NOTHING,
  scan,
  typeIn,
  written,
} from '../../src/stock/counting';

let minted = 0;
const moment = (at_ms = 1000): Moment => {
  minted += 1;
  return { id: `e${minted}`, at_ms, place: '7', stockroom: false };
};
const goods = (sku: string) => ({ sku, names: { en: sku }, unit: 'piece' });

describe('a count', () => {
  it('adds one a scan and writes down when the next goods begin', () => {
    let counting = scan(NOTHING, goods('A'), 1, moment());
    counting = scan(counting, goods('A'), 1, moment());
    expect(counting.current?.counted).toBe(2);
    expect(counting.pending).toEqual([]);
    counting = scan(counting, goods('B'), 1, moment());
    expect(counting.pending.map((one) => [one.sku, one.counted, one.source])).toEqual([
      ['A', 2, 'scanner'],
    ]);
    expect(counting.current?.sku).toBe('B');
  });

  it('takes a typed quantity for all of it, also for none', () => {
    const counting = typeIn(scan(NOTHING, goods('A'), 1, moment()), 24);
    expect(written(counting, moment()).pending[0]).toMatchObject({ counted: 24, source: 'hand' });
    expect(written(typeIn(counting, 0), moment()).pending[0]?.counted).toBe(0);
    expect(typeIn(counting, -1)).toBe(counting);
    expect(typeIn(NOTHING, 5)).toBe(NOTHING);
  });

  it('corrects an own entry, or all there is of goods', () => {
    expect(corrected(NOTHING, 'A', 3, { replaces: 'e9' }, moment()).pending[0]).toMatchObject({
      replaces: 'e9',
      whole: false,
    });
    expect(corrected(NOTHING, 'A', 3, { whole: true }, moment()).pending[0]).toMatchObject({
      replaces: null,
      whole: true,
    });
  });

  it('says how long ago it was, never less than now', () => {
    const entry = written(scan(NOTHING, goods('A'), 1, moment()), moment(5000)).pending[0]!;
    expect(entryBody(entry, 7000)).toMatchObject({ sku: 'A', age_ms: 2000 });
    expect(entryBody(entry, 4000)).toMatchObject({ age_ms: 0 });
    expect(entryBody(entry, 4000)).not.toHaveProperty('replaces');
  });

  it('loses nothing and doubles nothing', () => {
    const step = fc.tuple(
      fc.constantFrom('A', 'B', 'C'),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let counting: Counting = NOTHING;
        let sent = 0;
        let expected = 0;
        for (const [sku, by, deliver] of steps) {
          counting = scan(counting, goods(sku), by, moment());
          expected += by;
          if (!deliver) continue;
          sent += counting.pending.reduce((sum, one) => sum + one.counted, 0);
          counting = delivered(counting, new Set(counting.pending.map((one) => one.id)));
        }
        counting = written(counting, moment());
        expect(sent + counting.pending.reduce((sum, one) => sum + one.counted, 0)).toBe(expected);
      }),
    );
  });
});
