// One law: a scan adds one to what is being counted; what was counted is written down at once, each
// once, and waits here under its own id until the node has it.

/** Goods being counted now: nothing of it is written down yet. */
export interface Current {
  readonly sku: string;
  readonly names: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly counted: number;
}

/** An entry on its way to the node; `at_ms` is when it was counted. */
export interface Pending {
  readonly id: string;
  readonly sku: string;
  readonly counted: number;
  readonly place: string;
  readonly stockroom: boolean;
  readonly replaces: string | null;
  readonly whole: boolean;
  readonly source: 'hand' | 'scanner';
  readonly at_ms: number;
}

/** A count in progress at this device. */
export interface Counting {
  readonly current: Current | null;
  readonly typed: boolean;
  readonly pending: readonly Pending[];
}

/** Where and when something is written down, and under which id. */
export interface Moment {
  readonly id: string;
  readonly at_ms: number;
  readonly place: string;
  readonly stockroom: boolean;
}

/** Nothing counted yet. */
export const NOTHING: Counting = { current: null, typed: false, pending: [] };

/** A scan: one more of the same, or what was counted is written down and the next begins. */
export function scan(
  counting: Counting,
  goods: Omit<Current, 'counted'>,
  by: number,
  moment: Moment,
): Counting {
  if (counting.current?.sku === goods.sku) {
    const current = { ...counting.current, counted: counting.current.counted + by };
    return { ...counting, current };
  }
  return { ...written(counting, moment), current: { ...goods, counted: by }, typed: false };
}

/** A typed quantity stands for all of the current goods at this place. */
export function typeIn(counting: Counting, counted: number): Counting {
  if (!counting.current || !Number.isSafeInteger(counted) || counted < 0) return counting;
  return { ...counting, current: { ...counting.current, counted }, typed: true };
}

/** Write down what is being counted; nothing if nothing is. */
export function written(counting: Counting, moment: Moment): Counting {
  const { current } = counting;
  if (!current) return counting;
  const entry: Pending = {
    ...moment,
    sku: current.sku,
    counted: current.counted,
    replaces: null,
    whole: false,
    source: counting.typed ? 'hand' : 'scanner',
  };
  return { current: null, typed: false, pending: [...counting.pending, entry] };
}

/** Correct an own entry, or (`whole`) say that this is all there is, whoever counted before. */
export function corrected(
  counting: Counting,
  sku: string,
  counted: number,
  instead: { replaces: string } | { whole: true },
  moment: Moment,
): Counting {
  const entry: Pending = {
    ...moment,
    sku,
    counted,
    replaces: 'replaces' in instead ? instead.replaces : null,
    whole: 'whole' in instead,
    source: 'hand',
  };
  return { ...counting, pending: [...counting.pending, entry] };
}

/** The node has these entries: they wait no more. */
export function delivered(counting: Counting, ids: ReadonlySet<string>): Counting {
  return { ...counting, pending: counting.pending.filter((entry) => !ids.has(entry.id)) };
}

/** What is sent of an entry: how long ago it was counted, by this device's clock. */
export function entryBody({ at_ms, replaces, ...entry }: Pending, now_ms: number): object {
  const age_ms = Math.max(now_ms - at_ms, 0);
  return { ...entry, ...(replaces ? { replaces } : {}), age_ms };
}
