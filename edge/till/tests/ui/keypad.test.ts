// Digits fill an amount from the right, and an amount never grows beyond what a till can take.
import { expect, it } from 'vitest';
import { appendDigits } from '../../src/ui/keypad';

it('fills from the right', () => {
  expect(['1', '2', '00', '5'].reduce((value, digit) => appendDigits(value, digit), 0)).toBe(
    12_005,
  );
});

it('takes no digit too many', () => {
  expect(appendDigits(99_999_999_999, '1')).toBe(99_999_999_999);
  expect(appendDigits(9_999_999_999, '00')).toBe(9_999_999_999);
  expect(appendDigits(0, '00')).toBe(0);
});
