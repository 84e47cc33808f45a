// One law: the words of the desk screens, in English; the other languages have the same keys.

import { deskCash } from './desk-cash';
import { deskPeople } from './desk-people';
import { deskWork } from './desk-work';

/** The words of the desk screens. */
export const desk = { ...deskPeople, ...deskCash, ...deskWork } as const;
