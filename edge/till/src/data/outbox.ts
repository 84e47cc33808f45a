// A command leaves only when the node has said yes to it; in order, each carried out once by its id.
import { type ReadonlySignal, signal } from '@preact/signals';
import { ApiProblem, isUnsettled, Unreachable } from './api';
import type { Backoff } from './backoff';
import { pause } from './events';
import type { Db, StoredEntry } from './idb';
import type { ApiPort, Finished, OutboxEntry, OutboxPort, OutboxState } from './ports';
import type { AuditDocument } from './wire';

const PATIENCE_MS = 20_000;
const STRANDED = 'stranded';
const FINISHED_KEPT = 500;
const DOCUMENT_MAX = 200_000;
const PROBLEM_MAX = 2_000;

/** Web Locks, as far as they are needed; missing where the page is not secure. */
export interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** What the outbox needs of the rest. */
export interface OutboxContext {
  readonly db: Db;
  readonly api: ApiPort;
  readonly backoff: Backoff;
  readonly locks: Locks | undefined;
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly operator: () => string;
  /** The node answered, or did not. */
  readonly onSeen: (up: boolean) => void;
}

/** A failure as it is kept: a stable code where there is one, then its words. */
const lineOf = (error: unknown): string => {
  const words = error instanceof Error ? error.message : String(error);
  const coded = error instanceof ApiProblem || error instanceof Unreachable;
  return (coded ? `${error.code}: ${words}` : words).slice(0, PROBLEM_MAX);
};

/** Commands on their way to the node. */
export class Outbox implements OutboxPort {
  private readonly kept = signal<OutboxState>({
    waiting: 0,
    oldestMs: 0,
    sending: false,
    stranded: 0,
    problem: '',
    nextTryMs: 0,
  });
  readonly state: ReadonlySignal<OutboxState> = this.kept;
  private readonly ended = new AbortController();
  private bell = new AbortController();
  private sending: Promise<boolean> | null = null;

  constructor(private readonly context: OutboxContext) {}

  /** Counts what is waiting. */
  async load(): Promise<void> {
    const stranded = ((await this.context.db.get('meta', STRANDED)) as number | undefined) ?? 0;
    this.tell({ stranded });
    await this.prune();
    await this.count();
  }

  /** Forgets delivered sales but the newest, so that the browser's store does not fill up. */
  private async prune(): Promise<void> {
    const tx = this.context.db.transaction('finished', 'readwrite');
    let kept = 0;
    for await (const cursor of tx.store.index('atMs').iterate(null, 'prev'))
      if (++kept > FINISHED_KEPT && cursor.value.delivered === 1) await cursor.delete();
    await tx.done;
  }

  async put(command: Parameters<OutboxPort['put']>[0]): Promise<void> {
    const entry: StoredEntry = { ...command, atMs: this.context.nowMs(), tries: 0, problem: '' };
    const tx = this.context.db.transaction('outbox', 'readwrite', { durability: 'strict' });
    if ((await tx.store.index('id').getKey(command.id)) === undefined) await tx.store.add(entry);
    await tx.done;
    await this.added();
  }

  async audit(entry: Omit<AuditDocument, 'id' | 'at_ms' | 'operator'>): Promise<void> {
    const id = this.context.newId();
    const said = { ...entry, id, at_ms: this.context.nowMs(), operator: this.context.operator() };
    const body = { entries: [said] };
    await this.put({ id, kind: 'audit', method: 'POST', path: '/till/audit', body });
  }

  /** Something was added by another transaction: count and send. */
  async added(): Promise<void> {
    await this.count();
    this.ring();
  }

  /** Sends until `stop`. */
  async run(): Promise<void> {
    while (!this.ended.signal.aborted) {
      this.bell = new AbortController();
      const clean = await this.send().catch((error: unknown) => this.broken(error));
      if (this.bell.signal.aborted && clean) continue;
      const waitMs = clean ? 60_000 : this.context.backoff.next();
      this.tell({ nextTryMs: clean ? 0 : this.context.nowMs() + waitMs });
      await pause(waitMs, AbortSignal.any([this.bell.signal, this.ended.signal]));
    }
  }

  /** Ends sending. */
  stop(): void {
    this.ended.abort();
  }

  /** The node is back: try at once. */
  ring(): void {
    this.bell.abort();
  }

  async flush(): Promise<void> {
    await this.send();
    await this.count();
  }

  async entries(limit = 100): Promise<readonly OutboxEntry[]> {
    return (await this.context.db.getAll('outbox', null, limit)) as OutboxEntry[];
  }

