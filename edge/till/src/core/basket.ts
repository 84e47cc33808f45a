// A basket only changes by events: the same events always give the same basket, nothing is mutated.
import { MONEY_MAX_MINOR, QUANTITY_MAX } from './money';
import type {
  Basket,
  BasketContext,
  BasketEvent,
  BasketLine,
  LineExtras,
  ManualDiscount,
  Product,
  Reduced,
  Refused,
} from './types';

/** The most lines a receipt may have, at the node too. */
export const LINES_MAX = 500;

/** A basket with nothing in it. */
export const EMPTY_BASKET: Basket = {
  id: '',
  startedMs: 0,
  lines: [],
  member: null,
  coupons: [],
  discount: null,
  tenders: [],
  exchange: null,
  note: '',
  minted: 0,
};

type EventOf<T extends BasketEvent['type']> = Extract<BasketEvent, { type: T }>;
type Handlers = {
  [T in BasketEvent['type']]: (
    basket: Basket,
    event: EventOf<T>,
    context: BasketContext,
  ) => Reduced;
};

/** Applies an event to a basket; a refused event changes nothing and says why. */
export function reduce(basket: Basket, event: BasketEvent, context: BasketContext): Reduced {
  const handle = HANDLERS[event.type] as (
    basket: Basket,
    event: BasketEvent,
    context: BasketContext,
  ) => Reduced;
  return handle(basket, event, context);
}

function done(basket: Basket, key = ''): Reduced {
  return { ok: true, basket, key };
}

function refuse(basket: Basket, code: string, values?: Refused['values']): Reduced {
  return { ok: false, basket, refused: values === undefined ? { code } : { code, values } };
}

