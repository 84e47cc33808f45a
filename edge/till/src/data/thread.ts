// A thread that says nothing is started anew, and asked again what it was asked.
import type { Ask, Told } from './catalogue-messages';

/** Something that behaves like the catalogue's worker. */
export interface Thread {
  postMessage(ask: Ask): void;
  addEventListener(type: 'message', listener: (event: { data: Told }) => void): void;
}

/** A thread that can be given up. */
export interface Mortal {
  postMessage(ask: Ask): void;
  addEventListener(type: 'message', listener: (event: { data: Told | 'alive' }) => void): void;
  terminate(): void;
}

/**
 * A thread over the loss of its start: a browser may drop the start of a worker, without an error,
 * while the service worker changes. A worker says `alive` before anything else; one that does not,
 * within `patienceMs` (twice as long each time), is replaced.
 */
export class LivingThread implements Thread {
  private readonly listeners: ((event: { data: Told }) => void)[] = [];
  private unheard: Ask[] | null = [];
  private thread: Mortal;

  constructor(
    private readonly start: () => Mortal,
    patienceMs = 5_000,
  ) {
    this.thread = this.begin(patienceMs);
  }

  postMessage(ask: Ask): void {
    this.unheard?.push(ask);
    this.thread.postMessage(ask);
  }

  addEventListener(_type: 'message', listener: (event: { data: Told }) => void): void {
    this.listeners.push(listener);
  }

  private begin(patienceMs: number): Mortal {
    const thread = this.start();
    const late = setTimeout(() => {
      thread.terminate();
      this.thread = this.begin(2 * patienceMs);
      for (const ask of this.unheard ?? []) this.thread.postMessage(ask);
    }, patienceMs);
    thread.addEventListener('message', ({ data }) => {
      clearTimeout(late);
      this.unheard = null;
      if (data !== 'alive') for (const listener of this.listeners) listener({ data });
    });
    return thread;
  }
}
