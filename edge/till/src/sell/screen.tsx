// One law: the selling screen never scrolls and never jumps: what is found at the start, what is sold
// at the end, what can be done below.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { loadShift, shiftNow } from '../desk/current';
import { offerAgain } from '../desk/returning';
import { formatMoney, t } from '../i18n';
import { go } from '../route';
import {
  Button,
  Dialog,
  type IconName,
  Notice,
  play,
  type Shortcut,
  showToast,
  takeScans,
  useKeys,
} from '../ui';
import { ask } from './ask';
import { BasketPanel, currentLine } from './basket';
import { useTill } from './context';
import { askCoupon, removeCoupons } from './coupon';
import { askTotalDiscount } from './discount';
import { DonePanel } from './done';
import { FindPanel } from './find';
import { askHold, askRecall } from './held';
import { askLine, step, voidLine } from './line';
import { askMember } from './member';
import { isCharging } from './pay/card';
import { PayPanel } from './pay/panel';
import { takeScan } from './reading';
import { backToBasket, face, finished, latest, selected } from './state';
import './sell.css';
import './basket.css';
import './narrow.css';
import './pay/pay.css';

/** Begin to take money, if there is something to pay and a shift to book it in. */
export async function startPaying(till: Till): Promise<void> {
  if (till.selling.basket.value.lines.length === 0) {
    play('refused');
    showToast({ bad: true, text: t('sell.refused.basket-empty') });
    return;
  }
  if (till.selling.training.value || (await isShiftSure(till))) face.value = 'pay';
}

/** Whoever was told that no shift is known, and sells all the same: the node books it when it can. */
let toldOfNoShift = '';

/** Whether the money has a shift to be booked in, or somebody sells without knowing one. */
async function isShiftSure(till: Till): Promise<boolean> {
  if (shiftNow.value === undefined) await loadShift(till).catch(() => undefined);
  if (shiftNow.value) return true;
  const operator = till.session.current.value?.staff ?? '';
  const away = shiftNow.value === undefined;
  if (away && toldOfNoShift === operator) return true;
  const answer = await ask<true>((reply) => <NoShift away={away} answer={reply} />);
  if (!answer) return false;
  if (away) toldOfNoShift = operator;
  else go('desk/shift');
  return away;
}

function NoShift(props: { away: boolean; answer: (go: true | null) => void }): JSX.Element {
  const { away, answer } = props;
  return (
    <Dialog
      title={t(away ? 'sell.noShift.away' : 'sell.noShift.title')}
      onClose={() => answer(null)}
      keys={[{ key: 'Enter', run: () => answer(true) }]}
      foot={
        <Button kind="primary" size="xl" block onPress={() => answer(true)}>
          {t(away ? 'sell.noShift.sell' : 'sell.noShift.open')}
        </Button>
      }
    >
      <p>{t(away ? 'sell.noShift.awayText' : 'sell.noShift.text')}</p>
    </Dialog>
  );
}

/** Void the whole sale, once it is sure. */
async function askVoid(till: Till): Promise<void> {
  const { lines, tenders, id, exchange } = till.selling.basket.value;
  if (lines.length === 0 && tenders.length === 0 && !exchange) {
    await removeCoupons(till);
    till.selling.dispatch({ type: 'clear' });
    return;
  }
  if (tenders.length > 0) {
    showToast({ bad: true, text: t('sell.refused.tenders-taken') });
    return;
  }
  const total = till.selling.priced.value.totalMinor;
  const sure = await ask<true>((answer) => <VoidDialog total={total} answer={answer} />);
  if (!sure) return;
  await removeCoupons(till);
  if (!till.selling.dispatch({ type: 'clear' }).ok) return;
  offerAgain(exchange);
  selected.value = '';
  latest.value = '';
  showToast({
    text: exchange
      ? t('sell.void.credit', { amount: formatMoney(exchange.amountMinor) })
      : t('sell.void.done'),
  });
  if (till.selling.training.value) return;
  const detail = formatMoney(total);
  void till.outbox.audit({ action: 'void-sale', subject: id, reason: '', approver: '', detail });
}

function VoidDialog(props: { total: number; answer: (sure: true | null) => void }): JSX.Element {
  const { answer } = props;
  return (
    <Dialog
      title={t('sell.void.title')}
      onClose={() => answer(null)}
      keys={[{ key: 'Enter', label: t('sell.void'), run: () => answer(true) }]}
      foot={
        <>
          <Button size="xl" onPress={() => answer(null)}>
            {t('sell.void.keep')}
          </Button>
          <Button size="xl" kind="danger" shortcut="↵" onPress={() => answer(true)}>
            {t('sell.void')}
          </Button>
        </>
      }
    >
      <p>{t('sell.void.text', { total: formatMoney(props.total) })}</p>
    </Dialog>
  );
}

