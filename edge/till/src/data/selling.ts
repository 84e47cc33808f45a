// The sale in hand: the store is given every event before it is drawn, in one window of the browser.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { EMPTY_BASKET, isEmpty, reduce } from '../core/basket';
import { Memory, price } from '../core/pricing';
import { storeTime } from '../core/time';
import type { Basket, BasketEvent, Priced, Reduced } from '../core/types';
import { TillProblem } from './api';
import { DEVICE, type Device, type StoredDevice } from './device';
import {
  aboveFloor,
  type Closing,
  handOver,
  lastHandedOver,
  type Mark,
  makeRoom,
  rehearse,
  seal,
  writeDown,
} from './finishing';
import { atomically, type Db, type Writing } from './idb';
import type { Outbox } from './outbox';
import type {
  ApiPort,
  CataloguePort,
  Finished,
  FinishOptions,
  Scanned,
  SellingPort,
  ShiftState,
} from './ports';
import { scan } from './scanning';
import type { Setup } from './setup';

const SHIFT = 'shift';
const SELLER = 'seller';
const LOCK = 'evertill-selling';
const PLAIN = ['meta', 'basket'] as const;

/** What is written in the same transaction as the basket. */
export type Beside = (tx: Writing) => Promise<unknown>;

/** What selling needs of the rest. */
export interface SellingContext {
  readonly db: Db;
  readonly api: ApiPort;
  readonly device: Device;
  readonly setup: Setup;
  readonly outbox: Outbox;
  readonly catalogue: CataloguePort;
  readonly locks: LockManager | undefined;
  readonly mark: Mark | undefined;
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly operator: () => string;
  readonly nodeIsDown: () => boolean;
  /** Writing to the browser's store failed. */
  readonly onFull: (error: unknown) => void;
  /** Writing works. */
  readonly onWrote: () => void;
}

/** The sale in hand. */
export class Selling implements SellingPort {
  private readonly kept = signal<Basket>(EMPTY_BASKET);
  private readonly place = signal<'here' | 'elsewhere' | 'asking'>('asking');
  private readonly known = signal<ShiftState | null>(null);
  readonly basket: ReadonlySignal<Basket> = this.kept;
  readonly owner: ReadonlySignal<'here' | 'elsewhere' | 'asking'> = this.place;
  readonly training: Signal<boolean> = signal(false);
  readonly language: Signal<string> = signal('en');
  readonly shift: ReadonlySignal<ShiftState | null> = this.known;
  readonly priced: ReadonlySignal<Priced>;
  private readonly memory = new Memory();
  private saving: Promise<void> = Promise.resolve();
  /** What happened to the basket since something was begun to be written beside it. */
  private since: BasketEvent[] | null = null;
  private finishing = false;
  /** A sale whose handing over got no answer: the node may have it. */
  private offered: { readonly basket: Basket; readonly finished: Finished } | null = null;
  /** Names this window in the database: whoever claimed it last may write. */
  private readonly name: string;
  private claimed = false;

  constructor(private readonly context: SellingContext) {
    this.name = context.newId();
    this.priced = computed(() => {
      const basket = this.kept.value;
      const rules = this.context.setup.rules.value;
      const atMs = basket.startedMs || this.context.nowMs();
      return price(basket, { rules, atMs, language: this.language.value }, this.memory);
    });
  }

  /** Takes up the basket that was left, and asks to be the window that sells. */
  async load(): Promise<void> {
    this.known.value =
      ((await this.context.db.get('meta', SHIFT)) as ShiftState | undefined) ?? null;
    await new Promise<void>((resolve) => this.hold({ ifAvailable: true }, resolve));
  }

  dispatch(event: BasketEvent): Reduced {
    const before = this.kept.peek();
    const reduced = this.apply(event);
    if (reduced.ok && reduced.basket !== before) this.save();
    return reduced;
  }

  private apply(event: BasketEvent): Reduced {
    const { nowMs, newId, setup } = this.context;
    const basket = this.kept.peek();
    if (this.place.peek() !== 'here')
      return { ok: false, basket, refused: { code: 'sold-elsewhere' } };
    if (this.finishing) return { ok: false, basket, refused: { code: 'finishing' } };
    const context = { rules: setup.rules.peek(), nowMs: nowMs(), newId };
    const reduced = reduce(basket, event, context);
    if (reduced.ok && reduced.basket !== basket) {
      this.since?.push(event);
      this.kept.value = isEmpty(reduced.basket) && !keepsId(event) ? EMPTY_BASKET : reduced.basket;
    }
    return reduced;
  }

  read(text: string, paying = false): Promise<Scanned> {
    const { catalogue, setup, nowMs } = this.context;
    return scan(text, catalogue, setup.rules.peek(), nowMs(), paying);
  }

