// One law: every code that is scanned or typed ends in a line, a member, a payment or one clear next
// step; a scan during payment or after a sale never disturbs either.
import type { Product } from '../core/types';
import type { Scanned, Till } from '../data/ports';
import { extrasOf } from '../data/scanning';
import type { Verdict } from '../data/wire';
import { locale, t } from '../i18n';
import { play, type Scan, showToast } from '../ui';
import { addProduct } from './adding';
import { ask, dropQuestions } from './ask';
import { presentCoupon } from './coupon';
import { recallBySlip } from './held';
import { attachByCard } from './member';
import { type AfterStop, ChooseDialog, StopDialog } from './questions';
import { backToBasket, face, query } from './state';

/** Who takes a payment's codes while money is taken; tells whether it was meant for it. */
let payer: ((text: string, verdict: Verdict) => boolean) | null = null;

/** Let payments take codes first while their face shows; returns how to stop. */
export function payByCode(taker: (text: string, verdict: Verdict) => boolean): () => void {
  payer = taker;
  return () => {
    if (payer === taker) payer = null;
  };
}

/** Take a scan: the node's word where it has one, the till's own reading otherwise. */
export async function takeScan(till: Till, scan: Scan): Promise<void> {
  if (face.value === 'done') {
    dropQuestions();
    backToBasket();
  }
  // The first keys of a slow scan may have begun a search.
  if (query.value !== '' && scan.text.startsWith(query.value)) query.value = '';
  try {
    const told = scan.verdict as Verdict | undefined;
    const read =
      (await byVerdict(till, told)) ?? (await till.selling.read(scan.text, face.value === 'pay'));
    if (payer?.(scan.text, read.verdict)) return;
    // Not awaited: a question of this line may itself wait for a scan.
    void follow(till, scan.text, read);
  } catch {
    play('refused');
    showToast({ bad: true, text: t('sell.failed.other') });
  }
}

async function byVerdict(till: Till, verdict: Verdict | undefined): Promise<Scanned | null> {
  if (verdict?.kind === 'held') return { verdict, product: null, choices: [] };
  if (!verdict?.sku) return null;
  const product = await till.catalogue.bySku(verdict.sku);
  return product && { verdict, product, choices: [] };
}

/** Do what a code that was understood asks for. */
export async function follow(till: Till, text: string, read: Scanned): Promise<void> {
  const { verdict } = read;
  if (verdict.kind === 'held') return recallBySlip(till, verdict.value);
  if (verdict.kind === 'member') return attachByCard(till, text);
  const product = read.product ?? (await chosen(read));
  if (product) {
    await addProduct(till, product, { ...extrasOf(verdict, product), exact: true });
    return;
  }
  if (read.choices.length > 0) return;
  if (presentCoupon(till, text)) return;
  await unknown(text, verdict);
}

function chosen(read: Scanned): Promise<Product | null> {
  if (read.choices.length === 0) return Promise.resolve(null);
  play('waiting');
  return ask<Product>((answer) => (
    <ChooseDialog title={t('sell.choose.several')} products={read.choices} answer={answer} />
  ));
}

async function unknown(text: string, verdict: Verdict): Promise<void> {
  play('refused');
  const said = verdict.message[locale.value];
  const isUnknown = verdict.kind === 'unknown' || !said;
  const next = await ask<AfterStop>((answer) => (
    <StopDialog
      title={isUnknown ? t('sell.stop.unknown.title') : t('sell.stop.unreadable.title')}
      text={said || t('sell.stop.unknown.text')}
      subject={text}
      steps={[
        { value: 'leave', label: t('sell.stop.leave') },
        { value: 'search', label: t('sell.stop.searchName'), primary: true },
      ]}
      answer={answer}
    />
  ));
  if (next !== 'search') return;
  query.value = '';
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>('#find')?.focus());
}

/** Take what was typed into the search and confirmed: a PLU, a code, or the best hit. */
export async function takeTyped(till: Till, text: string, best: Product | null): Promise<boolean> {
  if (/^\d{1,7}$/.test(text)) {
    const [found] = (await till.catalogue.byPlu(text)).filter((one) => one.active);
    if (found) return addProduct(till, found);
  }
  if (/^\d{8,}$/.test(text) || /^[0-9]{8}.*[?&/]/.test(text)) {
    const read = await till.selling.read(text, false);
    await follow(till, text, read);
    return true;
  }
  if (best) return addProduct(till, best);
  return false;
}
