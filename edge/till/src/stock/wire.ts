// What the node says about stock and stock work, letter for letter as on the wire.
import type { Part } from './story';

/** Stock of a SKU in base units; `sellable` is on hand less reserved. */
export interface StockView {
  readonly sku: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly promisable: number;
  readonly sellable: number;
}

/** Why the books say what they say (`GET /stock/{sku}`). */
export interface StockDetail {
  readonly stock: StockView;
  readonly parts: readonly Part[];
  readonly movements: readonly Movement[];
  /** What is still to come and in no stock yet. */
  readonly incoming?: readonly {
    readonly order: string;
    readonly out: string | null;
    readonly partner: string;
    readonly quantity: number;
  }[];
  /** The lots that are not at zero, by day of expiry, and the serial numbers that are here. */
  readonly lots: readonly LotStock[];
  readonly serials: readonly string[];
}

/** What is on hand of a lot. */
export interface LotStock {
  readonly lot: string;
  readonly expiry_day: string | null;
  readonly quantity: number;
}

/** A fact that moved a SKU, newest first. */
export interface Movement {
  readonly id: string;
  readonly at_ms: number;
  readonly type: string;
  readonly actor: string;
  readonly kind: string;
  readonly quantity: number;
  /** Its reason, scope, receipt or reference. */
  readonly text?: string;
  /** The supplier or the other store. */
  readonly partner?: string;
  readonly counted?: number | null;
  readonly seen?: number | null;
  /** The lots and serial numbers that it told of. */
  readonly pieces: readonly (LotStock & { readonly serials: readonly string[] })[];
}

/** A serial number by the books (`GET /stock/serials`). */
export interface SerialState {
  readonly sku: string;
  readonly serial: string;
  readonly state: 'here' | 'gone' | 'unknown';
  readonly moves: readonly {
    readonly id: string;
    readonly at_ms: number;
    readonly type: string;
    readonly moved: number;
    readonly text: string;
    readonly partner: string;
  }[];
}

/** A posting of stock on record. */
export interface StockReply {
  readonly id: string;
  readonly moved: Readonly<Record<string, number>>;
  readonly on_hand: Readonly<Record<string, number>>;
}

/** A SKU that was expected (0: not at all), and what came of it. */
export interface ExpectedLine {
  readonly sku: string;
  readonly expected: number;
  readonly received: number;
  readonly damaged: number;
  readonly difference: number;
}

/** A purchase order and what came of it; `state`: open, complete, closed or cancelled. */
export interface Order {
  readonly order: string;
  readonly supplier: string;
  readonly due_day: string | null;
  readonly note: string;
  readonly state: string;
  readonly lines: readonly ExpectedLine[];
}

/** Goods that another store has sent. */
export interface InTransit {
  readonly out: string;
  readonly from_store: string;
  readonly sent_ms: number;
  readonly state: string;
  readonly lines: readonly ExpectedLine[];
  /** The lots and serial numbers that the sender told of. */
  readonly lots: readonly (LotStock & {
    readonly sku: string;
    readonly serials: readonly string[];
  })[];
}

/** A count sheet and how far it is. */
export interface Sheet {
  readonly id: string;
  readonly title: string;
  readonly kind: 'full' | 'category' | 'list';
  readonly scope: readonly string[];
  readonly blind: boolean;
  readonly state: 'open' | 'closed' | 'cancelled';
  readonly opened_ms: number;
  readonly opened_by: string;
  readonly closed_ms: number | null;
  readonly closed_by: string | null;
  readonly note: string;
  readonly entries: number;
  readonly counted: number;
  readonly uncounted: number;
  readonly people: readonly string[];
}

/** What somebody counted; `seen` is what the books said then, null where the count is blind. */
export interface SheetEntry {
  readonly id: string;
  readonly sku: string;
  readonly counted: number;
  readonly seen: number | null;
  readonly place: string;
  readonly at_ms: number;
  readonly counted_by: string;
  readonly replaced_by: string | null;
  readonly pieces: readonly (LotStock & { readonly serials: readonly string[] })[];
}

/** A sheet before it is closed. */
export interface Review {
  readonly lines: readonly {
    readonly sku: string;
    readonly names: Readonly<Record<string, string>>;
    readonly counted: number;
    readonly seen: number;
    readonly difference: number;
    readonly value_minor: number;
    readonly uncertain: boolean;
    /** The lots that differ, and the serial numbers that were found or are missing. */
    readonly lots: readonly {
      readonly lot: string;
      readonly expiry_day: string | null;
      readonly counted: number;
      readonly seen: number;
    }[];
    readonly found: readonly string[];
    readonly missing: readonly string[];
    /** How much was counted without a lot or day, and without a serial number. */
    readonly unlotted: number;
    readonly unnumbered: number;
  }[];
  readonly uncounted: readonly {
    readonly sku: string;
    readonly names: Readonly<Record<string, string>>;
    readonly on_hand: number;
    readonly value_minor: number;
  }[];
  readonly value_minor: number;
}

/** Stock to order, to count and to sell first; `cut` says that there is more than is listed. */
export interface Worklists {
  readonly low: readonly {
    readonly sku: string;
    readonly names: Readonly<Record<string, string>>;
    readonly on_hand: number;
    readonly reorder_point: number;
    readonly coming: number;
  }[];
  readonly negative: readonly {
    readonly sku: string;
    readonly names: Readonly<Record<string, string>>;
    readonly on_hand: number;
  }[];
  readonly expiring: readonly Expiring[];
  readonly cut: boolean;
}

/** A lot to be sold first, or to be taken off the shelf: `days` are left, below 0 none. */
export interface Expiring {
  readonly sku: string;
  readonly names: Readonly<Record<string, string>>;
  readonly lot: string;
  readonly expiry_day: string;
  readonly days: number;
  readonly quantity: number;
}

/** Something a person should look at. */
export interface WorkItem {
  readonly number: number;
  readonly at_ms: number;
  readonly kind: string;
  readonly sku: string;
  readonly document: string | null;
  /** In English. */
  readonly detail: string;
  readonly code: string;
  readonly told: Readonly<Record<string, string | number>>;
}
