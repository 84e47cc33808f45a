// One law: the words of the customer screens, in English; the other languages have the same keys.

/** The words of the customer screens. */
export const customer = {} as const;
