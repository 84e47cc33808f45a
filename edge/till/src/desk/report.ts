// One law: a shift's report is shown as the node wrote it; only sums that it implies are added.

/** Tax at one rate. */
export interface TaxRow {
  readonly code: string;
  readonly ppm: number;
  readonly net_minor: number;
  readonly tax_minor: number;
  readonly gross_minor: number;
}

/** A means of payment; what is expected is null while the count is blind. */
export interface TenderRow {
  readonly kind: string;
  readonly expected_minor: number | null;
  readonly counted_minor: number | null;
  readonly over_short_minor: number | null;
}

/** How far a tender's count is from the books. */
export type Verdict = 'even' | 'over' | 'short' | 'unknown';

/** Say whether a count is even, over or short. */
export function verdictOf(over_short_minor: number | null): Verdict {
  if (over_short_minor === null) return 'unknown';
  if (over_short_minor === 0) return 'even';
  return over_short_minor > 0 ? 'over' : 'short';
}

/** The sum of all that is over and short; null while anything is not counted. */
export function overShortMinor(tenders: readonly TenderRow[]): number | null {
  return tenders.reduce<number | null>(
    (sum, row) =>
      sum === null || row.over_short_minor === null ? null : sum + row.over_short_minor,
    0,
  );
}

/** Tax rates added up. */
export function taxTotal(rows: readonly TaxRow[]): Omit<TaxRow, 'code' | 'ppm'> {
  return rows.reduce(
    (sum, row) => ({
      net_minor: sum.net_minor + row.net_minor,
      tax_minor: sum.tax_minor + row.tax_minor,
      gross_minor: sum.gross_minor + row.gross_minor,
    }),
    { net_minor: 0, tax_minor: 0, gross_minor: 0 },
  );
}
