// One law: while a card is charged its state is in sight; what nobody knows is settled by a person who
// looks at the terminal, and nothing else is charged before.
import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { ApiProblem, isUnsettled } from '../../data/api';
import type { Pledge, Till } from '../../data/ports';
import type { CardPayment } from '../../data/wire';
import { formatMoney, locale, t } from '../../i18n';
import {
  AmountPad,
  Button,
  holdScans,
  Icon,
  type IconName,
  Notice,
  Spinner,
  TextField,
} from '../../ui';
import { useTill } from '../context';
import { failureText, isUnreachable } from '../refused';
import { finishIfPaid, settled, take, terminalsOf } from './taking';

const POLL_MS = 1500;

/** Charge a card: by the store's terminal, or by one that stands alone. */
export function CardPay(): JSX.Element {
  const till = useTill();
  // Training moves no money: the real terminal is left alone.
  const real = terminalsOf(till).length > 0 && !till.selling.training.value;
  // A charge that the node cannot hear of would only keep the cashier from every other way.
  const away = till.presence.state.value.node === 'down' && !isCharging(till);
  return real && !away ? <Terminal /> : <StandAlone away={real} />;
}

/** Whether a charge for the sale in hand has no end yet; one from before a reload counts. */
export const isCharging = (till: Till): boolean => till.pledges.charge.value !== null;

interface Charge {
  readonly payment: CardPayment | null;
  readonly problem: string;
  begin(amount: number): void;
  ask(path: string, body: unknown): void;
  forget(): void;
}

const OPEN = ['pending', 'unknown'];

/** Charges whose request is still on its way: that the node does not know them yet says nothing. */
const onTheWay = new Set<string>();

/** Ask the node to charge; the charge is on disk here by then. */
async function send(till: Till, { id, amount, sale }: Pledge): Promise<CardPayment> {
  onTheWay.add(id);
  const options = { as: 'device', timeoutMs: 15_000 } as const;
  const body = { amount_minor: amount, sale_id: sale };
  try {
    return await till.api.put<CardPayment>(`/till/payments/${id}`, body, options);
  } finally {
    onTheWay.delete(id);
  }
}

/**
 * Ask the node how a charge is; null while the request for it is on its way. One that the node does
 * not know is given up there first: it may still arrive, and another card must not be charged before.
 */
async function find(till: Till, { id }: Pledge): Promise<CardPayment | null> {
  const path = `/till/payments/${id}`;
  try {
    return await till.api.get<CardPayment>(path, { as: 'device' });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'unknown-job') throw error;
    if (onTheWay.has(id)) return null;
    return till.api.post<CardPayment>(`${path}/cancel`, {}, { as: 'device' });
  }
}

/** Book what a charge came to; what was not charged is forgotten. */
async function conclude(till: Till, pledge: Pledge, found: CardPayment): Promise<void> {
  if (found.state !== 'approved') return till.pledges.drop(pledge);
  const { device, receipt, card, charged_minor, amount_minor } = found;
  const reference = [device, receipt ?? '', card].filter(Boolean).join(' ').slice(0, 60);
  const amountMinor = charged_minor || amount_minor;
  const tender = { type: 'tender', kind: 'card', amountMinor, reference } as const;
  if (await till.pledges.book(pledge, tender)) await finishIfPaid(till);
}

/** A charge and what it has come to, looked at until it has an end. */
function useCharge(till: Till): Charge {
  const [payment, setPayment] = useState<CardPayment | null>(null);
  const [problem, setProblem] = useState('');
  const pledge = till.pledges.charge.value;
  const told = useCallback((error: unknown) => setProblem(failureText(error)), []);
  const heard = useCallback(
    (about: Pledge, found: CardPayment): void => {
      setPayment(found.state === 'approved' ? null : found);
      setProblem('');
      if (!OPEN.includes(found.state)) conclude(till, about, found).catch(told);
    },
    [till, told],
  );
  const failed = useCallback(
    (about: Pledge, error: unknown): void => {
      const away = isUnreachable(error);
      setProblem(away ? t('sell.card.nodeAway') : failureText(error));
      // The node refused it: nothing is under way.
      if (isUnsettled(error) || onTheWay.has(about.id)) return;
      setPayment(null);
      till.pledges.drop(about).catch(told);
    },
    [till, told],
  );
  const look = useCallback(() => {
    if (!pledge) return;
    find(till, pledge).then(
      (found) => found && heard(pledge, found),
      (error) => failed(pledge, error),
    );
  }, [till, pledge, heard, failed]);
  useLooking(till, pledge?.id ?? '', look);
  const begin = async (amount: number): Promise<void> => {
    setPayment(null);
    const begun = await till.pledges.beginCharge(amount);
    await send(till, begun).then(
      (found) => heard(begun, found),
      (error) => failed(begun, error),
    );
  };
  return {
    payment,
    problem,
    begin: (amount) => void begin(amount).catch(told),
    ask: (path, body) => {
      if (pledge)
        till.api
          .post<CardPayment>(`/till/payments/${pledge.id}/${path}`, body)
          .then((found) => heard(pledge, found), told);
    },
    forget: () => {
      setPayment(null);
      setProblem('');
    },
  };
}

