// Every rule that headquarters' page on rules shows is read by the till as it is written there.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NO_RULES, parseRules, promotion } from '../../src/core/rules';
import type { SetupDocument } from '../../src/data/wire';

const PAGE = fileURLToPath(new URL('../../../../docs/headquarters/rules.md', import.meta.url));
const EXAMPLE = /^### `([a-z0-9.-]+)`\n(?:(?!^#).*\n)*?```json\n([\s\S]*?)^```/gm;
const EXAMPLES = new Map<string, unknown>(
  [...readFileSync(PAGE, 'utf8').matchAll(EXAMPLE)].map(([, name, text]) => [
    name ?? '',
    JSON.parse(text ?? ''),
  ]),
);

const read = (rules: Record<string, unknown>) =>
  parseRules({ rules, tax_rates: [] } as unknown as SetupDocument);

describe('the rules on the page for headquarters', () => {
  it.each([...EXAMPLES].filter(([name]) => name.startsWith('promotion.')))(
    'gives %s as a promotion that takes something off',
    (name, value) => {
      const found = promotion(name.slice('promotion.'.length), value);
      const { percentPpm, amountMinor, priceMinor, buy, pay } = found ?? {};
      expect(
        (percentPpm ?? 0) + (amountMinor ?? 0) + (priceMinor ?? 0) + (buy ?? 0),
      ).toBeGreaterThan(pay ?? 0);
      expect(found?.names.en).toBeTruthy();
      const { all, skus, categories, bundle } = found ?? {};
      expect(all || [skus, categories, bundle].some((one) => (one?.length ?? 0) > 0)).toBe(true);
    },
  );

  it('shows every type of promotion', () => {
    const types = [...EXAMPLES].flatMap(([name, value]) => promotion(name, value)?.type ?? []);
    expect(new Set(types)).toEqual(
      new Set(['percent', 'amount', 'fixed-price', 'n-for-m', 'bundle', 'threshold', 'coupon']),
    );
  });

  it.each([
    ['loyalty', 'loyalty'],
    ['tenders', 'tenders'],
    ['tips', 'tips'],
    ['reasons', 'reasons'],
    ['age', 'ages'],
    ['till.keys', 'keyPages'],
    ['categories', 'categories'],
    ['barcode.templates', 'templates'],
    ['receipt', 'receipt'],
    ['cash.rounding', 'coinMinor'],
  ] as const)('has %s', (name, key) => {
    expect(read({ [name]: EXAMPLES.get(name) })[key]).not.toEqual(NO_RULES[key]);
  });

  it('has limits, by their names', () => {
    const { limits } = NO_RULES;
    expect(read({ limits: EXAMPLES.get('limits') }).limits).toEqual(limits);
    const text = JSON.stringify(EXAMPLES.get('limits'))
      .replace('100000', '7')
      .replaceAll('false', 'true');
    expect(read({ limits: JSON.parse(text) }).limits).toEqual({
      cashierDiscountPpm: 7,
      priceOverride: true,
    });
  });
});
