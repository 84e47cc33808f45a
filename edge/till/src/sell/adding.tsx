// One law: whatever way an article comes (scan, search, key, PLU), it passes the same questions in the
// same order, and nothing is added until all are answered.
import { ageFor, mayApprove, stopFor } from '../core/approval';
import { says } from '../core/basket';
import { cardAccount } from '../core/card';
import { dayNumber, storeTime } from '../core/time';
import type { LineExtras, PriceOverride, Product } from '../core/types';
import type { Approval, Till } from '../data/ports';
import { ApprovalDialog, type Asked } from '../desk/approval';
import { formatMoney, inLanguage, isPieces, t } from '../i18n';
import { announce, play, showToast, withdrawToast } from '../ui';
import { ask } from './ask';
import {
  type AfterStop,
  AgeDialog,
  AmountDialog,
  CaptureDialog,
  ChooseDialog,
  StopDialog,
  WeighDialog,
} from './questions';
import { refusedText } from './refused';
import { serialsPassed } from './serials';
import { checkedAge, face, latest, multiplier, query, rolesOf, selected } from './state';

/** What a scan or a key already knows about the line. */
export type Known = LineExtras & {
  /** It came by its own code, so it is this very variant. */
  readonly exact?: boolean;
};

/** Today's date in the store. */
const today = (till: Till): string => storeTime(till.nowMs(), till.setup.rules.value.timezone).day;

/** The day on or before which somebody of an age was born. */
export function bornBy(day: string, years: number): string {
  const [year = '', month = '', date = ''] = day.split('-');
  const wanted = String(Number(year) - years).padStart(4, '0');
  // Who is born on 29 February has the birthday on 1 March where there is none: one day is earlier.
  const leap = new Date(Date.UTC(Number(wanted), 1, 29)).getUTCMonth() === 1;
  return month === '02' && date === '29' && !leap
    ? `${wanted}-02-28`
    : `${wanted}-${month}-${date}`;
}

/** Ask a manager; who is one already needs no PIN. Null: not allowed. */
export async function askManager(
  till: Till,
  asked: Omit<Asked, 'subject'>,
): Promise<string | null> {
  const person = till.session.current.value;
  const subject = till.selling.basket.value.id;
  if (person && mayApprove(person.roles)) return person.staff;
  const approval = await ask<Approval>((answer) => (
    <ApprovalDialog
      till={till}
      asked={{ ...asked, subject }}
      onApproved={answer}
      onClose={() => answer(null)}
    />
  ));
  return approval?.approver ?? null;
}

/** Check the buyer's age, once per sale and age; false: not sold. */
async function ageChecked(till: Till, product: Product): Promise<boolean> {
  const years = ageFor(product, till.setup.rules.value);
  const sale = till.selling.basket.value.id;
  const known = checkedAge.value.sale === sale && sale !== '' ? checkedAge.value.years : 0;
  if (years <= known) return true;
  play('waiting');
  const yes = await ask<true>((answer) => (
    <AgeDialog
      product={product}
      years={years}
      born_by={bornBy(today(till), years)}
      answer={answer}
    />
  ));
  if (yes) pendingAge = years;
  const detail = `${product.sku} ${years}+ ${yes ? '✓' : '✗'}`;
  if (!till.selling.training.value) {
    void till.outbox.audit({
      action: 'age-check',
      subject: sale,
      reason: '',
      approver: '',
      detail,
    });
  }
  return yes === true;
}

let pendingAge = 0;

/** Stop what is recalled or expired; a manager may allow it. */
async function passedStops(till: Till, product: Product, known: Known): Promise<boolean> {
  const why = stopFor(product, known.lot ?? '', known.expiryDay ?? 0, dayNumber(today(till)));
  if (why === '') return true;
  const next = await stopped(`sell.stop.${why}`, inLanguage(product.names), [
    { value: 'leave', label: t('sell.stop.leave'), primary: true },
    { value: 'override', label: t('sell.stop.override') },
  ]);
  if (next !== 'override') return false;
  const approver = await askManager(till, {
    action: why === 'recalled' ? 'sell-recalled' : 'sell-expired',
    reason: product.sku,
    words: inLanguage(product.names),
    detail: known.lot ?? '',
    title: t(`sell.stop.${why}.title`),
  });
  return approver !== null;
}

type Stop =
  | 'sell.stop.recalled'
  | 'sell.stop.expired'
  | 'sell.stop.withdrawn'
  | 'sell.stop.noPrice';

function stopped(
  why: Stop,
  subject: string,
  steps: readonly { value: AfterStop; label: string; primary?: boolean }[],
): Promise<AfterStop | null> {
  play('refused');
  return ask<AfterStop>((answer) => (
    <StopDialog
      title={t(`${why}.title`)}
      text={t(`${why}.text`)}
      subject={subject}
      steps={steps}
      answer={answer}
    />
  ));
}

/** Look for the variants of an article that was picked by hand; the article itself if it has none. */
async function chosenVariant(till: Till, product: Product, known: Known): Promise<Product | null> {
  if (known.exact) return product;
  const variants = (await till.catalogue.variantsOf(product.sku)).filter((one) => one.active);
  if (variants.length === 0) return product;
  const title = inLanguage(product.names);
  return ask<Product>((answer) => (
    <ChooseDialog title={title} products={variants} answer={answer} />
  ));
}