const HANDLERS: Handlers = {
  add: (basket, event, context) => {
    const refused = whyNot(basket, event.product, event);
    if (refused) return { ok: false, basket, refused };
    const begun = begin(basket, context);
    const same =
      event.product.unit === 'piece' ? mergeable(begun, event.product, event) : undefined;
    if (same) {
      const quantity = same.quantity + (event.quantity ?? 1);
      if (quantity > QUANTITY_MAX) return refuse(basket, 'quantity-too-large');
      return done(
        change(begun, same.key, (line) => ({ ...line, quantity })),
        same.key,
      );
    }
    return append(begun, lineOf(event.product, event));
  },
  charge: (basket, event, context) => {
    if (!isMoney(Math.abs(event.amountMinor)) || event.amountMinor === 0)
      return refuse(basket, 'amount-wrong');
    if (basket.lines.length >= LINES_MAX) return refuse(basket, 'too-many-lines');
    return append(begin(basket, context), {
      ...PLAIN,
      sku: event.code,
      names: event.names,
      kind: 'charge',
      unit: 'piece',
      category: '',
      taxCode: event.taxCode ?? '',
      quantity: 1,
      priceMinor: event.amountMinor,
      priceQuantity: 1,
      note: event.note ?? '',
    });
  },
  quantity: (basket, { key, quantity }) => {
    if (!isQuantity(quantity)) return refuse(basket, 'quantity-wrong');
    const line = basket.lines.find((one) => one.key === key);
    if (line && line.serials.length > quantity) return refuse(basket, 'quantity-below-serials');
    if (line && (line.kind === 'charge' || line.voucher !== '') && quantity !== 1)
      return refuse(basket, 'quantity-fixed');
    return edit(basket, key, (one) => ({ ...one, quantity }));
  },
  override: (basket, { key, override }) => {
    if (override && !(isMoney(override.priceMinor) && isQuantity(override.priceQuantity)))
      return refuse(basket, 'amount-wrong');
    return edit(basket, key, (line) => ({ ...line, override }));
  },
  discount: (basket, { key, discount }) => {
    if (discount && !isDiscount(discount)) return refuse(basket, 'discount-wrong');
    return edit(basket, key, (line) => ({ ...line, discount }));
  },
  'total-discount': (basket, { discount }) => {
    if (discount && !isDiscount(discount)) return refuse(basket, 'discount-wrong');
    return done({ ...basket, discount });
  },
  detail: (basket, event) => {
    const others = basket.lines.filter((line) => line.key !== event.key);
    const twice = event.serials?.find((serial) => hasSerial(others, serial));
    if (twice !== undefined) return refuse(basket, 'serial-twice', { serial: twice });
    return edit(basket, event.key, (line) => ({ ...line, ...details(event) }));
  },
  'void-line': (basket, { key }) => {
    if (!basket.lines.some((line) => line.key === key)) return refuse(basket, 'line-unknown');
    return done({ ...basket, lines: basket.lines.filter((line) => line.key !== key) });
  },
  member: (basket, { member }, context) => done({ ...begin(basket, context), member }),
  coupon: (basket, { code, redeemedId = '' }, context) => {
    const waiting = basket.coupons.findIndex((one) => one.code === code && one.redeemedId === '');
    const coupon = { code, redeemedId };
    if (redeemedId !== '' && waiting >= 0)
      return done({
        ...basket,
        coupons: basket.coupons.map((one, at) => (at === waiting ? coupon : one)),
      });
    if (redeemedId !== '' && basket.coupons.some((one) => one.redeemedId === redeemedId))
      return refuse(basket, 'coupon-twice');
    return done({ ...begin(basket, context), coupons: [...basket.coupons, coupon] });
  },
  'remove-coupon': (basket, { code }) => {
    const at = basket.coupons.findLastIndex((one) => one.code === code);
    if (at < 0) return refuse(basket, 'coupon-unknown');
    return done({ ...basket, coupons: basket.coupons.filter((_, place) => place !== at) });
  },
  tender: (basket, { kind, amountMinor, reference = '' }, { rules }) => {
    if (basket.lines.length === 0) return refuse(basket, 'basket-empty');
    // Only what an exchange leaves over goes out to a card.
    const out = amountMinor < 0 && basket.exchange !== null;
    const { coinMinor } = rules;
    // The last cents of a sale may round to no coin at all.
    const none = amountMinor === 0 && !(kind === 'cash' && coinMinor > 1);
    if (!isMoney(out ? -amountMinor : amountMinor) || none) return refuse(basket, 'amount-wrong');
    if (kind === 'cash' && amountMinor % coinMinor !== 0)
      return refuse(basket, 'amount-coins', { coin: coinMinor });
    const key = `p${basket.minted + 1}`;
    const tender = { key, kind, amountMinor, reference };
    return done(
      { ...basket, minted: basket.minted + 1, tenders: [...basket.tenders, tender] },
      key,
    );
  },
  'remove-tender': (basket, { key }) => {
    if (!basket.tenders.some((one) => one.key === key)) return refuse(basket, 'tender-unknown');
    return done({ ...basket, tenders: basket.tenders.filter((one) => one.key !== key) });
  },
  exchange: (basket, { exchange }, context) =>
    basket.exchange && exchange && basket.exchange.returnId !== exchange.returnId
      ? refuse(basket, 'exchange-twice')
      : done({ ...begin(basket, context), exchange }),
  tip: (basket, { amountMinor }, context) => {
    if (!context.rules.tips) return refuse(basket, 'tips-off');
    if (!isMoney(amountMinor)) return refuse(basket, 'amount-wrong');
    const rest = { ...basket, lines: basket.lines.filter((line) => line.sku !== TIP) };
    if (amountMinor === 0) return done(rest);
    return HANDLERS.charge(
      rest,
      { type: 'charge', code: TIP, names: { en: 'Tip', zh: '小费' }, amountMinor },
      context,
    );
  },
  note: (basket, { note }) => done({ ...basket, note }),
  restore: (basket, { basket: held }, context) =>
    isEmpty(basket)
      ? done({ ...held, startedMs: context.nowMs })
      : refuse(basket, 'basket-not-empty'),
  clear: (basket) =>
    basket.tenders.length > 0 ? refuse(basket, 'tenders-taken') : done(EMPTY_BASKET),
};

/** The code of the charge that a tip is. */
export const TIP = 'TIP';

const PLAIN = {
  override: null,
  discount: null,
  serials: [],
  lot: '',
  expiryDay: 0,
  voucher: '',
  note: '',
} as const;

/** Whether nothing would be lost if the basket were dropped. */
export function isEmpty(basket: Basket): boolean {
  return (
    basket.lines.length === 0 &&
    basket.tenders.length === 0 &&
    basket.coupons.length === 0 &&
    basket.member === null &&
    basket.exchange === null
  );
}

/** Whether a product's attribute says yes: anything but empty, `no`, `false` and `0`. */
export function says(product: Product, attribute: string): boolean {
  return !['', 'no', 'false', '0'].includes(product.attributes[attribute] ?? '');
}

function isMoney(amount: number): boolean {
  return Number.isSafeInteger(amount) && amount >= 0 && amount <= MONEY_MAX_MINOR;
}

function isQuantity(quantity: number): boolean {
  return Number.isSafeInteger(quantity) && quantity >= 1 && quantity <= QUANTITY_MAX;
}

