// A worker whose start the browser lost must not leave a till without its catalogue.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ask, Told } from '../../src/data/catalogue-messages';
import { LivingThread, type Mortal } from '../../src/data/thread';

class FakeWorker implements Mortal {
  readonly asked: Ask[] = [];
  ended = false;
  private hear: (event: { data: Told | 'alive' }) => void = () => undefined;

  postMessage(ask: Ask): void {
    this.asked.push(ask);
  }

  addEventListener(_type: 'message', listener: (event: { data: Told | 'alive' }) => void): void {
    this.hear = listener;
  }

  terminate(): void {
    this.ended = true;
  }

  say(data: Told | 'alive'): void {
    this.hear({ data });
  }
}

const ASK: Ask = { id: 1, method: 'open', args: [] };

describe('a thread', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function started() {
    const workers: FakeWorker[] = [];
    const thread = new LivingThread(() => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    }, 1_000);
    const heard: Told[] = [];
    thread.addEventListener('message', ({ data }) => heard.push(data));
    thread.postMessage(ASK);
    return { workers, heard };
  }

  it('that says nothing is started anew and asked again', () => {
    const { workers, heard } = started();
    vi.advanceTimersByTime(1_000);
    expect(workers.map(({ ended, asked }) => [ended, asked])).toEqual([
      [true, [ASK]],
      [false, [ASK]],
    ]);
    workers[1]?.say('alive');
    workers[1]?.say({ id: 1, result: 'open' });
    expect(heard).toEqual([{ id: 1, result: 'open' }]);
    vi.advanceTimersByTime(60_000);
    expect(workers).toHaveLength(2);
  });

  it('that is slow is left alone once it lives, and given more time each time', () => {
    const { workers } = started();
    vi.advanceTimersByTime(1_000 + 1_999);
    expect(workers).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(workers).toHaveLength(3);
    workers[2]?.say('alive');
    vi.advanceTimersByTime(600_000);
    expect(workers).toHaveLength(3);
  });
});
