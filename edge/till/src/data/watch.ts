// A browser's store and clock are not to be trusted blindly: both are watched, and told in time.
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { StorageState, WatchPort } from './ports';

const LOW_BYTES = 200 * 1024 * 1024;
const LOW_SHARE = 0.9;
const JUMP_MS = 60_000;
const LOOK_MS = 5_000;
const MARK = 'evertill.enrolled';

/** What the watch needs of the browser. */
export interface WatchContext {
  readonly storage: StorageManager | undefined;
  /** A second place that outlives a wiped database, if it can be written. */
  readonly mark: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined;
  readonly nowMs: () => number;
  /** A clock that nobody sets: milliseconds since the page was opened. */
  readonly steadyMs: () => number;
}

/** The browser's store and clock under watch. */
export class Watch implements WatchPort {
  private readonly kept = signal<StorageState>({
    persistent: false,
    usageBytes: 0,
    quotaBytes: 0,
    problem: '',
  });
  readonly storage: ReadonlySignal<StorageState> = this.kept;
  private readonly skew = signal<number | null>(null);
  readonly clockSkewMs: ReadonlySignal<number | null> = this.skew;
  readonly clockJumpMs: Signal<number> = signal(0);
  private readonly update = signal(false);
  readonly updateReady: ReadonlySignal<boolean> = this.update;
  private before: { readonly wallMs: number; readonly steadyMs: number } | null = null;

  constructor(private readonly context: WatchContext) {}

  /** Asks the browser to keep its store; tells if the enrolment was wiped since the last start. */
  async start(enrolled: boolean): Promise<void> {
    const { storage } = this.context;
    if (!enrolled && this.marked) this.tell({ problem: 'wiped' });
    const persistent = ((await storage?.persisted?.()) || (await storage?.persist?.())) ?? false;
    this.tell({ persistent });
    await this.measure();
  }

  /** Remembers beside the database that this browser is a till. */
  enrolled(): void {
    try {
      this.context.mark?.setItem(MARK, String(this.context.nowMs()));
    } catch {
      // only the warning about a wiped store is lost
    }
    if (this.kept.peek().problem === 'wiped') this.tell({ problem: '' });
  }

  updateFound(): void {
    this.update.value = true;
  }

  /** Writing failed. */
  full(): void {
    this.tell({ problem: 'full' });
    void this.measure();
  }

  /** Writing works again. */
  wrote(): void {
    if (this.kept.peek().problem === 'full') this.tell({ problem: '' });
  }

  /** Looks again and again; the answer ends it. */
  run(): () => void {
    const timer = setInterval(() => this.look(), LOOK_MS);
    const slow = setInterval(() => void this.measure(), 60_000);
    return () => {
      clearInterval(timer);
      clearInterval(slow);
    };
  }

  /** Compares the clock that can be set with the one that cannot. */
  look(): void {
    const now = { wallMs: this.context.nowMs(), steadyMs: this.context.steadyMs() };
    if (this.before !== null) {
      const jump = now.wallMs - this.before.wallMs - (now.steadyMs - this.before.steadyMs);
      if (Math.abs(jump) >= JUMP_MS) this.clockJumpMs.value += jump;
    }
    this.before = now;
  }

  /** The node's clock was seen. */
  nodeTime(nodeMs: number, seenMs: number): void {
    // The Date header is cut to the second: its middle is the best guess.
    const skew = Math.round((seenMs - nodeMs - 500) / 1000) * 1000;
    if (skew !== this.skew.peek()) this.skew.value = skew;
  }

  private get marked(): boolean {
    try {
      return this.context.mark?.getItem(MARK) != null;
    } catch {
      return false;
    }
  }

  private async measure(): Promise<void> {
    const { usage = 0, quota = 0 } = (await this.context.storage?.estimate?.()) ?? {};
    const { problem } = this.kept.peek();
    const low = quota > 0 && quota - usage < LOW_BYTES && usage > quota * LOW_SHARE;
    const next = problem === 'full' || problem === 'wiped' ? problem : low ? 'low' : '';
    this.tell({ usageBytes: usage, quotaBytes: quota, problem: next });
  }

  private tell(change: Partial<StorageState>): void {
    this.kept.value = { ...this.kept.peek(), ...change };
  }
}
