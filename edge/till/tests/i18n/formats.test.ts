// Integers become what a person of the language reads, exactly.
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import {
  currency,
  decimal,
  formatDay,
  formatMoney,
  formatPer,
  formatPercent,
  formatQuantity,
  formatTime,
  locale,
  timezone,
} from '../../src/i18n';

afterEach(() => {
  locale.value = 'en';
  currency.value = { code: 'EUR', exponent: 2 };
  timezone.value = undefined;
});

it('writes minor units as an exact decimal', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 4 }), (minor, exponent) => {
      const text = decimal(minor, exponent);
      expect(BigInt(text.replace('.', ''))).toBe(BigInt(minor));
      expect(text.split('.')[1]?.length ?? 0).toBe(exponent);
    }),
  );
});

it('shows money in the store’s currency', () => {
  expect(formatMoney(123_456)).toBe('€1,234.56');
  expect(formatMoney(-5)).toBe('-€0.05');
  expect(formatMoney(250, { signed: true })).toBe('+€2.50');
  expect(formatMoney(123_456, { bare: true })).toBe('1,234.56');
  currency.value = { code: 'JPY', exponent: 0 };
  expect(formatMoney(1200)).toContain('1,200');
  currency.value = { code: 'CNY', exponent: 2 };
  locale.value = 'zh';
  expect(formatMoney(1999)).toBe('¥19.99');
});

it('is exact where a float is not', () => {
  expect(formatMoney(9_007_199_254_740_991, { bare: true })).toBe('90,071,992,547,409.91');
});

it('shows quantities in the unit a person thinks in', () => {
  expect(formatQuantity(3, 'piece')).toBe('3');
  expect(formatQuantity(742, 'g')).toBe('0.742 kg');
  expect(formatQuantity(1500, 'ml')).toBe('1.500 l');
  expect(formatPer(1000, 'g')).toBe('kg');
  expect(formatPer(100, 'g')).toBe('100 g');
  expect(formatPer(1, 'piece')).toBe('');
});

it('shows shares without losing digits', () => {
  expect(formatPercent(190_000)).toBe('19%');
  expect(formatPercent(88_750)).toBe('8.875%');
});

it('shows days and times of the store', () => {
  expect(formatDay('2008-11-22')).toBe('22 November 2008');
  timezone.value = 'Asia/Shanghai';
  expect(formatTime(Date.UTC(2026, 10, 22, 16, 5))).toBe('00:05');
  locale.value = 'zh';
  expect(formatDay('2008-11-22')).toBe('2008年11月22日');
});
