// One law: the words of the sell screens, in Simplified Chinese.
import type { Words } from '..';
import type { sell as english } from '../en/sell';

/** The words of the sell screens. */
export const sell: Words<typeof english> = {};
