// One law: a device's token is recognised in whatever it is pasted or scanned with, and never shown.

/** What somebody pasted or scanned, understood. */
export type Pasted =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'session' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'other' };

const DEVICE = /evd_[A-Za-z0-9_-]+/g;
// 32 random bytes in base64 without padding.
const DEVICE_LENGTH = 'evd_'.length + 43;

/**
 * Find the token in a text: the token alone, the line the technician's command printed, a QR code
 * with an address, or JSON around it.
 *
 * `session`: a person's token, which is no till's. `cut`: a token that is not whole.
 */
export function pasted(text: string): Pasted {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  const found = trimmed.match(DEVICE) ?? [];
  const whole = found.find((token) => token.length === DEVICE_LENGTH);
  if (whole) return { kind: 'token', token: whole };
  if (found.length) return { kind: 'cut' };
  return { kind: /evs_[A-Za-z0-9_-]+/.test(trimmed) ? 'session' : 'other' };
}
