// Shop time is the store's, wherever the till's own clock believes to be.

/** A moment as the store's clocks show it. */
export interface StoreTime {
  /** ISO date. */
  readonly day: string;
  /** ISO local date-time to the minute, comparable as text. */
  readonly local: string;
  /** `HH:MM`. */
  readonly clock: string;
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB-u-ca-gregory-nu-latn', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(timezone, made);
  return made;
}

/** What the store's clocks show at a time (UTC ms); an unknown zone is read as UTC. */
export function storeTime(atMs: number, timezone: string): StoreTime {
  let parts: Intl.DateTimeFormatPart[];
  try {
    parts = format(timezone || 'UTC').formatToParts(atMs);
  } catch {
    parts = format('UTC').formatToParts(atMs);
  }
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  const day = `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}`;
  const clock = `${of('hour')}:${of('minute')}`;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
  return { day, local: `${day}T${clock}`, clock, weekday };
}

/** ISO date of a number of days since 1970; empty for 0, which is none. */
export function dayText(day: number): string {
  return day === 0 ? '' : new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** Days since 1970 of an ISO date; 0 if it is none. */
export function dayNumber(day: string): number {
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(time) ? Math.floor(time / 86_400_000) : 0;
}
