// A GS1 message is read element by element; whatever GS1 forbids is a fault in plain words.

import { FORMS, PAIRS } from './gs1-table';
import { hasCheckDigit, isDigits } from './gtin';

/** One identifier and its value. */
export type Element = readonly [identifier: string, value: string];

/** The elements of a message, or what is wrong with it. */
export type Message =
  | { readonly ok: true; readonly elements: readonly Element[] }
  | { readonly ok: false; readonly fault: string };

interface Form {
  readonly whole: RegExp;
  readonly start: RegExp;
  readonly separated: boolean;
}

const SEPARATOR = '\x1d';
const forms = new Map<string, Form>();
const rules: { names: RegExp[]; needed: RegExp[][]; texts: string[]; excluded: RegExp[] }[] = [];

function widen(identifier: string): string[] {
  const last = identifier.at(-1);
  if (last !== 'n' && last !== 'd') return [identifier];
  const stem = identifier.slice(0, -1);
  return Array.from({ length: last === 'n' ? 10 : 6 }, (_, digit) => `${stem}${digit}`);
}

function like(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('n', '[0-9]')}$`);
}

function prepare(): void {
  for (const row of FORMS.trim().split('\n')) {
    const [form = '', ...identifiers] = row.split(' ');
    const separated = form.endsWith('|');
    const source = (separated ? form.slice(0, -1) : form)
      .replaceAll('#', '[0-9]')
      .replaceAll('[X]', '[!%-?A-Z_a-z"]');
    const read = { whole: new RegExp(`^${source}$`), start: new RegExp(`^${source}`), separated };
    for (const identifier of identifiers.flatMap(widen)) forms.set(identifier, read);
  }
  for (const row of PAIRS.trim().split('\n')) {
    const [head = '', excluded = ''] = row.split('!');
    const [names = '', required = ''] = head.split(':');
    const texts = required.split('+').filter((group) => group.trim() !== '');
    rules.push({
      names: names.trim().split(/\s+/).map(like),
      needed: texts.map((group) => group.trim().split(',').map(like)),
      texts: texts.map((group) => group.trim().replaceAll(',', ') or (')),
      excluded: excluded.trim() === '' ? [] : excluded.trim().split(/\s+/).map(like),
    });
  }
}

function formAt(text: string): [string, Form] | null {
  if (forms.size === 0) prepare();
  for (const length of [2, 3, 4]) {
    const identifier = text.slice(0, length);
    const form = forms.get(identifier);
    if (form) return [identifier, form];
  }
  return null;
}

/** Reads a message as scanned, with `\x1d` where a separator was. */
export function parseMessage(text: string): Message {
  const elements: Element[] = [];
  let rest = text;
  while (rest !== '') {
    const found = formAt(rest);
    if (found === null)
      return { ok: false, fault: `no identifier begins with ${rest.slice(0, 4)}` };
    const [identifier, form] = found;
    const body = rest.slice(identifier.length);
    const match = form.start.exec(form.separated ? (body.split(SEPARATOR, 1)[0] ?? '') : body);
    if (match === null) return { ok: false, fault: `(${identifier}) has no right value` };
    elements.push([identifier, match[0]]);
    rest = body.slice(match[0].length);
    while (rest.startsWith(SEPARATOR)) rest = rest.slice(1);
  }
  return { ok: true, elements };
}

const KEYS: Readonly<Record<string, number>> = {
  '01': 14,
  '8006': 0,
  '8013': 0,
  '8010': 0,
  '410': 0,
  '411': 0,
  '412': 0,
  '413': 0,
  '414': 0,
  '415': 0,
  '416': 0,
  '417': 0,
  '8017': 0,
  '8018': 0,
  '255': 0,
  '00': 0,
  '253': 0,
  '401': 0,
  '402': 0,
  '8003': 0,
  '8004': 0,
};
const QUALIFIERS = ['22', '10', '21', '235', '254', '7040', '8011', '8019', '8020'];

/** Reads a GS1 Digital Link; null if the address names no product or other GS1 key. */
export function parseLink(text: string): readonly Element[] | null {
  // Not by URL: it would take a value of one or two dots for a way up.
  const [, path = '', query = ''] = /^https?:\/\/[^/?#]*([^?#]*)\??([^#]*)/i.exec(text) ?? [];
  if (forms.size === 0) prepare();
  const parts = path.split('/');
  const start = parts.findIndex((part) => part in KEYS);
  if (start < 0 || (parts.length - start) % 2 !== 0) return null;
  const elements: Element[] = [];
  for (let at = start; at < parts.length; at += 2) {
    const identifier = parts[at] ?? '';
    if (at > start && !QUALIFIERS.includes(identifier)) return null;
    const value = decode(parts[at + 1] ?? '');
    if (value === null) return null;
    elements.push([identifier, at === start ? value.padStart(KEYS[identifier] ?? 0, '0') : value]);
  }
  for (const [identifier, value] of new Map(new URLSearchParams(query)))
    if (forms.has(identifier) && value !== '') elements.push([identifier, value]);
  const right = elements.every(
    ([identifier, value]) =>
      forms.get(identifier)?.whole.test(value) && (!DATED.test(identifier) || isDate(value, false)),
  );
  return right ? elements : null;
}

const DATED = /^1[1-7]$/;

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Says what is wrong with the elements of one barcode; empty if nothing is. */
export function findFault(elements: readonly Element[]): string {
  const values = new Map<string, string>();
  for (const [identifier, value] of elements) {
    const known = values.get(identifier);
    if (known !== undefined && known !== value)
      return `(${identifier}) is in this barcode twice, with different values`;
    values.set(identifier, value);
  }
  for (const [identifier, value] of values) {
    if (value === '') return `(${identifier}) is empty`;
    const fault = pairingFault(identifier, values) || contentFault(identifier, value);
    if (fault !== '') return fault;
  }
  return '';
}

function pairingFault(identifier: string, values: ReadonlyMap<string, string>): string {
  const others = [...values.keys()];
  for (const { names, needed, texts, excluded } of rules) {
    if (!names.some((name) => name.test(identifier))) continue;
    const missing = needed.findIndex(
      (group) => !others.some((other) => group.some((wanted) => wanted.test(other))),
    );
    if (missing >= 0) return `(${identifier}) needs (${texts[missing]}) in the same barcode`;
    const clash = others.find(
      (other) => other !== identifier && excluded.some((pattern) => pattern.test(other)),
    );
    if (clash !== undefined) return `(${identifier}) and (${clash}) cannot be in the same barcode`;
  }
  const alike = others.find(
    (other) =>
      other !== identifier &&
      identifier.length === 4 &&
      identifier.startsWith('3') &&
      other.length === 4 &&
      other.slice(0, 3) === identifier.slice(0, 3),
  );
  return alike === undefined ? '' : `(${identifier}) and (${alike}) cannot be in the same barcode`;
}

function contentFault(identifier: string, value: string): string {
  const summed = /^(0[0-3]|402|41[0-7]|8017|8018)$/.test(identifier) ? value : null;
  const headed = /^(253|255)$/.test(identifier) ? value.slice(0, 13) : null;
  const pieces = /^(8006|8026)$/.test(identifier) ? value.slice(0, 14) : null;
  const asset = identifier === '8003' ? value.slice(1, 14) : null;
  const digits = summed ?? headed ?? pieces ?? asset;
  if (digits !== null && !(isDigits(digits) && hasCheckDigit(digits)))
    return `(${identifier}) has a wrong check digit`;
  if ((DATED.test(identifier) || /^432[45]$/.test(identifier)) && !isDate(value, false))
    return `(${identifier}) is not a date`;
  if (/^(4326|7003|7006|7007|7011|8008)$/.test(identifier) && !isDate(value, true))
    return `(${identifier}) is not a date`;
  return '';
}

function isDate(value: string, dayNeeded: boolean): boolean {
  if (!/^[0-9]{6}/.test(value)) return false;
  const year = Number(value.slice(0, 2));
  const month = Number(value.slice(2, 4));
  const day = Number(value.slice(4, 6));
  const days = [31, year % 4 === 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= (dayNeeded ? 1 : 0) && day <= days;
}

/** Days since 1970 of a date YYMMDD (day 00: the month's last), within 50 years of `today`; 0: none. */
export function gs1Day(value: string, today: number): number {
  if (!isDate(value, false)) return 0;
  const thisYear = new Date(today * 86_400_000).getUTCFullYear();
  let year = Number(value.slice(0, 2)) + Math.floor(thisYear / 100) * 100;
  if (year - thisYear >= 51) year -= 100;
  else if (thisYear - year >= 50) year += 100;
  const month = Number(value.slice(2, 4));
  const day = Number(value.slice(4, 6));
  const time = day === 0 ? Date.UTC(year, month, 0) : Date.UTC(year, month - 1, day);
  return Math.floor(time / 86_400_000);
}
