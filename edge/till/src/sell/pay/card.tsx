// One law: while a card is charged its state is in sight; what nobody knows is settled by a person who
// looks at the terminal, and nothing else is charged before.
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Till } from '../../data/ports';
import { formatMoney, locale, t } from '../../i18n';
import {
  AmountPad,
  Button,
  holdScans,
  Icon,
  type IconName,
  Notice,
  remember,
  remembered,
  Spinner,
  TextField,
} from '../../ui';
import { useTill } from '../context';
import { failureText, isUnreachable } from '../refused';
import { settled, take } from './taking';

/** A card payment as the node knows it. */
export interface CardPayment {
  readonly id: string;
  /** pending, approved, declined, failed, reversed or unknown. */
  readonly state: string;
  readonly message: { readonly en: string; readonly zh: string };
  readonly amount_minor: number;
  readonly charged_minor: number;
  readonly device: string;
  readonly receipt: number | null;
  readonly card: string;
}

const POLL_MS = 1500;

/** Whether this till can reach a card terminal of the node. */
const hasTerminal = (till: Till): boolean =>
  till.setup.document.value?.devices.some((one) => one.category === 'CAT') ?? false;

/** Charge a card: by the store's terminal, or by one that stands alone. */
export function CardPay(): JSX.Element {
  const till = useTill();
  // Training moves no money: the real terminal is left alone.
  const real = hasTerminal(till) && !till.selling.training.value;
  return real ? <Terminal /> : <StandAlone />;
}

/** A charge that was begun and has no end yet; it outlives the page, because its money does. */
interface Begun {
  readonly id: string;
  readonly sale: string;
}

/** The charge under way at this till. */
const begun = signal<Begun | null>(null);

function keep(charge: Begun | null): void {
  begun.value = charge;
  remember('charge', JSON.stringify(charge));
}

/** Whether a charge for this sale has no end yet; one from before a reload counts. */
export function isCharging(sale: string): boolean {
  if (begun.value === null) {
    const known = JSON.parse(remembered('charge') ?? 'null') as Begun | null;
    if (known) begun.value = known;
  }
  return begun.value !== null && begun.value.sale === sale;
}

interface Charge {
  readonly payment: CardPayment | null;
  readonly problem: string;
  begin(amount: number): void;
  ask(path: string, body: unknown): void;
  forget(): void;
}

const OPEN = ['pending', 'unknown'];

/** A charge and what it has come to, looked at until it has an end. */
function useCharge(till: Till): Charge {
  const [payment, setPayment] = useState<CardPayment | null>(null);
  const [problem, setProblem] = useState('');
  const id = isCharging(till.selling.basket.value.id) ? (begun.value?.id ?? '') : '';
  const heard = useCallback((found: CardPayment): void => {
    setPayment(found);
    setProblem('');
    if (!OPEN.includes(found.state)) keep(null);
  }, []);
  const failed = useCallback((error: unknown): void => {
    setProblem(failureText(error));
    // The node never heard of it or refused it: nothing is under way.
    if (isUnreachable(error)) return;
    keep(null);
    setPayment(null);
  }, []);
  const look = useCallback(() => {
    till.api.get<CardPayment>(`/till/payments/${id}`, { as: 'device' }).then(heard, (error) => {
      if (isUnreachable(error)) setProblem(t('sell.card.nodeAway'));
      else failed(error);
    });
  }, [till, id, heard, failed]);
  useLooking(till, id, look);
  return {
    payment,
    problem,
    begin: (amount_minor) => {
      const sale_id = till.selling.basket.value.id;
      const charge = { id: till.newId(), sale: sale_id };
      keep(charge);
      setPayment(null);
      const options = { as: 'device', timeoutMs: 15_000 } as const;
      const path = `/till/payments/${charge.id}`;
      till.api.put<CardPayment>(path, { amount_minor, sale_id }, options).then(heard, failed);
    },
    ask: (path, body) => {
      till.api
        .post<CardPayment>(`/till/payments/${id}/${path}`, body)
        .then(heard, (error: unknown) => setProblem(failureText(error)));
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

/** Hear of an approval once. */
function useApproved(payment: CardPayment | null, heard: (payment: CardPayment) => void): void {
  const last = useRef('');
  useEffect(() => {
    if (payment?.state !== 'approved' || last.current === payment.id) return;
    last.current = payment.id;
    heard(payment);
  });
}

function Terminal(): JSX.Element {
  const till = useTill();
  const { dueMinor } = settled(till);
  const [typed, setTyped] = useState<number | null>(null);
  const charge = useCharge(till);
  const { payment } = charge;
  const amount = Math.min(typed ?? dueMinor, dueMinor);
  useApproved(payment, (approved) => {
    charge.forget();
    const { device, receipt, card, charged_minor, amount_minor } = approved;
    const reference = [device, receipt ?? '', card].filter(Boolean).join(' ').slice(0, 60);
    void take(till, 'card', charged_minor || amount_minor, reference);
  });
  if (payment) return <Charging payment={payment} charge={charge} />;
  if (isCharging(till.selling.basket.value.id)) {
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

/** A terminal that the node does not know: the cashier types the amount there and says what it said. */
function StandAlone(): JSX.Element {
  const till = useTill();
  const { dueMinor } = settled(till);
  const [typed, setTyped] = useState<number | null>(null);
  const [reference, setReference] = useState('');
  const amount = Math.min(typed ?? dueMinor, dueMinor);
  const done = (): void => void take(till, 'card', amount, reference.trim());
  return (
    <div class="stack">
      <Notice icon="card">{t('sell.card.standAlone', { amount: formatMoney(amount) })}</Notice>
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
