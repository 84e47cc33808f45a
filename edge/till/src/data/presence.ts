// Whether the node is there is asked every two seconds and never waited for by a sale.
import { type ReadonlySignal, signal } from '@preact/signals';
import { pause } from './events';
import type { ApiPort, PresencePort, PresenceState } from './ports';

const BEAT_MS = 2_000;
const PATIENCE_MS = 1_500;

/** What presence needs of the rest. */
export interface PresenceContext {
  readonly api: ApiPort;
  readonly nowMs: () => number;
  /** The node is back after it was away (or at the start). */
  readonly onUp: () => void;
  /** A moment of the node's clock (UTC ms, to the second), seen just now. */
  readonly onNodeTime: (nodeMs: number, seenMs: number) => void;
}

/** Whether the node is there, and how far it is with headquarters. */
export class Presence implements PresencePort {
  private readonly kept = signal<PresenceState>({
    node: 'unknown',
    link: '',
    unsynced: 0,
    sinceMs: 0,
  });
  readonly state: ReadonlySignal<PresenceState> = this.kept;
  private readonly ended = new AbortController();

  constructor(private readonly context: PresenceContext) {}

  /** Asks until `stop`. */
  async run(): Promise<void> {
    while (!this.ended.signal.aborted) {
      await this.check();
      await pause(BEAT_MS, this.ended.signal);
    }
  }

  /** Ends asking. */
  stop(): void {
    this.ended.abort();
  }

  async check(): Promise<boolean> {
    try {
      const response = await this.context.api.raw('GET', '/health', undefined, {
        as: 'device',
        timeoutMs: PATIENCE_MS,
      });
      const date = Date.parse(response.headers.get('date') ?? '');
      if (Number.isFinite(date)) this.context.onNodeTime(date, this.context.nowMs());
      await response.body?.cancel();
      this.seen(response.ok);
      return response.ok;
    } catch {
      this.seen(false);
      return false;
    }
  }

  /** The node was heard of, or was not. */
  seen(up: boolean): void {
    const node = up ? 'up' : 'down';
    const before = this.kept.peek();
    if (before.node === node) return;
    this.kept.value = { ...before, node, sinceMs: this.context.nowMs() };
    if (up) this.context.onUp();
  }

  /** The node told how far it is with headquarters. */
  synced(unsynced: number, link: string): void {
    this.kept.value = { ...this.kept.peek(), unsynced, link };
  }
}
