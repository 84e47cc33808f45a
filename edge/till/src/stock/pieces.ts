// One law: pieces are told of by lot, day and serial number as far as they are known; the rest of a
// quantity is still goods, of which nobody knows more.
import { QUANTITY_MAX } from '../core/money';
import type { Verdict } from '../data/wire';

/** What a product asks to be told. */
export type Asked = 'lot' | 'serial';

/** Some pieces of an entry; with a serial number it is one. `expiry_day` is an ISO date, or empty. */
export interface Piece {
  readonly lot: string;
  readonly expiry_day: string;
  readonly serial: string;
  readonly quantity: number;
  readonly damaged: number;
}

/** An entry as far as its pieces go. */
export interface Pieced {
  readonly sku: string;
  readonly quantity: number;
  readonly asks: readonly Asked[];
  readonly pieces: readonly Piece[];
}

/** A line of a document. */
export interface Line {
  readonly sku: string;
  readonly quantity: number;
  readonly damaged: number;
  readonly lot?: string;
  readonly expiry_day?: string;
  readonly serials?: readonly string[];
}

/** What a scanned code said of the piece; null where it said nothing. */
export function saidOf(verdict: Verdict | null, quantity: number): Piece | null {
  if (!verdict) return null;
  const { lot, serial, expiry_day } = verdict;
  if (lot === '' && serial === '' && expiry_day === '') return null;
  return { lot, expiry_day, serial, quantity: serial === '' ? quantity : 1, damaged: 0 };
}

/** How much of a quantity is told of. */
export const told = (entry: Pieced): number =>
  entry.pieces.reduce((sum, piece) => sum + piece.quantity, 0);

/** How much of a quantity nobody has told of. */
export const untold = (entry: Pieced): number => Math.max(entry.quantity - told(entry), 0);

/** Whether a serial number is on the list already. */
export const hasSerial = (entry: Pieced, serial: string): boolean =>
  serial !== '' && entry.pieces.some((piece) => piece.serial === serial);

/** Tell of some pieces: those of one lot add up, a serial number is there once; more may be there. */
export function telling<T extends Pieced>(entry: T, piece: Piece): T {
  if (hasSerial(entry, piece.serial) || piece.quantity <= 0) return entry;
  const same = (one: Piece): boolean =>
    one.serial === '' &&
    piece.serial === '' &&
    one.lot === piece.lot &&
    one.expiry_day === piece.expiry_day;
  const pieces = entry.pieces.some(same)
    ? entry.pieces.map((one) =>
        same(one) ? { ...one, quantity: one.quantity + piece.quantity } : one,
      )
    : [...entry.pieces, piece];
  const next = { ...entry, pieces };
  return { ...next, quantity: Math.max(entry.quantity, told(next)) };
}

/** Change some pieces; nothing of them is left: they are not told of any more. */
export function changing<T extends Pieced>(entry: T, at: number, change: Partial<Piece>): T {
  const pieces = entry.pieces
    .map((piece, index) => (index === at ? { ...piece, ...change } : piece))
    .map((piece) => {
      const quantity = Math.min(piece.quantity, piece.serial === '' ? QUANTITY_MAX : 1);
      return { ...piece, quantity, damaged: Math.min(piece.damaged, quantity) };
    })
    .filter((piece) => piece.quantity > 0);
  const next = { ...entry, pieces };
  return { ...next, quantity: Math.max(entry.quantity, told(next)) };
}

/** Make a quantity less: what was told last goes first. */
export function fitting<T extends Pieced>(entry: T, quantity: number): T {
  let room = quantity;
  const pieces = entry.pieces.flatMap((piece) => {
    const fits = Math.min(piece.quantity, room);
    room -= fits;
    if (fits <= 0) return [];
    return [{ ...piece, quantity: fits, damaged: Math.min(piece.damaged, fits) }];
  });
  return { ...entry, quantity, pieces };
}

/** Whether something is asked that was not told. */
export function isLacking(entry: Pieced): boolean {
  if (entry.asks.length === 0 || entry.quantity === 0) return false;
  const lacks = (piece: Piece): boolean =>
    (entry.asks.includes('lot') && piece.lot === '') ||
    (entry.asks.includes('serial') && piece.serial === '');
  return untold(entry) > 0 || entry.pieces.some(lacks);
}

/** The lines of an entry: one for each lot, and one for the rest; `damaged` is of the rest. */
export function linesOf(entry: Pieced, damaged = 0): Line[] {
  const { sku } = entry;
  const lots = new Map<string, Line & { serials: string[]; quantity: number; damaged: number }>();
  for (const { lot, expiry_day, serial, quantity, damaged: broken } of entry.pieces) {
    // What is damaged has a line of its own where pieces have serial numbers.
    const key = JSON.stringify([lot, expiry_day, serial !== '', serial !== '' && broken > 0]);
    const line = lots.get(key) ?? { sku, quantity: 0, damaged: 0, lot, expiry_day, serials: [] };
    line.quantity += quantity;
    line.damaged += broken;
    if (serial !== '') line.serials.push(serial);
    lots.set(key, line);
  }
  const lines = [...lots.values()].map(({ lot, expiry_day, serials, ...line }) => ({
    ...line,
    ...(lot ? { lot } : {}),
    ...(expiry_day ? { expiry_day } : {}),
    ...(serials.length > 0 ? { serials } : {}),
  }));
  const rest = untold(entry);
  if (rest > 0) lines.push({ sku, quantity: rest, damaged: Math.min(damaged, rest) });
  return lines;
}
