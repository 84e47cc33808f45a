// A sale is done when sale, number and empty basket are on disk together, or the node has them.
import { EMPTY_BASKET } from '../core/basket';
import { receiptText } from '../core/ids';
import { type Booking, sell } from '../core/sale';
import type { Basket, Priced, Rules } from '../core/types';
import { TillProblem, Unreachable } from './api';
import { DEVICE, type StoredDevice } from './device';
import type { Db, StoredEntry } from './idb';
import type { ApiPort, Finished } from './ports';

/** A sale about to be written down. */
export interface Closing {
  readonly basket: Basket;
  readonly priced: Priced;
  readonly rules: Rules;
  readonly booking: Omit<Booking, 'life' | 'number'>;
}

const STORES = ['meta', 'outbox', 'finished', 'basket'] as const;

/**
 * Writes a finished sale down in one strict transaction; throws `TillProblem` if it cannot be one.
 * A sale that was finished before is answered as it was.
 */
export async function writeDown(
  db: Db,
  closing: Closing,
): Promise<{ finished: Finished; device: StoredDevice }> {
  const tx = db.transaction(STORES, 'readwrite', { durability: 'strict' });
  try {
    const device = (await tx.objectStore('meta').get(DEVICE)) as StoredDevice | undefined;
    if (device === undefined) throw new TillProblem('not-enrolled');
    const before = await tx.objectStore('finished').get(closing.basket.id);
    const finished = before ?? seal(closing, device);
    const next = before ? device : { ...device, nextNumber: device.nextNumber + 1 };
    if (!before) {
      await tx.objectStore('outbox').add(entryOf(finished));
      await tx.objectStore('finished').add({ ...finished, delivered: 0 });
      await tx.objectStore('meta').put(next, DEVICE);
    }
    await tx.objectStore('basket').put(EMPTY_BASKET, 'current');
    await tx.done;
    return { finished, device: next };
  } catch (error) {
    abort(tx);
    await tx.done.catch(() => undefined); // its failure is the one being told
    throw error;
  }
}

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // it had ended by itself
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

/**
 * The browser's store refuses to write: the sale is done only if the node takes it now. Throws
 * `TillProblem('not-safe')` if neither does; the basket stays in hand.
 */
export async function handOver(
  api: ApiPort,
  db: Db,
  closing: Closing,
  device: StoredDevice,
  cause: unknown,
): Promise<{ finished: Finished; device: StoredDevice }> {
  const finished = seal(closing, device);
  try {
    await api.put(`/till/sales/${finished.id}`, finished.document, { as: 'device' });
  } catch (error) {
    if (error instanceof Unreachable) throw new TillProblem('not-safe', {}, cause);
    throw error;
  }
  const next = { ...device, nextNumber: device.nextNumber + 1 };
  const small = db.transaction(['meta', 'basket'], 'readwrite');
  await Promise.all([
    small.objectStore('meta').put(next, DEVICE),
    small.objectStore('basket').put(EMPTY_BASKET, 'current'),
    small.done,
  ]).catch(() => undefined); // the node tells of a number that is used twice
  return { finished, device: next };
}

/** The finished sale of a training: shown like one, kept nowhere. */
export function rehearse(closing: Closing, till: string): Finished {
  const device = { token: '', till, drawer: '', life: 0, nextNumber: 0 };
  return { ...seal(closing, device), receipt: 'TRAINING', training: true };
}
