// One law: the words of the desk screens, in Simplified Chinese.
import type { Words } from '..';
import type { desk as english } from '../en/desk';

/** The words of the desk screens. */
export const desk: Words<typeof english> = {};