function isDiscount({ percentPpm, amountMinor }: ManualDiscount): boolean {
  if (percentPpm === undefined) return amountMinor !== undefined && isMoney(amountMinor);
  return Number.isSafeInteger(percentPpm) && percentPpm >= 0 && percentPpm <= 1_000_000;
}

function hasSerial(lines: readonly BasketLine[], serial: string): boolean {
  return lines.some((line) => line.serials.includes(serial));
}

/** What is missing before a product can be a line, or why it cannot; null: nothing. */
function whyNot(basket: Basket, product: Product, extras: LineExtras): Refused | null {
  const subject = { sku: product.sku };
  const quantity = extras.quantity ?? 1;
  const price = extras.override?.priceMinor ?? product.priceMinor;
  if (!product.active) return { code: 'not-for-sale', values: subject };
  if (product.unit !== 'piece' && extras.quantity === undefined)
    return { code: 'quantity-needed', values: subject };
  if (!isQuantity(quantity)) return { code: 'quantity-wrong' };
  const open = says(product, 'open_price') || product.priceMinor === 0;
  if (open && !extras.override) return { code: 'price-needed', values: subject };
  if (
    !isMoney(price) ||
    quantity * price > MONEY_MAX_MINOR * (extras.override?.priceQuantity ?? product.priceQuantity)
  )
    return { code: 'amount-wrong' };
  if (says(product, 'gift_card') && !extras.voucher)
    return { code: 'voucher-needed', values: subject };
  if (says(product, 'serial') && extras.serials?.length !== quantity)
    return { code: 'serial-needed', values: subject };
  const twice = extras.serials?.find(
    (serial, at) => hasSerial(basket.lines, serial) || extras.serials?.indexOf(serial) !== at,
  );
  if (twice !== undefined) return { code: 'serial-twice', values: { serial: twice } };
  if (says(product, 'lot') && !extras.lot) return { code: 'lot-needed', values: subject };
  if (basket.lines.length >= LINES_MAX) return { code: 'too-many-lines' };
  return null;
}

function begin(basket: Basket, context: BasketContext): Basket {
  if (basket.id !== '') return basket;
  return { ...basket, id: context.newId(), startedMs: context.nowMs };
}

function mergeable(basket: Basket, product: Product, extras: LineExtras): BasketLine | undefined {
  if (extras.override || extras.serials?.length || extras.voucher || extras.note) return undefined;
  const lot = extras.lot ?? '';
  const expiryDay = extras.expiryDay ?? 0;
  return basket.lines.findLast(
    (line) =>
      line.sku === product.sku &&
      line.kind !== 'charge' &&
      line.priceMinor === product.priceMinor &&
      line.priceQuantity === product.priceQuantity &&
      line.lot === lot &&
      line.expiryDay === expiryDay &&
      line.override === null &&
      line.discount === null &&
      line.serials.length === 0 &&
      line.voucher === '' &&
      line.note === '',
  );
}

function lineOf(product: Product, extras: LineExtras): Omit<BasketLine, 'key'> {
  return {
    ...PLAIN,
    sku: product.sku,
    names: product.names,
    kind: product.tracked ? 'goods' : 'service',
    unit: product.unit,
    category: product.category,
    taxCode: product.taxCode,
    quantity: extras.quantity ?? 1,
    priceMinor: product.priceMinor,
    priceQuantity: product.priceQuantity,
    override: extras.override ?? null,
    ...details(extras),
  };
}

function details(extras: LineExtras) {
  const { serials, lot, expiryDay, voucher, note } = extras;
  return {
    ...(serials === undefined ? {} : { serials }),
    ...(lot === undefined ? {} : { lot }),
    ...(expiryDay === undefined ? {} : { expiryDay }),
    ...(voucher === undefined ? {} : { voucher }),
    ...(note === undefined ? {} : { note }),
  };
}

function append(basket: Basket, line: Omit<BasketLine, 'key'>): Reduced {
  const minted = basket.minted + 1;
  const key = `l${String(minted).padStart(4, '0')}`;
  return done({ ...basket, minted, lines: [...basket.lines, { ...line, key }] }, key);
}

function change(basket: Basket, key: string, by: (line: BasketLine) => BasketLine): Basket {
  return { ...basket, lines: basket.lines.map((line) => (line.key === key ? by(line) : line)) };
}

function edit(basket: Basket, key: string, by: (line: BasketLine) => BasketLine): Reduced {
  if (!basket.lines.some((line) => line.key === key)) return refuse(basket, 'line-unknown');
  return done(change(basket, key, by), key);
}
