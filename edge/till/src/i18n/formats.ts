// One law: numbers stay integers until the last moment and are written the way the language and the
// store's currency want it.
import { signal } from '@preact/signals';
import { locale } from './locale';

/** The store's money: an ISO 4217 code and how many digits its minor unit has. */
export const currency = signal({ code: 'EUR', exponent: 2 });
/** The store's time zone. */
export const timezone = signal<string | undefined>(undefined);

const made = new Map<string, unknown>();

function once<T>(name: string, make: (tag: string) => T): T {
  const tag = locale.value === 'zh' ? 'zh-Hans-CN' : 'en-GB';
  const key = `${tag} ${name}`;
  let found = made.get(key) as T | undefined;
  if (found === undefined) {
    found = make(tag);
    made.set(key, found);
  }
  return found;
}

/** Write an integer of minor units as an exact decimal, such as -1234 → "-12.34". */
export function decimal(minor: number, exponent: number): `${number}` {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const cut = digits.length - exponent;
  const text = exponent === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return `${minor < 0 ? '-' : ''}${text}` as `${number}`;
}

/** An amount in minor units as money; `bare` without the sign of the currency, `signed` with a plus. */
export function formatMoney(
  minor: number,
  options: { bare?: boolean | undefined; signed?: boolean | undefined } = {},
): string {
  const { code, exponent } = currency.value;
  const { bare = false, signed = false } = options;
  const format = once(`money ${code} ${exponent} ${bare} ${signed}`, (tag) => {
    const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
    const sign = { signDisplay: signed ? 'exceptZero' : 'negative' } as const;
    return bare
      ? new Intl.NumberFormat(tag, { ...digits, ...sign })
      : new Intl.NumberFormat(tag, {
          ...digits,
          ...sign,
          style: 'currency',
          currency: code,
          currencyDisplay: 'narrowSymbol',
        });
  });
  return format.format(decimal(minor, exponent));
}

/** A whole number, grouped as the language does. */
export function formatNumber(value: number): string {
  return once('number', (tag) => new Intl.NumberFormat(tag)).format(value);
}

/** A share in parts per million as per cent, with no more digits than it has. */
export function formatPercent(ppm: number): string {
  return once(
    'percent',
    (tag) => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 4 }),
  ).format(ppm / 1_000_000);
}

/** Base units that read better in a bigger one: [bigger unit, how many, digits]. */
const BIGGER: Readonly<Record<string, readonly [string, number, number]>> = {
  g: ['kg', 1000, 3],
  mg: ['g', 1000, 3],
  ml: ['l', 1000, 3],
  mm: ['m', 1000, 3],
};

/** Whether a unit is counted in whole pieces. */
export const isPieces = (unit: string): boolean => !(unit in BIGGER);

/** A quantity of base units for a person: pieces as they are, grams as kilograms. */
export function formatQuantity(quantity: number, unit: string): string {
  const bigger = BIGGER[unit];
  if (!bigger) return formatNumber(quantity);
  const [name, , digits] = bigger;
  const format = once(
    `quantity ${digits}`,
    (tag) => new Intl.NumberFormat(tag, { minimumFractionDigits: digits }),
  );
  return `${format.format(decimal(quantity, digits))} ${name}`;
}

/** What a price is for, such as "kg"; empty for one piece. */
export function formatPer(price_quantity: number, unit: string): string {
  const bigger = BIGGER[unit];
  if (bigger && price_quantity === bigger[1]) return bigger[0];
  if (bigger) return `${formatNumber(price_quantity)} ${unit}`;
  return price_quantity === 1 ? '' : formatNumber(price_quantity);
}

function dateFormat(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const zone = timezone.value;
  return once(
    `${name} ${zone}`,
    (tag) => new Intl.DateTimeFormat(tag, zone ? { ...options, timeZone: zone } : options),
  );
}

/** The time of day in the store. */
export function formatTime(at_ms: number): string {
  return dateFormat('time', { hour: '2-digit', minute: '2-digit' }).format(at_ms);
}

/** The day in the store. */
export function formatDate(at_ms: number): string {
  return dateFormat('date', { dateStyle: 'medium' }).format(at_ms);
}

/** The day and time in the store. */
export function formatDateTime(at_ms: number): string {
  return dateFormat('moment', { dateStyle: 'medium', timeStyle: 'short' }).format(at_ms);
}

/** A day written as ISO (2026-11-22), for a person. */
export function formatDay(day: string): string {
  const format = once(
    'day',
    (tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' }),
  );
  return format.format(Date.parse(`${day}T00:00:00Z`));
}
