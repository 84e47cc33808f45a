// A search finds what every word of it fits: whole names and codes first, then whole words, then
// beginnings; among those that fit alike the shop's favourites come first.
import type { ProductRow } from './wire';

/**
 * What is searched of one product, in one string: names, SKU and PLU as fields between tabs, words
 * in lower case, each after a space; behind a line end the GTINs.
 */
export function haystack(row: ProductRow): string {
  const [, sku, names, gtins, , , , , , , , , attributes] = row;
  const fields = [...Object.values(names), sku, attributes.plu ?? ''];
  return `\t ${fields.map(fold).join('\t ')}\t\n${gtins.join(' ')}`;
}

/** Writes text as it is searched: lower case, without accents, marks as spaces. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  const plain = isAscii(lower) ? lower : lower.normalize('NFKD').replace(/\p{M}/gu, '');
  return plain.replace(/[\s\p{P}\p{S}]+/gu, ' ').trim();
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}

/** A search as typed, ready to be compared. */
export interface Query {
  readonly whole: string;
  /** How a field looks that begins with all of it. */
  readonly field: string;
  /** Each word as it is looked for: Latin words at a word's start, others anywhere. */
  readonly words: readonly string[];
  /** Digits that may be a part of a GTIN; empty: none. */
  readonly digits: string;
}

/** Reads a search as typed; null if there is nothing to look for. */
export function parseQuery(text: string): Query | null {
  const whole = fold(text);
  if (whole === '') return null;
  const words = whole
    .split(' ')
    .map((word) => (/^[\p{Script=Latin}\p{N}]/u.test(word) ? ` ${word}` : word))
    .sort((one, two) => two.length - one.length);
  const digits = text.trim();
  return { whole, field: `\t ${whole}`, words, digits: /^[0-9]{4,14}$/.test(digits) ? digits : '' };
}

/** Whether a search finds nothing that a wider one did not: it was typed on, letter by letter. */
export function narrows(query: Query, wider: Query): boolean {
  if (query.digits !== '' && wider.digits === '') return false; // GTINs are looked at only now
  return query.whole.startsWith(wider.whole);
}

/** What a favourite gains: more than a better place in a name, less than being asked for exactly. */
const FAVOURITE = 250;

/** How well a product fits, 0: not at all; `active`: it is sold, what is not comes last. */
export function score(query: Query, hay: string, active: boolean, favourite = false): number {
  const found = hasWords(query, hay) ? grade(query, hay) : hasDigits(query, hay) ? 20 : 0;
  if (found === 0) return 0;
  return active ? found + (favourite ? FAVOURITE : 0) : found / 100;
}

function hasWords({ words }: Query, hay: string): boolean {
  for (const word of words) if (!hay.includes(word)) return false;
  return true;
}

function hasDigits({ digits }: Query, hay: string): boolean {
  return digits !== '' && hay.includes(digits, hay.indexOf('\n'));
}

/** A whole field is best, then whole words at its beginning, then anywhere, then parts of words. */
function grade(query: Query, hay: string): number {
  const at = hay.indexOf(query.field);
  const end = at + query.field.length;
  if (at >= 0 && hay[end] === '\t') return 1_000;
  const length = Math.min(99, at < 0 ? 99 : hay.indexOf('\t', end) - at);
  if (at >= 0 && hay[end] === ' ') return 500 - length;
  if (query.words.every((word) => hay.includes(`${word} `) || hay.includes(`${word}\t`)))
    return hay.includes(query.whole) ? 350 : 300;
  if (at >= 0) return 250 - length;
  return hay.includes(query.words.length === 1 ? (query.words[0] ?? '') : query.whole) ? 100 : 50;
}

/** Keeps the best of many, in order of score and then of number. */
export class Best {
  private readonly kept: { at: number; score: number }[] = [];

  constructor(private readonly limit: number) {}

  /** Offers one. */
  offer(at: number, found: number): void {
    const last = this.kept.at(-1);
    if (this.kept.length >= this.limit && last && found <= last.score) return;
    let place = this.kept.length;
    while (place > 0 && (this.kept[place - 1]?.score ?? 0) < found) place--;
    this.kept.splice(place, 0, { at, score: found });
    if (this.kept.length > this.limit) this.kept.pop();
  }

  /** The best, best first. */
  get all(): readonly { readonly at: number; readonly score: number }[] {
    return this.kept;
  }
}