  async finish(options: FinishOptions = {}): Promise<Finished> {
    while (this.since) await this.saving; // a tender that cannot be written down pays for nothing
    if (this.place.peek() !== 'here') throw new TillProblem('sold-elsewhere');
    if (this.finishing) throw new TillProblem('finishing');
    this.finishing = true;
    try {
      return await this.finishNow(this.closing(options));
    } finally {
      this.finishing = false;
    }
  }

  private async finishNow(closing: Closing): Promise<Finished> {
    const { device, outbox, onFull } = this.context;
    const state = device.state.peek();
    if (this.training.peek()) {
      const rehearsed = rehearse(closing, state?.till ?? '');
      this.kept.value = EMPTY_BASKET;
      this.save();
      return rehearsed;
    }
    await this.saving; // nothing older may be written over the empty basket
    const written = await this.writeDown(closing).catch((error: unknown) => {
      if (error instanceof TillProblem || state === null) throw error;
      onFull(error);
      return this.handOver(closing, { ...state, token: device.token }, error);
    });
    this.offered = null;
    device.show(written.device);
    this.kept.value = EMPTY_BASKET;
    void outbox.added().catch(onFull);
    return written.finished;
  }

  /** Writes the sale down, a second time with more room where there was too little. */
  private async writeDown(closing: Closing): Promise<{ finished: Finished; device: StoredDevice }> {
    const { db, mark } = this.context;
    const write = () => writeDown(db, closing, (tx) => this.put(tx, EMPTY_BASKET), mark);
    return write().catch(async (error: unknown) => {
      if (error instanceof TillProblem) throw error;
      await makeRoom(db).catch(() => undefined); // then there is no room
      return write();
    });
  }

  private async handOver(
    closing: Closing,
    device: StoredDevice,
    cause: unknown,
  ): Promise<{ finished: Finished; device: StoredDevice }> {
    const { basket } = closing;
    const again = this.offered?.basket === basket ? this.offered.finished : null;
    const finished = again ?? seal(closing, device);
    this.offered = { basket, finished };
    const empty = (tx: Writing) => this.put(tx, EMPTY_BASKET);
    const next = await handOver({ ...this.context, empty }, finished, device, cause);
    return { finished: { ...finished, handedOver: true }, device: next };
  }

  private closing(options: FinishOptions): Closing {
    const { setup, device, nowMs, nodeIsDown } = this.context;
    const rules = setup.rules.peek();
    const shift = this.known.peek();
    const drawer = options.drawer ?? shift?.drawer ?? device.state.peek()?.drawer ?? '';
    const booking = {
      drawer,
      shift: options.shift ?? (shift?.drawer === drawer ? shift.number : 0),
      businessDay: this.businessDay(nowMs()),
      atMs: nowMs(),
      operator: options.operator ?? this.context.operator(),
      detached: nodeIsDown(),
    };
    return { basket: this.kept.peek(), priced: this.priced.peek(), rules, booking };
  }

  /** The node's business day while it is fresh, otherwise the day on the store's clocks. */
  private businessDay(nowMs: number): string {
    const { setup } = this.context;
    const document = setup.document.peek();
    const today = storeTime(nowMs, document?.timezone ?? 'UTC').day;
    if (document === null) return today;
    const seen = storeTime(setup.asOfMs, document.timezone).day;
    return seen === today ? document.business_day : today;
  }

  /**
   * Applies an event and writes the basket together with what stands beside it, in one strict
   * transaction; throws if it is refused or cannot be written, with the basket as if it had not been.
   */
  async dispatchWith(event: BasketEvent, beside: Beside): Promise<void> {
    while (this.since) await this.saving; // one at a time
    const before = this.kept.peek();
    const reduced = this.apply(event);
    if (!reduced.ok)
      throw new TillProblem(reduced.refused.code, reduced.refused.values, reduced.refused);
    const since: BasketEvent[] = [];
    this.since = since;
    try {
      await this.saveWith(beside);
    } catch (error) {
      this.since = null;
      this.kept.value = before;
      for (const later of since) this.dispatch(later);
      throw error;
    } finally {
      this.since = null;
    }
  }

  /** Writes what stands beside the basket; throws `sold-elsewhere` in a window that does not sell. */
  saveWith(beside: Beside): Promise<void> {
    if (this.place.peek() !== 'here') return Promise.reject(new TillProblem('sold-elsewhere'));
    const basket = this.kept.peek();
    const work = async (tx: Writing): Promise<void> => {
      await this.put(tx, basket);
      await beside(tx);
    };
    const stores = ['meta', 'basket', 'held', 'pledges'] as const;
    return this.after(atomically(this.context.db, stores, work));
  }

  /** Puts an empty basket in hand, because the one in hand is written `beside`. */
  async putAside(beside: Beside): Promise<void> {
    const before = this.kept.peek();
    this.kept.value = EMPTY_BASKET;
    await this.saveWith(beside).catch((error: unknown) => {
      this.kept.value = before;
      throw error;
    });
  }

