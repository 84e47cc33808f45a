// One law: the words of the stock screens, in English; the other languages have the same keys.

/** The words of the stock screens. */
export const stock = {} as const;
