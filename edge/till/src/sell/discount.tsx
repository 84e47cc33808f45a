// One law: money given away by hand has an amount or a share, a reason, and a manager behind it where
// the limit says so.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { discountNeedsApproval, isOverLimit, mayApprove } from '../core/approval';
import { mulDivHalfUp, PPM } from '../core/money';
import { price } from '../core/pricing';
import type { Basket, ManualDiscount } from '../core/types';
import type { Till } from '../data/ports';
import { formatMoney, formatPercent, t } from '../i18n';
import { AmountPad, Button, Choices, Dialog, Money, Notice, play, showToast } from '../ui';
import { askManager } from './adding';
import { ask } from './ask';
import { reasonsFor, reasonWords } from './reasons';
import { refusedText } from './refused';
import { rolesOf } from './state';

const PPM_PER_PERCENT = PPM / 100;

type Way = 'percent' | 'amount';

/** Make a discount of what was typed: whole per cent, or minor units. */
export function discountOf(way: Way, typed: number, reason: string, approver = ''): ManualDiscount {
  return way === 'percent'
    ? { percentPpm: typed * PPM_PER_PERCENT, reason, approver }
    : { amountMinor: typed, reason, approver };
}

/** What a discount takes off an amount. */
export function worthOf(discount: ManualDiscount, of_minor: number): number {
  return discount.percentPpm === undefined
    ? Math.min(discount.amountMinor ?? 0, of_minor)
    : mulDivHalfUp(of_minor, discount.percentPpm, PPM);
}

/** What a discount is asked for. */
interface Wanted {
  readonly title: string;
  /** What it is taken off. */
  readonly of_minor: number;
  /** The basket as it would be with the discount. */
  readonly within: (discount: ManualDiscount) => Basket;
}

/** Whether a discount needs a manager, by itself or with what was taken off by hand before. */
function needsManager(till: Till, wished: ManualDiscount, wanted: Wanted): boolean {
  const roles = rolesOf(till);
  const rules = till.setup.rules.value;
  if (mayApprove(roles)) return false;
  if (discountNeedsApproval(wished, wanted.of_minor, roles, rules)) return true;
  const basket = wanted.within(wished);
  const atMs = basket.startedMs || till.nowMs();
  return isOverLimit(basket, price(basket, { rules, atMs, language: 'en' }), rules);
}

/** Ask for a discount off an amount and see it allowed. Null: never mind. */
export async function askDiscount(till: Till, wanted: Wanted): Promise<ManualDiscount | null> {
  const { of_minor } = wanted;
  if (of_minor <= 0) {
    play('refused');
    showToast({ bad: true, text: t('sell.discount.nothing') });
    return null;
  }
  const wished = await ask<ManualDiscount>((answer) => (
    <DiscountDialog till={till} wanted={wanted} answer={answer} />
  ));
  if (!wished || !needsManager(till, wished, wanted)) return wished;
  const rules = till.setup.rules.value;
  const approver = await askManager(till, {
    action: 'discount',
    reason: wished.reason,
    words: reasonWords(reasonsFor(rules, 'discount'), wished.reason),
    detail: formatMoney(worthOf(wished, of_minor)),
    title: t('sell.approve.discount', { amount: formatMoney(worthOf(wished, of_minor)) }),
  });
  return approver === null ? null : { ...wished, approver };
}

/** Ask for a discount off the whole sale. */
export async function askTotalDiscount(till: Till): Promise<void> {
  const basket = till.selling.basket.value;
  if (basket.lines.length === 0) {
    showToast({ bad: true, text: t('sell.refused.basket-empty') });
    return;
  }
  const { reducibleMinor } = till.selling.priced.value;
  const title = t(basket.discount ? 'sell.discount.other' : 'sell.discount.total');
  const within = (discount: ManualDiscount): Basket => ({ ...basket, discount });
  const discount = await askDiscount(till, { title, of_minor: reducibleMinor, within });
  if (!discount) return;
  const done = till.selling.dispatch({ type: 'total-discount', discount });
  if (!done.ok) showToast({ bad: true, text: refusedText(done.refused) });
}

/** Take the discount off the whole sale away again. */
export function removeTotalDiscount(till: Till): void {
  till.selling.dispatch({ type: 'total-discount', discount: null });
  showToast({ text: t('sell.discount.removed') });
}

function DiscountDialog(props: {
  till: Till;
  wanted: Wanted;
  answer: (discount: ManualDiscount | null) => void;
}): JSX.Element {
  const { till, wanted, answer } = props;
  const { of_minor } = wanted;
  const rules = till.setup.rules.value;
  const reasons = reasonsFor(rules, 'discount');
  const [way, setWay] = useState<Way>('percent');
  const [typed, setTyped] = useState<number | null>(null);
  const [reason, setReason] = useState(reasons[0]?.value ?? 'other');
  const most = way === 'percent' ? 100 : of_minor;
  const value = Math.min(typed ?? 0, most);
  const wished = discountOf(way, value, reason);
  const needs = value > 0 && needsManager(till, wished, wanted);
  const done = (): void => {
    if (value > 0) answer(wished);
  };
  return (
    <Dialog
      title={wanted.title}
      shape="wide"
      onClose={() => answer(null)}
      foot={
        <Button size="xl" kind="primary" block disabled={value === 0} onPress={done} shortcut="↵">
          {t('sell.discount.take', { amount: formatMoney(worthOf(wished, of_minor)) })}
        </Button>
      }
    >
      <div class="two">
        <AmountPad
          label={t('sell.discount.off', { amount: formatMoney(of_minor) })}
          value={typed === null ? null : value}
          format={way === 'percent' ? (n) => formatPercent(n * PPM_PER_PERCENT) : undefined}
          onChange={setTyped}
          onEnter={done}
        />
        <div class="stack">
          <Choices
            label={t('sell.discount.way')}
            show_label
            value={way}
            options={[
              { value: 'percent', label: t('sell.discount.percent') },
              { value: 'amount', label: t('sell.discount.amount') },
            ]}
            onChange={(chosen) => {
              setWay(chosen as Way);
              setTyped(null);
            }}
          />
          <Choices
            label={t('sell.reason')}
            show_label
            value={reason}
            options={reasons}
            onChange={setReason}
          />
          <p class="row">
            <span class="grow muted">{t('sell.discount.then')}</span>
            <strong class="ask-amount">
              <Money minor={of_minor - worthOf(wished, of_minor)} />
            </strong>
          </p>
          {needs && <Notice icon="lock">{t('sell.discount.needsManager')}</Notice>}
        </div>
      </div>
    </Dialog>
  );
}
