// What the screens may ask of the till's data; every port says what it promises and when it fails.
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Basket, BasketEvent, Priced, Product, Reduced, Rules } from '../core/types';
import type { ApiProblem } from './api';
import type {
  AuditDocument,
  LifeReply,
  SaleDocument,
  SetupDocument,
  StaffEntry,
  TillEvents,
  Verdict,
} from './wire';

/** How a request is made. `as`: the device's token, or (default) the person's if one is logged in. */
export interface CallOptions {
  readonly as?: 'device' | 'person';
  /** A token to use instead. */
  readonly token?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The typed client of `/api/v1`; it rejects with `ApiProblem` or `Unreachable`. */
export interface ApiPort {
  get<T>(path: string, options?: CallOptions): Promise<T>;
  post<T>(path: string, body: unknown, options?: CallOptions): Promise<T>;
  put<T>(path: string, body: unknown, options?: CallOptions): Promise<T>;
  delete<T>(path: string, options?: CallOptions): Promise<T>;
  /** Fetches a file, e.g. a receipt as PDF. */
  blob(path: string, options?: CallOptions): Promise<Blob>;
  /** The bare response, for streams and conditional requests. */
  raw(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Response>;
}

/** This till's place in the store: its token, its life and how far its receipt numbers go. */
export interface DeviceState {
  readonly till: string;
  readonly drawer: string;
  readonly life: number;
  readonly nextNumber: number;
}

/** Who this till is. */
export interface DevicePort {
  /** null until the till was enrolled. */
  readonly state: ReadonlySignal<DeviceState | null>;
  /** Checks a device token at the node and begins a life of the receipt series with it. */
  enrol(token: string): Promise<LifeReply>;
  /** Forgets the token; refused (rejects) while anything waits in the outbox. */
  forget(): Promise<void>;
}

/** Somebody logged in here; `detached`: by the PIN kept at this till, the node has not said so. */
export interface Session {
  readonly staff: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly token: string;
  readonly expiresMs: number;
  readonly detached: boolean;
}

/** Why nobody was logged in. */
export type LoginRefusal =
  | { readonly code: 'wrong-pin'; readonly left: number }
  | { readonly code: 'locked'; readonly untilMs: number }
  | { readonly code: 'unknown-here' }
  | { readonly code: 'insecure-context' }
  | { readonly code: 'problem'; readonly detail: string; readonly problem?: ApiProblem };

/** People at this till. */
export interface SessionPort {
  readonly current: ReadonlySignal<Session | null>;
  /** Who may log in: the setup's staff, with whether that works without the node now. */
  people(): Promise<readonly (StaffEntry & { readonly offline: boolean })[]>;
  /** Logs in at the node, or without it by the PIN's verifier of the last 12 hours. */
  login(staff: string, pin: string): Promise<Session | LoginRefusal>;
  logout(): Promise<void>;
  /** Whether PINs can be kept for an outage: needs HTTPS or localhost, there is nothing weaker. */
  readonly canKeepPins: boolean;
  /**
   * Checks a manager's PIN for an action: at the node, or without it by the verifier kept here
   * (then the audit entry `approval-detached` goes into the outbox).
   */
  approve(asked: ApprovalRequest): Promise<Approval | LoginRefusal>;
}

/** What a manager is asked to allow. */
export interface ApprovalRequest {
  readonly staff: string;
  readonly pin: string;
  readonly action: string;
  /** Id of what it concerns: the sale's id. */
  readonly subject: string;
  readonly reason: string;
  readonly detail: string;
}

/** Who allowed it. */
export interface Approval {
  readonly approver: string;
  readonly name: string;
  readonly detached: boolean;
}

/** The node's setup, kept for when it cannot be asked. */
export interface SetupPort {
  readonly document: ReadonlySignal<SetupDocument | null>;
  /** The setup's rules, parsed; empty rules until there is a setup. */
  readonly rules: ReadonlySignal<Rules>;
  /** Asks the node for a newer one; false if it could not be reached. */
  refresh(): Promise<boolean>;
}

/** A hit of the search, best first. */
export interface SearchHit {
  readonly product: Product;
  readonly score: number;
}

/** How complete the catalogue at hand is. */
export interface CatalogueState {
  readonly products: number;
  readonly ready: boolean;
  readonly updating: boolean;
  /** When it last agreed with the node, UTC ms; 0: never. */
  readonly asOfMs: number;
  readonly problem: string;
}

/** The whole assortment, at hand without the node. */
export interface CataloguePort {
  readonly state: ReadonlySignal<CatalogueState>;
  /** By GTIN-14; several products may share one, active ones come first. */
  byGtin(gtin: string): Promise<readonly Product[]>;
  bySku(sku: string): Promise<Product | null>;
  bySkus(skus: readonly string[]): Promise<readonly Product[]>;
  /** By PLU (attribute `plu`, or the item number in a store label). */
  byPlu(plu: string): Promise<readonly Product[]>;
  /** Search as you type in both languages, SKU, PLU and parts of GTINs. */
  search(text: string, limit?: number): Promise<readonly SearchHit[]>;
  byCategory(category: string, limit?: number): Promise<readonly Product[]>;
  variantsOf(sku: string): Promise<readonly Product[]>;
  categories(): Promise<readonly { readonly category: string; readonly products: number }[]>;
  /** Fetches what changed at the node; selling goes on meanwhile. */
  update(): Promise<void>;
}

/** A scan understood by the till itself, with the product it names. */
export interface Scanned {
  readonly verdict: Verdict;
  readonly product: Product | null;
  /** Several active products with this code: ask which. */
  readonly choices: readonly Product[];
}

/** The sale in progress: kept on disk after every event. */
export interface SellingPort {
  readonly basket: ReadonlySignal<Basket>;
  readonly priced: ReadonlySignal<Priced>;
  /** Applies an event; synchronous on the screen, then on disk. */
  dispatch(event: BasketEvent): Reduced;
  /** Reads a barcode by the till's own gate and looks the product up. */
  read(text: string, paying?: boolean): Promise<Scanned>;
  /**
   * Finishes the sale: durable (sale, number, empty basket) before it resolves. Rejects with a
   * `TillProblem` whose `code` says why not: `tender-short`, `tender-over`, `total-negative`,
   * `basket-empty`, `coupon-needs-node`, `sold-elsewhere`, `not-safe` (the browser's store fails and
   * the node cannot be reached either: keep the basket, restore one of them, finish again).
   */
  finish(options?: FinishOptions): Promise<Finished>;
  /** Whether this window is the one that sells (one per browser); the others take no money. */
  readonly owner: ReadonlySignal<'here' | 'elsewhere' | 'asking'>;
  /** Takes selling over from another window of this till. */
  takeOver(): Promise<void>;
  /** Language of the texts on the receipt; the screens set it. */
  readonly language: Signal<string>;
  /** The drawer's open shift as last heard; kept over restarts. */
  readonly shift: ReadonlySignal<ShiftState | null>;
  setShift(shift: ShiftState | null): Promise<void>;
  /** Training: finished sales leave no trace in numbers, stock or money. */
  readonly training: Signal<boolean>;
}

/** An open shift of a drawer. */
export interface ShiftState {
  readonly drawer: string;
  readonly number: number;
}

/** What the sale is booked under; left out: this till's drawer, its shift, who is logged in. */
export interface FinishOptions {
  readonly shift?: number;
  readonly drawer?: string;
  readonly operator?: string;
}

/** A sale that is done. */
export interface Finished {
  readonly id: string;
  /** `t1-1234-000001`. */
  readonly receipt: string;
  readonly document: SaleDocument;
  readonly priced: Priced;
  readonly changeMinor: number;
  readonly atMs: number;
  readonly training: boolean;
  /** The node took it before it was done, because nothing could be kept here. */
  readonly handedOver?: true;
}

/** A command on its way to the node. */
export interface OutboxEntry {
  readonly seq: number;
  /** The command's id: a repeat is carried out once. */
  readonly id: string;
  readonly kind: 'sale' | 'audit' | 'cash' | 'other';
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly body: unknown;
  readonly atMs: number;
  readonly tries: number;
  /** Last problem, empty if none. */
  readonly problem: string;
}

/** The outbox, as the screens show it. */
export interface OutboxState {
  readonly waiting: number;
  readonly oldestMs: number;
  readonly sending: boolean;
  /** Commands the node refused for good; they are in its quarantine. */
  readonly stranded: number;
  readonly problem: string;
  /** When the next try is due, UTC ms; 0: nothing planned. */
  readonly nextTryMs: number;
}

/** Idempotent commands in order, kept until the node has said yes. */
export interface OutboxPort {
  readonly state: ReadonlySignal<OutboxState>;
  /** Durable when it resolves. */
  put(command: {
    readonly id: string;
    readonly kind: OutboxEntry['kind'];
    readonly method: OutboxEntry['method'];
    readonly path: string;
    readonly body: unknown;
  }): Promise<void>;
  /** Puts an audit entry into the outbox; its id and time are minted here. */
  audit(entry: Omit<AuditDocument, 'id' | 'at_ms' | 'operator'>): Promise<void>;
  /** Tries now. */
  flush(): Promise<void>;
  entries(limit?: number): Promise<readonly OutboxEntry[]>;
  /** Finished sales of this till, newest first, delivered or not, for reprints without the node. */
  finished(limit?: number): Promise<readonly (Finished & { readonly delivered: boolean })[]>;
}

/** What the till knows about the world behind it. */
export interface PresenceState {
  /** The node answers. */
  readonly node: 'up' | 'down' | 'unknown';
  /** The node's link to headquarters: `up`, `down` or empty if not known. */
  readonly link: string;
  /** Facts the node has not handed to headquarters. */
  readonly unsynced: number;
  readonly sinceMs: number;
}

/** Whether the node is there. */
export interface PresencePort {
  readonly state: ReadonlySignal<PresenceState>;
  /** Asks at once. */
  check(): Promise<boolean>;
}

/** News from the node; handlers run in order, a listener that throws stops nobody. */
export interface EventsPort {
  on<K extends keyof TillEvents>(name: K, handler: (data: TillEvents[K]) => void): () => void;
}

/** Money asked for in the name of a sale and not in its basket: on disk before it is asked for. */
export interface Pledge {
  /** The id under which the node was asked: asked again, nothing is taken twice. */
  readonly id: string;
  /**
   * `card`: a charge at the terminal; `rights`: a gift card, points, a coupon's right; `reversal`: a
   * charge of a sale that is voided is undone at the terminal.
   */
  readonly kind: 'card' | 'rights' | 'reversal';
  readonly sale: string;
  /** Of rights: their key, e.g. `gift:CODE`; of a reversal: the charge; empty for a card. */
  readonly key: string;
  /** In minor units, points or times. */
  readonly amount: number;
  readonly operator: string;
  /** The id under which rights are given back. */
  readonly undoId: string;
  /** The node is known to have done it. */
  readonly done: boolean;
}

/** Money on its way into a basket, or out of it: none is taken and booked nowhere. */
export interface PledgesPort {
  /** The card charge of the sale in hand that has no end yet. */
  readonly charge: ReadonlySignal<Pledge | null>;
  /** Writes down that a card is about to be charged for the sale in hand; then ask for it. */
  beginCharge(amountMinor: number): Promise<Pledge>;
  /** Books what a charge came to; true if this call was the one that booked it. */
  book(pledge: Pledge, event: BasketEvent): Promise<boolean>;
  /** Nothing was charged. */
  drop(pledge: Pledge): Promise<void>;
  /** Spends rights for the sale in hand and books the event made of the redemption's id. */
  redeem(key: string, amount: number, event: (id: string) => BasketEvent): Promise<void>;
  /** Takes something redeemed out of the basket; its rights go back to the node, now or later. */
  giveBack(key: string, redeemedId: string, event: BasketEvent): Promise<void>;
  /** The reversals of a sale's charges that were meant and have no end yet. */
  reversals(sale: string): readonly Pledge[];
  /** Writes down that a charge is to be undone; the same again while it has no end. */
  beginReversal(sale: string, charge: string, amountMinor: number): Promise<Pledge>;
}

/** A held basket as the node lists it. */
export interface HeldEntry {
  readonly id: string;
  readonly label: string;
  readonly totalMinor: number;
  readonly lines: number;
  readonly till: string;
  readonly operator: string;
  readonly atMs: number;
  /** Kept at this till only, because the node could not be reached. */
  readonly here: boolean;
}

/** Baskets put aside, for any till of the store. */
export interface HeldPort {
  /** Puts the basket in hand aside: at the node, or (node down) at this till until it is back. */
  hold(label: string): Promise<HeldEntry>;
  list(): Promise<readonly HeldEntry[]>;
  /** Takes a held basket into hand; rejects with `held-taken` or `held-sold`. */
  recall(id: string): Promise<void>;
  /** What a held basket holds; it stays where it is. */
  look(id: string): Promise<Basket>;
  discard(id: string): Promise<void>;
}

/** How safe this browser's store is. */
export interface StorageState {
  /** The browser promised not to evict it. */
  readonly persistent: boolean;
  readonly usageBytes: number;
  readonly quotaBytes: number;
  /** `full`: writing failed; `wiped`: it was emptied since the last start. */
  readonly problem: '' | 'low' | 'full' | 'wiped' | 'unavailable';
}

/** The browser's store and clock under watch. */
export interface WatchPort {
  readonly storage: ReadonlySignal<StorageState>;
  /** Milliseconds this till's clock is ahead of the node's (negative: behind), null: not known. */
  readonly clockSkewMs: ReadonlySignal<number | null>;
  /** The clock jumped since the last look; shown until acknowledged. */
  readonly clockJumpMs: Signal<number>;
  /** A newer version of the till waits for the next start. */
  readonly updateReady: ReadonlySignal<boolean>;
  /** The service worker found that newer version. */
  updateFound(): void;
}

/** Everything the screens get. */
export interface Till {
  readonly api: ApiPort;
  readonly device: DevicePort;
  readonly session: SessionPort;
  readonly setup: SetupPort;
  readonly catalogue: CataloguePort;
  readonly selling: SellingPort;
  readonly outbox: OutboxPort;
  readonly presence: PresencePort;
  readonly events: EventsPort;
  readonly held: HeldPort;
  readonly pledges: PledgesPort;
  readonly watch: WatchPort;
  /** Mints a UUIDv7. */
  newId(): string;
  nowMs(): number;
}
