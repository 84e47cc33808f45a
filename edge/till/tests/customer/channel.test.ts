// One law: a screen that comes late sees what one that was there saw, and none sees an old basket.
import { describe, expect, it } from 'vitest';
import {
  CustomerFeed,
  listen,
  type Message,
  nameIn,
  type Port,
  type Shown,
} from '../../src/customer/channel';

/** A channel between two ends, as a browser's: nobody hears themselves. */
function wire(): [Port, Port] {
  const heard: Set<(event: { data: Message }) => void>[] = [new Set(), new Set()];
  const end = (mine: number): Port => ({
    postMessage: (message) => {
      for (const listener of [...(heard[1 - mine] ?? [])])
        listener({ data: structuredClone(message) });
    },
    addEventListener: (_type, listener) => heard[mine]?.add(listener),
    removeEventListener: (_type, listener) => heard[mine]?.delete(listener),
  });
  return [end(0), end(1)];
}

const IDLE: Shown = {
  phase: 'idle',
  store: 'North',
  language: 'zh',
  theme: 'dark',
  currency: 'EUR',
  exponent: 2,
  training: false,
};

describe('the second screen', () => {
  it('hears the last word at once, whenever it is opened', () => {
    const [till, screen] = wire();
    const feed = new CustomerFeed(till);
    feed.show(IDLE);
    const seen: (Shown | null)[] = [];
    listen(screen, (shown) => seen.push(shown));
    expect(seen).toEqual([IDLE]);
    feed.show({ ...IDLE, store: 'South' });
    expect(seen.at(-1)?.store).toBe('South');
  });

  it('goes blank when the till closes, and hears nothing once it stopped', () => {
    const [till, screen] = wire();
    const feed = new CustomerFeed(till);
    const seen: (Shown | null)[] = [];
    const stop = listen(screen, (shown) => seen.push(shown));
    expect(seen).toEqual([]);
    feed.show(IDLE);
    stop();
    feed.show(IDLE);
    expect(seen).toHaveLength(1);
    const again: (Shown | null)[] = [];
    listen(screen, (shown) => again.push(shown));
    feed.close();
    expect(again).toEqual([IDLE, null]);
  });

  it('names goods in the language asked for, else in English, else in any', () => {
    expect(nameIn({ en: 'Tea', zh: '茶' }, 'zh')).toBe('茶');
    expect(nameIn({ en: 'Tea' }, 'zh')).toBe('Tea');
    expect(nameIn({ de: 'Tee' }, 'zh')).toBe('Tee');
    expect(nameIn({}, 'zh')).toBe('');
  });
});
