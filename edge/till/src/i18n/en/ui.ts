// One law: the words of the design system, in English; the other languages have the same keys.

/** The words of the design system. */
export const ui = {
  'ui.close': 'Close',
  'ui.cancel': 'Cancel',
  'ui.back': 'Back',
  'ui.done': 'Done',
  'ui.ok': 'OK',
  'ui.save': 'Save',
  'ui.retry': 'Try again',
  'ui.dismiss': 'Put this message away',
  'ui.erase': 'Erase',
  'ui.keypad': 'Keypad',
  'ui.pinDigits': { one: '{n} digit typed', other: '{n} digits typed' },
  'ui.shortcuts': 'What the keys do',
  'ui.scanAnyTime': 'A scan is taken at any time, whatever has the focus.',
  'ui.loading': 'Loading',
} as const;
