// One law: a return is sent under one id until the node has answered, and its credit is never lost.
import type { Till } from '../data/ports';
import { remember, remembered } from '../ui';
import { drawerOf, shiftNow } from './current';
import type { Part } from './refund';
import type { ReturnReply } from './wire';

/** A line that comes back: of a sale by its index, or of a product by SKU and price. */
export type BackLine =
  | {
      readonly line: number;
      readonly quantity: number;
      readonly restock: boolean;
      readonly serials: readonly string[];
    }
  | {
      readonly sku: string;
      readonly quantity: number;
      readonly price_minor: number;
      readonly price_quantity: number;
      readonly restock: boolean;
      readonly lot?: string;
      readonly expiry_day?: string;
      readonly serials?: readonly string[];
    };

/** A return as it is decided here. */
export interface Decided {
  readonly sale_id: string | null;
  readonly reason: string;
  readonly lines: readonly BackLine[];
  readonly tenders: readonly (Part & { readonly reference?: string })[];
  readonly approver: string;
}

/** Where and by whom something is done, as the node's documents say it. */
export function placeOf(till: Till): { drawer: string; shift: number; operator: string } {
  return {
    drawer: drawerOf(till),
    shift: shiftNow.value?.number ?? 0,
    operator: till.session.current.value?.staff ?? '',
  };
}

const CREDIT = 'exchange-credit';

/** A refund that pays for the next sale. */
export interface Credit {
  readonly returnId: string;
  readonly amountMinor: number;
}

/** Send a return; the same id and content may be sent again. */
export async function sendReturn(till: Till, id: string, decided: Decided): Promise<ReturnReply> {
  const exchanged = decided.tenders.find((tender) => tender.kind === 'exchange');
  if (exchanged) keepCredit({ returnId: id, amountMinor: exchanged.amount_minor });
  const { sale_id, ...rest } = decided;
  const reply = await till.api.put<ReturnReply>(`/till/returns/${id}`, {
    ...rest,
    ...(sale_id ? { sale_id } : {}),
    ...placeOf(till),
  });
  if (reply.tenders.some((tender) => tender.kind === 'cash')) {
    // The drawer opens by the node's hardware; without one the key on the drawer does.
    void till.api.post('/till/drawer/open', { reason: 'return' }).catch(() => undefined);
  }
  return reply;
}

/** Remember a credit from before its return is sent until it is in a basket. */
function keepCredit(credit: Credit): void {
  dropCredit(credit);
  remember(CREDIT, JSON.stringify([...creditsKept(), credit]));
}

/** The credits of exchanges that are in no basket yet, oldest first. */
export function creditsKept(): readonly Credit[] {
  try {
    const kept = JSON.parse(remembered(CREDIT) ?? '[]') as Credit[] | Credit | null;
    return Array.isArray(kept) ? kept : kept ? [kept] : [];
  } catch {
    return [];
  }
}

/** Offer a credit again whose basket is given up: it is the customer's still. */
export function offerAgain(credit: Credit | null): void {
  if (credit) keepCredit(credit);
}

/** Forget a credit: it is in a basket, or its return never happened. */
export function dropCredit({ returnId }: Credit): void {
  const left = creditsKept().filter((one) => one.returnId !== returnId);
  remember(CREDIT, JSON.stringify(left));
}

/** Put a credit into the basket; false where the basket has one already. */
export function takeCredit(till: Till, credit: Credit): boolean {
  const reduced = till.selling.dispatch({ type: 'exchange', exchange: credit });
  if (reduced.ok) dropCredit(credit);
  return reduced.ok;
}