/** How many baskets wait, asked when the screen opens and when the node says so. */
function useHeldCount(): number {
  const till = useTill();
  const [count, setCount] = useState(0);
  const empty = till.selling.basket.value.lines.length === 0;
  const { node } = till.presence.state.value;
  useEffect(() => {
    let here = true;
    till.held.list().then(
      (held) => here && setCount(held.length),
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [till, empty, node]);
  return count;
}

interface Deed {
  readonly key: string;
  readonly icon: IconName;
  readonly label: string;
  readonly badge?: number;
  readonly run: () => void;
}

function deedsOf(till: Till, held: number): readonly Deed[] {
  return [
    { key: 'F3', icon: 'person', label: t('sell.do.member'), run: () => void askMember(till) },
    {
      key: 'F4',
      icon: 'percent',
      label: t('sell.discount'),
      run: () => void askTotalDiscount(till),
    },
    { key: 'F6', icon: 'ticket', label: t('sell.do.coupon'), run: () => void askCoupon(till) },
    { key: 'F7', icon: 'pause', label: t('sell.do.hold'), run: () => void askHold(till) },
    {
      key: 'F8',
      icon: 'inbox',
      label: t('sell.do.recall'),
      badge: held,
      run: () => void askRecall(till),
    },
    { key: 'F9', icon: 'undo', label: t('sell.do.return'), run: () => go('desk/return') },
    { key: 'F10', icon: 'trash', label: t('sell.do.void'), run: () => void askVoid(till) },
  ];
}

function lineKeys(till: Till): Shortcut[] {
  const lines = till.selling.priced.value.lines;
  const onLine = (run: (key: string) => void) => (): void => {
    const key = currentLine(lines)?.line.key;
    if (key) run(key);
  };
  const move = (by: number) => (): void => {
    const key = currentLine(lines)?.line.key;
    const at = lines.findIndex((one) => one.line.key === key);
    const next = lines[Math.min(lines.length - 1, Math.max(0, at + by))];
    if (next) selected.value = next.line.key;
  };
  return [
    { key: 'ArrowUp', label: t('sell.keys.up'), run: move(-1) },
    { key: 'ArrowDown', label: t('sell.keys.down'), run: move(1) },
    { key: 'Enter', label: t('sell.keys.line'), run: onLine((key) => void askLine(till, key)) },
    { key: '+', label: t('sell.line.more'), run: onLine((key) => step(till, key, 1)) },
    { key: '-', label: t('sell.line.less'), run: onLine((key) => step(till, key, -1)) },
    { key: 'Delete', label: t('sell.line.void'), run: onLine((key) => voidLine(till, key)) },
  ];
}

/** What can be done to the whole sale, by finger and by key. */
function Deeds({ onPay }: { onPay: () => void }): JSX.Element {
  const till = useTill();
  const held = useHeldCount();
  const deeds = deedsOf(till, held);
  useKeys([
    ...deeds.map(({ key, label, run }) => ({ key, label, run })),
    ...lineKeys(till),
    { key: 'F12', label: t('sell.pay'), run: onPay },
  ]);
  return (
    <nav class="deeds" aria-label={t('sell.deeds')}>
      {deeds.map((deed) => (
        <Button key={deed.key} icon={deed.icon} onPress={deed.run} class="deed">
          <span class="deed__word">{deed.label}</span>
          {deed.badge ? <span class="deed__badge num">{deed.badge}</span> : null}
          <kbd>{deed.key}</kbd>
        </Button>
      ))}
    </nav>
  );
}

function Filling(): JSX.Element {
  const till = useTill();
  const onPay = (): void => void startPaying(till);
  return (
    <main class="sell">
      <div class="sell__start">
        <FindPanel />
        <Deeds onPay={onPay} />
      </div>
      <BasketPanel onPay={onPay} />
    </main>
  );
}

function Paying(): JSX.Element {
  const till = useTill();
  return (
    <main class="sell sell--pay">
      <PayPanel />
      <BasketPanel onPay={() => void startPaying(till)} />
    </main>
  );
}

/** The selling screen with its three faces. */
export function SellScreen(): JSX.Element {
  const till = useTill();
  const { lines } = till.selling.basket.value;
  useEffect(() => takeScans((scan) => takeScan(till, scan)), [till]);
  const charging = isCharging(till);
  // A charge that a reload left behind is looked after before anything else.
  useEffect(() => {
    if (charging) face.value = 'pay';
  }, [charging]);
  if (face.value === 'done' && finished.value) {
    return (
      <main class="sell sell--done">
        <DonePanel />
      </main>
    );
  }
  if ((face.value === 'pay' || charging) && lines.length > 0) return <Paying />;
  if (face.value !== 'basket') queueMicrotask(backToBasket);
  return <Filling />;
}

/** Says that there is nothing to sell by yet. */
export function NotReady(): JSX.Element {
  return (
    <main class="page">
      <div class="page__body">
        <Notice mood="warn" title={t('sell.notReady.title')}>
          {t('sell.notReady.text')}
        </Notice>
      </div>
    </main>
  );
}
