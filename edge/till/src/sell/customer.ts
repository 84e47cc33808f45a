// One law: the customer's screens say what the cashier's says, a moment later and never more.
import { effect } from '@preact/signals';
import { reducedMinor } from '../core/pricing';
import { withExchange } from '../core/sale';
import { roundedMinor, settle } from '../core/tenders';
import type { Member, Priced, Rules } from '../core/types';
import {
  CHANNEL,
  CustomerFeed,
  type Port,
  type Shown,
  type ShownBasket,
} from '../customer/channel';
import type { Till } from '../data/ports';
import { formatMoney, inLanguage, locale, t } from '../i18n';
import { isDark, theme } from '../ui';
import { discountText } from './reasons';
import { face, finished, latest } from './state';

/** A priced basket as the customer reads it. */
export function shownBasket(priced: Priced, rules: Rules, member: Member | null): ShownBasket {
  return {
    lines: priced.lines.map((one) => ({
      key: one.line.key,
      names: one.line.names,
      quantity: one.line.quantity,
      unit: one.line.unit,
      price_minor: one.priceMinor,
      price_quantity: one.priceQuantity,
      amount_minor: reducedMinor(one),
      savings: one.discounts
        .filter((discount) => !discount.whole)
        .map((discount) => ({
          text: discountText(rules, discount),
          amount_minor: discount.amountMinor,
        })),
    })),
    latest: latest.value,
    whole: priced.explained
      .filter((discount) => discount.whole)
      .map((discount) => ({
        text: `${discount.kind === 'manual' ? `${t('sell.discount')}: ` : ''}${discountText(rules, discount)}`,
        amount_minor: discount.amountMinor,
      })),
    added_minor: priced.lines.reduce((sum, one) => sum + (one.taxAdded ? one.taxMinor : 0), 0),
    total_minor: priced.totalMinor,
    savings_minor: priced.discountMinor,
    member: member && { name: member.name, points: null, points_earned: priced.points },
  };
}

/** Everything the second screen shows now. */
export function shownNow(till: Till): Shown {
  const setup = till.setup.document.value;
  const about = {
    store: setup?.store.name ?? '',
    language: locale.value,
    theme: theme.value === 'system' ? (isDark() ? 'dark' : 'light') : theme.value,
    currency: setup?.currency ?? 'EUR',
    exponent: setup?.exponent ?? 2,
    training: till.selling.training.value,
  } as const;
  const done = finished.value;
  const current = till.selling.basket.value;
  const priced = till.selling.priced.value;
  const rules = till.setup.rules.value;
  if (face.value === 'done' && done) {
    // Whoever reads over a shoulder reads the points, not whose they are.
    const member = done.document.member ? { id: '', name: '' } : null;
    const sold = shownBasket(done.priced, rules, member);
    return {
      ...about,
      phase: 'thanks',
      basket: sold,
      change_minor: done.changeMinor,
      rounding_minor: 0 - roundedMinor(done.document.tenders),
      receipt: done.receipt,
    };
  }
  if (priced.lines.length === 0) return { ...about, phase: 'idle' };
  const basket = shownBasket(priced, rules, current.member);
  if (face.value !== 'pay') return { ...about, phase: 'basket', basket };
  const sums = settle(priced.totalMinor, withExchange(current), rules);
  return {
    ...about,
    phase: 'paying',
    basket,
    paid_minor: sums.paidMinor,
    due_minor: sums.dueMinor,
    due_cash_minor: sums.dueCashMinor,
    asking: { kind: 'choose' },
  };
}

const DISPLAY_MS = 150;

/** Tell the second screen, and the pole display where the store has one; returns how to stop. */
export function feedCustomer(till: Till): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  const feed = new CustomerFeed(channel as unknown as Port);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    const shown = shownNow(till);
    feed.show(shown);
    clearTimeout(timer);
    timer = setTimeout(() => tellDisplay(till, shown), DISPLAY_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
    feed.close();
    channel.close();
  };
}

function tellDisplay(till: Till, shown: Shown): void {
  const has = till.setup.document.value?.devices.some((one) => one.category === 'LineDisplay');
  if (!has || till.presence.state.value.node !== 'up') return;
  const basket = shown.phase === 'idle' ? null : shown.basket;
  const last = basket?.lines.find((line) => line.key === basket.latest) ?? basket?.lines.at(-1);
  const items = last
    ? [
        {
          text: inLanguage(last.names).slice(0, 80),
          amount: formatMoney(last.amount_minor, { bare: true }),
        },
      ]
    : [];
  const body = basket
    ? { items, total: formatMoney(basket.total_minor, { bare: true }) }
    : { lines: [shown.store.slice(0, 80)] };
  till.api.put('/till/display', body, { as: 'device' }).catch(() => undefined);
}
