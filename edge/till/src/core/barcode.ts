// A scan is decided once, in a fixed order: payment code, the store's own labels, GS1, plain item.
import { type Element, findFault, parseLink, parseMessage } from './gs1';
import { checkDigit, expandUpcE, hasCheckDigit, isDigits } from './gtin';

/** A scan understood: `value` is a GTIN-14 (item), an item number (measured) or a code. */
export interface Reading {
  readonly ok: true;
  readonly kind: 'item' | 'measured' | 'payment' | 'container' | 'gs1' | 'other';
  readonly value: string;
  readonly elements: Readonly<Record<string, string>>;
  readonly weightMg: number | null;
  readonly priceMinor: number | null;
  readonly count: number | null;
  readonly wallet: '' | 'alipay' | 'wechat';
}

/** A scan not understood; `message` is for the cashier, in English, `code` for the translation. */
export interface Misread {
  readonly ok: false;
  readonly code: 'check-digit' | 'content' | 'not-now' | 'empty';
  readonly message: string;
}

/** What the gate of one store goes by. */
export interface GateContext {
  readonly templates: readonly string[];
  /** Decimals of the currency, for prices in GS1 barcodes. */
  readonly exponent: number;
  /** A tender is being taken, so payment codes are read. */
  readonly paying?: boolean;
}

const WALLETS = [
  ['wechat', /^1[0-5][0-9]{16}$/],
  ['alipay', /^(?:2[5-9]|30)[0-9]{14,22}$/],
] as const;

/**
 * Says what a scan of a keyboard wedge is (no AIM identifier). The node's gate says the same, but
 * for country and currency codes, which it alone looks up.
 */
export function readBarcode(scanned: string, context: GateContext): Reading | Misread {
  const text = scanned.replace(/^[ \r\n\t\0]+|[ \r\n\t\0]+$/g, '');
  if (text === '') return misread('empty', 'The scanner sent an empty barcode. Scan it again.');
  const wallet = WALLETS.find(([, form]) => form.test(text))?.[0] ?? '';
  if (wallet !== '' && context.paying) return reading('payment', text, { wallet });
  const template = context.templates.find((one) => matches(one, text));
  if (template !== undefined) return readTemplate(template, text);
  if (wallet !== '')
    return misread(
      'not-now',
      'This looks like a payment code. Start the payment first, then scan it.',
    );
  if (/^https?:\/\//i.test(text)) return readLink(text, context);
  return readUnmarked(text, context);
}

/** What a retail label in the store's own numbering carries; see the node's templates. */
export function matches(template: string, text: string): boolean {
  if (text.length !== template.length || !isDigits(text)) return false;
  for (let at = 0; at < template.length; at++) {
    const wanted = template[at] ?? '';
    if (wanted >= '0' && wanted <= '9' && wanted !== text[at]) return false;
  }
  return true;
}

function readTemplate(template: string, text: string): Reading | Misread {
  if (template.endsWith('C') && !hasCheckDigit(text)) return wrongCheckDigit(text);
  const part = (role: string): string => {
    let digits = '';
    for (let at = 0; at < template.length; at++) if (template[at] === role) digits += text[at];
    return digits;
  };
  const number = (role: string, factor = 1) =>
    template.includes(role) ? Number(part(role)) * factor : null;
  const [weightMg, priceMinor, count] = [number('W', 1000), number('M'), number('Q')];
  return reading('measured', part('P'), { weightMg, priceMinor, count });
}

function readUnmarked(text: string, context: GateContext): Reading | Misread {
  if (text.includes('\x1d'))
    return readGs1(text.startsWith('\x1d') ? text.slice(1) : text, context);
  if (isDigits(text) && [8, 12, 13, 14].includes(text.length)) return readItem(text);
  if (text.length >= 16 && isDigits(text.slice(0, 16)) && /^0[12]/.test(text)) {
    const found = readGs1(text, context);
    if (found.ok) return found; // a card number may begin like this too
  }
  return reading('other', text);
}

function readItem(digits: string): Reading | Misread {
  if (hasCheckDigit(digits)) return reading('item', digits.padStart(14, '0'));
  const wide = digits.length === 8 ? expandUpcE(digits) : null;
  return wide === null ? wrongCheckDigit(digits) : reading('item', wide.padStart(14, '0'));
}

function readGs1(text: string, context: GateContext): Reading | Misread {
  const message = parseMessage(text);
  if (!message.ok) return misread('content', `This GS1 barcode cannot be read: ${message.fault}.`);
  return readElements(message.elements, context);
}

function readLink(text: string, context: GateContext): Reading | Misread {
  const elements = parseLink(text);
  return elements === null ? reading('other', text) : readElements(elements, context);
}

function readElements(elements: readonly Element[], context: GateContext): Reading | Misread {
  const fault = findFault(elements);
  if (fault !== '') return misread('content', `This GS1 barcode is wrong: ${fault}.`);
  const values: Record<string, string> = Object.fromEntries(elements);
  const first = elements[0]?.[0] ?? '';
  const identifier = '01' in values ? '01' : '00' in values ? '00' : first;
  const kind = identifier === '01' ? 'item' : identifier === '00' ? 'container' : 'gs1';
  const priceMinor = priceOf(elements, context.exponent);
  if (priceMinor !== null && priceMinor < 0)
    return misread('content', 'The price in this barcode has too many decimals.');
  return reading(kind, values[identifier] ?? '', {
    elements: values,
    weightMg: weightOf(elements),
    priceMinor,
    count: values['30'] === undefined ? null : Number(values['30']),
  });
}

function priceOf(elements: readonly Element[], exponent: number): number | null {
  const found = elements.find(([identifier]) => /^39[23]/.test(identifier));
  if (found === undefined) return null;
  const [identifier, value] = found;
  const digits = identifier.startsWith('393') ? value.slice(3) : value;
  const shift = exponent - Number(identifier[3]);
  const amount = Number(digits || '0');
  if (shift >= 0) return amount * 10 ** shift;
  return amount % 10 ** -shift === 0 ? amount / 10 ** -shift : -1;
}

function weightOf(elements: readonly Element[]): number | null {
  const found = elements.find(([identifier]) => identifier.startsWith('310'));
  return found === undefined ? null : Number(found[1]) * 10 ** (6 - Number(found[0][3]));
}

function reading(kind: Reading['kind'], value: string, more: Partial<Reading> = {}): Reading {
  const nothing = { weightMg: null, priceMinor: null, count: null } as const;
  return { ok: true, kind, value, elements: {}, wallet: '', ...nothing, ...more };
}

function misread(code: Misread['code'], message: string): Misread {
  return { ok: false, code, message };
}

function wrongCheckDigit(digits: string): Misread {
  return misread(
    'check-digit',
    `${digits} was misread or mistyped: with these digits it would have to end in ` +
      `${checkDigit(digits.slice(0, -1))}, not ${digits.at(-1)}. Scan it again.`,
  );
}
