// A PIN is known again without the node only where it was confirmed lately, and never by less.
import type { Db, StoredPerson } from './idb';
import type { LoginRefusal } from './ports';

const ITERATIONS = 600_000;
const KEEP_MS = 12 * 3_600_000;
const FAILURES_MAX = 5;
const LOCKED_MS = 15 * 60_000;

/** What checking PINs needs; `subtle` is missing where the page is neither HTTPS nor localhost. */
export interface PinContext {
  readonly db: Db;
  readonly nowMs: () => number;
  readonly random: (count: number) => Uint8Array<ArrayBuffer>;
  readonly subtle: SubtleCrypto | undefined;
  readonly iterations?: number;
}

/** What is kept of PINs at this till. */
export class Pins {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly context: PinContext) {}

  /** Whether PINs can be kept here at all. */
  get possible(): boolean {
    return this.context.subtle !== undefined;
  }

  /** Keeps a verifier of a PIN that the node has just confirmed. */
  async keep(
    person: { staff: string; name: string; roles: readonly string[] },
    pin: string,
  ): Promise<void> {
    const { db, nowMs, random } = this.context;
    if (!this.possible) return;
    const salt = random(16);
    const iterations = this.context.iterations ?? ITERATIONS;
    const verifier = await this.derive(pin, salt, iterations);
    const { staff, name, roles } = person;
    await db.put('people', { staff, name, roles, salt, iterations, verifier, atMs: nowMs() });
    await db.delete('failures', staff);
  }

  /** Keeps that the node has locked somebody: without it no more tries are left here either. */
  async lock(staff: string, untilMs: number): Promise<void> {
    const locked = { count: FAILURES_MAX, lastMs: untilMs - LOCKED_MS };
    await this.context.db.put('failures', locked, staff);
  }

  /** Forgets whoever is not in a list any more. */
  async keepOnly(staff: ReadonlySet<string>): Promise<void> {
    for (const known of await this.context.db.getAllKeys('people'))
      if (!staff.has(known)) await this.context.db.delete('people', known);
  }

  /** Who can be recognised now. */
  async known(): Promise<ReadonlySet<string>> {
    if (!this.possible) return new Set();
    const people = await this.context.db.getAll('people');
    return new Set(people.filter((one) => this.isFresh(one)).map((one) => one.staff));
  }

  /** Checks a PIN; one at a time, so that tries side by side count one by one. */
  check(staff: string, pin: string): Promise<StoredPerson | LoginRefusal> {
    const result = this.queue.then(() => this.checkNow(staff, pin));
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async checkNow(staff: string, pin: string): Promise<StoredPerson | LoginRefusal> {
    const { db, nowMs } = this.context;
    if (!this.possible) return { code: 'insecure-context' };
    const failures = await db.get('failures', staff);
    const recent =
      failures !== undefined && nowMs() - failures.lastMs < LOCKED_MS ? failures : null;
    if (recent !== null && recent.count >= FAILURES_MAX)
      return { code: 'locked', untilMs: recent.lastMs + LOCKED_MS };
    const person = await db.get('people', staff);
    if (person === undefined || !this.isFresh(person)) return { code: 'unknown-here' };
    const found = await this.derive(pin, person.salt, person.iterations);
    if (same(found, person.verifier)) {
      await db.delete('failures', staff);
      return person;
    }
    const count = (recent?.count ?? 0) + 1;
    await db.put('failures', { count, lastMs: nowMs() }, staff);
    if (count >= FAILURES_MAX) return { code: 'locked', untilMs: nowMs() + LOCKED_MS };
    return { code: 'wrong-pin', left: FAILURES_MAX - count };
  }

  private isFresh(person: StoredPerson): boolean {
    const age = this.context.nowMs() - person.atMs;
    return age >= 0 && age < KEEP_MS; // a clock set back does not make a PIN fresh again
  }

  private async derive(
    pin: string,
    salt: Uint8Array<ArrayBuffer>,
    iterations: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { subtle } = this.context;
    if (subtle === undefined) throw new Error('no secure context');
    const key = await subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, [
      'deriveBits',
    ]);
    const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
    return new Uint8Array(await subtle.deriveBits(how, key, 256));
  }
}

function same(one: Uint8Array, two: Uint8Array): boolean {
  let difference = one.length ^ two.length;
  for (let at = 0; at < one.length; at++) difference |= (one[at] ?? 0) ^ (two[at] ?? 0);
  return difference === 0;
}
