// One law: a receipt's number is recognised in whatever its code carries.

// `till-life-number`: the till's name, a life, and six digits or more.
const RECEIPT = /[A-Za-z0-9][A-Za-z0-9._-]*-\d+-\d{6,}/;
// A printed code goes on with the document's id, which no other store has: numbers may be alike.
const ID = /\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/i;

/** The receipt's number in what was scanned or typed: bare, or within an address or other words. */
export function receiptIn(text: string): string {
  const trimmed = text.trim();
  return RECEIPT.exec(trimmed)?.[0] ?? trimmed;
}

/** The document's id in a receipt's code; empty where there is none, as in a number that was typed. */
export function idIn(text: string): string {
  return RECEIPT.test(text) ? (ID.exec(text)?.[1]?.toLowerCase() ?? '') : '';
}

/** The ways a number may be written by hand: tills have names in large or small letters. */
export function spellings(text: string): readonly string[] {
  const receipt = receiptIn(text);
  if (!RECEIPT.test(receipt)) return [];
  return [...new Set([receipt, receipt.toLowerCase(), receipt.toUpperCase()])];
}
