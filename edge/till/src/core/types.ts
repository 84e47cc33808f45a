// Every shape the till computes with: money in integer minor units, quantity in integer base units.

/** Integer minor units (cents) of the store's currency. */
export type Minor = number;
/** Integer base units of a product: pieces, grams, millilitres or millimetres. */
export type Units = number;
/** Text by language, e.g. `{en: 'Tea', zh: '茶'}`. */
export type Names = Readonly<Record<string, string>>;

/** A product as the catalogue has it; `priceMinor` is quoted for `priceQuantity` base units. */
export interface Product {
  readonly number: number;
  readonly sku: string;
  readonly names: Names;
  readonly gtins: readonly string[];
  /** `piece`, `g`, `ml` or `mm`. */
  readonly unit: string;
  readonly taxCode: string;
  readonly priceMinor: Minor;
  readonly priceQuantity: Units;
  readonly tracked: boolean;
  readonly active: boolean;
  readonly category: string;
  readonly variantOf: string;
  /** `age`, `open_price`, `serial`, `lot`, `plu`, `recalled`, `department`, `image`, `gift_card`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A tax code's rate in parts per million; `included`: prices contain it already. */
export interface TaxRate {
  readonly code: string;
  readonly ratePpm: number;
  readonly included: boolean;
  readonly name: string;
}

export type LineKind = 'goods' | 'service' | 'charge';
export type DiscountKind = 'manual' | 'promotion' | 'coupon' | 'member';

/** A part of a line's discount as the receipt explains it; `code` names the rule or the reason. */
export interface Discount {
  readonly kind: DiscountKind;
  readonly code: string;
  readonly amountMinor: Minor;
  readonly text: string;
  /** It is this line's share of what was taken off the whole sale, by hand or by a promotion. */
  readonly whole?: true;
}

/** A price reduction by hand: a share in ppm or an amount, with its reason and who allowed it. */
export interface ManualDiscount {
  readonly percentPpm?: number;
  readonly amountMinor?: Minor;
  readonly reason: string;
  readonly approver: string;
}

/** Another price than the catalogue's, for the product's `priceQuantity`. */
export interface PriceOverride {
  readonly priceMinor: Minor;
  readonly priceQuantity: Units;
  /** A reason's code; `open-price` and `label` (a price printed on the goods) need no approver. */
  readonly reason: string;
  readonly approver: string;
}

/** A line of the basket; what it comes to is computed by `price`. */
export interface BasketLine {
  /** Name of the line within this basket, for events and for keyed lists. */
  readonly key: string;
  readonly sku: string;
  readonly names: Names;
  readonly kind: LineKind;
  readonly unit: string;
  readonly category: string;
  readonly taxCode: string;
  readonly quantity: Units;
  /** The catalogue's price when the line was added. */
  readonly priceMinor: Minor;
  readonly priceQuantity: Units;
  readonly override: PriceOverride | null;
  readonly discount: ManualDiscount | null;
  readonly serials: readonly string[];
  readonly lot: string;
  /** Days since 1970; 0: none. */
  readonly expiryDay: number;
  /** Number of the gift card the line sells or tops up; empty: none. */
  readonly voucher: string;
  readonly note: string;
}

/** The member the sale is for; `id` is what the receipt and the points go by. */
export interface Member {
  readonly id: string;
  readonly name: string;
}

/** A coupon the customer presented; a capped one counts once its right was redeemed at the node. */
export interface Coupon {
  readonly code: string;
  /** Id of the redeem command that took the right, or empty. */
  readonly redeemedId: string;
}

/** A payment taken; amounts are positive, change is computed by `settle`. */
export interface Tender {
  readonly key: string;
  readonly kind: string;
  readonly amountMinor: Minor;
  readonly reference: string;
}

/** A return whose refund pays for this sale. */
export interface Exchange {
  readonly returnId: string;
  readonly amountMinor: Minor;
}

/** What is being sold; immutable, made by `reduce`. An empty basket has an empty `id`. */
export interface Basket {
  /** The sale's id (UUIDv7), minted at the first line. */
  readonly id: string;
  readonly startedMs: number;
  readonly lines: readonly BasketLine[];
  readonly member: Member | null;
  readonly coupons: readonly Coupon[];
  readonly discount: ManualDiscount | null;
  readonly tenders: readonly Tender[];
  readonly exchange: Exchange | null;
  readonly note: string;
  /** Counts every line ever added, so that keys are never used twice. */
  readonly minted: number;
}

/** Details of a line that the goods or the cashier give when it is added. */
export interface LineExtras {
  readonly quantity?: Units;
  readonly override?: PriceOverride;
  readonly serials?: readonly string[];
  readonly lot?: string;
  readonly expiryDay?: number;
  readonly voucher?: string;
  readonly note?: string;
}

/** Everything that can happen to a basket. */
export type BasketEvent =
  | ({ readonly type: 'add'; readonly product: Product } & LineExtras)
  | {
      readonly type: 'charge';
      readonly code: string;
      readonly names: Names;
      readonly amountMinor: Minor;
      readonly taxCode?: string;
      readonly note?: string;
    }
  | { readonly type: 'quantity'; readonly key: string; readonly quantity: Units }
  | { readonly type: 'override'; readonly key: string; readonly override: PriceOverride | null }
  | { readonly type: 'discount'; readonly key: string; readonly discount: ManualDiscount | null }
  | { readonly type: 'total-discount'; readonly discount: ManualDiscount | null }
  | ({ readonly type: 'detail'; readonly key: string } & Omit<LineExtras, 'quantity' | 'override'>)
  | { readonly type: 'void-line'; readonly key: string }
  | { readonly type: 'member'; readonly member: Member | null }
  | { readonly type: 'coupon'; readonly code: string; readonly redeemedId?: string }
  | { readonly type: 'remove-coupon'; readonly code: string }
  | {
      readonly type: 'tender';
      readonly kind: string;
      readonly amountMinor: Minor;
      readonly reference?: string;
    }
  | { readonly type: 'remove-tender'; readonly key: string }
  | { readonly type: 'exchange'; readonly exchange: Exchange | null }
  | { readonly type: 'tip'; readonly amountMinor: Minor }
  | { readonly type: 'note'; readonly note: string }
  | { readonly type: 'restore'; readonly basket: Basket }
  | { readonly type: 'clear' };

/** What the reducer may know of the world; clocks and ids are handed in. */
export interface BasketContext {
  readonly rules: Rules;
  readonly nowMs: number;
  /** Mints a UUIDv7. */
  readonly newId: () => string;
}

/** A refusal in a stable code with values to fill into its translated sentence. */
export interface Refused {
  readonly code: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** What `reduce` answers: the new basket, or why it stays as it was. */
export type Reduced =
  | { readonly ok: true; readonly basket: Basket; readonly key: string }
  | { readonly ok: false; readonly basket: Basket; readonly refused: Refused };

/** A line as priced; the amounts follow the same law as the node's receipts. */
export interface PricedLine {
  readonly line: BasketLine;
  /** The price the line sells at, tax included unless `taxAdded`, for `priceQuantity` units. */
  readonly priceMinor: Minor;
  readonly priceQuantity: Units;
  readonly taxPpm: number;
  readonly taxAdded: boolean;
  /** Price times quantity before discounts and before added tax. */
  readonly grossMinor: Minor;
  readonly discounts: readonly Discount[];
  readonly discountMinor: Minor;
  /** The line's share of what was taken off the whole sale, within `discountMinor`. */
  readonly wholeMinor: Minor;
  readonly taxMinor: Minor;
  /** What the customer pays for the line, discounts deducted, tax included. */
  readonly amountMinor: Minor;
}

/** One rate's part of a total; net + tax = gross. */
export interface TaxTotal {
  readonly code: string;
  readonly ratePpm: number;
  readonly netMinor: Minor;
  readonly taxMinor: Minor;
  readonly grossMinor: Minor;
}

/** Something the cashier should know about the price, e.g. a coupon that does not count yet. */
export interface Notice {
  readonly code:
    | 'coupon-unknown'
    | 'coupon-not-now'
    | 'coupon-nothing-fits'
    | 'coupon-needs-node'
    | 'coupon-worse'
    | 'tax-unknown';
  readonly subject: string;
}

/** A basket with every price, discount and tax computed. */
export interface Priced {
  readonly lines: readonly PricedLine[];
  readonly totalMinor: Minor;
  readonly taxMinor: Minor;
  readonly taxes: readonly TaxTotal[];
  /** Sum of all discounts. */
  readonly discountMinor: Minor;
  /** What was taken off the whole sale, within `discountMinor`. */
  readonly wholeMinor: Minor;
  /** What a discount on the whole sale is taken off: no charges, no gift cards. */
  readonly reducibleMinor: Minor;
  /** What the discounts came to by rule or reason, for the basket's foot. */
  readonly explained: readonly Discount[];
  /** Number of articles: pieces as counted, a weighed line as one. */
  readonly articles: number;
  /** Points a member earns. */
  readonly points: number;
  readonly notices: readonly Notice[];
}

export type PromotionType =
  | 'percent'
  | 'amount'
  | 'fixed-price'
  | 'n-for-m'
  | 'bundle'
  | 'threshold'
  | 'coupon';

/** A promotion as the rule `promotion.ID` describes it. */
export interface Promotion {
  readonly id: string;
  readonly names: Names;
  readonly type: PromotionType;
  readonly skus: readonly string[];
  readonly categories: readonly string[];
  readonly all: boolean;
  readonly percentPpm: number;
  readonly amountMinor: Minor;
  readonly priceMinor: Minor;
  readonly buy: number;
  readonly pay: number;
  readonly bundle: readonly { readonly skus: readonly string[]; readonly quantity: Units }[];
  readonly thresholdMinor: Minor;
  readonly coupon: string;
  /** Times per sale; for a coupon: capped chain-wide, a right must be redeemed. null: no cap. */
  readonly cap: number | null;
  readonly members: boolean;
  /** ISO local date-times in the store's zone, or null. */
  readonly from: string | null;
  readonly to: string | null;
  /** 1 = Monday … 7 = Sunday; empty: every day. */
  readonly weekdays: readonly number[];
  readonly hours: readonly [string, string] | null;
  readonly stacks: boolean;
  readonly priority: number;
}

/** A kind of tender; kinds that give change also give it for other over-tendering. */
export interface TenderKind {
  readonly kind: string;
  readonly names: Names;
  readonly opensDrawer: boolean;
  readonly change: boolean;
  /** Whether a reference (voucher number, authorisation) must be entered. */
  readonly reference: boolean;
}

/** A reason to choose from. */
export interface Reason {
  readonly code: string;
  readonly en: string;
  readonly zh: string;
}

/** Points: earned per major unit of the currency, worth minor units each. */
export interface Loyalty {
  readonly pointsPerMajor: number;
  readonly redeemMinorPerPoint: number;
  readonly minRedeem: number;
}

/** Everything headquarters rules about selling, parsed. */
export interface Rules {
  readonly currency: string;
  readonly exponent: number;
  readonly timezone: string;
  readonly rates: ReadonlyMap<string, TaxRate>;
  readonly promotions: readonly Promotion[];
  readonly loyalty: Loyalty | null;
  readonly tenders: readonly TenderKind[];
  readonly reasons: Readonly<Record<string, readonly Reason[]>>;
  readonly limits: {
    readonly cashierDiscountPpm: number;
    readonly priceOverride: boolean;
  };
  readonly tips: boolean;
  /** The smallest coin in minor units; 1: cash is not rounded. */
  readonly coinMinor: number;
  /** Age needed by the product attribute `age`: a class (`alcohol`) or the years themselves. */
  readonly ages: Readonly<Record<string, number>>;
  /** Templates of the store's own labels, such as `26PPPPPWWWWWC`. */
  readonly templates: readonly string[];
  readonly keyPages: readonly KeyPage[];
  /** What categories are called, by their codes. */
  readonly categories: Readonly<Record<string, Names>>;
  readonly receipt: unknown;
}

/** Colours that a quick key may have: each is readable in both themes. */
export const KEY_COLORS = [
  'red',
  'orange',
  'yellow',
  'green',
  'teal',
  'blue',
  'purple',
  'pink',
] as const;
export type KeyColor = (typeof KEY_COLORS)[number];

/** A page of quick keys on the selling screen; a colour that is not known is none (empty). */
export interface KeyPage {
  readonly names: Names;
  readonly keys: readonly {
    readonly sku: string;
    readonly names: Names;
    readonly color: KeyColor | '';
  }[];
}
