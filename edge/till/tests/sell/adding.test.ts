// @vitest-environment happy-dom
// Who is old enough is decided by a date that anybody can compare with a card.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bornBy } from '../../src/sell/adding';

it('says the date on or before which somebody was born', () => {
  expect(bornBy('2026-11-22', 18)).toBe('2008-11-22');
  expect(bornBy('2026-01-01', 16)).toBe('2010-01-01');
});

it('takes 28 February where a leap day has no anniversary', () => {
  expect(bornBy('2028-02-29', 18)).toBe('2010-02-28');
  expect(bornBy('2028-02-29', 16)).toBe('2012-02-29');
});

/** Whole years somebody has lived, counted the way a person counts them. */
function ageOn(today: string, born: string): number {
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4));
  return today.slice(5) < born.slice(5) ? years - 1 : years;
}

it('is the last day that is old enough: a day later is too young', () => {
  const days = fc.date({
    min: new Date('1990-01-01T00:00:00Z'),
    max: new Date('2100-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(days, fc.integer({ min: 1, max: 21 }), (date, years) => {
      const today = date.toISOString().slice(0, 10);
      const last = bornBy(today, years);
      const after = new Date(Date.parse(`${last}T00:00:00Z`) + 86_400_000)
        .toISOString()
        .slice(0, 10);
      expect(ageOn(today, last)).toBe(years);
      // Born on a leap day they are of age on 1 March, unless today is a leap day itself.
      if (!after.endsWith('02-29')) expect(ageOn(today, after)).toBeLessThan(years);
    }),
  );
});
