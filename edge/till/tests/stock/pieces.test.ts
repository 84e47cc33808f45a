// One law: whatever is told of pieces, no more of them is posted than there is, and nothing is lost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/data/wire';
import { asExpected, type Entry, lines, scanned, typed } from '../../src/stock/entry';
import {
  changing,
  isLacking,
  linesOf,
  type Piece,
  saidOf,
  telling,
  told,
  untold,
} from '../../src/stock/pieces';

const entry = (changes: Partial<Entry> = {}): Entry => ({
  sku: 'A',
  names: {},
  unit: 'piece',
  quantity: 0,
  expected: null,
  asks: [],
  pieces: [],
  ...changes,
});
const piece = (changes: Partial<Piece>): Piece => ({
  lot: '',
  expiry_day: '',
  serial: '',
  quantity: 1,
  damaged: 0,
  ...changes,
});
const goods = { sku: 'A', names: {}, unit: 'piece', asks: [] };

describe('what was told of pieces', () => {
  it('adds up by lot and day, and has a serial number once', () => {
    let one = telling(entry({ quantity: 5 }), piece({ lot: 'L1', quantity: 2 }));
    one = telling(one, piece({ lot: 'L1', quantity: 1 }));
    one = telling(one, piece({ lot: 'L1', expiry_day: '2026-12-01' }));
    one = telling(telling(one, piece({ serial: 's1' })), piece({ serial: 's1' }));
    expect([told(one), untold(one), one.quantity]).toEqual([5, 0, 5]);
    expect(telling(one, piece({ lot: 'L2' })).quantity).toBe(6);
  });

  it('is posted in one line a lot, the serial numbers together, the damaged apart', () => {
    const one = entry({
      quantity: 7,
      pieces: [
        piece({ lot: 'L1', expiry_day: '2026-12-01', quantity: 2, damaged: 1 }),
        piece({ serial: 's1' }),
        piece({ serial: 's2' }),
        piece({ serial: 's3', damaged: 1 }),
      ],
    });
    expect(linesOf(one, 9)).toEqual([
      { sku: 'A', quantity: 2, damaged: 1, lot: 'L1', expiry_day: '2026-12-01' },
      { sku: 'A', quantity: 2, damaged: 0, serials: ['s1', 's2'] },
      { sku: 'A', quantity: 1, damaged: 1, serials: ['s3'] },
      { sku: 'A', quantity: 2, damaged: 2 },
    ]);
    expect(lines([one])[3]).toEqual({ sku: 'A', quantity: 2 });
  });

  it('comes from the code that was scanned', () => {
    const verdict = { lot: 'L1', serial: '', expiry_day: '2026-12-01' } as Verdict;
    expect(saidOf(verdict, 3)).toEqual(piece({ lot: 'L1', expiry_day: '2026-12-01', quantity: 3 }));
    expect(saidOf({ ...verdict, serial: 's1' }, 3)?.quantity).toBe(1);
    expect(saidOf({ ...verdict, lot: '', expiry_day: '' }, 3)).toBeNull();
    expect(saidOf(null, 1)).toBeNull();
    const said = saidOf(verdict, 1);
    const [one] = scanned(scanned([], goods, 1, said), goods, 1, said);
    expect([one?.quantity, one?.pieces]).toEqual([
      2,
      [piece({ lot: 'L1', expiry_day: '2026-12-01', quantity: 2 })],
    ]);
    const serial = piece({ serial: 's1' });
    const [phone] = scanned(scanned([], goods, 1, serial), goods, 1, serial);
    expect(phone?.quantity).toBe(1);
  });

  it('is asked for until all of it is told', () => {
    const asks = ['lot'] as const;
    expect(isLacking(entry({ asks, quantity: 0 }))).toBe(false);
    expect(isLacking(entry({ asks, quantity: 1 }))).toBe(true);
    expect(isLacking(entry({ quantity: 1 }))).toBe(false);
    expect(isLacking(entry({ asks, quantity: 1, pieces: [piece({ lot: 'L1' })] }))).toBe(false);
    const day = [piece({ expiry_day: '2026-12-01' })];
    expect(isLacking(entry({ asks, quantity: 1, pieces: day }))).toBe(true);
  });

  it('is taken from the sender when everything is as announced', () => {
    const announced = [piece({ lot: 'L1', quantity: 4 })];
    const [one, two] = asExpected([
      entry({ expected: 3, announced }),
      entry({ sku: 'B', quantity: 2 }),
    ]);
    expect(one?.pieces).toEqual([piece({ lot: 'L1', quantity: 3 })]);
    expect(two?.quantity).toBe(2);
  });

  it('never is more than there is', () => {
    const said = fc.record({
      lot: fc.constantFrom('', 'L1', 'L2'),
      expiry_day: fc.constantFrom('', '2026-12-01'),
      serial: fc.constantFrom('', '', 's1', 's2'),
      quantity: fc.integer({ min: 1, max: 5 }),
      damaged: fc.constant(0),
    });
    const step = fc.oneof(
      said.map(
        (one) => (before: Entry) => telling(before, one.serial ? { ...one, quantity: 1 } : one),
      ),
      fc
        .integer({ min: 0, max: 9 })
        .map((n) => (before: Entry) => typed([before], 'A', n)[0] ?? before),
      fc.record({ at: fc.nat(3), damaged: fc.nat(6), quantity: fc.nat(4) }).map(
        ({ at, ...change }) =>
          (before: Entry) =>
            changing(before, at, change),
      ),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.nat(9), (steps, damaged) => {
        const last = steps.reduce((before, act) => act(before), entry());
        const posted = linesOf(last, damaged);
        expect(posted.reduce((sum, line) => sum + line.quantity, 0)).toBe(last.quantity);
        for (const line of posted) {
          expect(line.quantity).toBeGreaterThan(0);
          expect(line.damaged).toBeLessThanOrEqual(line.quantity);
          if (line.serials) expect(line.serials).toHaveLength(line.quantity);
        }
      }),
    );
  });
});
