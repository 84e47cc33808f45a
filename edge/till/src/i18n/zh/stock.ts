// One law: the words of the stock screens, in Simplified Chinese.
import type { Words } from '..';
import type { stock as english } from '../en/stock';

/** The words of the stock screens. */
export const stock: Words<typeof english> = {};
