// One law: the words of the desk screens, in English; the other languages have the same keys.

/** The words of the desk screens. */
export const desk = {} as const;
