// @vitest-environment happy-dom
// Reasons come from headquarters where it has any, and are read in the language chosen now.
import { afterEach, expect, it } from 'vitest';
import { NO_RULES } from '../../src/core/rules';
import type { Discount, Promotion, Rules } from '../../src/core/types';
import { locale } from '../../src/i18n';
import { discountText, reasonsFor, reasonWords } from '../../src/sell/reasons';

const RULES: Rules = {
  ...NO_RULES,
  reasons: { discount: [{ code: 'expiring', en: 'Best before today', zh: '临近保质期' }] },
  promotions: [
    { id: 'fruit-week', names: { en: 'Fruit week', zh: '水果周' } } as unknown as Promotion,
    { id: 'five', coupon: 'FIVE-OFF', names: { en: '5 off' } } as unknown as Promotion,
  ],
};
const discount = (code: string): Discount => ({
  kind: 'promotion',
  code,
  amountMinor: 10,
  text: 'as the receipt says',
});

afterEach(() => {
  locale.value = 'en';
});

it('offers what headquarters says, and for prices too', () => {
  expect(reasonsFor(RULES, 'discount')).toEqual([
    { value: 'expiring', label: 'Best before today' },
  ]);
  expect(reasonsFor(RULES, 'price')).toEqual(reasonsFor(RULES, 'discount'));
  locale.value = 'zh';
  expect(reasonWords(reasonsFor(RULES, 'discount'), 'expiring')).toBe('临近保质期');
});

it('offers a few of its own where there are none', () => {
  expect(reasonsFor(NO_RULES, 'discount').map((one) => one.value)).toContain('other');
  expect(reasonsFor(NO_RULES, 'discount').every((one) => !one.label.startsWith('sell.'))).toBe(
    true,
  );
});

it('explains a discount in the language chosen, else as the receipt does', () => {
  expect(discountText(RULES, discount('fruit-week'))).toBe('Fruit week');
  expect(discountText(RULES, discount('expiring'))).toBe('Best before today');
  expect(discountText(RULES, discount('goodwill'))).toBe('Goodwill');
  expect(discountText(RULES, discount('never-heard-of'))).toBe('as the receipt says');
  expect(discountText(RULES, { ...discount('FIVE-OFF'), kind: 'coupon' })).toBe('5 off');
  locale.value = 'zh';
  expect(discountText(RULES, discount('fruit-week'))).toBe('水果周');
});
