// A till in one process: the real database in memory, a node that answers as it is told, a clock.
import 'fake-indexeddb/auto';
import { deleteDB } from 'idb';
import type { Basket } from '../../src/core/types';
import { CatalogueEngine } from '../../src/data/catalogue-engine';
import type { Ask, Told } from '../../src/data/catalogue-messages';
import { type Db, openDatabase } from '../../src/data/idb';
import type { Thread } from '../../src/data/thread';
import { assemble, load, type Parts, type Surroundings } from '../../src/data/till';
import type { ProductRow } from '../../src/data/wire';
import { NOON, SETUP } from '../core/fixtures';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | 'gone';

/** A node of answers by `METHOD /path`; what was asked is kept. */
export class FakeNode {
  readonly asked: Asked[] = [];
  readonly answers = new Map<string, (asked: Asked) => Answer>();
  down = false;

  constructor() {
    this.on('GET /health', () => ({ body: {} }));
    this.on('POST /till/life', () => ({
      body: { till: 't1', drawer: 't1', life: 900, next_number: 1 },
    }));
    this.on('GET /till/setup', () => ({ body: SETUP, headers: { etag: '"1"' } }));
  }

  on(what: string, answer: (asked: Asked) => Answer): void {
    this.answers.set(what, answer);
  }

  count(what: string): number {
    return this.asked.filter((one) => `${one.method} ${one.path}` === what).length;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const path = String(input).replace(/^[^?]*\/api\/v1/, '');
    const method = init?.method ?? 'GET';
    const body: unknown = init?.body ? JSON.parse(String(init.body)) : undefined;
    const headers = init?.headers as Record<string, string>;
    if (this.down) throw new TypeError('no connection');
    const asked = { method, path, body, headers };
    this.asked.push(asked);
    const known = [...this.answers].findLast(([what]) => {
      const [wanted, pattern = ''] = what.split(' ');
      return wanted === method && new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`).test(path);
    });
    const answer: Answer = known?.[1](asked) ?? problem(404, 'not-found');
    if (answer === 'gone') throw new TypeError('connection lost');
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
    return new Response(text, { status: answer.status ?? 200, headers: answer.headers ?? {} });
  };
}

export function problem(status: number, code: string): { status: number; body: unknown } {
  return { status, body: { code, title: code, status, detail: `Because of ${code}.` } };
}

/** The catalogue's thread, in this one. */
export function inlineThread(rows: () => readonly ProductRow[] = () => []): Thread {
  const listeners: ((event: { data: Told }) => void)[] = [];
  const engine = (async () => {
    const found = new CatalogueEngine({
      db: await openDatabase('thread'),
      nowMs: () => NOON,
      fetchPage: async () => ({ cursor: 'c', more: false, reset: false, products: rows() }),
      onState: () => undefined,
    });
    await found.update();
    return found.assortment;
  })();
  return {
    addEventListener: (_type, listener) => listeners.push(listener),
    postMessage: ({ id, method, args }: Ask) => {
      void engine.then((assortment) => {
        const known = assortment as unknown as Record<string, (...given: unknown[]) => unknown>;
        const result = method in assortment ? known[method]?.(...args) : undefined;
        for (const listener of listeners) listener({ data: { id, result } });
      });
    },
  };
}

export interface World {
  readonly node: FakeNode;
  readonly db: Db;
  readonly till: Parts;
  clock: { nowMs: number };
  /** Opens the same browser's till again, as after a reload. */
  reload(): Promise<Parts>;
}

let worlds = 0;

/** A till in a fresh browser; `enrolled`: with its place in the store. */
export async function world(enrolled = true, given: Partial<Surroundings> = {}): Promise<World> {
  const name = `till-${++worlds}`;
  await deleteDB(name);
  const node = new FakeNode();
  const clock = { nowMs: NOON };
  let minted = 0;
  const open = async (): Promise<Parts> => {
    const parts = assemble({
      db: await openDatabase(name),
      fetch: node.fetch,
      base: '/api/v1',
      nowMs: () => clock.nowMs,
      steadyMs: () => clock.nowMs,
      random: () => 0.5,
      randomBytes: (count) =>
        Uint8Array.from({ length: count }, (_, at) => (at === 0 ? minted++ % 256 : at)),
      subtle: crypto.subtle,
      locks: undefined,
      storage: undefined,
      mark: undefined,
      thread: inlineThread(),
      ...given,
    });
    await load(parts);
    return parts;
  };
  const till = await open();
  if (enrolled) {
    await till.device.enrol('evd_x');
    till.events.stop();
    await till.setup.refresh();
  }
  return { node, db: await openDatabase(name), till, clock, reload: open };
}

/** The basket on disk: that of the window that sells. */
export async function written(db: Db): Promise<Basket | undefined> {
  return db.get('basket', (await db.get('meta', 'seller')) as string);
}
