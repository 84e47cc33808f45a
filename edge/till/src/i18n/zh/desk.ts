// One law: the words of the desk screens, in Simplified Chinese; the same keys as in English.

import type { Words } from '..';
import type { desk as english } from '../en/desk';
import { deskCash } from './desk-cash';
import { deskPeople } from './desk-people';
import { deskWork } from './desk-work';

/** The words of the desk screens. */
export const desk: Words<typeof english> = { ...deskPeople, ...deskCash, ...deskWork };
