// One law: a scan adds one to what is being counted; what was counted is written down at once, each
// once, and waits here under its own id until the node has it.

import { type Entry, type Goods, scanned } from './entry';
import { fitting, type Line, linesOf, type Piece } from './pieces';

/** Goods being counted now: nothing of it is written down yet. */
export interface Current extends Entry {
  /** The own entry that this is to replace. */
  readonly replaces: string | null;
  /** This is all there is of them, whoever counted where before. */
  readonly whole: boolean;
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
  /** The lots and serial numbers that were told of. */
  readonly pieces: readonly Omit<Line, 'sku' | 'damaged'>[];
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

/**
 * A scan: one more of the same, or what was counted is written down and the next begins. `said` is
 * what the code said of its piece; a serial number that is there already adds nothing.
 */
export function scan(
  counting: Counting,
  goods: Goods,
  by: number,
  moment: Moment,
  said: Piece | null = null,
): Counting {
  const { current } = counting;
  const same = current?.sku === goods.sku ? current : null;
  const [entry] = scanned(same ? [same] : [], goods, by, said);
  if (!entry) return counting;
  const next = { ...entry, replaces: same?.replaces ?? null, whole: same?.whole ?? false };
  if (same) return { ...counting, current: next };
  return { ...written(counting, moment), current: next, typed: false };
}

/** What was told of the pieces of the goods in hand. */
export function toldOf(counting: Counting, entry: Entry): Counting {
  const { current } = counting;
  if (current?.sku !== entry.sku) return counting;
  return { ...counting, current: { ...current, ...entry } };
}

/** Say that what is in hand is counted as a whole: it stands for all that was counted of it before. */
export function asWhole(counting: Counting, whole: boolean): Counting {
  return counting.current ? { ...counting, current: { ...counting.current, whole } } : counting;
}

/** Take an own entry into the hand again, to be written down anew in its place. */
export function takenBack(counting: Counting, current: Current, moment: Moment): Counting {
  return { ...written(counting, moment), current, typed: true };
}

/** A typed quantity stands for all of the current goods at this place. */
export function typeIn(counting: Counting, counted: number): Counting {
  if (!counting.current || !Number.isSafeInteger(counted) || counted < 0) return counting;
  return { ...counting, current: fitting(counting.current, counted), typed: true };
}

/** Write down what is being counted; nothing if nothing is. */
export function written(counting: Counting, moment: Moment): Counting {
  const { current } = counting;
  if (!current) return counting;
  const entry: Pending = {
    ...moment,
    sku: current.sku,
    counted: current.quantity,
    replaces: current.replaces,
    whole: current.whole,
    source: counting.typed ? 'hand' : 'scanner',
    pieces: linesOf(current)
      .filter((line) => line.lot || line.expiry_day || line.serials)
      .map(({ sku: _, damaged: __, ...piece }) => piece),
  };
  return { current: null, typed: false, pending: [...counting.pending, entry] };
}

/** What is still to be sent when the page is left; an entry taken back to be changed stays as it was. */
export function leftBehind(counting: Counting, moment: Moment): readonly Pending[] {
  return (counting.current?.replaces ? counting : written(counting, moment)).pending;
}

/** Correct an own entry. */
export function corrected(
  counting: Counting,
  sku: string,
  counted: number,
  replaces: string,
  moment: Moment,
): Counting {
  const entry: Pending = {
    ...moment,
    sku,
    counted,
    replaces,
    whole: false,
    source: 'hand',
    pieces: [],
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
