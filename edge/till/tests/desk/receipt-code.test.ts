// One law: a receipt is found however its number comes.
// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import type { Till } from '../../src/data/ports';
import { saleByReceipt } from '../../src/desk/find-sale';
import { receiptIn } from '../../src/desk/receipt-code';

const ID = '0199a1c2-7b3e-7c4d-8e5f-60718293a4b5';

/** A till whose node knows one sale, by its number as it was given out. */
function tillWith(asked: string[]): Till {
  const get = async (path: string): Promise<unknown> => {
    asked.push(path);
    if (path === `/sales/${ID}`) return { sale: { id: ID } };
    return { sales: path.endsWith('=t1-1043-000007') ? [{ id: 'by-number' }] : [] };
  };
  return { api: { get } } as unknown as Till;
}

describe('a sale', () => {
  it('is found by the id in its code, not by a number that another store has too', async () => {
    const asked: string[] = [];
    const found = await saleByReceipt(tillWith(asked), `t1-1043-000007/${ID.toUpperCase()}`);
    expect([found, asked]).toEqual([ID, [`/sales/${ID}`]]);
  });

  it('is found by its number in capitals too, and nothing is asked about what is no number', async () => {
    const asked: string[] = [];
    expect(await saleByReceipt(tillWith(asked), 'T1-1043-000007')).toBe('by-number');
    asked.length = 0;
    expect([await saleByReceipt(tillWith(asked), 'milk'), asked]).toEqual([null, []]);
  });
});

describe('the number of a receipt', () => {
  it('is taken out of what surrounds it', () => {
    for (const text of [
      't1-1043-000007',
      ' t1-1043-000007 \n',
      'https://shop.example/r/t1-1043-000007?g=1',
      '{"receipt":"t1-1043-000007"}',
    ]) {
      expect(receiptIn(text)).toBe('t1-1043-000007');
    }
  });

  it('is kept with a till of several words, and what is none is searched as it is', () => {
    expect(receiptIn('till-left-1043-000007')).toBe('till-left-1043-000007');
    expect(receiptIn('4006381333931')).toBe('4006381333931');
  });
});
