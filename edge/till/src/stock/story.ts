// One law: a stock figure is the sum of what happened; its story ends at exactly that figure.

/** A counter behind a figure: what it counts, who counted, and how it acts on stock on hand. */
export interface Part {
  readonly kind: string;
  readonly author: string;
  readonly value: number;
  readonly sign: number;
}

/** A sentence of the story: what happened, how it moved the figure, and what it came to by then. */
export interface Chapter {
  readonly kind: string;
  readonly moved: number;
  readonly total: number;
}

/** Rights over the stock, and what they leave to sell. */
export interface Rights {
  readonly granted: number;
  readonly handed_over: number;
  readonly given_back: number;
}

/** A story of a figure in the order a person would tell it. */
export interface Story {
  readonly chapters: readonly Chapter[];
  readonly on_hand: number;
  readonly rights: Rights;
}

const ORDER = [
  'opening',
  'received',
  'transferred_in',
  'sold',
  'sale_voided',
  'returned',
  'return_voided',
  'transferred_out',
  'written_off',
  'adjusted_up',
  'adjusted_down',
  'counted_up',
  'counted_down',
] as const;

/** The kinds of chapters a story may have. */
export type ChapterKind = (typeof ORDER)[number];

/** Tell how a figure came about: counters of all authors added up, those that moved nothing left out. */
export function storyOf(parts: readonly Part[]): Story {
  const moved = new Map<string, number>();
  for (const part of parts) {
    if (part.sign) moved.set(part.kind, (moved.get(part.kind) ?? 0) + part.sign * part.value);
  }
  let total = 0;
  const chapters: Chapter[] = [];
  for (const [kind, change] of [...moved].sort(([a], [b]) => place(a) - place(b))) {
    if (!change) continue;
    total += change;
    chapters.push({ kind, moved: change, total });
  }
  return { chapters, on_hand: total, rights: rightsOf(parts) };
}

function place(kind: string): number {
  const at = (ORDER as readonly string[]).indexOf(kind);
  return at < 0 ? ORDER.length : at;
}

function rightsOf(parts: readonly Part[]): Rights {
  const sum = (kind: string): number =>
    parts.filter((part) => part.kind === kind).reduce((all, part) => all + part.value, 0);
  return {
    granted: sum('granted'),
    handed_over: sum('fulfilled'),
    given_back: sum('given_back'),
  };
}
