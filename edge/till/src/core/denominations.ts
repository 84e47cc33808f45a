// One law: cash is pieces of what exists in its currency, in minor units.

/** A coin or a note. */
export interface Denomination {
  readonly minor: number;
  readonly form: 'note' | 'coin';
}

/** How many of each, by minor units; what is missing was not counted. */
export type Counted = Readonly<Record<number, number>>;

const PIECES_MAX = 100_000;

type Pieces = Readonly<Record<string, readonly [readonly number[], readonly number[]]>>;

// Notes, then coins, in the currency's minor unit.
const HUNDREDTHS: Pieces = {
  AUD: [
    [10_000, 5_000, 2_000, 1_000, 500],
    [200, 100, 50, 20, 10, 5],
  ],
  CAD: [
    [10_000, 5_000, 2_000, 1_000, 500],
    [200, 100, 25, 10, 5],
  ],
  CHF: [
    [100_000, 20_000, 10_000, 5_000, 2_000, 1_000],
    [500, 200, 100, 50, 20, 10, 5],
  ],
  CNY: [
    [10_000, 5_000, 2_000, 1_000, 500, 100],
    [100, 50, 10],
  ],
  CZK: [
    [500_000, 200_000, 100_000, 50_000, 20_000, 10_000],
    [5_000, 2_000, 1_000, 500, 200, 100],
  ],
  DKK: [
    [100_000, 50_000, 20_000, 10_000, 5_000],
    [2_000, 1_000, 500, 200, 100, 50],
  ],
  EUR: [
    [50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500],
    [200, 100, 50, 20, 10, 5, 2, 1],
  ],
  GBP: [
    [5_000, 2_000, 1_000, 500],
    [200, 100, 50, 20, 10, 5, 2, 1],
  ],
  HKD: [
    [100_000, 50_000, 10_000, 5_000, 2_000, 1_000],
    [1_000, 500, 200, 100, 50, 20, 10],
  ],
  NOK: [
    [100_000, 50_000, 20_000, 10_000, 5_000],
    [2_000, 1_000, 500, 100],
  ],
  PLN: [
    [50_000, 20_000, 10_000, 5_000, 2_000, 1_000],
    [500, 200, 100, 50, 20, 10, 5, 2, 1],
  ],
  SEK: [
    [100_000, 50_000, 20_000, 10_000, 5_000, 2_000],
    [1_000, 500, 200, 100],
  ],
  SGD: [
    [100_000, 10_000, 5_000, 1_000, 500, 200],
    [100, 50, 20, 10, 5],
  ],
  USD: [
    [10_000, 5_000, 2_000, 1_000, 500, 200, 100],
    [100, 50, 25, 10, 5, 1],
  ],
};
const WHOLE: Pieces = {
  JPY: [
    [10_000, 5_000, 2_000, 1_000],
    [500, 100, 50, 10, 5, 1],
  ],
  KRW: [
    [50_000, 10_000, 5_000, 1_000],
    [500, 100, 50, 10],
  ],
};
const THOUSANDTHS: Pieces = {
  BHD: [
    [20_000, 10_000, 5_000, 1_000, 500],
    [100, 50, 25, 10, 5],
  ],
  KWD: [
    [20_000, 10_000, 5_000, 1_000, 500, 250],
    [100, 50, 20, 10, 5],
  ],
};
const BY_EXPONENT: Readonly<Record<number, Pieces>> = { 0: WHOLE, 2: HUNDREDTHS, 3: THOUSANDTHS };

/**
 * The denominations of a currency, notes first, each from the largest down.
 *
 * An unknown currency gets the series 1, 2, 5 from its smallest unit to 500 whole ones. Where a note
 * and a coin share a value they are counted together, as a note.
 */
export function denominations(currency: string, exponent: number): readonly Denomination[] {
  const [notes, coins] = BY_EXPONENT[exponent]?.[currency] ?? series(exponent);
  const twice = new Set(notes);
  return [
    ...notes.map((minor): Denomination => ({ minor, form: 'note' })),
    ...coins
      .filter((minor) => !twice.has(minor))
      .map((minor): Denomination => ({ minor, form: 'coin' })),
  ];
}

function series(exponent: number): readonly [readonly number[], readonly number[]] {
  const whole = 10 ** exponent;
  const values: number[] = [];
  for (let power = 1; power <= 100 * whole; power *= 10) values.push(power, 2 * power, 5 * power);
  values.reverse();
  return [
    values.filter((minor) => minor >= 5 * whole),
    values.filter((minor) => minor < 5 * whole),
  ];
}

/** What was counted comes to. */
export function countedMinor(counted: Counted): number {
  return Object.entries(counted).reduce((sum, [minor, pieces]) => sum + Number(minor) * pieces, 0);
}

/** Write down how many there are of one denomination; 0 takes it out, nonsense changes nothing. */
export function withPieces(counted: Counted, minor: number, pieces: number): Counted {
  if (!Number.isSafeInteger(pieces) || pieces < 0 || pieces > PIECES_MAX) return counted;
  const { [minor]: _before, ...rest } = counted;
  return pieces === 0 ? rest : { ...rest, [minor]: pieces };
}

/** What was typed as a number of pieces; null while it is none. An empty field is 0. */
export function piecesOf(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  if (!/^\d{1,6}$/.test(trimmed)) return null;
  const pieces = Number(trimmed);
  return pieces <= PIECES_MAX ? pieces : null;
}
