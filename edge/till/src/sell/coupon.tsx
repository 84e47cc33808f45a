// One law: a coupon counts once it is in the basket and its rule says so; one with a cap needs a right
// from the node first, so that it is never used more often than it may be.
import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { Coupon } from '../core/types';
import { ApiProblem } from '../data/api';
import type { Till } from '../data/ports';
import { t } from '../i18n';
import { Button, Dialog, play, showToast, TextField, takeScans } from '../ui';
import { ask } from './ask';
import { failureText, refusedText } from './refused';

/** Present a code as a coupon; false when no promotion knows it. */
export function presentCoupon(till: Till, text: string): boolean {
  const code = text.trim().toUpperCase();
  const promotion = till.setup.rules.value.promotions.find(
    (one) => one.type === 'coupon' && one.coupon.toUpperCase() === code,
  );
  if (!promotion) return false;
  const taken = till.selling.dispatch({ type: 'coupon', code: promotion.coupon });
  if (!taken.ok) {
    play('refused');
    showToast({ bad: true, text: refusedText(taken.refused) });
    return true;
  }
  play('ok');
  if (promotion.cap !== null) void redeem(till, promotion.coupon);
  else showToast({ text: t('sell.coupon.taken', { code: promotion.coupon }) });
  return true;
}

/** Take the right of a capped coupon at the node; without it the coupon leaves the basket. */
async function redeem(till: Till, code: string): Promise<void> {
  const booked = (redeemedId: string) => ({ type: 'coupon', code, redeemedId }) as const;
  try {
    if (till.selling.training.value) till.selling.dispatch(booked(till.newId()));
    else await till.pledges.redeem(`coupon:${code}`, 1, booked);
    showToast({ text: t('sell.coupon.taken', { code }) });
  } catch (error) {
    till.selling.dispatch({ type: 'remove-coupon', code });
    play('refused');
    const used = error instanceof ApiProblem && error.code === 'rights-short';
    const why = used ? t('sell.coupon.usedUp') : failureText(error);
    showToast({ bad: true, text: t('sell.coupon.refused', { code, why }) });
  }
}

/** Take a coupon off the sale again; a right that was taken goes back to the node. */
export async function removeCoupon(till: Till, code: string): Promise<void> {
  const coupon = till.selling.basket.value.coupons.findLast((one) => one.code === code);
  const removal = { type: 'remove-coupon', code } as const;
  if (!coupon?.redeemedId || till.selling.training.value) {
    till.selling.dispatch(removal);
    return;
  }
  try {
    await till.pledges.giveBack(`coupon:${code}`, coupon.redeemedId, removal);
  } catch (error) {
    showToast({ bad: true, text: t('sell.pay.notGivenBack', { why: failureText(error) }) });
  }
}

/** Give the rights of coupons back that were taken for a sale which does not come about. */
export async function removeCoupons(till: Till): Promise<void> {
  for (const { code, redeemedId } of till.selling.basket.value.coupons)
    if (redeemedId) await removeCoupon(till, code);
}

/** Give the rights of a held basket's coupons back, as soon as the node can take them. */
export async function giveBackHeld(till: Till, coupons: readonly Coupon[]): Promise<void> {
  const operator = till.session.current.value?.staff ?? '';
  for (const { code, redeemedId } of coupons) {
    if (redeemedId === '') continue;
    const path = `/till/entitlements/${encodeURIComponent(`coupon:${code}`)}/reverse`;
    const body = { id: till.newId(), redeemed_id: redeemedId, operator };
    await till.outbox.put({ id: body.id, kind: 'other', method: 'POST', path, body });
  }
}

/** Ask for a coupon's code. */
export async function askCoupon(till: Till): Promise<void> {
  await ask<true>((answer) => <CouponDialog till={till} close={() => answer(null)} />);
}

function CouponDialog({ till, close }: { till: Till; close: () => void }): JSX.Element {
  const [code, setCode] = useState('');
  const [error, setError] = useState('');
  const take = (text: string): void => {
    if (presentCoupon(till, text)) close();
    else setError(text ? t('sell.coupon.unknown', { code: text }) : t('sell.capture.empty'));
  };
  // Taken anew at every drawing: what a scan does hangs on the till and the dialog as they are now.
  useLayoutEffect(() =>
    takeScans((scan) => {
      setCode(scan.text);
      take(scan.text);
    }),
  );
  return (
    <Dialog
      title={t('sell.coupon.title')}
      onClose={close}
      lets_scans
      foot={
        <Button size="xl" kind="primary" block onPress={() => take(code)} shortcut="↵">
          {t('sell.coupon.take')}
        </Button>
      }
    >
      <TextField
        label={t('sell.coupon.code')}
        hint={t('sell.coupon.hint')}
        icon="ticket"
        value={code}
        error={error || undefined}
        autofocus
        onInput={setCode}
        onEnter={() => take(code)}
      />
    </Dialog>
  );
}
