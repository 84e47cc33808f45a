// The whole assortment is at hand: by every code, by every word, and after every change.
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { Assortment } from '../../src/data/assortment';
import { Catalogue } from '../../src/data/catalogue';
import { CatalogueEngine } from '../../src/data/catalogue-engine';
import { openDatabase } from '../../src/data/idb';
import type { CatalogueState } from '../../src/data/ports';
import { extrasOf, scan } from '../../src/data/scanning';
import type { CataloguePage, ProductRow } from '../../src/data/wire';
import { NOON, rules } from '../core/fixtures';
import { inlineThread } from './fixtures';

type Given = Partial<{
  gtins: string[];
  zh: string;
  price: number;
  active: boolean;
  unit: string;
  per: number;
  category: string;
  of: string;
  plu: string;
  lot: string;
}>;

function row(number: number, sku: string, en: string, given: Given = {}): ProductRow {
  const names = given.zh ? { en, zh: given.zh } : { en };
  const attributes: Record<string, string> = given.plu ? { plu: given.plu } : {};
  return [
    ...([number, sku, names, given.gtins ?? [], given.unit ?? 'piece', 'std'] as const),
    ...([given.price ?? 100, given.per ?? 1, true, given.active ?? true] as const),
    ...([given.category ?? '', given.of ?? '', attributes] as const),
  ];
}

const ROWS = [
  row(1, 'TEA-100', 'Green tea', { zh: '绿茶', gtins: ['9521234000013'], price: 499 }),
  row(2, 'TEA-200', 'Black Tea, Earl Grey', { zh: '红茶', gtins: ['9521234000020'] }),
  row(3, 'CRM', 'Crème fraîche 200 g', { zh: '法式酸奶油' }),
  row(4, 'APPLE', 'Apple', { unit: 'g', per: 1000, price: 299, plu: '04011', category: 'fruit' }),
  row(5, 'OLD', 'Green tea of old', { gtins: ['9521234000013'], active: false }),
  row(6, 'SHIRT-S', 'Shirt S', { of: 'SHIRT' }),
  row(7, 'SHIRT-M', 'Shirt M', { of: 'SHIRT' }),
];

function assortment(): Assortment {
  const made = new Assortment();
  made.put(ROWS);
  return made;
}

const found = (text: string) =>
  assortment()
    .search(text, 10)
    .map((hit) => hit.product.sku);

describe('looking up', () => {
  it('finds by every code, what is sold first', () => {
    const all = assortment();
    expect(all.byGtin('09521234000013').map((one) => one.sku)).toEqual(['TEA-100', 'OLD']);
    expect(all.byPlu('4011').map((one) => one.sku)).toEqual(['APPLE']);
    expect(all.byPlu('04011').map((one) => one.sku)).toEqual(['APPLE']);
    expect(all.bySku('CRM')?.names.zh).toBe('法式酸奶油');
    expect(all.variantsOf('SHIRT').map((one) => one.sku)).toEqual(['SHIRT-S', 'SHIRT-M']);
    expect(all.categories()).toContainEqual({ category: 'fruit', products: 1 });
    expect(all.byCategory('fruit', 5).map((one) => one.sku)).toEqual(['APPLE']);
  });

  it('searches words in any order, without accents, in both languages, by parts of codes', () => {
    expect(found('tea').slice(0, 2).sort()).toEqual(['TEA-100', 'TEA-200']);
    expect(found('grey black')).toEqual(['TEA-200']);
    expect(found('creme')).toEqual(['CRM']);
    expect(found('茶').sort()).toEqual(['TEA-100', 'TEA-200']);
    expect(found('酸奶')).toEqual(['CRM']);
    expect(found('tea-200')).toEqual(['TEA-200']);
    expect(found('400002')).toEqual(['TEA-200']);
    expect(found('green').at(-1)).toBe('OLD');
    expect(found('rl')).toEqual([]);
    expect(found('  ')).toEqual([]);
  });

  it('shows whole words before beginnings, and favourites before their like', () => {
    const all = new Assortment();
    all.put([
      row(1, 'HOM-6', 'Teaspoons 6'),
      row(2, 'HOM-7', 'Tea lights 50'),
      row(3, 'GRN', 'Nine Hills Green tea'),
      row(4, 'OOL', 'Nine Hills Oolong tea'),
      row(5, 'TEA', 'Loose tea'),
    ]);
    const found = (favourites: string[]) =>
      all.search('tea', 9, favourites).map((hit) => hit.product.sku);
    expect(found([])).toEqual(['TEA', 'HOM-7', 'GRN', 'OOL', 'HOM-6']);
    expect(found(['OOL'])).toEqual(['TEA', 'OOL', 'HOM-7', 'GRN', 'HOM-6']);
  });

  it('finds letter by letter what it finds at once', () => {
    const all = assortment();
    for (const text of ['green tea', 'tea grey', '绿茶', '9521234000020', 'te a', 'TEA-200'])
      for (let end = 1; end <= text.length; end++)
        expect(all.search(text.slice(0, end), 9)).toEqual(
          assortment().search(text.slice(0, end), 9),
        );
  });

  it('follows a change: codes that are gone lead nowhere', () => {
    const all = assortment();
    all.put([row(1, 'TEA-100', 'White tea', { gtins: ['9521234000037'] })]);
    expect(all.size).toBe(ROWS.length);
    expect(all.byGtin('09521234000013').map((one) => one.sku)).toEqual(['OLD']);
    expect(all.byGtin('09521234000037').map((one) => one.sku)).toEqual(['TEA-100']);
    expect(all.search('white', 5)).toHaveLength(1);
  });
});

