// One law: what is added to a report follows from it.
import { describe, expect, it } from 'vitest';
import { overShortMinor, type TenderRow, taxTotal, verdictOf } from '../../src/desk/report';

const tender = (kind: string, over_short_minor: number | null): TenderRow => ({
  kind,
  expected_minor: 100,
  counted_minor: over_short_minor === null ? null : 100 + over_short_minor,
  over_short_minor,
});

describe('a report', () => {
  it('says whether a count is even, over, short or not known yet', () => {
    expect([0, 5, -5, null].map(verdictOf)).toEqual(['even', 'over', 'short', 'unknown']);
  });

  it('adds over and short up, unless something was not counted', () => {
    expect(overShortMinor([tender('cash', -30), tender('voucher', 10)])).toBe(-20);
    expect(overShortMinor([tender('cash', -30), tender('voucher', null)])).toBeNull();
    expect(overShortMinor([])).toBe(0);
  });

  it('adds tax rates up', () => {
    const row = { code: 'std', ppm: 190_000, net_minor: 100, tax_minor: 19, gross_minor: 119 };
    expect(taxTotal([row, { ...row, code: 'red' }])).toEqual({
      net_minor: 200,
      tax_minor: 38,
      gross_minor: 238,
    });
  });
});
