// The catalogue on disk is pages of products beside a cursor; both move in one transaction.
import { Assortment } from './assortment';
import type { Db } from './idb';
import type { CatalogueState } from './ports';
import type { CataloguePage, ProductRow } from './wire';

/** Products on a page, by their running number. */
const PAGE = 2_000;
const CURSOR = 'catalogue';

interface Kept {
  readonly cursor: string;
  readonly asOfMs: number;
}

/** What the engine needs of the rest. */
export interface EngineContext {
  readonly db: Db;
  readonly nowMs: () => number;
  /** Fetches a page of changes after a cursor. */
  readonly fetchPage: (cursor: string) => Promise<CataloguePage>;
  readonly onState: (state: CatalogueState) => void;
}

/** Keeps the catalogue in memory and on disk and in step with the node. */
export class CatalogueEngine {
  readonly assortment = new Assortment();
  private state: CatalogueState = {
    products: 0,
    ready: false,
    updating: false,
    asOfMs: 0,
    problem: '',
  };
  private running: Promise<void> | null = null;
  private again = false;

  constructor(private readonly context: EngineContext) {}

  /** Reads what is on disk. */
  async open(): Promise<void> {
    const { db } = this.context;
    const kept = (await db.get('meta', CURSOR)) as Kept | undefined;
    const decoder = new TextDecoder();
    for (const { blob } of await db.getAll('pages'))
      this.assortment.put(JSON.parse(decoder.decode(blob)) as ProductRow[]);
    this.tell({ ready: this.assortment.size > 0, asOfMs: kept?.asOfMs ?? 0 });
  }

  /** Fetches what changed; a call while one runs makes it look once more. */
  update(): Promise<void> {
    if (this.running !== null) {
      this.again = true;
      return this.running;
    }
    this.running = this.updateAll().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async updateAll(): Promise<void> {
    this.tell({ updating: true });
    try {
      do {
        this.again = false;
        while (await this.step());
      } while (this.again);
      this.tell({ updating: false, ready: true, problem: '' });
    } catch (error) {
      this.tell({
        updating: false,
        problem: error instanceof Error ? error.message : String(error),
      });
      throw error;
    }
  }

  private async step(): Promise<boolean> {
    const kept = (await this.context.db.get('meta', CURSOR)) as Kept | undefined;
    const page = await this.context.fetchPage(kept?.cursor ?? '');
    if (page.reset && kept?.cursor) {
      await this.forget();
      return true;
    }
    await this.save(page);
    this.assortment.put(page.products);
    this.tell({ asOfMs: this.context.nowMs() });
    return page.more;
  }

  private async forget(): Promise<void> {
    const tx = this.context.db.transaction(['pages', 'meta'], 'readwrite');
    await Promise.all([tx.objectStore('pages').clear(), tx.objectStore('meta').delete(CURSOR)]);
    await tx.done;
    this.assortment.clear();
  }

  private async save({ cursor, products }: CataloguePage): Promise<void> {
    const changed = new Map<number, ProductRow[]>();
    for (const row of products) {
      const page = Math.floor(row[0] / PAGE);
      const rows = changed.get(page);
      if (rows) rows.push(row);
      else changed.set(page, [row]);
    }
    const tx = this.context.db.transaction(['pages', 'meta'], 'readwrite');
    const pages = tx.objectStore('pages');
    for (const [page, rows] of changed) {
      const old = await pages.get(page);
      const all = new Map<number, ProductRow>();
      if (old)
        for (const row of JSON.parse(new TextDecoder().decode(old.blob)) as ProductRow[])
          all.set(row[0], row);
      for (const row of rows) all.set(row[0], row);
      const blob = new TextEncoder().encode(JSON.stringify([...all.values()]));
      await pages.put({ page, blob });
    }
    const kept: Kept = { cursor, asOfMs: this.context.nowMs() };
    await tx.objectStore('meta').put(kept, CURSOR);
    await tx.done;
  }

  /** Tells its state again, to who began to listen later. */
  announce(): void {
    this.tell({});
  }

  private tell(change: Partial<CatalogueState>): void {
    this.state = { ...this.state, ...change, products: this.assortment.size };
    this.context.onState(this.state);
  }
}
