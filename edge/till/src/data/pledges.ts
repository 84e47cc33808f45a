// Money asked for is on disk before it is asked for, until it stands in the basket or went back.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { BasketEvent } from '../core/types';
import { isUnsettled, TillProblem } from './api';
import type { Db, Writing } from './idb';
import type { ApiPort, Pledge, PledgesPort } from './ports';
import type { Selling } from './selling';

/** What pledges need of the rest. */
export interface PledgesContext {
  readonly db: Db;
  readonly api: ApiPort;
  readonly selling: Selling;
  readonly newId: () => string;
  readonly operator: () => string;
}

/** Money on its way into a basket, or out of it. */
export class Pledges implements PledgesPort {
  private readonly kept = signal<readonly Pledge[]>([]);
  /** Those whose answer is being waited for right now. */
  private readonly asking = new Set<string>();
  /** Those that stand in a basket of this window, so that none is booked twice. */
  private readonly booked = new Set<string>();
  readonly charge: ReadonlySignal<Pledge | null>;

  constructor(private readonly context: PledgesContext) {
    const { selling } = context;
    this.charge = computed(() => {
      const { id } = selling.basket.value;
      const here = selling.owner.value === 'here' && !selling.training.value;
      const mine = (one: Pledge) => one.kind === 'card' && one.sale === id;
      return here ? (this.kept.value.find(mine) ?? null) : null;
    });
  }

  /** Reads what has no end yet. */
  async load(): Promise<void> {
    this.kept.value = await this.context.db.getAll('pledges');
  }

  beginCharge(amountMinor: number): Promise<Pledge> {
    return this.begin({ kind: 'card', key: '', amount: amountMinor });
  }

  async book(pledge: Pledge, event: BasketEvent): Promise<boolean> {
    if (this.booked.has(pledge.id)) return false;
    this.booked.add(pledge.id);
    const end = (tx: Writing) => tx.objectStore('pledges').delete(pledge.id);
    await this.context.selling.dispatchWith(event, end).catch((error: unknown) => {
      this.booked.delete(pledge.id);
      throw error;
    });
    this.forget(pledge);
    return true;
  }

  async drop(pledge: Pledge): Promise<void> {
    this.forget(pledge);
    await this.context.db.delete('pledges', pledge.id);
  }

  async redeem(key: string, amount: number, event: (id: string) => BasketEvent): Promise<void> {
    const sale = this.context.selling.basket.peek().id;
    const same = this.kept
      .peek()
      .find((one) => one.key === key && one.amount === amount && one.sale === sale && !one.done);
    const pledge = same ?? (await this.begin({ kind: 'rights', key, amount }));
    await this.alone(pledge, async () => {
      await this.ask(pledge);
      await this.book(pledge, event(pledge.id));
    });
  }

  async giveBack(key: string, redeemedId: string, event: BasketEvent): Promise<void> {
    const { selling } = this.context;
    const pledge = { ...this.made('rights', key, 0), id: redeemedId, done: true };
    await selling.dispatchWith(event, (tx) => tx.objectStore('pledges').put(pledge));
    this.booked.delete(redeemedId);
    this.remember(pledge);
    await this.alone(pledge, () => this.undo(pledge)).catch((error: unknown) => {
      if (!isUnsettled(error)) throw error; // otherwise it goes back when the node is there again
    });
  }

  reversals(sale: string): readonly Pledge[] {
    return this.kept.value.filter((one) => one.kind === 'reversal' && one.sale === sale);
  }

  async beginReversal(sale: string, charge: string, amountMinor: number): Promise<Pledge> {
    const same = this.reversals(sale).find(({ key }) => key === charge);
    if (same) return same;
    const pledge = { ...this.made('reversal', charge, amountMinor), sale };
    await this.context.db.put('pledges', pledge);
    this.remember(pledge);
    return pledge;
  }

  /** The node is there: what was redeemed and never booked goes back. */
  async settle(): Promise<void> {
    if (this.context.selling.owner.peek() !== 'here') return;
    await this.load();
    for (const pledge of this.kept.peek())
      if (pledge.kind === 'rights' && !this.asking.has(pledge.id) && !this.booked.has(pledge.id))
        await this.alone(pledge, () => this.undo(pledge));
  }

  private made(kind: Pledge['kind'], key: string, amount: number): Pledge {
    const { selling, newId, operator } = this.context;
    const sale = selling.basket.peek().id;
    const ids = { id: newId(), undoId: newId() };
    return { ...ids, kind, key, amount, sale, operator: operator(), done: false };
  }

  private async begin(asked: Pick<Pledge, 'kind' | 'key' | 'amount'>): Promise<Pledge> {
    const pledge = this.made(asked.kind, asked.key, asked.amount);
    await this.context.selling.saveWith((tx) => tx.objectStore('pledges').put(pledge));
    this.remember(pledge);
    return pledge;
  }

  /** Asks the node to spend the rights; what it refuses for good was not spent. */
  private async ask(pledge: Pledge): Promise<void> {
    const { id, key, amount, sale: sale_id, operator } = pledge;
    const path = `/till/entitlements/${encodeURIComponent(key)}/redeem`;
    try {
      await this.context.api.post(path, { id, amount, sale_id, operator }, { as: 'device' });
    } catch (error) {
      if (!isUnsettled(error)) await this.drop(pledge);
      throw error;
    }
  }

  /** Gives rights back; a redemption nobody knows of is made first, so that none can come late. */
  private async undo(pledge: Pledge): Promise<void> {
    const { key, id, undoId, operator } = pledge;
    try {
      if (!pledge.done) await this.ask(pledge);
      const path = `/till/entitlements/${encodeURIComponent(key)}/reverse`;
      const body = { id: undoId, redeemed_id: id, operator };
      await this.context.api.post(path, body, { as: 'device' });
    } catch (error) {
      if (isUnsettled(error)) throw error;
    }
    await this.drop(pledge);
  }

  private async alone<T>(pledge: Pledge, work: () => Promise<T>): Promise<T> {
    if (this.asking.has(pledge.id)) throw new TillProblem('finishing');
    this.asking.add(pledge.id);
    try {
      return await work();
    } finally {
      this.asking.delete(pledge.id);
    }
  }

  private remember(pledge: Pledge): void {
    this.kept.value = [...this.kept.peek().filter(({ id }) => id !== pledge.id), pledge];
  }

  private forget(pledge: Pledge): void {
    this.kept.value = this.kept.peek().filter(({ id }) => id !== pledge.id);
  }
}
