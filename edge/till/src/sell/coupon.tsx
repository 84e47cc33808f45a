// One law: a coupon counts once it is in the basket and its rule says so; one with a cap needs a right
// from the node first, so that it is never used more often than it may be.
import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
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
  if (promotion.cap !== null) void redeem(till, promotion.coupon, taken.basket.id);
  else showToast({ text: t('sell.coupon.taken', { code: promotion.coupon }) });
  return true;
}

/** Take the right of a capped coupon at the node; without it the coupon leaves the basket. */
async function redeem(till: Till, code: string, sale_id: string): Promise<void> {
  const id = till.newId();
  const operator = till.session.current.value?.staff ?? '';
  const path = `/till/entitlements/${encodeURIComponent(`coupon:${code}`)}/redeem`;
  try {
    if (!till.selling.training.value) {
      await till.api.post(path, { id, amount: 1, sale_id, operator }, { as: 'device' });
    }
    till.selling.dispatch({ type: 'coupon', code, redeemedId: id });
    showToast({ text: t('sell.coupon.taken', { code }) });
  } catch (error) {
    till.selling.dispatch({ type: 'remove-coupon', code });
    play('refused');
    showToast({ bad: true, text: t('sell.coupon.refused', { code, why: failureText(error) }) });
  }
}

/** Take a coupon off the sale again; a right that was taken goes back to the node. */
export function removeCoupon(till: Till, code: string): void {
  const coupon = till.selling.basket.value.coupons.findLast((one) => one.code === code);
  const removed = till.selling.dispatch({ type: 'remove-coupon', code });
  if (!removed.ok || !coupon?.redeemedId || till.selling.training.value) return;
  void till.outbox.put({
    id: till.newId(),
    kind: 'other',
    method: 'POST',
    path: `/till/entitlements/${encodeURIComponent(`coupon:${code}`)}/reverse`,
    body: {
      id: till.newId(),
      redeemed_id: coupon.redeemedId,
      operator: till.session.current.value?.staff ?? '',
    },
  });
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
