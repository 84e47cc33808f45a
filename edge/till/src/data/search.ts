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

/** The letters that a product's words begin with, as bits; some letters share one. */
export interface Initials {
  readonly words: number;
  /** Of those, the ones that begin a field or are a word by themselves: such fit best. */
  readonly heads: number;
}

/** The bit of a letter: one for each of a to z, four for all others. */
function bit(code: number): number {
  return 1 << (code >= 97 && code <= 122 ? code - 97 : 26 + (code & 3));
}

/** Reads the initials of what `haystack` wrote. */
export function initials(hay: string): Initials {
  let words = 0;
  let heads = 0;
  const end = hay.indexOf('\n');
  for (let at = hay.indexOf(' '); at >= 0 && at < end; at = hay.indexOf(' ', at + 1)) {
    const initial = bit(hay.charCodeAt(at + 1));
    words |= initial;
    const next = hay[at + 2];
    if (hay[at - 1] === '\t' || next === ' ' || next === '\t') heads |= initial;
  }
  return { words, heads };
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
  /** The initials that a product must have to fit; 0: it may fit without. */
  readonly initials: number;
  /** The initial of all of it, as a head. */
  readonly lead: number;
}

/** Reads a search as typed; null if there is nothing to look for. */
export function parseQuery(text: string): Query | null {
  const whole = fold(text);
  if (whole === '') return null;
  const words = whole
    .split(' ')
    .map((word) => (/^[\p{Script=Latin}\p{N}]/u.test(word) ? ` ${word}` : word))
    .sort((one, two) => two.length - one.length);
  const digits = /^[0-9]{4,14}$/.test(text.trim()) ? text.trim() : '';
  const latin = words.filter((word) => word[0] === ' ');
  const initials = latin.reduce((bits, word) => bits | bit(word.charCodeAt(1)), 0);
  return {
    ...{ whole, field: `\t ${whole}`, words, digits },
    ...{ initials: digits ? 0 : initials, lead: bit(whole.charCodeAt(0)) },
  };
}

/** Whether a search finds nothing that a wider one did not: it was typed on, letter by letter. */
export function narrows(query: Query, wider: Query): boolean {
  if (query.digits !== '' && wider.digits === '') return false; // GTINs are looked at only now
  return query.whole.startsWith(wider.whole);
}

/** What a favourite gains: more than a better place in a name, less than being asked for exactly. */
const FAVOURITE = 250;
/** What a word that only begins like the search is worth. */
const PART = 100;

/** How well a product fits, 0: not at all; `active`: it is sold, what is not comes last. */
export function score(
  query: Query,
  hay: string,
  { words, heads }: Initials,
  active: boolean,
  favourite = false,
): number {
  if ((words & query.initials) !== query.initials) return 0;
  const leads = (heads & query.lead) !== 0;
  const found = hasWords(query, hay) ? grade(query, hay, leads) : hasDigits(query, hay) ? 20 : 0;
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
function grade(query: Query, hay: string, leads: boolean): number {
  const { whole, field, words, initials } = query;
  // Most products have a word with any one letter, nearly all alike: they are not looked at closely.
  if (!leads && initials !== 0 && whole.length === 1) return PART;
  const at = leads ? hay.indexOf(field) : -1;
  const end = at + field.length;
  if (at >= 0 && hay[end] === '\t') return 1_000;
  const length = Math.min(99, at < 0 ? 99 : hay.indexOf('\t', end) - at);
  if (at >= 0 && hay[end] === ' ') return 500 - length;
  if (words.every((word) => stands(word, hay))) return hay.includes(whole) ? 350 : 300;
  if (at >= 0) return 250 - length;
  return words.length === 1 || hay.includes(whole) ? PART : 50;
}

/** Whether a word is there as a whole. */
function stands(word: string, hay: string): boolean {
  for (let at = hay.indexOf(word); at >= 0; at = hay.indexOf(word, at + 1)) {
    const next = hay[at + word.length];
    if (next === ' ' || next === '\t') return true;
  }
  return false;
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
