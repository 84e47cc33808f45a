// One law: while money is taken, what remains to be paid is the largest number on the screen.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { withExchange } from '../../core/sale';
import type { Tender, TenderKind } from '../../core/types';
import type { Till } from '../../data/ports';
import { formatMoney, inLanguage, t } from '../../i18n';
import {
  Button,
  Icon,
  IconButton,
  type IconName,
  LargeMoney,
  Notice,
  Spinner,
  useKeys,
} from '../../ui';
import { ask } from '../ask';
import { useTill } from '../context';
import { AmountDialog } from '../questions';
import { backToBasket, latest, selected } from '../state';
import { CardPay, isCharging } from './card';
import { finishIfPaid, finishing, giveBack, settled, take, terminalsOf } from './taking';
import { CashPay, GiftPay, PointsPay, ReferencePay } from './ways';

const ICONS: Readonly<Record<string, IconName>> = {
  cash: 'cash',
  card: 'card',
  gift: 'gift',
  points: 'star',
  voucher: 'ticket',
  alipay: 'qr',
  wechat: 'qr',
};

function Way({ kind }: { kind: TenderKind }): JSX.Element {
  if (kind.change) return <CashPay kind={kind} />;
  if (kind.kind === 'card') return <CardPay />;
  if (kind.kind === 'gift') return <GiftPay />;
  if (kind.kind === 'points') return <PointsPay />;
  return <ReferencePay kind={kind} />;
}

/** Let the node's scanners read payment codes as such while this shows. */
function useTendering(): void {
  const till = useTill();
  useEffect(() => {
    const tell = (paying: boolean): void => {
      till.api.put('/till/tendering', { paying }, { as: 'device' }).catch(() => undefined);
    };
    tell(true);
    return () => tell(false);
  }, [till]);
}

/** Taking money: the ways to pay, what was taken, what remains. */
export function PayPanel(): JSX.Element {
  const till = useTill();
  const kinds = till.setup.rules.value.tenders;
  const charging = isCharging(till);
  const [wished, setChosen] = useState(kinds[0]?.kind ?? 'cash');
  // Until the terminal has an end to it, nothing else is paid and nobody leaves.
  const chosen = charging ? 'card' : wished;
  const back = (): void => {
    if (!charging) backToBasket();
  };
  const kind = kinds.find((one) => one.kind === chosen) ?? kinds[0];
  const { dueMinor, refused } = settled(till);
  useTendering();
  const ways = useShownWay(kind?.kind ?? '');
  useKeys([
    { key: 'Escape', label: t('sell.pay.back'), run: back },
    ...kinds.slice(0, 9).map((one, index) => ({
      key: `F${index + 1}`,
      label: inLanguage(one.names),
      run: () => {
        if (!charging) setChosen(one.kind);
      },
    })),
  ]);
  return (
    <section class="pay" aria-label={t('sell.pay')}>
      <header class="pay__head">
        <IconButton icon="back" label={t('sell.pay.back')} disabled={charging} onPress={back} />
        <div class="grow">
          <p class="muted">{t('sell.pay.due')}</p>
          <p class="pay__due" aria-live="polite">
            <LargeMoney minor={dueMinor} />
          </p>
        </div>
        <Taken />
        {till.setup.rules.value.tips && <Tip />}
      </header>
      <div class="pay__body">
        <nav ref={ways} class="pay__ways" aria-label={t('sell.pay.ways')}>
          {kinds.map((one, index) => (
            <Button
              key={one.kind}
              size="l"
              icon={ICONS[one.kind] ?? 'cash'}
              shortcut={index < 9 ? `F${index + 1}` : undefined}
              pressed={one.kind === kind?.kind}
              disabled={charging && one.kind !== 'card'}
              onPress={() => setChosen(one.kind)}
            >
              <span class="grow">{inLanguage(one.names)}</span>
            </Button>
          ))}
        </nav>
        <div class="pay__way">
          {finishing.value && <Spinner label={t('sell.pay.finishing')} />}
          {refused?.code === 'tender-over' && (
            <Notice mood="warn">{t('sell.refused.tender-over', { over: '' })}</Notice>
          )}
          {dueMinor === 0 ? <PaidAlready /> : kind && <Way key={kind.kind} kind={kind} />}
        </div>
      </div>
    </section>
  );
}

