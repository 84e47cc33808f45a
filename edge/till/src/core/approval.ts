// Who may do what alone, and what needs a manager's word: decided here, asked for by the screens.
import { lineAmount, PPM } from './money';
import type { Basket, BasketLine, ManualDiscount, Minor, Priced, Product, Rules } from './types';

/** Roles whose people may allow things. */
export const APPROVERS: readonly string[] = ['manager'];

/** Whether somebody with these roles may approve. */
export function mayApprove(roles: readonly string[]): boolean {
  return roles.some((role) => APPROVERS.includes(role));
}

/** Whether a discount off an amount needs a manager. */
export function discountNeedsApproval(
  discount: ManualDiscount,
  ofMinor: Minor,
  roles: readonly string[],
  rules: Rules,
): boolean {
  if (mayApprove(roles)) return false;
  const limit = rules.limits.cashierDiscountPpm;
  if (discount.percentPpm !== undefined) return discount.percentPpm > limit;
  return (discount.amountMinor ?? 0) * PPM > ofMinor * limit;
}

/**
 * Whether what was taken off a line by hand, its own discount and the whole sale's together, is over
 * the limit and nobody allowed it; the node asks the same. Less than a minor unit over is rounding.
 */
export function isOverLimit(basket: Basket, priced: Priced, rules: Rules): boolean {
  return priced.lines.some(({ line, discounts, grossMinor }) => {
    if (line.override?.approver || line.discount?.approver || basket.discount?.approver)
      return false;
    const byHand = discounts.filter((one) => one.kind === 'manual');
    const off = byHand.reduce((sum, one) => sum + one.amountMinor, 0);
    return off > 0 && (off - 1) * PPM >= grossMinor * rules.limits.cashierDiscountPpm;
  });
}

/** Whether another price than the catalogue's needs a manager. */
export function overrideNeedsApproval(roles: readonly string[], rules: Rules): boolean {
  return !rules.limits.priceOverride && !mayApprove(roles);
}

/** The age (years) a product's buyer must have; 0: any. */
export function ageFor(product: Product, rules: Rules): number {
  const age = product.attributes.age ?? '';
  return rules.ages[age] ?? (Number.parseInt(age, 10) || 0);
}

/** Why a piece with this lot or expiry must not be sold without a manager's word. */
export function stopFor(
  product: Product,
  lot: string,
  expiryDay: number,
  today: number,
): 'recalled' | 'expired' | '' {
  const recalled = (product.attributes.recalled ?? '').split(/[\s,;]+/).filter((one) => one !== '');
  if (recalled.includes('*') || (lot !== '' && recalled.includes(lot))) return 'recalled';
  return expiryDay > 0 && expiryDay < today ? 'expired' : '';
}

/** What a line would cost at the catalogue's price, to show beside an override. */
export function listAmount(line: BasketLine): Minor {
  return lineAmount(line.quantity, line.priceMinor, line.priceQuantity);
}
