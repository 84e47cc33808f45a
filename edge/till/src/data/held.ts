// A basket put aside keeps the identity of its sale; whoever recalls it goes on with the same one.
import { isEmpty } from '../core/basket';
import type { Basket } from '../core/types';
import { TillProblem, Unreachable } from './api';
import type { Db, StoredHeld } from './idb';
import type { ApiPort, HeldEntry, HeldPort } from './ports';
import type { Selling } from './selling';

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

/** What holding needs of the rest. */
export interface HeldContext {
  readonly db: Db;
  readonly api: ApiPort;
  readonly selling: Selling;
  readonly till: () => string;
  readonly operator: () => string;
  readonly nowMs: () => number;
  readonly nodeIsDown: () => boolean;
}

/** Baskets put aside. */
export class Held implements HeldPort {
  constructor(private readonly context: HeldContext) {}

  async hold(label: string): Promise<HeldEntry> {
    const { db, selling, nowMs, operator, nodeIsDown } = this.context;
    const basket = selling.basket.peek();
    if (isEmpty(basket)) throw new TillProblem('basket-empty');
    if (basket.tenders.length > 0) throw new TillProblem('tenders-taken');
    const totalMinor = selling.priced.peek().totalMinor;
    const { id } = basket;
    const held = { id, label, basket, totalMinor, operator: operator(), atMs: nowMs() };
    // Kept here first: whatever happens on the way to the node, the basket is somewhere.
    await db.put('held', held);
    await selling.putAside();
    const sent = nodeIsDown() ? false : await this.send(held);
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
    const { db, api, selling } = this.context;
    if (!isEmpty(selling.basket.peek())) throw new TillProblem('basket-not-empty');
    const here = await db.get('held', id);
    if (here) {
      this.restore(here.basket);
      await db.delete('held', id);
      return;
    }
    const reply = await api.post<{ basket: string }>(
      `/till/held/${id}/recall`,
      {},
      { as: 'device' },
    );
    this.restore(JSON.parse(reply.basket) as Basket);
  }

  async discard(id: string): Promise<void> {
    const { db, api } = this.context;
    if (await db.get('held', id)) return db.delete('held', id);
    await api.delete(`/till/held/${id}`, { as: 'device' });
  }

  /** The node is back: hand over what was kept here. */
  async sync(): Promise<void> {
    for (const held of await this.context.db.getAll('held')) if (!(await this.send(held))) return;
  }

  /** Hands a basket to the node; false if it is not there. It stays here until the node has it. */
  private async send(held: StoredHeld): Promise<boolean> {
    const { db, api } = this.context;
    const { id, label, basket, totalMinor, operator } = held;
    const lines = basket.lines.length;
    const body = {
      label,
      total_minor: totalMinor,
      lines,
      basket: JSON.stringify(basket),
      operator,
    };
    try {
      await api.put(`/till/held/${id}`, body, { as: 'device' });
    } catch {
      return false; // it is safe here, and is offered to the node again
    }
    await db.delete('held', id);
    return true;
  }

  private restore(basket: Basket): void {
    const reduced = this.context.selling.dispatch({ type: 'restore', basket });
    if (!reduced.ok) throw new TillProblem(reduced.refused.code);
  }

  private entry(held: StoredHeld, here: boolean): HeldEntry {
    const { id, label, totalMinor, operator, atMs, basket } = held;
    const till = this.context.till();
    return { id, label, totalMinor, operator, atMs, till, here, lines: basket.lines.length };
  }
}
