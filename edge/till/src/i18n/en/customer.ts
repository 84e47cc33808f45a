// One law: the words of the customer screens, in English; the other languages have the same keys.

/** The words of the customer screens. */
export const customer = {
  'customer.lines': 'Your purchase',
  'customer.hello': 'Hello, {name}',
  'customer.points': { one: '{n} point', other: '{n} points' },
  'customer.earned': {
    one: '+ {n} point with this purchase',
    other: '+ {n} points with this purchase',
  },
  'customer.added': 'Plus tax',
  'customer.saved': 'You save',
  'customer.savedAll': 'You saved {amount}.',
  'customer.total': 'Total',
  'customer.paid': 'Paid',
  'customer.due': 'Still to pay',
  'customer.paidTotal': 'Paid',
  'customer.inCash': 'In cash',
  'customer.rounding': 'Rounding',
  'customer.change': 'Your change',
  'customer.pay': 'Please pay',
  'customer.payCash': 'Please pay cash',
  'customer.payCard': 'Please follow the card terminal',
  'customer.thanks': 'Thank you!',
  'customer.welcome': 'Welcome',
  'customer.training': 'Training: this is not a sale',
} as const;
