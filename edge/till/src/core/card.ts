// A gift card's code is written down nowhere: its account, made from it one way, stands in its place.

const ENCODER = new TextEncoder();
const SALT = ENCODER.encode('evertill gift card');
const ROUNDS = 100_000;
const BITS = 160;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,55}$/;
/** Of shorter codes nothing is told. */
const TOLD_FROM = 8;
const TOLD = 4;

/**
 * The account of a card's code as the node makes it: PBKDF2 as letters a to p, then the code's last
 * four; empty for what is no code. Whatever is scanned or typed is a code, also what looks like an
 * account: who only knows that one can't spend it.
 */
export async function cardAccount(text: string): Promise<string> {
  const code = text.replace(/\s/g, '');
  if (!CODE.test(code)) return '';
  const key = await crypto.subtle.importKey('raw', ENCODER.encode(code), 'PBKDF2', false, [
    'deriveBits',
  ]);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: SALT, iterations: ROUNDS };
  const bytes = new Uint8Array(await crypto.subtle.deriveBits(how, key, BITS));
  const letter = (half: number): string => String.fromCharCode(97 + half);
  const digest = Array.from(bytes, (byte) => letter(byte >> 4) + letter(byte & 15)).join('');
  return `${digest}-${code.length >= TOLD_FROM ? code.slice(-TOLD) : ''}`;
}

/** Writes a card's account for people: `****Z2QX`. */
export function cardShown(account: string): string {
  return `****${account.slice(account.indexOf('-') + 1)}`;
}
