// A browser store is one life of a till: its receipt numbers start at 1 and have no gaps.
import { type ReadonlySignal, signal } from '@preact/signals';
import { TillProblem } from './api';
import { atomically, type Db } from './idb';
import type { ApiPort, DevicePort, DeviceState } from './ports';
import type { LifeReply } from './wire';

/** What is kept of this till's enrolment. */
export interface StoredDevice extends DeviceState {
  readonly token: string;
}

/** Key of the enrolment in `meta`. */
export const DEVICE = 'device';

/** This till's enrolment. */
export class Device implements DevicePort {
  private readonly kept = signal<StoredDevice | null>(null);
  readonly state: ReadonlySignal<DeviceState | null> = this.kept;

  constructor(
    private readonly db: Db,
    private readonly api: () => ApiPort,
    private readonly onEnrolled: () => void,
  ) {}

  /** Reads the enrolment; true if there is one. */
  async load(): Promise<boolean> {
    this.kept.value = ((await this.db.get('meta', DEVICE)) as StoredDevice | undefined) ?? null;
    return this.kept.value !== null;
  }

  /** The device's token; empty if the till was not enrolled. */
  get token(): string {
    return this.kept.value?.token ?? '';
  }

  /** Shows what a transaction wrote. */
  show(device: StoredDevice): void {
    this.kept.value = device;
  }

  async enrol(token: string): Promise<LifeReply> {
    const reply = await this.api().post<LifeReply>('/till/life', {}, { token });
    const { till, drawer, life, next_number: nextNumber } = reply;
    const device = { token, till, drawer, life, nextNumber };
    const tx = this.db.transaction('meta', 'readwrite', { durability: 'strict' });
    await tx.store.put(device, DEVICE);
    await tx.done;
    this.kept.value = device;
    this.onEnrolled();
    return reply;
  }

  async forget(): Promise<void> {
    const stores = ['meta', 'basket', 'people', 'failures', 'setup', 'pages', 'finished'] as const;
    await atomically(this.db, [...stores, 'outbox'], async (tx) => {
      const waiting = await tx.objectStore('outbox').count();
      if (waiting > 0) throw new TillProblem('outbox-not-empty', { waiting });
      for (const name of stores) await tx.objectStore(name).clear();
    });
    this.kept.value = null;
  }
}
