// One law: while a card is charged its state is in sight; what nobody knows is settled by a person who
// looks at the terminal, and nothing else is charged before.
import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Till } from '../../data/ports';
import { formatMoney, locale, t } from '../../i18n';
import { AmountPad, Button, Icon, type IconName, Notice, Spinner, TextField } from '../../ui';
import { useTill } from '../context';
import { failureText } from '../refused';
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
  till.setup.document.value?.devices.some((one) =>
    /terminal|payment|eft/i.test(`${one.kind} ${one.category}`),
  ) ?? false;

/** Charge a card: by the store's terminal, or by one that stands alone. */
export function CardPay(): JSX.Element {
  const till = useTill();
  return hasTerminal(till) ? <Terminal /> : <StandAlone />;
}

/** A charge and what it has come to; `open` while its result may still change. */
function useCharge(till: Till): {
  payment: CardPayment | null;
  problem: string;
  begin: (amount: number) => void;
  ask: (path: string, body: unknown) => void;
  forget: () => void;
} {
  const [payment, setPayment] = useState<CardPayment | null>(null);
  const [problem, setProblem] = useState('');
  const open = payment?.state === 'pending' || payment?.state === 'unknown';
  const id = payment?.id ?? '';
  const look = useCallback(() => {
    till.api
      .get<CardPayment>(`/till/payments/${id}`, { as: 'device' })
      .then(setPayment, (error: unknown) => setProblem(failureText(error)));
  }, [till, id]);
  useEffect(() => {
    if (!open || !id) return;
    const timer = setInterval(look, POLL_MS);
    const stop = till.events.on('payment', (news) => {
      if (news.id === id) look();
    });
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [till, open, id, look]);
  const tell = (call: Promise<CardPayment>): void => {
    setProblem('');
    call.then(setPayment, (error: unknown) => setProblem(failureText(error)));
  };
  return {
    payment,
    problem,
    begin: (amount_minor) => {
      const sale_id = till.selling.basket.value.id;
      const path = `/till/payments/${till.newId()}`;
      tell(till.api.put(path, { amount_minor, sale_id }, { as: 'device', timeoutMs: 15_000 }));
    },
    ask: (path, body) => tell(till.api.post(`/till/payments/${id}/${path}`, body)),
    forget: () => {
      setPayment(null);
      setProblem('');
    },
  };
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

function Charging(props: {
  payment: CardPayment;
  charge: ReturnType<typeof useCharge>;
}): JSX.Element {
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

function ChargingSteps(props: {
  state: string;
  amount: number;
  charge: ReturnType<typeof useCharge>;
}): JSX.Element {
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