describe('keeping it', () => {
  async function engine(pages: CataloguePage[], name: string) {
    const states: CatalogueState[] = [];
    const asked: string[] = [];
    const made = new CatalogueEngine({
      db: await openDatabase(name),
      nowMs: () => NOON,
      fetchPage: async (cursor) => {
        asked.push(cursor);
        const page = pages.shift();
        if (!page) throw new Error('the node is away');
        return page;
      },
      onState: (state) => states.push(state),
    });
    return { made, states, asked };
  }

  it('fetches all pages, opens without the node, and goes on at the cursor', async () => {
    const far = row(5001, 'FAR', 'Far away');
    const first = await engine(
      [
        { cursor: 'c1', more: true, reset: false, products: ROWS },
        { cursor: 'c2', more: false, reset: false, products: [far] },
      ],
      'cat-1',
    );
    await first.made.update();
    expect(first.asked).toEqual(['', 'c1']);
    const later = await engine(
      [{ cursor: 'c3', more: false, reset: false, products: [row(3, 'CRM', 'Cream')] }],
      'cat-1',
    );
    await later.made.open();
    expect(later.states.at(-1)).toMatchObject({
      ready: true,
      products: ROWS.length + 1,
      asOfMs: NOON,
    });
    expect(later.made.assortment.bySku('FAR')?.names.en).toBe('Far away');
    await later.made.update();
    expect(later.asked).toEqual(['c2']);
    const again = await engine([], 'cat-1');
    await again.made.open();
    expect(again.made.assortment.bySku('CRM')?.names.en).toBe('Cream');
    await expect(again.made.update()).rejects.toThrow('away');
    expect(again.states.at(-1)).toMatchObject({
      ready: true,
      updating: false,
      problem: 'the node is away',
    });
  });

  it('starts over when the node does not know the cursor', async () => {
    const { made, asked } = await engine(
      [
        { cursor: 'c1', more: false, reset: false, products: ROWS },
        { cursor: '', more: true, reset: true, products: [] },
        { cursor: 'd1', more: false, reset: false, products: ROWS.slice(0, 1) },
      ],
      'cat-2',
    );
    await made.update();
    await made.update();
    expect(asked).toEqual(['', 'c1', '']);
    expect(made.assortment.size).toBe(1);
  });
});

describe('scanning at the till itself', () => {
  const catalogue = new Catalogue(
    inlineThread(() => ROWS),
    () => '',
    () => [],
  );
  const by = rules([], { templates: ['29PPPPPWWWWWC', '28PPPPPMMMMMC'] });
  const read = (text: string) => scan(text, catalogue, by, NOON, false);

  it('finds the product of a code, with what its label says', async () => {
    const plain = await read('9521234000013');
    expect([plain.verdict.kind, plain.product?.sku, plain.choices]).toEqual([
      'item',
      'TEA-100',
      [],
    ]);
    const full = await read('\x1d0109521234000013172612311021\x1d21S-9');
    expect(full.verdict).toMatchObject({ lot: '21', serial: 'S-9', sku: 'TEA-100' });
    const weighed = await read('2904011012343');
    expect(weighed.product && extrasOf(weighed.verdict, weighed.product)).toEqual({
      quantity: 1234,
    });
    const labelled = await read('2804011004372');
    expect(labelled.product && extrasOf(labelled.verdict, labelled.product)).toEqual({
      quantity: 1462,
    });
  });

  it('sets the price of the label where no quantity comes to it', () => {
    const dear = {
      ...(assortment().bySku('APPLE') as never as { priceMinor: number }),
      priceMinor: 29_999,
    };
    const verdict = { quantity: null, price_minor: 437, lot: '', serial: '', expiry_day: '' };
    expect(extrasOf(verdict as never, dear as never)).toEqual({
      quantity: 15,
      override: { priceMinor: 437, priceQuantity: 15, reason: 'label', approver: '' },
    });
  });

  it('knows the slip of a held basket and a member’s card', async () => {
    const id = '0199a1c2-7b3e-7c4d-8e5f-60718293a4b5';
    const slip = await read(`held:${id.toUpperCase()}`);
    expect(slip.verdict).toMatchObject({ kind: 'held', value: id, sku: '' });
    expect((await read('held:nothing')).verdict.kind).not.toBe('held');
    expect((await read(id)).verdict).toMatchObject({ kind: 'member', member: id });
  });

  it('says what is wrong with others in both languages', async () => {
    const wrong = await read('9521234000014');
    expect(wrong.verdict.kind).toBe('refused');
    expect(wrong.verdict.message?.zh).not.toBe('');
    const unknown = await read('9521234000099');
    expect(unknown.verdict).toMatchObject({ kind: 'unknown', gtin: '09521234000099' });
    expect((await read('40170725')).verdict).toMatchObject({
      kind: 'unknown',
      message_code: 'unknown-code',
    });
  });
});
