// The whole assortment in memory: every code leads to its products, and a change is a new row.
import type { Product } from '../core/types';
import type { SearchHit } from './ports';
import {
  Best,
  haystack,
  type Initials,
  initials,
  narrows,
  parseQuery,
  type Query,
  score,
} from './search';
import type { ProductRow } from './wire';

/** Products that share a code, by their places; most codes have one. */
type Places = Map<string, number | number[]>;

/** So many searches are remembered with the places they found: the newest, and the widest. */
const NEWEST = 12;
const WIDEST = 32;

interface Searched {
  readonly query: Query;
  readonly places: Int32Array;
}

/** An index over catalogue rows. */
export class Assortment {
  private rows: ProductRow[] = [];
  private hays: string[] = [];
  private initials: Initials[] = [];
  private searches: readonly Searched[] = [];
  private readonly places = new Map<number, number>();
  private readonly skus = new Map<string, number>();
  private readonly gtins: Places = new Map();
  private readonly plus: Places = new Map();
  private readonly parents: Places = new Map();

  /** How many products there are. */
  get size(): number {
    return this.rows.length;
  }

  /** Takes rows that are new or have changed. */
  put(rows: readonly ProductRow[]): void {
    this.searches = [];
    for (const row of rows) {
      const known = this.places.get(row[0]) ?? this.skus.get(row[1]);
      const at = known ?? this.rows.length;
      const old = known === undefined ? undefined : this.rows[known];
      if (old) this.unfile(old, at);
      this.rows[at] = row;
      this.hays[at] = ''; // written when it is first searched, so that opening does not wait for it
      this.places.set(row[0], at);
      this.file(row, at);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.rows = [];
    this.hays = [];
    this.initials = [];
    this.searches = [];
    for (const map of [this.places, this.skus, this.gtins, this.plus, this.parents]) map.clear();
  }

  bySku(sku: string): Product | null {
    const at = this.skus.get(sku);
    return at === undefined ? null : this.product(at);
  }

  byGtin(gtin: string): Product[] {
    return this.products(this.gtins.get(gtin));
  }

  byPlu(plu: string): Product[] {
    const found = this.products(this.plus.get(plu) ?? this.plus.get(plu.replace(/^0+/, '')));
    if (found.length > 0) return found;
    const product = this.bySku(plu);
    return product ? [product] : [];
  }

  variantsOf(sku: string): Product[] {
    return this.products(this.parents.get(sku));
  }

  byCategory(category: string, limit: number): Product[] {
    const found: Product[] = [];
    for (let at = 0; at < this.rows.length && found.length < limit; at++) {
      const row = this.rows[at];
      if (row?.[10] === category && row[9]) found.push(toProduct(row));
    }
    return found;
  }

  categories(): { category: string; products: number }[] {
    const counts = new Map<string, number>();
    for (const row of this.rows) if (row[9]) counts.set(row[10], (counts.get(row[10]) ?? 0) + 1);
    return [...counts]
      .map(([category, products]) => ({ category, products }))
      .sort((one, two) => (one.category < two.category ? -1 : 1));
  }

  /** The products that fit a text best, at most `limit`; `favourites` (SKUs) before their like. */
  search(text: string, limit: number, favourites: readonly string[] = []): SearchHit[] {
    const query = parseQuery(text);
    if (query === null) return [];
    const liked = new Set(favourites.map((sku) => this.skus.get(sku)));
    const best = new Best(limit);
    const fitting: number[] = [];
    const among = this.among(query);
    const count = among?.length ?? this.rows.length;
    for (let nth = 0; nth < count; nth++) {
      const at = among?.[nth] ?? nth;
      const row = this.rows[at] as ProductRow;
      const hay = this.hay(at, row);
      const found = score(query, hay, this.initials[at] as Initials, row[9], liked.has(at));
      if (found === 0) continue;
      fitting.push(at);
      best.offer(at, found);
    }
    this.remember({ query, places: Int32Array.from(fitting) });
    return best.all.map(({ at, score: found }) => ({ product: this.product(at), score: found }));
  }

  private remember(search: Searched): void {
    const { whole, digits } = search.query;
    const others = this.searches.filter(
      ({ query }) => query.whole !== whole || query.digits !== digits,
    );
    const older = others.slice(NEWEST).sort((one, two) => two.places.length - one.places.length);
    this.searches = [search, ...others.slice(0, NEWEST), ...older.slice(0, WIDEST)];
  }

  /** The fewest places a search has to look at, as an earlier and wider one found them. */
  private among(query: Query): Int32Array | undefined {
    let fewest: Int32Array | undefined;
    for (const { query: wider, places } of this.searches)
      if (narrows(query, wider) && places.length < (fewest?.length ?? this.rows.length))
        fewest = places;
    return fewest;
  }

  /** Writes what is searched for some products ahead of the first search; false when all is done. */
  prepare(count: number, from: number): boolean {
    const to = Math.min(from + count, this.rows.length);
    for (let at = from; at < to; at++) this.hay(at, this.rows[at] as ProductRow);
    return to < this.rows.length;
  }

  private hay(at: number, row: ProductRow): string {
    const known = this.hays[at];
    if (known) return known;
    const made = haystack(row);
    this.hays[at] = made;
    this.initials[at] = initials(made);
    return made;
  }

  private product(at: number): Product {
    return toProduct(this.rows[at] as ProductRow);
  }

  private products(places: number | number[] | undefined): Product[] {
    if (places === undefined) return [];
    const found = (typeof places === 'number' ? [places] : places).map((at) => this.product(at));
    return found.sort(
      (one, two) => Number(two.active) - Number(one.active) || one.number - two.number,
    );
  }

  private file(row: ProductRow, at: number): void {
    this.skus.set(row[1], at);
    for (const gtin of row[3]) add(this.gtins, gtin.padStart(14, '0'), at);
    if (row[12].plu) add(this.plus, row[12].plu.replace(/^0+/, ''), at);
    if (row[11]) add(this.parents, row[11], at);
  }

  private unfile(row: ProductRow, at: number): void {
    this.skus.delete(row[1]);
    for (const gtin of row[3]) remove(this.gtins, gtin.padStart(14, '0'), at);
    if (row[12].plu) remove(this.plus, row[12].plu.replace(/^0+/, ''), at);
    if (row[11]) remove(this.parents, row[11], at);
  }
}

function add(places: Places, code: string, at: number): void {
  const known = places.get(code);
  if (known === undefined) places.set(code, at);
  else if (typeof known === 'number') known !== at && places.set(code, [known, at]);
  else if (!known.includes(at)) known.push(at);
}

function remove(places: Places, code: string, at: number): void {
  const known = places.get(code);
  if (typeof known === 'object')
    places.set(
      code,
      known.filter((one) => one !== at),
    );
  else if (known === at) places.delete(code);
}

/** Units that goods are measured in; whatever else a unit is called (`pc`, `pair`), it is counted. */
const MEASURES: ReadonlySet<string> = new Set(['g', 'mg', 'ml', 'mm']);

/** Reads a row of the wire. */
export function toProduct(row: ProductRow): Product {
  const [number, sku, names, gtins, unit, taxCode, priceMinor, priceQuantity] = row;
  const [tracked, active, category, variantOf, attributes] = row.slice(8) as [
    boolean,
    boolean,
    string,
    string,
    Record<string, string>,
  ];
  return {
    number,
    sku,
    names,
    gtins,
    unit: MEASURES.has(unit) ? unit : 'piece',
    taxCode,
    priceMinor,
    priceQuantity,
    tracked,
    active,
    category,
    variantOf,
    attributes,
  };
}
