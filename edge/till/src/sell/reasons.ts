// One law: a reason is chosen from what headquarters offers; where it offers none, from a few of ours.
import type { Discount, Reason, Rules } from '../core/types';
import { inLanguage, isKey, type Key, locale, t } from '../i18n';

const OURS: Readonly<Record<string, readonly string[]>> = {
  discount: ['damaged', 'goodwill', 'other'],
  price: ['shelf-label', 'damaged', 'other'],
  void: ['changed-mind', 'mistake', 'other'],
};

/** A reason to offer: code and words in the language chosen now. */
export interface Offered {
  readonly value: string;
  readonly label: string;
}

/** The reasons for something (`discount`, `price`, `void`). */
export function reasonsFor(rules: Rules, what: string): readonly Offered[] {
  const known = rules.reasons[what] ?? (what === 'price' ? rules.reasons.discount : undefined);
  if (known && known.length > 0) {
    return known.map((reason) => ({ value: reason.code, label: reasonText(reason) }));
  }
  return (OURS[what] ?? ['other']).map((code) => ({
    value: code,
    label: t(`sell.reason.${code}` as Key),
  }));
}

const reasonText = (reason: Reason): string => (locale.value === 'zh' ? reason.zh : reason.en);

/** A reason's words among those offered. */
export const reasonWords = (offered: readonly Offered[], code: string): string =>
  offered.find((one) => one.value === code)?.label ?? code;

/** Why a line costs less, in the language chosen now; the receipt keeps the text of the sale. */
export function discountText(rules: Rules, discount: Discount): string {
  const promotion = rules.promotions.find((one) =>
    discount.kind === 'coupon' ? one.coupon === discount.code : one.id === discount.code,
  );
  if (promotion) return inLanguage(promotion.names) || discount.text;
  const reason = rules.reasons.discount?.find((one) => one.code === discount.code);
  if (reason) return reasonText(reason);
  const ours = `sell.reason.${discount.code}`;
  return isKey(ours) ? t(ours) : discount.text;
}
