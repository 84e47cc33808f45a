// A finished sale says exactly what was priced: its lines, its tenders with the change, its total.
import type { SaleDocument, TillLine } from '../data/wire';
import { isFixedByHand } from './pricing';
import { ROUNDING, settle } from './tenders';
import type { Basket, Priced, PricedLine, Refused, Rules } from './types';

/** What a finished sale is booked under. */
export interface Booking {
  readonly life: number;
  readonly number: number;
  readonly drawer: string;
  readonly shift: number;
  /** ISO date. */
  readonly businessDay: string;
  readonly atMs: number;
  readonly operator: string;
  readonly detached: boolean;
}

/** A sale ready to be written down, or why it is not. */
export type Sold =
  | { readonly ok: true; readonly document: SaleDocument; readonly changeMinor: number }
  | { readonly ok: false; readonly refused: Refused };

/** Makes the document of a finished sale; refuses one that is empty or not covered. */
export function sell(basket: Basket, priced: Priced, rules: Rules, booking: Booking): Sold {
  if (basket.lines.length === 0) return { ok: false, refused: { code: 'basket-empty' } };
  const pending = priced.notices.find((one) => one.code === 'coupon-needs-node');
  if (pending)
    return { ok: false, refused: { code: pending.code, values: { code: pending.subject } } };
  const tenders = withExchange(basket);
  const { changeMinor, roundingMinor, refused } = settle(priced.totalMinor, tenders, rules);
  if (refused) return { ok: false, refused };
  const given = tenders.map(({ kind, amountMinor, reference }) => ({
    kind,
    amount_minor: amountMinor,
    reference,
  }));
  const computed = [
    { kind: 'change', amount_minor: 0 - changeMinor, reference: '' },
    { kind: ROUNDING, amount_minor: roundingMinor, reference: '' },
  ].filter((one) => one.amount_minor !== 0);
  const document: SaleDocument = {
    life: booking.life,
    number: booking.number,
    drawer: booking.drawer,
    shift: booking.shift,
    business_day: booking.businessDay,
    at_ms: booking.atMs,
    operator: booking.operator,
    member: basket.member?.id ?? '',
    lines: priced.lines.map((one) => wireLine(one, basket)),
    tenders: [...given, ...computed],
    points: priced.points,
    detached: booking.detached,
    total_minor: priced.totalMinor,
  };
  return { ok: true, document, changeMinor };
}

/** The tenders of a basket, with the refund that pays for it in an exchange. */
export function withExchange(basket: Basket): Basket['tenders'] {
  const { exchange, tenders } = basket;
  if (exchange === null) return tenders;
  const { returnId, amountMinor } = exchange;
  return [{ key: 'exchange', kind: 'exchange', amountMinor, reference: returnId }, ...tenders];
}

function wireLine(one: PricedLine, basket: Basket): TillLine {
  const { line } = one;
  return {
    sku: line.sku,
    name: line.names.en ?? Object.values(line.names)[0] ?? line.sku,
    quantity: line.quantity,
    price_minor: one.priceMinor,
    price_quantity: one.priceQuantity,
    tax_code: line.taxCode,
    tax_ppm: one.taxPpm,
    tax_added: one.taxAdded,
    kind: line.kind,
    discount_minor: one.discountMinor,
    tax_adjust_minor: 0,
    note: line.note,
    detail: wireDetail(one, basket),
  };
}

function wireDetail(one: PricedLine, basket: Basket): TillLine['detail'] {
  const { line, discounts } = one;
  const said = line.override || line.lot || line.serials.length || line.expiryDay || line.voucher;
  if (!said && discounts.length === 0) return null;
  const byHand = discounts.some((discount) => discount.kind === 'manual') ? basket.discount : null;
  const approver = line.override?.approver || line.discount?.approver || byHand?.approver || '';
  return {
    discounts: discounts.map(({ kind, code, amountMinor, text, whole = false }) => ({
      kind,
      code,
      amount_minor: amountMinor,
      text,
      whole,
    })),
    list_price_minor: line.override && isFixedByHand(line) ? line.priceMinor : null,
    reason: line.override?.reason ?? line.discount?.reason ?? byHand?.reason ?? '',
    approver,
    serials: line.serials,
    lot: line.lot,
    expiry_day: line.expiryDay,
    voucher: line.voucher,
  };
}
