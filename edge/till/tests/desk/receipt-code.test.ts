// One law: a receipt is found however its number comes.
import { describe, expect, it } from 'vitest';
import { receiptIn } from '../../src/desk/receipt-code';

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