/** Look again whenever the node tells something, and every now and then in case it could not. */
function useLooking(till: Till, id: string, look: () => void): void {
  useEffect(() => {
    if (!id) return;
    const timer = setInterval(look, POLL_MS);
    const stop = till.events.on('payment', (news) => {
      if (news.id === id) look();
    });
    // What is scanned now belongs to no basket whose total is being charged.
    const go = holdScans();
    return () => {
      clearInterval(timer);
      stop();
      go();
    };
  }, [till, id, look]);
}

function Terminal(): JSX.Element {
  const till = useTill();
  const { dueMinor } = settled(till);
  const [typed, setTyped] = useState<number | null>(null);
  const charge = useCharge(till);
  const { payment } = charge;
  const amount = Math.min(typed ?? dueMinor, dueMinor);
  if (payment) return <Charging payment={payment} charge={charge} />;
  if (isCharging(till)) {
    return (
      <div class="stack">
        {charge.problem && <Notice mood="warn">{charge.problem}</Notice>}
        <Spinner label={t('ui.loading')} />
      </div>
    );
  }
  return (
    <div class="stack">
      {charge.problem && <Notice mood="danger">{charge.problem}</Notice>}
      <AmountPad
        label={t('sell.pay.charge')}
        value={typed}
        suggested={dueMinor}
        onChange={setTyped}
        onEnter={() => charge.begin(amount)}
      />
      <Button
        kind="primary"
        size="xl"
        icon="card"
        block
        shortcut="↵"
        onPress={() => charge.begin(amount)}
      >
        {t('sell.pay.chargeNow', { amount: formatMoney(amount) })}
      </Button>
    </div>
  );
}

const FACES: Readonly<Record<string, IconName>> = {
  pending: 'card',
  unknown: 'warn',
  declined: 'block',
  failed: 'block',
};

function Charging(props: { payment: CardPayment; charge: Charge }): JSX.Element {
  const { payment, charge } = props;
  const state = payment.state in FACES ? payment.state : 'pending';
  const said = payment.message[locale.value];
  return (
    <div class={`charging charging--${state}`} aria-live="assertive">
      <Icon name={FACES[state] ?? 'card'} size={56} />
      <p class="charging__state">
        {t(`sell.card.${state as 'pending' | 'unknown' | 'declined' | 'failed'}`, {
          amount: formatMoney(payment.amount_minor),
        })}
      </p>
      {said && <p class="muted">{said}</p>}
      {state === 'pending' && <Spinner label={t('ui.loading')} />}
      {state === 'unknown' && <Notice mood="warn">{t('sell.card.unknownStep')}</Notice>}
      {charge.problem && <Notice mood="danger">{charge.problem}</Notice>}
      <ChargingSteps state={state} charge={charge} amount={payment.amount_minor} />
    </div>
  );
}

function ChargingSteps(props: { state: string; amount: number; charge: Charge }): JSX.Element {
  const { state, charge } = props;
  if (state === 'pending') {
    return (
      <Button size="l" onPress={() => charge.ask('cancel', {})}>
        {t('sell.card.cancel')}
      </Button>
    );
  }
  if (state === 'unknown') {
    return (
      <div class="row wrap">
        <Button size="l" onPress={() => charge.ask('resolve', { charged: false })}>
          {t('sell.card.notPaid')}
        </Button>
        <Button size="l" kind="primary" onPress={() => charge.ask('resolve', { charged: true })}>
          {t('sell.card.paid')}
        </Button>
      </div>
    );
  }
  return (
    <div class="row wrap">
      <Button size="l" onPress={charge.forget}>
        {t('sell.card.otherWay')}
      </Button>
      <Button size="l" kind="primary" onPress={() => charge.begin(props.amount)}>
        {t('sell.card.again')}
      </Button>
    </div>
  );
}

/**
 * A terminal that the node does not know, or one whose node is away: the cashier types the amount
 * there and says what it said.
 */
function StandAlone({ away }: { away: boolean }): JSX.Element {
  const till = useTill();
  const { dueMinor } = settled(till);
  const [typed, setTyped] = useState<number | null>(null);
  const [reference, setReference] = useState('');
  const amount = Math.min(typed ?? dueMinor, dueMinor);
  const done = (): void => {
    setReference('');
    setTyped(null);
    void take(till, 'card', amount, reference.trim());
  };
  return (
    <div class="stack">
      <Notice icon="card" mood={away ? 'warn' : 'plain'}>
        {t(away ? 'sell.card.cut' : 'sell.card.standAlone', { amount: formatMoney(amount) })}
      </Notice>
      <AmountPad
        label={t('sell.pay.charge')}
        value={typed}
        suggested={dueMinor}
        onChange={setTyped}
        onEnter={done}
      />
      <TextField
        label={t('sell.card.reference')}
        value={reference}
        max_length={40}
        onInput={setReference}
        onEnter={done}
      />
      <Button kind="primary" size="xl" icon="check" block shortcut="↵" onPress={done}>
        {t('sell.card.approved', { amount: formatMoney(amount) })}
      </Button>
    </div>
  );
}
