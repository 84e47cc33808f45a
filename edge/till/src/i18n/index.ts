// One law: every word and every number a person reads comes through here, in the language chosen now;
// nothing else knows a language.
//
// Words live in en/*.ts and zh/*.ts, one file per area (ui, sell, desk, stock, customer), keys
// prefixed with the area. A text may hold {names}; a text that depends on a number is
// `{one: '…', other: '…'}` and is chosen by `n`. The compiler and a test hold the languages together.
import { remember, remembered } from '../ui/preferences';
import { customer } from './en/customer';
import { desk } from './en/desk';
import { problems } from './en/problems';
import { sell } from './en/sell';
import { stock } from './en/stock';
import { tasks } from './en/tasks';
import { ui } from './en/ui';
import { customer as zhCustomer } from './zh/customer';
import { desk as zhDesk } from './zh/desk';
import { problems as zhProblems } from './zh/problems';
import { sell as zhSell } from './zh/sell';
import { stock as zhStock } from './zh/stock';
import { tasks as zhTasks } from './zh/tasks';
import { ui as zhUi } from './zh/ui';

export * from './formats';
export { type Locale, locale } from './locale';
export { loadRefusals, problemLine, problemText, type Refusal } from './problems';

import { type Locale, locale } from './locale';

/** A text, or one per number. */
export type Text = string | { readonly one: string; readonly other: string };
/** The same keys as the English words. */
export type Words<English> = { readonly [key in keyof English]: Text };

const EN = {
  ...ui,
  ...sell,
  ...desk,
  ...stock,
  ...tasks,
  ...problems,

  ...customer,
} as const;
const ZH: Words<typeof EN> = {
  ...zhUi,
  ...zhSell,
  ...zhDesk,
  ...zhStock,
  ...zhTasks,
  ...zhProblems,
  ...zhCustomer,
};

/** The words of every language, for the test that compares them. */
export const WORDS: Record<Locale, Words<typeof EN>> = { en: EN, zh: ZH };

/** The name of a text. */
export type Key = keyof typeof EN;
/** What is filled into a text. */
export type Values = Readonly<Record<string, string | number>>;

/** Say something in the language chosen now. */
export function t(key: Key, values?: Values): string {
  const text = WORDS[locale.value][key];
  const plain = typeof text === 'string' ? text : text[values?.n === 1 ? 'one' : 'other'];
  return values ? filled(plain, values) : plain;
}

/** Fill values into a text, literally; a name without a value stays. */
export function filled(plain: string, values: Values): string {
  return plain.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Tell whether a text of this name exists, for codes that come from elsewhere. */
export const isKey = (name: string): name is Key => Object.hasOwn(EN, name);

/** Choose among the names something has per language; English, then any, when there is none. */
export function inLanguage(names: Readonly<Record<string, string>>): string {
  return names[locale.value] ?? names.en ?? Object.values(names)[0] ?? '';
}

/** What a category is called; its code where the rule `categories` does not name it. */
export const categoryText = (
  named: Readonly<Record<string, Readonly<Record<string, string>>>>,
  code: string,
): string => inLanguage((Object.hasOwn(named, code) && named[code]) || {}) || code;

function speak(language: Locale): void {
  locale.value = language;
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
}

/** Take the remembered language, else the browser's; called once at start. */
export function startLanguage(): void {
  const known = remembered('language') ?? navigator.language;
  speak(known.toLowerCase().startsWith('zh') ? 'zh' : 'en');
}

/** Choose a language and remember it. */
export function chooseLanguage(language: Locale): void {
  remember('language', language);
  speak(language);
}
