// A code read by the till's own gate becomes a product with what its label said of the piece.
import { type Misread, type Reading, readBarcode } from '../core/barcode';
import { gs1Day } from '../core/gs1';
import { parseGtin } from '../core/gtin';
import { lineAmount, mulDivHalfUp } from '../core/money';
import { dayNumber, dayText, storeTime } from '../core/time';
import type { LineExtras, Product, Rules } from '../core/types';
import type { CataloguePort, Scanned } from './ports';
import type { Verdict } from './wire';

const NOTHING: Verdict = {
  kind: 'unknown',
  value: '',
  gtin: '',
  sku: '',
  quantity: null,
  price_minor: null,
  lot: '',
  serial: '',
  expiry_day: '',
  wallet: '',
  member: '',
  message_code: '',
  message: { en: '', zh: '' },
};

const IDENTITY = /^(held:)?([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i;

/** What a code says that is an identity: the slip of a held basket, or a member's card. */
function identityIn(text: string): Pick<Verdict, 'kind' | 'value' | 'member'> | null {
  const [, slip, id = ''] = IDENTITY.exec(text.trim()) ?? [];
  if (id === '') return null;
  const value = id.toLowerCase();
  return slip ? { kind: 'held', value, member: '' } : { kind: 'member', value, member: value };
}

/** Reads a code and looks its product up. */
export async function scan(
  text: string,
  catalogue: CataloguePort,
  rules: Rules,
  nowMs: number,
  paying: boolean,
): Promise<Scanned> {
  const bare = identityIn(text);
  if (bare !== null) return { verdict: { ...NOTHING, ...bare }, product: null, choices: [] };
  const { templates, exponent } = rules;
  const read = readBarcode(text, { templates, exponent, paying });
  if (!read.ok) return { verdict: refused(read), product: null, choices: [] };
  if (read.kind === 'payment') return { verdict: payment(read), product: null, choices: [] };
  const found = await candidates(read, text.trim(), catalogue);
  const active = found.filter((product) => product.active);
  const product = active[0] ?? found[0] ?? null;
  const today = dayNumber(storeTime(nowMs, rules.timezone).day);
  const verdict = product ? known(read, product, today) : unknown(read, text.trim());
  return { verdict, product, choices: active.length > 1 ? active : [] };
}

const payment = ({ value, wallet }: Reading): Verdict => ({
  ...{ ...NOTHING, kind: 'payment', value, wallet },
});

async function candidates(
  read: Reading,
  text: string,
  catalogue: CataloguePort,
): Promise<readonly Product[]> {
  if (read.kind === 'item') return catalogue.byGtin(read.value);
  if (read.kind === 'measured') return catalogue.byPlu(read.value);
  if (read.kind !== 'other') return [];
  const gtin = parseGtin(text);
  const found = gtin === null ? [] : await catalogue.byGtin(gtin);
  return found.length > 0 ? found : catalogue.byPlu(text);
}

function known(read: Reading, product: Product, today: number): Verdict {
  const { elements, priceMinor, count } = read;
  const grams = read.weightMg === null ? null : Math.round(read.weightMg / 1000);
  const quantity = product.unit === 'piece' ? count : (grams ?? count);
  return {
    ...NOTHING,
    kind: priceMinor !== null ? 'price' : quantity !== null ? 'quantity' : 'item',
    gtin: read.kind === 'item' ? read.value : '',
    sku: product.sku,
    quantity,
    price_minor: priceMinor,
    lot: elements['10'] ?? '',
    serial: elements['21'] ?? '',
    expiry_day: dayText(gs1Day(elements['17'] ?? '', today)),
  };
}

function unknown(read: Reading, text: string): Verdict {
  const gtin = read.kind === 'item' ? read.value : '';
  const en = `No product has the code ${gtin || text}. Find it by its name.`;
  const zh = `没有编码为 ${gtin || text} 的商品，请按名称查找。`;
  return { ...NOTHING, gtin, message_code: 'unknown-code', message: { en, zh } };
}

const CHINESE: Readonly<Record<Misread['code'], string>> = {
  'check-digit': '条码校验位错误，请重新扫描。',
  content: '此条码内容有误，无法读取。',
  'not-now': '这像是付款码：请先开始收款，再扫描。',
  empty: '扫描枪发送了空条码，请重新扫描。',
};

function refused({ code, message }: Misread): Verdict {
  return {
    ...NOTHING,
    kind: 'refused',
    message_code: code,
    message: { en: message, zh: CHINESE[code] },
  };
}

/**
 * What a verdict (the node's or the till's own) says of the line to add. A price on the label is
 * what the line comes to: by a quantity where the catalogue's price gives it, otherwise as its price.
 */
export function extrasOf(verdict: Verdict, product: Product): LineExtras {
  const { price_minor: labelled, lot, serial } = verdict;
  const expiryDay = dayNumber(verdict.expiry_day);
  const said = {
    ...(lot === '' ? {} : { lot }),
    ...(serial === '' ? {} : { serials: [serial] }),
    ...(expiryDay === 0 ? {} : { expiryDay }),
  };
  const quantity = verdict.quantity ?? (product.unit === 'piece' ? 1 : undefined);
  if (labelled === null || labelled === undefined)
    return quantity === undefined ? said : { ...said, quantity };
  const { priceMinor, priceQuantity, unit } = product;
  const guess =
    quantity ??
    (priceMinor > 0 ? Math.max(1, mulDivHalfUp(labelled, priceQuantity, priceMinor)) : 1);
  const exact = unit !== 'piece' && lineAmount(guess, priceMinor, priceQuantity) === labelled;
  if (exact) return { ...said, quantity: guess };
  const override = { priceMinor: labelled, priceQuantity: guess, reason: 'label', approver: '' };
  return { ...said, quantity: guess, override };
}
