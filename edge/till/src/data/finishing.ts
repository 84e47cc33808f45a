// A sale is done when sale, number and empty basket are on disk together, or the node has them.
import { receiptText } from '../core/ids';
import { type Booking, sell } from '../core/sale';
import type { Basket, Priced, Rules } from '../core/types';
import { isUnsettled, TillProblem } from './api';
import { DEVICE, type StoredDevice } from './device';
import { atomically, type Db, type StoredEntry, type Writing } from './idb';
import type { ApiPort, Finished } from './ports';

/** A sale about to be written down. */
export interface Closing {
  readonly basket: Basket;
  readonly priced: Priced;
  readonly rules: Rules;
  readonly booking: Omit<Booking, 'life' | 'number'>;
}

const STORES = ['meta', 'outbox', 'finished', 'basket'] as const;
const FLOOR = 'evertill.next';

/** A second place that outlives a full database, if it can be written. */
export type Mark = Pick<Storage, 'getItem' | 'setItem'>;

/**
 * Writes a finished sale down in one strict transaction; throws `TillProblem` if it cannot be one.
 * A sale that was finished before is answered as it was. `empty` empties the basket if this window may.
 */
export function writeDown(
  db: Db,
  closing: Closing,
  empty: (tx: Writing) => Promise<void>,
  mark?: Mark,
): Promise<{ finished: Finished; device: StoredDevice }> {
  return atomically(db, STORES, async (tx) => {
    await empty(tx);
    const known = (await tx.objectStore('meta').get(DEVICE)) as StoredDevice | undefined;
    if (known === undefined) throw new TillProblem('not-enrolled');
    const device = aboveFloor(known, mark);
    const before = await tx.objectStore('finished').get(closing.basket.id);
    const finished = before ?? seal(closing, device);
    const next = before ? device : { ...device, nextNumber: device.nextNumber + 1 };
    if (!before) {
      await tx.objectStore('outbox').add(entryOf(finished));
      await tx.objectStore('finished').add({ ...finished, delivered: 0 });
      await tx.objectStore('meta').put(next, DEVICE);
    }
    return { finished, device: next };
  });
}

/** The enrolment with the numbers counted that were given while the database could not be written. */
export function aboveFloor(device: StoredDevice, mark: Mark | undefined): StoredDevice {
  const { life, next } = lastHandedOver(mark);
  return life === device.life
    ? { ...device, nextNumber: Math.max(device.nextNumber, next) }
    : device;
}

/** The sale that was handed over last while the database could not be written. */
export function lastHandedOver(mark: Mark | undefined): { life: number; next: number; id: string } {
  try {
    const [life = '', next = '', id = ''] = (mark?.getItem(FLOOR) ?? '').split(':');
    return { life: Number(life), next: Number(next), id };
  } catch {
    return { life: 0, next: 0, id: '' };
  }
}

/** Makes the finished sale of a till's next number; throws `TillProblem`. */
export function seal(closing: Closing, device: StoredDevice): Finished {
  const { basket, priced, rules } = closing;
  const booking = { ...closing.booking, life: device.life, number: device.nextNumber };
  const sold = sell(basket, priced, rules, booking);
  if (!sold.ok) throw new TillProblem(sold.refused.code, sold.refused.values);
  return {
    id: basket.id,
    receipt: receiptText(device.till, device.life, device.nextNumber),
    document: sold.document,
    priced,
    changeMinor: sold.changeMinor,
    atMs: booking.atMs,
    training: false,
  };
}

function entryOf({ id, document, atMs }: Finished): StoredEntry {
  const path = `/till/sales/${id}`;
  return { id, kind: 'sale', method: 'PUT', path, body: document, atMs, tries: 0, problem: '' };
}

/** What handing a sale over needs: the node, and where the next number can be kept. */
export interface HandingOver {
  readonly api: ApiPort;
  readonly db: Db;
  readonly mark: Mark | undefined;
  readonly empty: (tx: Writing) => Promise<void>;
}

/**
 * The browser's store refuses to write: the sale is done only if the node takes it now. Throws
 * `TillProblem('not-safe')` if neither does; the basket stays in hand, and the same document must be
 * handed over the next time: the node may have it, though no answer came.
 */
export async function handOver(
  { api, db, mark, empty }: HandingOver,
  finished: Finished,
  device: StoredDevice,
  cause: unknown,
): Promise<StoredDevice> {
  try {
    await api.put(`/till/sales/${finished.id}`, finished.document, { as: 'device' });
  } catch (error) {
    if (isUnsettled(error)) throw new TillProblem('not-safe', {}, cause);
    throw error;
  }
  const next = { ...device, nextNumber: finished.document.number + 1 };
  const kept = atomically(db, ['meta', 'basket'], async (tx) => {
    await tx.objectStore('meta').put(next, DEVICE);
    await empty(tx);
  });
  await kept.catch(() => remember(mark, next, finished.id));
  return next;
}

function remember(mark: Mark | undefined, device: StoredDevice, id: string): void {
  try {
    mark?.setItem(FLOOR, `${device.life}:${device.nextNumber}:${id}`);
  } catch {
    // the node tells of a number that is used twice
  }
}

/** Makes room: forgets sales that the node has, for which nothing but reprints needs them here. */
export async function makeRoom(db: Db): Promise<void> {
  await atomically(db, ['finished'], async (tx) => {
    for await (const cursor of tx.objectStore('finished').iterate())
      if (cursor.value.delivered === 1) await cursor.delete();
  });
}

/** The finished sale of a training: shown like one, kept nowhere. */
export function rehearse(closing: Closing, till: string): Finished {
  const device = { token: '', till, drawer: '', life: 0, nextNumber: 0 };
  return { ...seal(closing, device), receipt: 'TRAINING', training: true };
}
