// What the till and its catalogue worker say to each other.
import type { CatalogueState } from './ports';

/** Something the worker is asked. */
export interface Ask {
  readonly id: number;
  readonly method:
    | 'open'
    | 'update'
    | 'bySku'
    | 'bySkus'
    | 'byGtin'
    | 'byPlu'
    | 'search'
    | 'byCategory'
    | 'variantsOf'
    | 'categories';
  readonly args: readonly unknown[];
}

/** What the worker says: an answer, or its state. */
export type Told =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly state: CatalogueState };
