// One law: a receipt's number is recognised in whatever its code carries.

// `till-life-number`: the till's name, a life, and six digits or more.
const RECEIPT = /[A-Za-z0-9][A-Za-z0-9._-]*-\d+-\d{6,}/;

/** The receipt's number in what was scanned or typed: bare, or within an address or other words. */
export function receiptIn(text: string): string {
  const trimmed = text.trim();
  return RECEIPT.exec(trimmed)?.[0] ?? trimmed;
}