/** The price of the line if it isn't the catalogue's; null: never mind; undefined: the catalogue's. */
async function priced(
  till: Till,
  product: Product,
  known: Known,
): Promise<PriceOverride | null | undefined> {
  if (known.override) return known.override;
  const open = says(product, 'open_price');
  if (product.priceMinor > 0 && !open) return undefined;
  if (!open) {
    const next = await stopped('sell.stop.noPrice', inLanguage(product.names), [
      { value: 'leave', label: t('sell.stop.leave') },
      { value: 'price', label: t('sell.stop.setPrice'), primary: true },
    ]);
    if (next !== 'price') return null;
  }
  const minor = await ask<number>((answer) => (
    <AmountDialog title={inLanguage(product.names)} label={t('sell.price.label')} answer={answer} />
  ));
  if (minor === null) return null;
  const priceQuantity = isPieces(product.unit) ? 1 : product.priceQuantity;
  if (open) return { priceMinor: minor, priceQuantity, reason: 'open-price', approver: '' };
  const approver = await askManager(till, {
    action: 'price-override',
    reason: 'no-price',
    detail: `${product.sku} ${formatMoney(minor)}`,
    title: t('sell.approve.price'),
  });
  return approver === null
    ? null
    : { priceMinor: minor, priceQuantity, reason: 'no-price', approver };
}

async function quantified(till: Till, product: Product, known: Known): Promise<number | null> {
  // A serial number or a gift card is one piece, whatever was typed before it.
  if (says(product, 'serial') || says(product, 'gift_card')) return 1;
  if (isPieces(product.unit)) return (known.quantity ?? 1) * multiplier.value;
  if (known.quantity !== undefined) return known.quantity;
  return ask<number>((answer) => <WeighDialog till={till} product={product} answer={answer} />);
}

/** Serial numbers, lot and gift card number, as far as the article wants them. */
async function captured(product: Product, known: Known): Promise<LineExtras | null> {
  const title = inLanguage(product.names);
  const capture = (what: 'serial' | 'lot' | 'card'): Promise<string | null> =>
    ask<string>((answer) => (
      <CaptureDialog
        title={title}
        label={t(`sell.capture.${what}`)}
        hint={t('sell.capture.hint')}
        answer={answer}
      />
    ));
  const serial = known.serials?.[0] || (says(product, 'serial') ? await capture('serial') : '');
  if (serial === null) return null;
  const lot = known.lot || (says(product, 'lot') ? await capture('lot') : '');
  if (lot === null) return null;
  const code = says(product, 'gift_card') ? await capture('card') : '';
  if (code === null) return null;
  const voucher = code && (await cardAccount(code));
  const expiryDay = known.expiryDay ?? 0;
  return { serials: serial ? [serial] : [], lot, expiryDay, voucher };
}

/** Everything the questions came to; null when one was answered with "never mind". */
async function questioned(till: Till, product: Product, known: Known): Promise<LineExtras | null> {
  if (!product.active) {
    const next = await stopped('sell.stop.withdrawn', inLanguage(product.names), [
      { value: 'leave', label: t('sell.stop.leave'), primary: true },
      { value: 'search', label: t('sell.stop.search') },
    ]);
    if (next === 'search') query.value = inLanguage(product.names);
    return null;
  }
  if (!(await ageChecked(till, product))) return null;
  const quantity = await quantified(till, product, known);
  if (quantity === null) return null;
  const override = await priced(till, product, known);
  if (override === null) return null;
  const extras = await captured(product, known);
  if (extras === null) return null;
  if (!(await serialsPassed(till, product, extras.serials ?? []))) return null;
  if (!(await passedStops(till, product, { ...known, ...extras }))) return null;
  return { ...extras, quantity, ...(override ? { override } : {}) };
}

/** Add an article after all its questions; tells whether it is in the basket now. */
export async function addProduct(till: Till, found: Product, known: Known = {}): Promise<boolean> {
  pendingAge = 0;
  const product = await chosenVariant(till, found, known);
  if (!product) return false;
  const extras = await questioned(till, product, known);
  if (!extras) return false;
  const added = till.selling.dispatch({ type: 'add', product, ...extras });
  if (!added.ok) {
    play('refused');
    showToast({ bad: true, text: refusedText(added.refused) });
    return false;
  }
  if (pendingAge > 0) checkedAge.value = { sale: added.basket.id, years: pendingAge };
  withdrawToast(t('sell.refused.basket-empty'));
  withdrawToast(t('sell.held.empty'));
  multiplier.value = 1;
  latest.value = added.key;
  selected.value = '';
  if (face.value === 'done') face.value = 'basket';
  play('ok');
  announce(
    `${inLanguage(product.names)}, ${t('sell.total')} ${formatMoney(till.selling.priced.value.totalMinor)}`,
  );
  return true;
}

/** Whether whoever is logged in may approve. */
export const isManager = (till: Till): boolean => mayApprove(rolesOf(till));
