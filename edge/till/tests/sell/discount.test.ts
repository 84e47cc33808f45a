// @vitest-environment happy-dom
// A discount never takes off more than there is, and says what it is worth before it is taken.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { discountOf, worthOf } from '../../src/sell/discount';

it('takes whole per cent or minor units as typed', () => {
  expect(discountOf('percent', 15, 'damaged')).toEqual({
    percentPpm: 150_000,
    reason: 'damaged',
    approver: '',
  });
  expect(discountOf('amount', 250, 'goodwill', 'wei')).toEqual({
    amountMinor: 250,
    reason: 'goodwill',
    approver: 'wei',
  });
});

it('is worth between nothing and everything', () => {
  const ways = fc.constantFrom('percent' as const, 'amount' as const);
  fc.assert(
    fc.property(ways, fc.nat(100), fc.nat(10_000_000), (way, typed, amount) => {
      const worth = worthOf(discountOf(way, typed, 'other'), amount);
      expect(worth).toBeGreaterThanOrEqual(0);
      expect(worth).toBeLessThanOrEqual(amount);
    }),
  );
  expect(worthOf(discountOf('percent', 15, 'x'), 2620)).toBe(393);
  expect(worthOf(discountOf('amount', 5000, 'x'), 2620)).toBe(2620);
});