/** Keeps the way chosen by key in sight where the ways do not fit beside each other. */
function useShownWay(kind: string): { readonly current: HTMLElement | null } {
  const ways = useRef<HTMLElement>(null);
  useEffect(() => {
    const pressed = kind && ways.current?.querySelector('[aria-pressed="true"]');
    if (pressed) pressed.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [kind]);
  return ways;
}

/** A tip, where the store takes any: a charge of its own, on top of the total. */
function Tip(): JSX.Element {
  const till = useTill();
  const askTip = async (): Promise<void> => {
    const minor = await ask<number>((answer) => (
      <AmountDialog title={t('sell.pay.tipFor')} label={t('sell.pay.tip')} answer={answer} />
    ));
    if (minor === null) return;
    const added = till.selling.dispatch({ type: 'tip', amountMinor: minor });
    selected.value = '';
    if (added.ok) latest.value = added.key;
  };
  return (
    <Button icon="plus" onPress={() => void askTip()}>
      {t('sell.pay.tip')}
    </Button>
  );
}

/** Nothing is due: a sale that comes to nothing, or one whose finishing was refused before. */
function PaidAlready(): JSX.Element {
  const till = useTill();
  const { changeMinor, overMinor } = settled(till);
  const finish = (): void => void finishIfPaid(till);
  const change = formatMoney(changeMinor);
  const toCard = overMinor > 0 && canGoToCard(till);
  const over = formatMoney(overMinor);
  const payBack = (): void => void (toCard && take(till, 'card', -overMinor));
  useKeys([
    { key: 'Enter', label: t('sell.pay.finish'), run: finish },
    ...(toCard
      ? [{ key: 'c', label: t('sell.pay.finishCard', { change: over }), run: payBack }]
      : []),
  ]);
  return (
    <div class="stack">
      <Button kind="primary" size="xl" block busy={finishing.value} shortcut="↵" onPress={finish}>
        {changeMinor > 0 ? t('sell.pay.finishChange', { change }) : t('sell.pay.finish')}
      </Button>
      {toCard && (
        <Button size="xl" icon="card" block busy={finishing.value} shortcut="C" onPress={payBack}>
          {t('sell.pay.finishCard', { change: over })}
        </Button>
      )}
    </div>
  );
}

/** Whether what an exchange leaves over can go to a card: the node and its terminal are there. */
function canGoToCard(till: Till): boolean {
  const { exchange, tenders } = till.selling.basket.value;
  const here = till.presence.state.value.node === 'up' && !till.selling.training.value;
  return here && exchange !== null && tenders.length === 0 && terminalsOf(till).length > 0;
}

function Taken(): JSX.Element | null {
  const till = useTill();
  const tenders = withExchange(till.selling.basket.value);
  if (tenders.length === 0) return null;
  return (
    <ul class="taken" aria-label={t('sell.pay.taken')}>
      {tenders.map((tender) => (
        <TakenTender key={tender.key} tender={tender} />
      ))}
    </ul>
  );
}

function TakenTender({ tender }: { tender: Tender }): JSX.Element {
  const till = useTill();
  const kind = till.setup.rules.value.tenders.find((one) => one.kind === tender.kind);
  const name = kind ? inLanguage(kind.names) : t('sell.pay.exchange');
  const fixed = tender.kind === 'exchange';
  return (
    <li class="taken__tender">
      <Icon name={ICONS[tender.kind] ?? 'undo'} size={18} />
      <span>{name}</span>
      <strong class="num">{formatMoney(tender.amountMinor)}</strong>
      {!fixed && (
        <IconButton
          icon="close"
          label={t('sell.pay.takeOut', { name })}
          onPress={() => void giveBack(till, tender)}
        />
      )}
    </li>
  );
}
