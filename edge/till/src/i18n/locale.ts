// One law: the till speaks one language at a time, and this is which.
import { signal } from '@preact/signals';

/** A language the till speaks completely. */
export type Locale = 'en' | 'zh';

/** The language chosen now. */
export const locale = signal<Locale>('en');
