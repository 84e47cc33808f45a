// However a search is made quick, it finds what the plain words of its law say, in that order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Assortment } from '../../src/data/assortment';
import { fold, haystack, initials } from '../../src/data/search';
import type { ProductRow } from '../../src/data/wire';

function row(number: number, given: Drawn): ProductRow {
  const attributes: Record<string, string> = given.plu ? { plu: given.plu } : {};
  return [
    ...([number, `${given.sku}-${number}`, given.names, given.gtins, 'piece', 'std'] as const),
    ...([100, 1, true, given.active, '', '', attributes] as const),
  ];
}

interface Drawn {
  sku: string;
  names: Record<string, string>;
  gtins: string[];
  active: boolean;
  plu: string;
}

const WORDS = ['tea', 'te', 't', 'm', 'milk', 'ox', 'Öl', '5', '1', '12', '绿茶', '茶', 'đa', '-'];
const words = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 });
const text = words.map((some) => some.join(' '));
const drawn: fc.Arbitrary<Drawn> = fc.record({
  sku: fc.constantFrom('TEA', 'M', 'X1'),
  names: fc.record({ en: text, zh: text }),
  gtins: fc.constantFrom([], ['9521234000013'], ['1212121212128']),
  active: fc.boolean(),
  plu: fc.constantFrom('', '12', '5'),
});
const asked = fc.oneof(
  text,
  text.map((one) => one.slice(0, 1)),
  text.map((one) => one.slice(0, -1)),
  fc.constantFrom('1212', '9521', '茶', '绿', 't', '5'),
);

/** The law, said plainly: fields and words are compared one by one. */
function plainScore(search: string, given: ProductRow, liked: boolean): number {
  const whole = fold(search);
  const [, sku, names, gtins, , , , , , active, , , { plu }] = given;
  const fields = [...Object.values(names), sku, plu ?? ''].map(fold);
  const there = fields.flatMap((field) => field.split(' '));
  const latin = (word: string) => /^[\p{Script=Latin}\p{N}]/u.test(word);
  const begins = (word: string) =>
    there.some((one) => (latin(word) ? one.startsWith(word) : one.includes(word)));
  const stands = (word: string) =>
    there.some((one) => (latin(word) ? one === word : one.endsWith(word)));
  const inside = (some: string) =>
    fields.some((field) =>
      latin(some) ? ` ${field}`.includes(` ${some}`) : ` ${field}`.includes(some),
    );
  const parts = whole.split(' ');
  const number = search.trim();
  let found = 0;
  if (parts.every(begins)) {
    const first = fields.find((field) => field.startsWith(whole));
    const exact = first === whole;
    const length = first === undefined ? 99 : Math.min(99, first.length + 2);
    const follows = first?.[whole.length] === ' ';
    if (exact) found = 1_000;
    else if (follows) found = 500 - length;
    else if (parts.every(stands)) found = inside(whole) ? 350 : 300;
    else if (first !== undefined) found = 250 - length;
    else found = parts.length === 1 || inside(whole) ? 100 : 50;
  } else if (/^[0-9]{4,14}$/.test(number) && gtins.some((one) => one.includes(number))) found = 20;
  if (found === 0) return 0;
  return active ? found + (liked ? 250 : 0) : found / 100;
}

describe('a search', () => {
  it('finds what its law says, in its order, also while it is typed', () => {
    const property = fc.property(
      fc.array(drawn, { minLength: 1, maxLength: 12 }),
      asked,
      (all, search) => {
        const rows = all.map((one, number) => row(number, one));
        const assortment = new Assortment();
        assortment.put(rows);
        const favourites = rows.slice(0, 1).map((one) => one[1]);
        for (let end = 1; end <= search.length; end++) {
          const typed = search.slice(0, end);
          if (fold(typed) === '') continue;
          const scored = rows.map((one, at) => ({
            sku: one[1],
            score: plainScore(typed, one, at === 0),
          }));
          const wanted = scored
            .filter((one) => one.score > 0)
            .sort((one, two) => two.score - one.score)
            .slice(0, 5);
          const got = assortment
            .search(typed, 5, favourites)
            .map(({ product, score }) => ({ sku: product.sku, score }));
          expect(got).toEqual(wanted);
        }
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('knows which letters words begin with, and which of them lead', () => {
    const hay = (en: string) =>
      initials(haystack(row(1, { sku: 'z', names: { en }, gtins: [], active: true, plu: '' })));
    expect(hay('big apple').words).toBe(hay('apple big').words);
    expect(hay('big apple').heads).not.toBe(hay('apple big').heads);
    expect(hay('shirt m').heads).toBe(hay('m').heads | hay('shirt').heads);
  });
});
