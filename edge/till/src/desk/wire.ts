// What the node says about shifts, documents, returns and devices, letter for letter as on the wire.
import type { TaxRow, TenderRow } from './report';

/** A shift as its drawer's till may see it while it is open. */
export interface Shift {
  readonly drawer: string;
  readonly number: number;
  /** ISO date. */
  readonly business_day: string;
  readonly opened_ms: number;
  readonly opened_by: string;
  readonly float_minor: number;
  /** Kinds of tenders to count, cash first. */
  readonly tenders: readonly string[];
}

/** What `POST /till/cash` takes. */
export type CashKind = 'pay_in' | 'pay_out' | 'drop' | 'no_sale';

/** A sale with what of it may still come back (`GET /sales/{id}`). */
export interface SaleDetail {
  readonly sale: {
    readonly id: string;
    readonly receipt: string;
    readonly till: string;
    readonly business_day: string;
    readonly at_ms: number;
    readonly total_minor: number;
    readonly lines: readonly {
      readonly sku: string;
      readonly quantity: number;
      readonly amount_minor: number;
      readonly kind: string;
      readonly note: string;
    }[];
    readonly tenders: readonly {
      readonly kind: string;
      readonly amount_minor: number;
      readonly reference: string;
    }[];
  };
  readonly actor: string;
  readonly member: string;
  readonly voided: boolean;
  readonly lines: readonly {
    readonly line: number;
    readonly returned: number;
    readonly returnable: number;
    readonly refund_minor: number;
    readonly lot: string;
    /** Those that are not here again. */
    readonly serials: readonly string[];
  }[];
}

/** A sale in a list (`GET /sales`). */
export interface SaleSummary {
  readonly id: string;
  readonly receipt: string;
  readonly at_ms: number;
  readonly business_day: string;
  readonly total_minor: number;
  readonly lines: number;
  readonly actor: string;
}

/** A return on record. */
export interface ReturnReply {
  readonly id: string;
  readonly receipt: string;
  readonly total_minor: number;
  readonly tenders: readonly { readonly kind: string; readonly amount_minor: number }[];
}

/** A number of documents and what they come to. */
export interface Tally {
  readonly count: number;
  readonly minor: number;
}

/** An X report of an open shift or the Z report of a closed one. */
export interface Report {
  readonly drawer: string;
  readonly number: number;
  readonly business_day: string;
  readonly opened_ms: number;
  readonly opened_by: string;
  readonly closed_ms: number | null;
  readonly closed_by: string;
  readonly float_minor: number;
  readonly sales: Tally;
  readonly returns: Tally;
  readonly voids: Tally;
  readonly net_minor: number;
  readonly tax_minor: number;
  readonly discounts: Tally & { readonly by_kind: Readonly<Record<string, number>> };
  readonly tax: readonly TaxRow[];
  readonly tenders: readonly TenderRow[];
  readonly cash: readonly {
    readonly id: string;
    readonly kind: CashKind;
    readonly amount_minor: number;
    readonly reason: string;
    readonly approver: string;
    readonly by: string;
    readonly at_ms: number;
  }[];
  readonly no_sales: number;
  readonly overrides: number;
  readonly reprints: number;
  readonly late: readonly {
    readonly id: string;
    readonly type: string;
    readonly receipt: string;
    readonly shift: number;
    readonly total_minor: number;
    readonly at_ms: number;
  }[];
  readonly late_minor: number;
  readonly unsynced: number;
  readonly grand_total_minor: number;
  readonly note: string;
}

/** A closed shift in a list. */
export interface ReportSummary {
  readonly drawer: string;
  readonly number: number;
  readonly business_day: string;
  readonly opened_ms: number;
  readonly closed_ms: number;
  readonly closed_by: string;
  readonly sales: number;
  readonly net_minor: number;
  readonly over_short_minor: number;
}

/** A device and its condition, in UnifiedPOS' words. */
export interface DeviceNews {
  readonly name: string;
  readonly kind: string;
  readonly category: string;
  readonly till: string;
  /** closed, idle, busy or error. */
  readonly state: string;
  readonly condition: readonly string[];
}

/** A document of the store in a list (`GET /till/documents`). */
export interface DocumentEntry {
  readonly id: string;
  /** sale, return, void, cash, shift or audit. */
  readonly kind: string;
  readonly at_ms: number;
  readonly till: string;
  readonly receipt: string;
  /** What it adds to net sales, or moves in the drawer. */
  readonly amount_minor: number;
  /** Kind of a cash movement, action of an audit entry, `opened` or `closed` of a shift. */
  readonly title: string;
  readonly reason: string;
  readonly actor: string;
  readonly approver: string;
  /** What it undoes or concerns; `receipt` is that one's number where it has none of its own. */
  readonly about: string | null;
  /** What was allowed or done. */
  readonly detail: string;
}

/** Documents, newest first; `before` asks for the next page, empty at the end. */
export interface DocumentsReply {
  readonly documents: readonly DocumentEntry[];
  readonly before: string;
}
