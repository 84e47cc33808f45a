// A GTIN is kept as 14 digits; a wrong check digit is told with the digit that would be right.

/** The check digit that follows `digits` (GS1 General Specifications, 7.9). */
export function checkDigit(digits: string): string {
  let total = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    total += at % 2 === 0 ? 3 * digit : digit;
  }
  return String((10 - (total % 10)) % 10);
}

/** Whether `text` is one or more ASCII digits. */
export function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

/** Whether the last digit is the check digit of those before it. */
export function hasCheckDigit(digits: string): boolean {
  return checkDigit(digits.slice(0, -1)) === digits.at(-1);
}

/** Pads a GTIN-8, -12, -13 or -14 with a right check digit to 14 digits; null if it is none. */
export function parseGtin(text: string): string | null {
  if (!isDigits(text) || ![8, 12, 13, 14].includes(text.length)) return null;
  return hasCheckDigit(text) ? text.padStart(14, '0') : null;
}

/** Widens a UPC-E code (8 digits) to UPC-A (12), or null if it is none. */
export function expandUpcE(digits: string): string | null {
  const [system, a, b, c, d, e, f, check] = digits;
  if (!/^[01][0-9]{7}$/.test(digits) || f === undefined) return null;
  const bodies: Record<string, string> = {
    3: `${a}${b}${c}00000${d}${e}`,
    4: `${a}${b}${c}${d}00000${e}`,
  };
  const body =
    f <= '2' ? `${a}${b}${f}0000${c}${d}${e}` : (bodies[f] ?? `${a}${b}${c}${d}${e}0000${f}`);
  const wide = `${system}${body}${check}`;
  return hasCheckDigit(wide) ? wide : null;
}
