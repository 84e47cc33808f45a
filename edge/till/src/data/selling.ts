// The sale in hand: on the screen at once, on disk right after, in one window of the browser.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { EMPTY_BASKET, isEmpty, reduce } from '../core/basket';
import { price } from '../core/pricing';
import { storeTime } from '../core/time';
import type { Basket, BasketEvent, Priced, Reduced } from '../core/types';
import { TillProblem } from './api';
import type { Device, StoredDevice } from './device';
import { DEVICE } from './device';
import { type Closing, handOver, rehearse, writeDown } from './finishing';
import type { Db } from './idb';
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
const LOCK = 'evertill-selling';

/** What selling needs of the rest. */
export interface SellingContext {
  readonly db: Db;
  readonly api: ApiPort;
  readonly device: Device;
  readonly setup: Setup;
  readonly outbox: Outbox;
  readonly catalogue: CataloguePort;
  readonly locks: LockManager | undefined;
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
  private saving: Promise<void> = Promise.resolve();
  private unsaved = false;
  private finishing = false;

  constructor(private readonly context: SellingContext) {
    this.priced = computed(() => {
      const basket = this.kept.value;
      const rules = this.context.setup.rules.value;
      const atMs = basket.startedMs || this.context.nowMs();
      return price(basket, { rules, atMs, language: this.language.value });
    });
  }

  /** Takes up the basket that was left, and asks to be the window that sells. */
  async load(): Promise<void> {
    this.kept.value = (await this.context.db.get('basket', 'current')) ?? EMPTY_BASKET;
    this.known.value =
      ((await this.context.db.get('meta', SHIFT)) as ShiftState | undefined) ?? null;
    await new Promise<void>((resolve) => this.hold({ ifAvailable: true }, resolve));
  }

  dispatch(event: BasketEvent): Reduced {
    const { nowMs, newId, setup } = this.context;
    const basket = this.kept.peek();
    if (this.place.peek() !== 'here')
      return { ok: false, basket, refused: { code: 'sold-elsewhere' } };
    if (this.finishing) return { ok: false, basket, refused: { code: 'finishing' } };
    const context = { rules: setup.rules.peek(), nowMs: nowMs(), newId };
    const reduced = reduce(basket, event, context);
    if (reduced.ok && reduced.basket !== basket) {
      this.kept.value = isEmpty(reduced.basket) && !keepsId(event) ? EMPTY_BASKET : reduced.basket;
      this.save();
    }
    return reduced;
  }

  read(text: string, paying = false): Promise<Scanned> {
    const { catalogue, setup, nowMs } = this.context;
    return scan(text, catalogue, setup.rules.peek(), nowMs(), paying);
  }

  async finish(options: FinishOptions = {}): Promise<Finished> {
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
    const { db, api, device, outbox, onFull } = this.context;
    const state = device.state.peek();
    if (this.training.peek()) {
      const rehearsed = rehearse(closing, state?.till ?? '');
      this.kept.value = EMPTY_BASKET;
      this.save();
      return rehearsed;
    }
    await this.saving; // nothing older may be written over the empty basket
    const written = await writeDown(db, closing).catch((error: unknown) => {
      if (error instanceof TillProblem || state === null) throw error;
      onFull(error);
      const known: StoredDevice = { ...state, token: device.token };
      return handOver(api, db, closing, known, error);
    });
    device.show(written.device);
    this.kept.value = EMPTY_BASKET;
    void outbox.added().catch(onFull);
    return written.finished;
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

  /** Puts an empty basket in hand, because the one in hand is kept elsewhere now. */
  async putAside(): Promise<void> {
    this.kept.value = EMPTY_BASKET;
    this.save();
    await this.saving;
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
    const { locks, db } = this.context;
    if (locks === undefined) {
      this.place.value = 'here'; // numbers are safe without: they are taken in a transaction
      taken();
      return;
    }
    const work = async (lock: Lock | null) => {
      if (lock === null) {
        this.place.value = 'elsewhere';
        taken();
        this.hold({}); // it becomes ours when the other window closes
        return;
      }
      this.kept.value = (await db.get('basket', 'current')) ?? EMPTY_BASKET;
      const device = (await db.get('meta', DEVICE)) as StoredDevice | undefined;
      if (device) this.context.device.show(device);
      this.place.value = 'here';
      taken();
      await new Promise(() => undefined);
    };
    locks.request(LOCK, how, work).catch(() => {
      this.place.value = 'elsewhere'; // another window took it; ask for it back when that one closes
      this.hold({});
    });
  }

  /** Writes the newest basket; events that come meanwhile are written together. */
  private save(): void {
    if (this.unsaved) return;
    this.unsaved = true;
    this.saving = this.saving.then(async () => {
      this.unsaved = false;
      try {
        await this.context.db.put('basket', this.kept.peek(), 'current');
        this.context.onWrote();
      } catch (error) {
        this.context.onFull(error);
      }
    });
  }
}

/** Whether a basket stays the same sale though it is empty now: its lines were voided one by one. */
function keepsId(event: BasketEvent): boolean {
  return event.type === 'void-line';
}
