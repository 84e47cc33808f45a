// A store that is full or wiped and a clock that jumps are told; nothing is told without cause.
import { describe, expect, it } from 'vitest';
import { Watch } from '../../src/data/watch';

const GB = 1024 ** 3;

function watch(usage: number, quota: number, mark = new Map<string, string>()) {
  const clock = { nowMs: 1_000_000, steadyMs: 0 };
  const storage = {
    persisted: async () => false,
    persist: async () => true,
    estimate: async () => ({ usage, quota }),
  } as unknown as StorageManager;
  const made = new Watch({
    storage,
    mark: {
      getItem: (key) => mark.get(key) ?? null,
      setItem: (key, value) => void mark.set(key, value),
      removeItem: (key) => void mark.delete(key),
    },
    nowMs: () => clock.nowMs,
    steadyMs: () => clock.steadyMs,
  });
  return { made, clock, mark };
}

describe('the store of the browser', () => {
  it('is asked to stay, and told when it runs low', async () => {
    const roomy = watch(GB, 10 * GB).made;
    await roomy.start(true);
    expect(roomy.storage.value).toEqual({
      persistent: true,
      usageBytes: GB,
      quotaBytes: 10 * GB,
      problem: '',
    });
    const low = watch(0.95 * GB, GB).made;
    await low.start(true);
    expect(low.storage.value.problem).toBe('low');
  });

  it('is known to have been wiped, until the till is enrolled again', async () => {
    const { made, mark } = watch(0, GB);
    await made.start(false);
    expect(made.storage.value.problem).toBe('');
    made.enrolled();
    const later = watch(0, GB, mark).made;
    await later.start(false);
    expect(later.storage.value.problem).toBe('wiped');
    later.enrolled();
    expect(later.storage.value.problem).toBe('');
  });
});

describe('the clock', () => {
  it('is told when it jumps, not when time goes by', () => {
    const { made, clock } = watch(0, GB);
    const pass = (wallMs: number, steadyMs: number) => {
      clock.nowMs += wallMs;
      clock.steadyMs += steadyMs;
      made.look();
      return made.clockJumpMs.value;
    };
    expect([pass(0, 0), pass(5_000, 5_000), pass(7_200_000, 7_200_000)]).toEqual([0, 0, 0]);
    expect(pass(-3_600_000 + 5_000, 5_000)).toBe(-3_600_000);
  });

  it('is compared with the clock of the node', () => {
    const { made } = watch(0, GB);
    made.nodeTime(1_000_000, 1_000_600);
    expect(made.clockSkewMs.value).toBe(0);
    made.nodeTime(1_000_000, 1_090_000);
    expect(made.clockSkewMs.value).toBe(90_000);
  });
});
