// The setup that was last seen holds until a newer one comes; without the node it is as good.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { NO_RULES, parseRules } from '../core/rules';
import type { Rules } from '../core/types';
import { problemOf, Unreachable } from './api';
import type { Db } from './idb';
import type { ApiPort, SetupPort } from './ports';
import type { SetupDocument } from './wire';

/** The node's setup, kept. */
export class Setup implements SetupPort {
  private readonly kept = signal<{ etag: string; document: SetupDocument; atMs: number } | null>(
    null,
  );
  readonly document: ReadonlySignal<SetupDocument | null> = computed(
    () => this.kept.value?.document ?? null,
  );
  readonly rules: ReadonlySignal<Rules> = computed(() => {
    const document = this.document.value;
    return document === null ? NO_RULES : parseRules(document);
  });

  constructor(
    private readonly db: Db,
    private readonly api: ApiPort,
    private readonly nowMs: () => number,
  ) {}

  /** When the node last confirmed it, UTC ms; 0: never. */
  get asOfMs(): number {
    return this.kept.peek()?.atMs ?? 0;
  }

  /** Reads what is kept. */
  async load(): Promise<void> {
    this.kept.value = (await this.db.get('setup', 'current')) ?? null;
  }

  async refresh(): Promise<boolean> {
    const known = this.kept.peek();
    try {
      const headers = known ? { 'if-none-match': known.etag } : {};
      const response = await this.api.raw('GET', '/till/setup', undefined, {
        as: 'device',
        headers,
      });
      if (response.status !== 304 && !response.ok) throw await problemOf(response);
      const fresh =
        response.status === 304 && known
          ? { ...known, atMs: this.nowMs() }
          : {
              etag: response.headers.get('etag') ?? '',
              document: (await response.json()) as SetupDocument,
              atMs: this.nowMs(),
            };
      this.kept.value = fresh;
      await this.db.put('setup', fresh, 'current');
      return true;
    } catch (error) {
      if (error instanceof Unreachable) return false;
      throw error;
    }
  }
}
