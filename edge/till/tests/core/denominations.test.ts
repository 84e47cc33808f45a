// One law: whatever is counted, the sum is that of its pieces.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedMinor, denominations, piecesOf, withPieces } from '../../src/core/denominations';

describe('denominations', () => {
  it('lists euro notes before coins, from the largest down, down to a cent', () => {
    const euro = denominations('EUR', 2);
    expect(euro[0]).toEqual({ minor: 50_000, form: 'note' });
    expect(euro.at(-1)).toEqual({ minor: 1, form: 'coin' });
    const coins = euro.filter((piece) => piece.form === 'coin').map((piece) => piece.minor);
    expect(coins).toEqual([200, 100, 50, 20, 10, 5, 2, 1]);
  });

  it('knows a currency without decimals', () => {
    expect(denominations('JPY', 0)[0]).toEqual({ minor: 10_000, form: 'note' });
  });

  it('counts a value that is both note and coin once', () => {
    const dollar = denominations('USD', 2).filter((piece) => piece.minor === 100);
    expect(dollar).toEqual([{ minor: 100, form: 'note' }]);
  });

  it('makes a series for a currency it does not know, whatever its decimals', () => {
    for (const exponent of [0, 2, 3]) {
      const values = denominations('XTS', exponent).map((piece) => piece.minor);
      expect(values).toEqual([...new Set(values)].sort((a, b) => b - a));
      expect(values.at(-1)).toBe(1);
      expect(values[0]).toBe(500 * 10 ** exponent);
    }
  });

  it('sums any count', () => {
    const piece = fc.constantFrom(...denominations('EUR', 2).map((one) => one.minor));
    fc.assert(
      fc.property(fc.array(fc.tuple(piece, fc.nat(500))), (entries) => {
        const counted = entries.reduce(
          (all, [minor, pieces]) => withPieces(all, minor, pieces),
          {},
        );
        const last = new Map(entries);
        const sum = [...last].reduce((total, [minor, pieces]) => total + minor * pieces, 0);
        expect(countedMinor(counted)).toBe(sum);
      }),
    );
  });

  it('takes no nonsense for a number of pieces', () => {
    expect([
      piecesOf(''),
      piecesOf(' 12 '),
      piecesOf('-1'),
      piecesOf('1.5'),
      piecesOf('9999999'),
    ]).toEqual([0, 12, null, null, null]);
    expect(withPieces({ 100: 3 }, 100, -1)).toEqual({ 100: 3 });
    expect(withPieces({ 100: 3 }, 100, 0)).toEqual({});
  });
});
