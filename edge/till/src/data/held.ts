// A basket put aside keeps the identity of its sale; whoever recalls it goes on with the same one.
import { isEmpty } from '../core/basket';
import type { Basket } from '../core/types';
import { ApiProblem, TillProblem, Unreachable } from './api';
import { atomically, type Db, type StoredHeld, type Writing } from './idb';
import type { ApiPort, HeldEntry, HeldPort } from './ports';
import type { Selling } from './selling';

const RECALLING = 'recalling';
const GONE: ReadonlySet<string> = new Set(['held-taken', 'held-sold']);

interface HeldReply {
  readonly held: readonly {
    readonly id: string;
    readonly label: string;
    readonly total_minor: number;
    readonly lines: number;
    /** `ana@t1`, or the till alone. */
    readonly held_by: string;
    readonly held_ms: number;
  }[];
}

interface RecalledReply {
  readonly label: string;
  readonly total_minor: number;
  readonly basket: string;
}

/** What holding needs of the rest. */
export interface HeldContext {
  readonly db: Db;
  readonly api: ApiPort;
  readonly selling: Selling;
  readonly till: () => string;
  readonly operator: () => string;
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly nodeIsDown: () => boolean;
}

/** Baskets put aside. */
export class Held implements HeldPort {
  private recalling = false;

  constructor(private readonly context: HeldContext) {}

  async hold(label: string): Promise<HeldEntry> {
    const { selling, nowMs, newId, operator, nodeIsDown } = this.context;
    const basket = selling.basket.peek();
    if (isEmpty(basket)) throw new TillProblem('basket-empty');
    if (basket.tenders.length > 0) throw new TillProblem('tenders-taken');
    const totalMinor = selling.priced.peek().totalMinor;
    const named = { id: basket.id, label, hold: newId(), offered: false };
    const held = { ...named, basket, totalMinor, operator: operator(), atMs: nowMs() };
    // Kept here as it leaves the hand: whatever happens on the way to the node, it is somewhere.
    await selling.putAside((tx) => tx.objectStore('held').put(held));
    const sent = nodeIsDown() ? false : await this.send(held).catch(() => false);
    return this.entry(held, !sent);
  }

  async list(): Promise<readonly HeldEntry[]> {
    const here = (await this.context.db.getAll('held')).map((held) => this.entry(held, true));
    if (this.context.nodeIsDown()) return here;
    try {
      const reply = await this.context.api.get<HeldReply>('/till/held', { as: 'device' });
      const there = reply.held.map(({ id, label, total_minor, lines, held_by, held_ms }) => {
        const at = held_by.lastIndexOf('@');
        const [operator, till] = [held_by.slice(0, Math.max(0, at)), held_by.slice(at + 1)];
        const what = { id, label, lines, operator, till, totalMinor: total_minor };
        return { ...what, atMs: held_ms, here: false };
      });
      const known = new Set(there.map(({ id }) => id));
      return [...here.filter(({ id }) => !known.has(id)), ...there];
    } catch (error) {
      if (error instanceof Unreachable) return here;
      throw error;
    }
  }

  async recall(id: string): Promise<void> {
    const { db, selling } = this.context;
    if (!isEmpty(selling.basket.peek())) throw new TillProblem('basket-not-empty');
    const here = await db.get('held', id);
    if (here && !here.offered) {
      const taken = { type: 'restore', basket: here.basket } as const;
      return selling.dispatchWith(taken, async (tx) => {
        if ((await tx.objectStore('held').get(id))?.offered !== false)
          throw new TillProblem('held-unsure');
        await tx.objectStore('held').delete(id);
      });
    }
    // The node may have it, and others may have it from there: it alone can say.
    if (here && !(await this.send(here))) throw new TillProblem('held-unsure');
    await this.putBack();
    await selling.saveWith((tx) => tx.objectStore('meta').put(id, RECALLING));
    this.recalling = true;
    try {
      const basket = JSON.parse((await this.take(id)).basket) as Basket;
      const end = (tx: Writing) => tx.objectStore('meta').delete(RECALLING);
      await selling.dispatchWith({ type: 'restore', basket }, end);
      this.recalling = false;
    } catch (error) {
      this.recalling = false;
      void this.sync().catch(() => undefined); // when the node is back
      throw error;
    }
  }

  /** Takes a basket from the node; what it refuses is not ours to take up. */
  private async take(id: string): Promise<RecalledReply> {
    const { db, api } = this.context;
    try {
      return await api.post<RecalledReply>(`/till/held/${id}/recall`, {}, { as: 'device' });
    } catch (error) {
      if (error instanceof ApiProblem && !error.passing) await db.delete('meta', RECALLING);
      throw error;
    }
  }

  /** A basket whose recall was cut short is put aside again: the node counts it as ours. */
  private async putBack(): Promise<void> {
    const { db, selling, newId, operator, nowMs } = this.context;
    const id = (await db.get('meta', RECALLING)) as string | undefined;
    if (id === undefined || this.recalling || selling.owner.peek() !== 'here') return;
    const { label, total_minor: totalMinor, basket: json } = await this.take(id);
    const named = { id, label, hold: newId(), offered: false, totalMinor };
    const basket = JSON.parse(json) as Basket;
    const held = { ...named, basket, operator: operator(), atMs: nowMs() };
    await selling.saveWith(async (tx) => {
      if (selling.basket.peek().id !== id) await tx.objectStore('held').put(held);
      await tx.objectStore('meta').delete(RECALLING);
    });
  }

  async look(id: string): Promise<Basket> {
    const { db, api } = this.context;
    const here = await db.get('held', id);
    if (here) return here.basket;
    const reply = await api.get<RecalledReply>(`/till/held/${id}`, { as: 'device' });
    return JSON.parse(reply.basket) as Basket;
  }

  async discard(id: string): Promise<void> {
    const { db, api } = this.context;
    const here = await db.get('held', id);
    if (here && !here.offered) return db.delete('held', id);
    if (here && !(await this.send(here))) throw new TillProblem('held-unsure');
    await api.delete(`/till/held/${id}`, { as: 'device' });
  }

  /** The node is back: hand over what was kept here. */
  async sync(): Promise<void> {
    await this.putBack();
    for (const held of await this.context.db.getAll('held')) if (!(await this.send(held))) return;
  }

  /** Hands a basket to the node; false if it may not be there. It stays here until the node has it. */
  private async send(held: StoredHeld): Promise<boolean> {
    const { db, api } = this.context;
    const { id, label, hold, basket, totalMinor, operator } = held;
    const lines = basket.lines.length;
    const about = { label, hold, total_minor: totalMinor, lines, operator };
    const body = { ...about, basket: JSON.stringify(basket) };
    const known = await atomically(db, ['held'], async (tx) => {
      const stored = await tx.objectStore('held').get(id);
      if (stored?.hold === hold) await tx.objectStore('held').put({ ...stored, offered: true });
      return stored?.hold === hold;
    });
    if (!known) return true; // another window of this till handed it over, or took it up
    try {
      await api.put(`/till/held/${id}`, body, { as: 'device' });
    } catch (error) {
      // What was taken up elsewhere or sold is not held here any more.
      if (!(error instanceof ApiProblem) || !GONE.has(error.code)) return false;
    }
    await db.delete('held', id);
    return true;
  }

  private entry(held: StoredHeld, here: boolean): HeldEntry {
    const { id, label, totalMinor, operator, atMs, basket } = held;
    const till = this.context.till();
    return { id, label, totalMinor, operator, atMs, till, here, lines: basket.lines.length };
  }
}
