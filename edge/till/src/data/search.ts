// A search finds what every word of it fits: whole codes first, then names, dearest match on top.
import type { ProductRow } from './wire';

/** What is searched of one product, in one string: words in lower case, each after a space. */
export function haystack(row: ProductRow): string {
  const [, sku, names, gtins, , , , , , , , , attributes] = row;
  const texts = [...Object.values(names), sku, attributes.plu ?? ''];
  return ` ${fold(texts.join(' '))}\n${gtins.join(' ')}`;
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
  return { whole, words, digits: /^[0-9]{4,14}$/.test(digits) ? digits : '' };
}

/** How well a product fits, 0: not at all. */
export function score(query: Query, hay: string, row: ProductRow): number {
  let found = 0;
  if (query.words.every((word) => hay.includes(word))) found = grade(query, hay, row);
  else if (query.digits !== '' && hay.includes(query.digits, hay.indexOf('\n'))) found = 20;
  return found === 0 ? 0 : row[9] ? found : found / 100; // what is not sold any more comes last
}

function grade(query: Query, hay: string, row: ProductRow): number {
  const [, sku, names, , , , , , , , , , attributes] = row;
  if (fold(sku) === query.whole || attributes.plu === query.whole) return 1_000;
  const at = hay.indexOf(query.whole);
  if (at === 1) return 500 - Math.min(200, (names.en ?? '').length);
  if (Object.values(names).some((name) => fold(name).startsWith(query.whole))) return 260;
  if (at > 0 && (hay[at - 1] === ' ' || query.whole.charCodeAt(0) > 0x2e80)) return 100;
  return 50;
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
