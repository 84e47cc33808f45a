// One law: the words of the customer screens, in Simplified Chinese.
import type { Words } from '..';
import type { customer as english } from '../en/customer';

/** The words of the customer screens. */
export const customer: Words<typeof english> = {};
