// One law: the second screen shows what the till last said, whole and in one message; it never
// computes a price of its own.

/** The name of the BroadcastChannel between a till's window and its second screen. */
export const CHANNEL = 'evertill-customer';

/** A name in the languages it is known in. */
export type Names = Readonly<Record<string, string>>;

/** A line as a customer reads it. */
export interface ShownLine {
  /** Stable as long as the line is in the basket. */
  readonly key: string;
  readonly names: Names;
  /** Base units, and the unit they are in (`piece`, `g`, `ml`, `mm`). */
  readonly quantity: number;
  readonly unit: string;
  readonly price_minor: number;
  readonly price_quantity: number;
  /** What the line comes to before what the whole sale is spared and tax that is added. */
  readonly amount_minor: number;
  /** What was taken off it, each with its reason as the receipt says it. */
  readonly savings: readonly { readonly text: string; readonly amount_minor: number }[];
}

/** The member whose purchase it is; nothing that a stranger behind them should not read. */
export interface ShownMember {
  readonly name: string;
  /** Points held; null while nobody knows. */
  readonly points: number | null;
  readonly points_earned: number;
}

/** What the customer is asked to do with a payment. */
export type Asking =
  | { readonly kind: 'choose' }
  | { readonly kind: 'cash' }
  | { readonly kind: 'card'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string; readonly code: string };

/** A basket in numbers. */
export interface ShownBasket {
  readonly lines: readonly ShownLine[];
  /** Key of the line that changed last: it is kept in sight and marked. */
  readonly latest: string;
  /** What is taken off the whole sale, and what for. */
  readonly whole: readonly { readonly text: string; readonly amount_minor: number }[];
  /** Tax on top of the lines. */
  readonly added_minor: number;
  readonly total_minor: number;
  readonly savings_minor: number;
  readonly member: ShownMember | null;
}

/** Where the sale stands. */
export type Phase =
  | { readonly phase: 'idle' }
  | { readonly phase: 'basket'; readonly basket: ShownBasket }
  | {
      readonly phase: 'paying';
      readonly basket: ShownBasket;
      readonly paid_minor: number;
      readonly due_minor: number;
      /** The same if it is paid in cash. */
      readonly due_cash_minor: number;
      readonly asking: Asking;
    }
  | {
      readonly phase: 'thanks';
      readonly basket: ShownBasket;
      readonly change_minor: number;
      /** What cash was rounded up by, or (negative) down. */
      readonly rounding_minor: number;
      readonly receipt: string;
    };

/** Everything the second screen shows. */
export type Shown = Phase & {
  readonly store: string;
  readonly language: 'en' | 'zh';
  readonly theme: 'light' | 'dark';
  readonly currency: string;
  readonly exponent: number;
  readonly training: boolean;
};

/** What goes over the channel. */
export type Message =
  | { readonly type: 'hello' }
  | { readonly type: 'shown'; readonly shown: Shown }
  | { readonly type: 'bye' };

/** The part of a BroadcastChannel that is used here. */
export interface Port {
  postMessage(message: Message): void;
  addEventListener(type: 'message', listener: (event: { data: Message }) => void): void;
  removeEventListener(type: 'message', listener: (event: { data: Message }) => void): void;
}

/** The till's end: repeats the last word to every screen that asks. */
export class CustomerFeed {
  private last: Shown | null = null;
  private readonly answer = (event: { data: Message }): void => {
    if (event.data.type === 'hello' && this.last) {
      this.port.postMessage({ type: 'shown', shown: this.last });
    }
  };

  /** Begin to answer on a channel. */
  constructor(private readonly port: Port) {
    port.addEventListener('message', this.answer);
  }

  /** Show this from now on. */
  show(shown: Shown): void {
    this.last = shown;
    this.port.postMessage({ type: 'shown', shown });
  }

  /** The till's window closes: screens go blank rather than show an old basket. */
  close(): void {
    this.port.postMessage({ type: 'bye' });
    this.port.removeEventListener('message', this.answer);
  }
}

/**
 * The screen's end: calls back with what is to be shown, null while no till speaks.
 * Returns what stops it.
 */
export function listen(port: Port, heard: (shown: Shown | null) => void): () => void {
  const listener = (event: { data: Message }): void => {
    if (event.data.type === 'shown') heard(event.data.shown);
    if (event.data.type === 'bye') heard(null);
  };
  port.addEventListener('message', listener);
  port.postMessage({ type: 'hello' });
  return () => port.removeEventListener('message', listener);
}

/** A name in the language asked for, else in English, else in any. */
export function nameIn(names: Names, language: string): string {
  return names[language] ?? names.en ?? Object.values(names)[0] ?? '';
}
