// One law: a tender is in the basket only when its money is ours; taking it out again gives it back
// first.

import { signal } from '@preact/signals';
import { withExchange } from '../../core/sale';
import { type Settled, settle } from '../../core/tenders';
import type { Priced, Tender } from '../../core/types';
import { TillProblem } from '../../data/api';
import type { Till } from '../../data/ports';
import { shiftNow } from '../../desk/current';
import { t } from '../../i18n';
import { clearToasts, play, showToast } from '../../ui';
import { failureText, refusedText } from '../refused';
import { checkedAge, face, finished, latest, multiplier, query, selected } from '../state';

/** Whether the sale is just being written down. */
export const finishing = signal(false);

/** How far the tenders reach now. */
export function settled(till: Till): Settled {
  const priced: Priced = till.selling.priced.value;
  const tenders = withExchange(till.selling.basket.value);
  return settle(priced.totalMinor, tenders, till.setup.rules.value);
}

/** Take a tender; when everything is paid the sale is finished. */
export async function take(
  till: Till,
  kind: string,
  amountMinor: number,
  reference = '',
): Promise<boolean> {
  const done = till.selling.dispatch({ type: 'tender', kind, amountMinor, reference });
  if (!done.ok) {
    showToast({ bad: true, text: refusedText(done.refused) });
    return false;
  }
  await finishIfPaid(till);
  return true;
}

/** Finish the sale if its tenders cover it. */
export async function finishIfPaid(till: Till): Promise<void> {
  if (settled(till).refused || finishing.value) return;
  finishing.value = true;
  const kinds = till.selling.basket.value.tenders.map((tender) => tender.kind);
  try {
    finished.value = await till.selling.finish({ shift: shiftNow.value?.number ?? 0 });
    face.value = 'done';
    afterSale(till, kinds);
  } catch (error) {
    play('refused');
    showToast({ bad: true, text: t('sell.pay.notFinished', { why: failureText(error) }) });
  } finally {
    finishing.value = false;
  }
}

function afterSale(till: Till, kinds: readonly string[]): void {
  clearToasts();
  selected.value = '';
  latest.value = '';
  query.value = '';
  multiplier.value = 1;
  checkedAge.value = { sale: '', years: 0 };
  const opens =
    (finished.value?.changeMinor ?? 0) > 0 ||
    till.setup.rules.value.tenders.some((one) => one.opensDrawer && kinds.includes(one.kind));
  // A drawer hangs on the till's printer.
  const hasDrawer = till.setup.document.value?.devices.some((one) => one.category === 'POSPrinter');
  if (!opens || !hasDrawer || till.selling.training.value) return;
  till.api.post('/till/drawer/open', { reason: 'sale' }, { as: 'device' }).catch(() => {
    showToast({ bad: true, text: t('sell.pay.drawerStuck') });
  });
}

/** Whether taking a tender out needs the node, because something was booked for it there. */
const isBooked = (tender: Tender): boolean => ['gift', 'points'].includes(tender.kind);

/** The card terminals of the node that this till can reach. */
export const terminalsOf = (till: Till) =>
  (till.setup.document.value?.devices ?? []).filter((one) => one.category === 'CAT');

/** Whether the store's terminal took it: only a void or a return of the sale gives that back. */
const isCharged = (till: Till, tender: Tender): boolean =>
  tender.kind === 'card' && terminalsOf(till).some((one) => tender.reference.startsWith(one.name));

/** Take a tender out again; what was spent at the node goes back there. */
export async function giveBack(till: Till, tender: Tender): Promise<void> {
  const { key } = tender;
  try {
    if (isCharged(till, tender)) throw new TillProblem('card-charged');
    if (isBooked(tender) && !till.selling.training.value) {
      const [rights = '', redeemedId = ''] = tender.reference.split(' ');
      await till.pledges.giveBack(rights, redeemedId, { type: 'remove-tender', key });
    } else till.selling.dispatch({ type: 'remove-tender', key });
  } catch (error) {
    showToast({ bad: true, text: t('sell.pay.notGivenBack', { why: failureText(error) }) });
  }
}

/** Spend rights of a gift card or points for this sale and take them as a tender. */
export async function redeem(
  till: Till,
  kind: 'gift' | 'points',
  key: string,
  amount: number,
  worth_minor: number,
): Promise<void> {
  // The reference names both, so that it can be given back after a reload too.
  const tender = (id: string) =>
    ({ type: 'tender', kind, amountMinor: worth_minor, reference: `${key} ${id}` }) as const;
  if (till.selling.training.value) {
    const done = till.selling.dispatch(tender(till.newId()));
    if (!done.ok) throw new Error(refusedText(done.refused));
  } else await till.pledges.redeem(key, amount, tender);
  await finishIfPaid(till);
}