  async finished(limit = 50): Promise<readonly (Finished & { readonly delivered: boolean })[]> {
    const found: (Finished & { delivered: boolean })[] = [];
    const index = this.context.db.transaction('finished').store.index('atMs');
    for await (const cursor of index.iterate(null, 'prev')) {
      found.push({ ...cursor.value, delivered: cursor.value.delivered === 1 });
      if (found.length >= limit) break;
    }
    return found;
  }

  /** The browser's store failed: nothing can be read or written now. */
  private broken(error: unknown): boolean {
    this.tell({ problem: lineOf(error) });
    return false;
  }

  /** Sends what waits; true if nothing is left that could be sent. */
  private send(): Promise<boolean> {
    if (this.sending === null)
      this.sending = this.locked(() => this.sendAll()).finally(() => {
        this.sending = null;
      });
    return this.sending;
  }

  /** One window sends at a time; where there are no locks the ids alone keep it to once. */
  private locked<T>(work: () => Promise<T>): Promise<T> {
    return this.context.locks ? this.context.locks.request('evertill-outbox', work) : work();
  }

  private async sendAll(): Promise<boolean> {
    this.tell({ sending: true });
    try {
      let after = 0;
      for (;;) {
        const entry = await this.next(after);
        if (entry === undefined) {
          this.context.backoff.reset();
          this.tell({ problem: '', nextTryMs: 0 });
          return true;
        }
        if (!(await this.deliver(entry))) return false;
        after = entry.seq;
        await this.count();
      }
    } finally {
      this.tell({ sending: false });
    }
  }

  private async next(after: number): Promise<(StoredEntry & { seq: number }) | undefined> {
    const range = IDBKeyRange.lowerBound(after, true);
    const cursor = await this.context.db.transaction('outbox').store.openCursor(range);
    return cursor?.value as (StoredEntry & { seq: number }) | undefined;
  }

  /** Sends one; false to try it again later before anything behind it. */
  private async deliver(entry: StoredEntry & { seq: number }): Promise<boolean> {
    const { method, path, body } = entry;
    const options = { as: 'device', timeoutMs: PATIENCE_MS } as const;
    try {
      if (method === 'PUT') await this.context.api.put(path, body, options);
      else await this.context.api.post(path, body, options);
      this.context.onSeen(true);
      await this.done(entry, false);
      return true;
    } catch (error) {
      this.context.onSeen(!(error instanceof Unreachable));
      if (error instanceof ApiProblem && !error.passing) return this.strand(entry, error);
      await this.failed(entry, error);
      return false;
    }
  }

  /** What the node refuses for good goes to its quarantine, so that it stops nobody behind it. */
  private async strand(entry: StoredEntry & { seq: number }, why: ApiProblem): Promise<boolean> {
    const { id, method, path, body } = entry;
    const document = JSON.stringify({ method, path, body }).slice(0, DOCUMENT_MAX);
    const problem = lineOf(why);
    try {
      await this.context.api.post('/till/stranded', { id, document, problem }, { as: 'device' });
      await this.done(entry, true);
      return true;
    } catch (error) {
      if (isUnsettled(error)) {
        await this.failed(entry, error);
        return false;
      }
      await this.context.db.put('outbox', { ...entry, parked: true, problem });
      this.tell({ problem });
      return true;
    }
  }

  private async done(entry: StoredEntry & { seq: number }, stranded: boolean): Promise<void> {
    const tx = this.context.db.transaction(['outbox', 'finished', 'meta'], 'readwrite');
    await tx.objectStore('outbox').delete(entry.seq);
    const sale = await tx.objectStore('finished').get(entry.id);
    if (sale) await tx.objectStore('finished').put({ ...sale, delivered: 1 });
    const count = ((await tx.objectStore('meta').get(STRANDED)) as number | undefined) ?? 0;
    if (stranded) await tx.objectStore('meta').put(count + 1, STRANDED);
    await tx.done;
    if (stranded) this.tell({ stranded: count + 1 });
  }

  private async failed(entry: StoredEntry & { seq: number }, error: unknown): Promise<void> {
    const problem = lineOf(error);
    this.tell({ problem });
    await this.context.db.put('outbox', { ...entry, tries: entry.tries + 1, problem });
  }

  private async count(): Promise<void> {
    const tx = this.context.db.transaction('outbox');
    const [waiting, first] = await Promise.all([tx.store.count(), tx.store.openCursor()]);
    this.tell({ waiting, oldestMs: first?.value.atMs ?? 0 });
  }

  private tell(change: Partial<OutboxState>): void {
    this.kept.value = { ...this.kept.peek(), ...change };
  }
}
