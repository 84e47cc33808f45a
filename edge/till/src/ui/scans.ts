// One law: no scan is lost and no two are taken at once: they wait in order until the page can take
// them, and who waits is told so.
import { computed, signal } from '@preact/signals';
import { play } from './sound';

/** A code as it came: from a wedge here, or from one of the node's scanners with its verdict. */
export interface Scan<Verdict = unknown> {
  text: string;
  /** Which scanner it came from; empty for a keyboard wedge. */
  device: string;
  /** What the node says it is, when it was the node that read it. */
  verdict?: Verdict | undefined;
}

type Taker = (scan: Scan) => Promise<void> | void;

/** Somebody who wants the scans; `busy` with one until its promise is done. */
interface Wanting {
  readonly taker: Taker | null;
  busy: boolean;
}

const waiting = signal<readonly Scan[]>([]);
/** Who wants the scans, uppermost last; without a taker where a question has to be answered first. */
let wanting: readonly Wanting[] = [];

/** How many scans wait because a question has to be answered first. */
export const scansWaiting = computed(() => waiting.value.length);

/** Put a scan in the queue. */
export function offerScan(scan: Scan): void {
  waiting.value = [...waiting.value, scan];
  if (!wanting.at(-1)?.taker) play('waiting');
  void drain();
}

function want(taker: Taker | null): () => void {
  const entry = { taker, busy: false };
  wanting = [...wanting, entry];
  void drain();
  return () => {
    wanting = wanting.filter((other) => other !== entry);
    void drain();
  };
}

/**
 * Take scans from now on, in place of whoever did so far; returns how to stop.
 *
 * A dialog that wants a code itself (a serial, a gift card) takes them while it is open.
 */
export const takeScans = (taker: Taker): (() => void) => want(taker);

/** Let scans wait until the returned function is called: a question must be answered first. */
export const holdScans = (): (() => void) => want(null);

/** Forget the scans that wait. */
export function dropScans(): void {
  waiting.value = [];
}

async function drain(): Promise<void> {
  const top = wanting.at(-1);
  const [next, ...rest] = waiting.value;
  if (!top?.taker || top.busy || !next) return;
  top.busy = true;
  waiting.value = rest;
  try {
    await top.taker(next);
  } finally {
    top.busy = false;
    void drain();
  }
}