  async setShift(shift: ShiftState | null): Promise<void> {
    this.known.value = shift;
    if (shift === null) await this.context.db.delete('meta', SHIFT);
    else await this.context.db.put('meta', shift, SHIFT);
  }

  async takeOver(): Promise<void> {
    await new Promise<void>((resolve) => this.hold({ steal: true }, resolve));
  }

  /** Keeps the lock of the selling window until another takes it. */
  private hold(how: LockOptions, taken: () => void = () => undefined): void {
    const { locks } = this.context;
    if (locks === undefined) {
      void this.claim().then(taken); // the window that was opened last sells
      return;
    }
    const work = async (lock: Lock | null) => {
      if (lock === null) {
        this.place.value = 'elsewhere';
        taken();
        this.hold({}); // it becomes ours when the other window closes
        return;
      }
      await this.claim();
      taken();
      await new Promise(() => undefined);
    };
    locks.request(LOCK, how, work).catch(() => {
      this.place.value = 'elsewhere'; // another window took it; ask for it back when that one closes
      this.hold({});
    });
  }

  /** Makes this window the one that writes, and takes up what the one before left. */
  private async claim(): Promise<void> {
    const { db, device, mark, onFull } = this.context;
    const read = async (tx: Pick<Writing, 'objectStore'>) => {
      const seller = ((await tx.objectStore('meta').get(SELLER)) as string | undefined) ?? '';
      return {
        basket: await tx.objectStore('basket').get(seller),
        known: (await tx.objectStore('meta').get(DEVICE)) as StoredDevice | undefined,
      };
    };
    this.claimed = true;
    const left = await atomically(db, ['meta', 'basket'], async (tx) => {
      const found = await read(tx);
      await tx.objectStore('meta').put(this.name, SELLER);
      await tx.objectStore('basket').clear(); // what windows before the last one left
      await tx.objectStore('basket').put(found.basket ?? EMPTY_BASKET, this.name);
      return found;
    }).catch((error: unknown) => {
      this.claimed = false; // the next writing tries again
      onFull(error);
      return read(db.transaction(['meta', 'basket']) as unknown as Writing);
    });
    const sold = left.basket !== undefined && left.basket.id === lastHandedOver(mark).id;
    this.kept.value = (sold ? undefined : left.basket) ?? EMPTY_BASKET;
    if (left.known) device.show(aboveFloor(left.known, mark));
    this.place.value = 'here';
    if (sold) this.save();
  }

  /** Writes this window's basket; throws what aborts the writing if another has claimed the selling. */
  private async put(tx: Writing, basket: Basket): Promise<void> {
    const [seller] = await this.ask(tx, basket);
    if (seller === undefined) await tx.objectStore('meta').put(this.name, SELLER);
    else if (seller !== this.name) this.refuse();
  }

  /** Every window writes under its own name; the one that sells is the one whose basket counts. */
  private ask(tx: Writing, basket: Basket): Promise<[unknown, string]> {
    const put = tx.objectStore('basket').put(basket, this.name);
    return Promise.all([this.claimed ? tx.objectStore('meta').get(SELLER) : undefined, put]);
  }

  private refuse(): never {
    this.place.value = 'elsewhere';
    throw new TillProblem('sold-elsewhere');
  }

  /**
   * Writes the newest basket. All of it is asked of the browser, the commit too, before this returns:
   * a page that is left then loses nothing but what still waits behind another writing.
   */
  private async write(): Promise<void> {
    if (!this.claimed)
      return atomically(this.context.db, PLAIN, (tx) => this.put(tx, this.kept.peek()));
    const tx: Writing = this.context.db.transaction(PLAIN, 'readwrite', { durability: 'relaxed' });
    const asked = this.ask(tx, this.kept.peek());
    tx.commit();
    const [[seller]] = await Promise.all([asked, tx.done]);
    if (seller === undefined)
      this.claimed = false; // the store was emptied: the next one claims it
    else if (seller !== this.name) this.refuse();
  }

  private save(): void {
    const written = this.write().then(this.context.onWrote, (error: unknown) => {
      if (!(error instanceof TillProblem)) this.context.onFull(error);
    });
    void this.after(written);
  }

  /** What has to be waited for before something is written that must be the last. */
  private after<T>(writing: Promise<T>): Promise<T> {
    const ended = writing.then(
      () => undefined,
      () => undefined,
    );
    this.saving = Promise.all([this.saving, ended]).then(() => undefined);
    return writing;
  }
}

/** Whether a basket stays the same sale though it is empty now: its lines were voided one by one. */
function keepsId(event: BasketEvent): boolean {
  return event.type === 'void-line';
}
