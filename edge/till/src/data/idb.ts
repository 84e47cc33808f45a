// One database per browser; what a sale leaves behind is written in one strict transaction.
import {
  type DBSchema,
  type IDBPDatabase,
  type IDBPTransaction,
  openDB,
  type StoreNames,
} from 'idb';
import type { Basket } from '../core/types';
import type { Finished, OutboxEntry, Pledge } from './ports';
import type { SetupDocument } from './wire';

/** A page of the catalogue: rows as compact JSON in UTF-8. */
export interface StoredPage {
  readonly page: number;
  readonly blob: Uint8Array<ArrayBuffer>;
}

/** What is kept of somebody who logged in here, to know the PIN again without the node. */
export interface StoredPerson {
  readonly staff: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly iterations: number;
  readonly verifier: Uint8Array<ArrayBuffer>;
  /** When the node last confirmed the PIN. */
  readonly atMs: number;
}

/** Wrong PINs without the node, kept over restarts. */
export interface StoredFailures {
  readonly count: number;
  readonly lastMs: number;
}

/** A basket put aside that the node is not known to have yet. */
export interface StoredHeld {
  readonly id: string;
  /** Names this putting aside: the node does one that comes twice, or late, once. */
  readonly hold: string;
  /** Whether the node was asked to take it: then it may have it, though no answer came. */
  readonly offered: boolean;
  readonly label: string;
  readonly basket: Basket;
  readonly totalMinor: number;
  readonly operator: string;
  readonly atMs: number;
}

/** An outbox entry as stored; `parked`: refused by the node and by its quarantine, tried later. */
export type StoredEntry = Omit<OutboxEntry, 'seq'> & { seq?: number; parked?: boolean };

/** A finished sale as stored. */
export type StoredFinished = Finished & { readonly delivered: 0 | 1 };

/** The stores of the database. */
export interface Schema extends DBSchema {
  meta: { key: string; value: unknown };
  pages: { key: number; value: StoredPage };
  basket: { key: string; value: Basket };
  outbox: { key: number; value: StoredEntry; indexes: { id: string } };
  finished: { key: string; value: StoredFinished; indexes: { atMs: number } };
  people: { key: string; value: StoredPerson };
  failures: { key: string; value: StoredFailures };
  held: { key: string; value: StoredHeld };
  pledges: { key: string; value: Pledge };
  setup: { key: string; value: { etag: string; document: SetupDocument; atMs: number } };
}

/** The open database. */
export type Db = IDBPDatabase<Schema>;

/** A transaction that writes. */
export type Writing = IDBPTransaction<Schema, ArrayLike<StoreNames<Schema>>, 'readwrite'>;

/** Does work in one strict transaction: all of it is written, or nothing and its failure is thrown. */
export async function atomically<T>(
  db: Db,
  stores: readonly StoreNames<Schema>[],
  work: (tx: Writing) => Promise<T>,
): Promise<T> {
  const tx: Writing = db.transaction(stores, 'readwrite', { durability: 'strict' });
  try {
    const result = await work(tx);
    await tx.done;
    return result;
  } catch (error) {
    try {
      tx.abort();
    } catch {
      // it had ended by itself
    }
    await tx.done.catch(() => undefined); // its failure is the one being told
    throw error;
  }
}

/** Opens the database, making it the first time. A newer version of the till may close it. */
export function openDatabase(name = 'evertill'): Promise<Db> {
  return openDB<Schema>(name, 1, {
    upgrade(db) {
      db.createObjectStore('meta');
      db.createObjectStore('pages', { keyPath: 'page' });
      db.createObjectStore('basket');
      const outbox = db.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true });
      outbox.createIndex('id', 'id', { unique: true });
      db.createObjectStore('finished', { keyPath: 'id' }).createIndex('atMs', 'atMs');
      db.createObjectStore('people', { keyPath: 'staff' });
      db.createObjectStore('failures');
      db.createObjectStore('held', { keyPath: 'id' });
      db.createObjectStore('pledges', { keyPath: 'id' });
      db.createObjectStore('setup');
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
}
