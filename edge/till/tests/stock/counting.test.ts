// One law: whatever is scanned and typed, everything counted is written down exactly once.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asWhole,
  type Counting,
  corrected,
  delivered,
  entryBody,
  leftBehind,
  type Moment,
  NOTHING,
  scan,
  takenBack,
  toldOf,
  typeIn,
  written,
} from '../../src/stock/counting';
import { type Asked, isLacking, type Piece } from '../../src/stock/pieces';

let minted = 0;
const moment = (at_ms = 1000): Moment => {
  minted += 1;
  return { id: `e${minted}`, at_ms, place: '7', stockroom: false };
};
const goods = (sku: string, ...asks: Asked[]) => ({ sku, names: { en: sku }, unit: 'piece', asks });

describe('a count', () => {
  it('adds one a scan and writes down when the next goods begin', () => {
    let counting = scan(NOTHING, goods('A'), 1, moment());
    counting = scan(counting, goods('A'), 1, moment());
    expect(counting.current?.quantity).toBe(2);
    expect(counting.pending).toEqual([]);
    counting = scan(counting, goods('B'), 1, moment());
    expect(counting.pending.map((one) => [one.sku, one.counted, one.source])).toEqual([
      ['A', 2, 'scanner'],
    ]);
    expect(counting.current?.sku).toBe('B');
  });

  it('writes down what is in hand when the page is left, but nothing taken back to be changed', () => {
    const counting = scan(scan(NOTHING, goods('A'), 1, moment()), goods('B'), 1, moment());
    expect(leftBehind(counting, moment()).map((one) => one.sku)).toEqual(['A', 'B']);
    const current = {
      ...goods('C'),
      expected: null,
      quantity: 1,
      pieces: [],
      replaces: 'e9',
      whole: false,
    };
    const changing = takenBack(NOTHING, current, moment());
    expect(leftBehind(changing, moment())).toEqual([]);
    expect(leftBehind(NOTHING, moment())).toEqual([]);
  });

  it('takes a typed quantity for all of it, also for none', () => {
    const counting = typeIn(scan(NOTHING, goods('A'), 1, moment()), 24);
    expect(written(counting, moment()).pending[0]).toMatchObject({ counted: 24, source: 'hand' });
    expect(written(typeIn(counting, 0), moment()).pending[0]?.counted).toBe(0);
    expect(typeIn(counting, -1)).toBe(counting);
    expect(typeIn(NOTHING, 5)).toBe(NOTHING);
  });

  it('corrects an own entry, or counts all there is of goods anew', () => {
    expect(corrected(NOTHING, 'A', 3, 'e9', moment()).pending[0]).toMatchObject({
      replaces: 'e9',
      whole: false,
    });
    const anew = asWhole(scan(NOTHING, goods('A'), 1, moment()), true);
    expect(asWhole(NOTHING, true)).toBe(NOTHING);
    expect(written(scan(anew, goods('A'), 1, moment()), moment()).pending[0]).toMatchObject({
      counted: 2,
      replaces: null,
      whole: true,
    });
    expect(scan(anew, goods('B'), 1, moment()).current?.whole).toBe(false);
  });

  it('says how long ago it was, never less than now', () => {
    const entry = written(scan(NOTHING, goods('A'), 1, moment()), moment(5000)).pending[0]!;
    expect(entryBody(entry, 7000)).toMatchObject({ sku: 'A', age_ms: 2000 });
    expect(entryBody(entry, 4000)).toMatchObject({ age_ms: 0 });
    expect(entryBody(entry, 4000)).not.toHaveProperty('replaces');
  });

  const piece = (said: Partial<Piece>): Piece => ({
    lot: '',
    expiry_day: '',
    serial: '',
    quantity: 1,
    damaged: 0,
    ...said,
  });

  it('writes down the lots and serial numbers that the codes said', () => {
    const day = '2026-12-24';
    let counting = scan(
      NOTHING,
      goods('A', 'lot'),
      1,
      moment(),
      piece({ lot: 'L', expiry_day: day }),
    );
    counting = scan(counting, goods('A', 'lot'), 1, moment(), piece({ lot: 'L', expiry_day: day }));
    counting = scan(counting, goods('A', 'lot'), 1, moment());
    expect(counting.current && isLacking(counting.current)).toBe(true);
    counting = scan(counting, goods('B', 'serial'), 1, moment(), piece({ serial: 's1' }));
    counting = scan(counting, goods('B', 'serial'), 1, moment(), piece({ serial: 's1' }));
    const [lots, serials] = written(counting, moment()).pending;
    expect(lots).toMatchObject({
      counted: 3,
      pieces: [{ lot: 'L', expiry_day: day, quantity: 2 }],
    });
    expect(serials).toMatchObject({ counted: 1, pieces: [{ serials: ['s1'], quantity: 1 }] });
  });

  it('takes an own entry back into the hand, to write it down in its place', () => {
    const before = scan(NOTHING, goods('A'), 1, moment());
    const pieces = [piece({ serial: 's1' }), piece({ serial: 's2' })];
    const back = {
      ...goods('B', 'serial'),
      quantity: 2,
      expected: null,
      pieces,
      replaces: 'e7',
      whole: false,
    };
    let counting = takenBack(before, back, moment());
    expect(counting.pending.map((one) => one.sku)).toEqual(['A']);
    counting = toldOf(counting, { ...back, quantity: 1, pieces: pieces.slice(0, 1) });
    expect(toldOf(counting, { ...back, sku: 'C' })).toBe(counting);
    expect(written(counting, moment()).pending[1]).toMatchObject({
      sku: 'B',
      counted: 1,
      replaces: 'e7',
      pieces: [{ serials: ['s1'] }],
    });
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
