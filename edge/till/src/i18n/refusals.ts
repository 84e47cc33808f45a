// One law: the words of all refusals come after the till is on screen: nobody is refused before.

import type { Words } from '.';
import english from './en/refusals.json';
import type { Locale } from './locale';
import { refusals as chinese } from './zh/refusals';

/** What the node refuses, by code and case, and the words for values, in every language. */
export const REFUSALS: Record<Locale, Words<typeof english>> = { en: english, zh: chinese };
