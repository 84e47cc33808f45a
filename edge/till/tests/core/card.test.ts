// The till and the node make the same account of a code, and neither shows more than its end.
import { describe, expect, it } from 'vitest';
import { cardAccount, cardShown } from '../../src/core/card';
import cards from './vectors/cards.json';

describe('a gift card', () => {
  it.each(cards as [string, string][])(
    '%s has the account that the node gives it',
    async (code, account) => {
      expect(await cardAccount(code)).toBe(account);
      expect(await cardAccount(` ${code.slice(0, 2)} ${code.slice(2)}\n`)).toBe(account);
    },
  );

  it('shows its last four, and of a short code nothing', async () => {
    expect(cardShown(await cardAccount('8N4K-Z2QX'))).toBe('****Z2QX');
    expect(cardShown(await cardAccount('8N4K'))).toBe('****');
  });

  it.each(['', ' ', 'no code!', '.hidden', 'x'.repeat(57)])('%j is no code', async (text) => {
    expect(await cardAccount(text)).toBe('');
  });

  it('is not spent by its account', async () => {
    const account = await cardAccount('8N4K-Z2QX');
    expect(await cardAccount(account)).not.toBe(account);
  });
});
