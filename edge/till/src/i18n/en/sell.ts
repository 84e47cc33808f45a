// One law: the words of the sell screens, in English; the other languages have the same keys.

/** The words of the sell screens. */
export const sell = {} as const;
