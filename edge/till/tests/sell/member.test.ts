// @vitest-environment happy-dom
// A screen that strangers see shows no whole phone number.
import { expect, it } from 'vitest';
import { maskedPhone } from '../../src/sell/member';

it('shows the last digits alone', () => {
  expect(maskedPhone('+44 20 7946 0958')).toBe('••• 0958');
  expect(maskedPhone('12')).toBe('');
  expect(maskedPhone('')).toBe('');
});
