// One law: practice outlives the page, and never the person.
// @vitest-environment happy-dom
import { signal } from '@preact/signals';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Till } from '../../src/data/ports';
import { keepPractising, practise } from '../../src/desk/practice';

const session = signal<{ staff: string } | null>({ staff: 'ana' });
const basket = signal<{ lines: unknown[]; tenders: unknown[] }>({ lines: [], tenders: [] });
const noted: string[] = [];
let close = (): void => undefined;

/** A till's page as it was just opened; the one before is closed by that. */
function opened(): Till {
  const till = {
    session: { current: session },
    selling: { training: signal(false), basket },
    outbox: { audit: async ({ action }: { action: string }) => void noted.push(action) },
  } as unknown as Till;
  close();
  close = keepPractising(till);
  return till;
}

describe('practice', () => {
  beforeEach(() => {
    localStorage.clear();
    session.value = { staff: 'ana' };
    basket.value = { lines: [], tenders: [] };
    noted.length = 0;
  });

  it('goes on when the page is opened again, and through a lock, until it is ended', () => {
    practise(opened(), true);
    const again = opened();
    expect(again.selling.training.value).toBe(true);
    session.value = null;
    session.value = { staff: 'ana' };
    expect(again.selling.training.value).toBe(true);
    practise(again, false);
    expect(opened().selling.training.value).toBe(false);
    expect(noted).toEqual(['training', 'training-end']);
  });

  it('ends when somebody else comes, but not before the practised basket is gone', () => {
    const till = opened();
    practise(till, true, true);
    basket.value = { lines: [1], tenders: [] };
    session.value = { staff: 'ben' };
    expect(till.selling.training.value).toBe(true);
    basket.value = { lines: [], tenders: [] };
    expect(till.selling.training.value).toBe(false);
    expect(noted).toEqual(['training-end']);
  });
});
