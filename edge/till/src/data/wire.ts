// What the node says and hears, letter for letter: snake_case as on the wire, nothing renamed here.

/** `GET /till/setup`: everything a till needs to work but the catalogue. */
export interface SetupDocument {
  readonly till: string;
  readonly drawer: string;
  readonly store: { readonly store: string; readonly name: string; readonly region: string };
  readonly currency: string;
  readonly exponent: number;
  readonly timezone: string;
  readonly software: string;
  readonly journal: string;
  /** ISO date. */
  readonly business_day: string;
  readonly tax_rates: readonly {
    readonly code: string;
    readonly rate_ppm: number;
    readonly included: boolean;
    readonly name: string;
  }[];
  readonly staff: readonly StaffEntry[];
  readonly rules: Readonly<Record<string, unknown>>;
  readonly devices: readonly {
    readonly name: string;
    readonly kind: string;
    readonly category: string;
    readonly state: string;
  }[];
  readonly drawers: readonly string[];
  readonly training_allowed: boolean;
}

/** Somebody who may log in. */
export interface StaffEntry {
  readonly staff: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/** A product as a row of `GET /till/catalogue`. */
export type ProductRow = readonly [
  number: number,
  sku: string,
  names: Readonly<Record<string, string>>,
  gtins: readonly string[],
  unit: string,
  taxCode: string,
  priceMinor: number,
  priceQuantity: number,
  tracked: boolean,
  active: boolean,
  category: string,
  variantOf: string,
  attributes: Readonly<Record<string, string>>,
];

/** A page of `GET /till/catalogue`. */
export interface CataloguePage {
  readonly cursor: string;
  readonly more: boolean;
  readonly reset: boolean;
  readonly products: readonly ProductRow[];
}

/** `POST /till/life`. */
export interface LifeReply {
  readonly till: string;
  readonly drawer: string;
  readonly life: number;
  readonly next_number: number;
}

/** A line of a finished sale. */
export interface TillLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly price_minor: number;
  readonly price_quantity: number;
  readonly tax_code: string;
  readonly tax_ppm: number;
  readonly tax_added: boolean;
  readonly kind: 'goods' | 'service' | 'charge';
  readonly discount_minor: number;
  readonly tax_adjust_minor: number;
  readonly note: string;
  readonly detail: TillLineDetail | null;
}

/** What few lines need to say. */
export interface TillLineDetail {
  readonly discounts: readonly {
    readonly kind: 'manual' | 'promotion' | 'coupon' | 'member';
    readonly code: string;
    readonly amount_minor: number;
    readonly text: string;
    /** The line's share of a discount on the whole sale. */
    readonly whole: boolean;
  }[];
  readonly list_price_minor: number | null;
  readonly reason: string;
  readonly approver: string;
  readonly serials: readonly string[];
  readonly lot: string;
  readonly expiry_day: number;
  readonly voucher: string;
}

/** `PUT /till/sales/{id}`: a finished sale. */
export interface SaleDocument {
  readonly life: number;
  readonly number: number;
  readonly drawer: string;
  readonly shift: number;
  /** ISO date. */
  readonly business_day: string;
  readonly at_ms: number;
  readonly operator: string;
  readonly member: string;
  readonly lines: readonly TillLine[];
  readonly tenders: readonly {
    readonly kind: string;
    readonly amount_minor: number;
    readonly reference: string;
  }[];
  readonly points: number;
  readonly detached: boolean;
  readonly total_minor: number;
}

/** An entry of the audit trail, delivered by the outbox. */
export interface AuditDocument {
  readonly id: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string;
  readonly approver: string;
  readonly detail: string;
  readonly operator: string;
  readonly at_ms: number;
}

/** What the gate (the node's or the till's own) says about a scan. */
export interface Verdict {
  readonly kind:
    | 'item'
    | 'quantity'
    | 'price'
    | 'payment'
    | 'member'
    | 'held'
    | 'unknown'
    | 'refused';
  /** What was read, of a payment's code or of one that is refused; a held basket's id. */
  readonly value: string;
  readonly gtin: string;
  readonly sku: string;
  readonly quantity: number | null;
  readonly price_minor: number | null;
  readonly lot: string;
  readonly serial: string;
  /** ISO date; empty: none. */
  readonly expiry_day: string;
  /** Whose payment code it is, such as `alipay`; empty where that can't be told. */
  readonly wallet: string;
  /** A member's id; empty: the card has to be looked up. */
  readonly member: string;
  readonly message_code: string;
  readonly message: Message;
}

/** A sentence for people, in each language; empty where there is nothing to say. */
export interface Message {
  readonly en: string;
  readonly zh: string;
  /** Which sentence it is, for programs; empty or missing where it has no name. */
  readonly code?: string;
}

/** Events of `GET /till/events`, by name. */
export interface TillEvents {
  readonly scan: { readonly device: string; readonly text: string; readonly verdict: Verdict };
  readonly weight: {
    readonly device: string;
    readonly weight_g: number;
    readonly stable: boolean;
  };
  readonly device: { readonly name: string; readonly state: string };
  readonly payment: {
    readonly id: string;
    readonly state: string;
    readonly message: Message;
    readonly amount_minor: number;
  };
  readonly print: { readonly job: string; readonly state: string; readonly message: Message };
  readonly sync: { readonly unsynced: number; readonly link: string };
  readonly catalogue: { readonly cursor: string };
}

/** `POST /staff/login`. */
export interface LoginReply {
  readonly token: string;
  readonly staff: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly expires_ms: number;
}

/** RFC 9457 problem document. */
export interface ProblemDocument {
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly field?: string;
  /** Which of the code's cases it is, and what it is about. */
  readonly case?: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** A charge at a card terminal of the store, or the reversal of one, as the node knows it. */
export interface CardPayment {
  readonly id: string;
  /** charge, reverse, refund, or `owed`: what a return or an exchange owes a card. */
  readonly kind: string;
  /** pending, approved, declined, failed, reversed, owed or unknown. */
  readonly state: string;
  readonly message: Message;
  readonly amount_minor: number;
  readonly charged_minor: number;
  readonly reverses: string;
  readonly device: string;
  readonly receipt: number | null;
  readonly card: string;
  /** Its number, all but a few digits left out. */
  readonly number: string;
  /** The worklist's open entry that it is to be paid back. */
  readonly task: number | null;
}
