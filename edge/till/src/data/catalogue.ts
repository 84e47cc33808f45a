// The screens ask the catalogue's worker; answers come in the order of the questions.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Product } from '../core/types';
import type { Ask, Told } from './catalogue-messages';
import type { CataloguePort, CatalogueState, SearchHit } from './ports';
import { LivingThread, type Thread } from './thread';

/** Starts the worker. */
export function startThread(): Thread {
  const start = () =>
    new Worker(new URL('./catalogue.worker.ts', import.meta.url), {
      type: 'module',
      name: 'catalogue',
    });
  return new LivingThread(start);
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** The catalogue behind its worker. */
export class Catalogue implements CataloguePort {
  private readonly kept = signal<CatalogueState>({
    products: 0,
    ready: false,
    updating: false,
    asOfMs: 0,
    problem: '',
  });
  readonly state: ReadonlySignal<CatalogueState> = this.kept;
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  constructor(
    private readonly thread: Thread,
    private readonly token: () => string,
    /** SKUs that a search shows first among their like. */
    private readonly favourites: () => readonly string[],
  ) {
    thread.addEventListener('message', ({ data }) => this.hear(data));
  }

  /** Reads what is on disk. */
  open(): Promise<void> {
    return this.ask('open');
  }

  byGtin(gtin: string): Promise<readonly Product[]> {
    return this.ask('byGtin', gtin);
  }

  bySku(sku: string): Promise<Product | null> {
    return this.ask('bySku', sku);
  }

  bySkus(skus: readonly string[]): Promise<readonly Product[]> {
    return this.ask('bySkus', skus);
  }

  byPlu(plu: string): Promise<readonly Product[]> {
    return this.ask('byPlu', plu);
  }

  search(text: string, limit = 30): Promise<readonly SearchHit[]> {
    return this.ask('search', text, limit, this.favourites());
  }

  byCategory(category: string, limit = 200): Promise<readonly Product[]> {
    return this.ask('byCategory', category, limit);
  }

  variantsOf(sku: string): Promise<readonly Product[]> {
    return this.ask('variantsOf', sku);
  }

  categories(): Promise<readonly { readonly category: string; readonly products: number }[]> {
    return this.ask('categories');
  }

  update(): Promise<void> {
    return this.ask('update', this.token());
  }

  private ask<T>(method: Ask['method'], ...args: unknown[]): Promise<T> {
    const id = ++this.asked;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.thread.postMessage({ id, method, args });
    });
  }

  private hear(told: Told): void {
    if ('state' in told) {
      this.kept.value = told.state;
      return;
    }
    const waiting = this.waiting.get(told.id);
    this.waiting.delete(told.id);
    if ('error' in told) waiting?.reject(new Error(told.error));
    else waiting?.resolve(told.result as never);
  }
}
