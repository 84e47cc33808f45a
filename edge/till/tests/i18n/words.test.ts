// Both languages say everything, with the same names to fill in.
import { afterEach, describe, expect, it } from 'vitest';
import { inLanguage, isKey, locale, type Text, t, WORDS } from '../../src/i18n';
import { REFUSALS } from '../../src/i18n/refusals';

const EN: Readonly<Record<string, Text>> = { ...WORDS.en, ...REFUSALS.en };
const ZH: Readonly<Record<string, Text>> = { ...WORDS.zh, ...REFUSALS.zh };
const keys = Object.keys(EN);
const texts = (text: Text): string[] =>
  typeof text === 'string' ? [text] : [text.one, text.other];
const TECHNICAL = new Set(['{why}', '{where}', '{field}', '{size}']);
const names = (text: Text): string[] =>
  [...new Set(texts(text).flatMap((one) => one.match(/\{\w+\}/g) ?? []))].sort();

afterEach(() => {
  locale.value = 'en';
});

describe('the words', () => {
  it('have the same keys in every language', () => {
    expect(Object.keys(ZH).sort()).toEqual([...keys].sort());
  });

  it.each(keys)('%s says the same in both', (key) => {
    const english = names(EN[key]!);
    const said = names(ZH[key]!);
    if (key.startsWith('problem.')) {
      // In English the node tells what a program said as well; that is nothing for a cashier.
      expect([...english, '{field}']).toEqual(expect.arrayContaining(said));
      const left = english.filter((one) => !said.includes(one) && !TECHNICAL.has(one));
      expect(left).toEqual([]);
    } else expect(said).toEqual(english);
    for (const text of [...texts(EN[key]!), ...texts(ZH[key]!)]) {
      expect(text.trim()).toBe(text);
      expect(text).not.toBe('');
    }
  });

  it('are Chinese in Chinese', () => {
    const said = (key: string) =>
      texts(ZH[key]!)
        .join(' ')
        .replace(/\{\w+\}/g, '');
    const english = keys.filter(
      (key) => !/\p{Script=Han}/u.test(said(key)) && /\b[a-z]{4,}\b/.test(said(key)),
    );
    expect(english).toEqual([]);
  });
});

it('fills values in and chooses by number', () => {
  expect(t('sell.articles', { n: 1 })).toBe('1 article');
  expect(t('sell.articles', { n: 3 })).toBe('3 articles');
  locale.value = 'zh';
  expect(t('sell.articles', { n: 1 })).toBe('1 件商品');
});

it('leaves a name that has no value as it is, and takes values literally', () => {
  expect(t('sell.refused.not-for-sale', { other: 1 })).toContain('{sku}');
  expect(t('sell.refused.not-for-sale', { sku: '$& {sku}' })).toContain('$& {sku}');
});

it('knows its own keys alone', () => {
  expect(isKey('sell.pay')).toBe(true);
  expect(isKey('toString')).toBe(false);
});

it('shows a name in the language chosen, else in English, else in any', () => {
  locale.value = 'zh';
  expect(inLanguage({ en: 'Tea', zh: '茶' })).toBe('茶');
  expect(inLanguage({ en: 'Tea' })).toBe('Tea');
  expect(inLanguage({ de: 'Tee' })).toBe('Tee');
  expect(inLanguage({})).toBe('');
});
