// Rules are read as people write them; what is wrong in one of them spoils no other.
import { describe, expect, it } from 'vitest';
import {
  ageFor,
  discountNeedsApproval,
  isOverLimit,
  overrideNeedsApproval,
  stopFor,
} from '../../src/core/approval';
import { gs1Day } from '../../src/core/gs1';
import { parseRules } from '../../src/core/rules';
import { dayNumber } from '../../src/core/time';
import { add, basket, priced, product, rules, SETUP, TEA } from './fixtures';

describe('rules', () => {
  it('have defaults', () => {
    const read = parseRules(SETUP);
    expect(read.tenders.map((one) => one.kind)).toEqual(['cash', 'card']);
    expect([read.tips, read.loyalty, read.limits.priceOverride]).toEqual([false, null, false]);
    expect(read.rates.get('std')?.ratePpm).toBe(190_000);
  });

  it('leave out what is malformed and keep the rest', () => {
    const read = parseRules({
      ...SETUP,
      rules: {
        'promotion.b': { type: 'percent', percent_ppm: 2_000_000, items: { all: true } },
        'promotion.a': { type: 'amount', amount_minor: -5, weekdays: ['x', 6] },
        'promotion.c': { type: 'nonsense' },
        'promotion.d': 7,
        'barcode.templates': ['29PPPPPWWWWWC', 'PPP', 'x'],
        tenders: [{ kind: 'cash', name: { en: 'Cash' }, change: true }, {}],
        reasons: { discount: [{ code: 'x', en: 'X' }, 'y'] },
        age: { alcohol: 18, beer: 'sixteen' },
        loyalty: null,
        limits: 'none',
        'till.keys': [
          { name: 'One', keys: ['A', { sku: 'B', color: 'teal' }, { sku: 'C', color: '#f00' }] },
        ],
      },
    });
    expect(
      read.promotions.map(({ id, percentPpm, amountMinor }) => [id, percentPpm, amountMinor]),
    ).toEqual([
      ['a', 0, 0],
      ['b', 1_000_000, 0],
    ]);
    expect(read.promotions[0]?.weekdays).toEqual([6]);
    expect(read.templates).toEqual(['29PPPPPWWWWWC']);
    expect(read.tenders).toHaveLength(1);
    expect(read.reasons.discount).toEqual([{ code: 'x', en: 'X', zh: 'X' }]);
    expect(read.ages).toEqual({ alcohol: 18 });
    expect(read.keyPages[0]?.keys.map((one) => [one.sku, one.color])).toEqual([
      ['A', ''],
      ['B', 'teal'],
      ['C', ''],
    ]);
  });
});

describe('approval', () => {
  it('is needed above the limit of a cashier', () => {
    const off = (percentPpm: number) => ({ percentPpm, reason: '', approver: '' });
    expect(discountNeedsApproval(off(100_000), 1000, ['cashier'], rules())).toBe(false);
    expect(discountNeedsApproval(off(100_001), 1000, ['cashier'], rules())).toBe(true);
    expect(discountNeedsApproval(off(900_000), 1000, ['cashier', 'manager'], rules())).toBe(false);
    const amount = { amountMinor: 101, reason: '', approver: '' };
    expect(discountNeedsApproval(amount, 1000, ['cashier'], rules())).toBe(true);
    expect(overrideNeedsApproval(['cashier'], rules())).toBe(true);
  });

  it('counts what a line and the whole sale take off together', () => {
    const off = (percentPpm: number, approver = '') => ({ percentPpm, reason: 'x', approver });
    const over = (line: number, whole: number, approver = '') => {
      const sold = basket(
        add(TEA),
        { type: 'discount', key: 'l0001', discount: off(line) },
        { type: 'total-discount', discount: off(whole, approver) },
      );
      return isOverLimit(sold, priced(sold), rules());
    };
    expect([over(100_000, 0), over(0, 100_000)]).toEqual([false, false]); // 50 of 499, rounded
    expect([over(100_000, 100_000), over(60_000, 60_000)]).toEqual([true, true]);
    expect(over(100_000, 100_000, 'ben')).toBe(false);
  });

  it('ages come by class or by number; recalled lots and past dates stop', () => {
    const ages = rules([], { ages: { alcohol: 18 } });
    expect(
      ['alcohol', '16', 'odd', ''].map((age) =>
        ageFor(product('P', 1, { attributes: { age } }), ages),
      ),
    ).toEqual([18, 16, 0, 0]);
    const recalled = product('P', 1, { attributes: { recalled: 'L1, L2' } });
    const today = dayNumber('2026-11-18');
    expect(stopFor(recalled, 'L2', 0, today)).toBe('recalled');
    expect(stopFor(recalled, 'L3', today, today)).toBe('');
    expect(stopFor(TEA, '', today - 1, today)).toBe('expired');
  });

  it('dates in barcodes: day 00 is the last of the month, the century is the nearest', () => {
    const today = dayNumber('2026-11-18');
    expect(gs1Day('270200', today)).toBe(dayNumber('2027-02-28'));
    expect(gs1Day('991231', today)).toBe(dayNumber('1999-12-31'));
    expect(gs1Day('760101', today)).toBe(dayNumber('2076-01-01'));
    expect(gs1Day('261301', today)).toBe(0);
  });
});
