// One law: what a void, a return or an exchange owes a card goes back once; till then it is in sight.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiProblem } from '../data/api';
import type { Pledge, Till } from '../data/ports';
import type { CardPayment } from '../data/wire';
import { formatMoney, locale, t } from '../i18n';
import { Button, Dialog, Notice, Spinner, TextField } from '../ui';
import { type Action, Failed, useAction, useLoad } from './load';

type Listed = { readonly payments: readonly CardPayment[] };

const POLL_MS = 1500;
const SEND_MS = 15_000;
const OPEN = ['pending', 'unknown'];

const isOpen = ({ state }: CardPayment): boolean => OPEN.includes(state);
const amountOf = (one: CardPayment): number => one.charged_minor || one.amount_minor;

async function listed(till: Till, sale: string): Promise<readonly CardPayment[]> {
  return (await till.api.get<Listed>(`/till/payments?sale=${sale}`)).payments;
}

/** Write down, before a sale is voided, that what was charged for it is to be undone. */
export async function meanReversals(till: Till, sale: string): Promise<void> {
  for (const one of await listed(till, sale))
    if (one.reverses === '' && one.state === 'approved')
      await till.pledges.beginReversal(sale, one.id, amountOf(one));
}

/** The sale was not voided: nothing is to be undone. */
export async function dropReversals(till: Till, sale: string): Promise<void> {
  for (const one of till.pledges.reversals(sale)) await till.pledges.drop(one);
}

/** Have the terminal undo a charge, under the id that is on disk; what the node refuses is over. */
async function send(till: Till, pledge: Pledge): Promise<void> {
  try {
    const path = `/till/payments/${pledge.key}/reverse`;
    await till.api.post(path, { id: pledge.id }, { as: 'device', timeoutMs: SEND_MS });
  } catch (error) {
    if (error instanceof ApiProblem && !error.passing) await till.pledges.drop(pledge);
    throw error;
  }
}

/** Look again whenever the node tells something, and every now and then in case it could not. */
function useLooking(till: Till, open: boolean, look: () => void): void {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    const stop = till.events.on('payment', () => latest.current());
    const timer = open ? setInterval(() => latest.current(), POLL_MS) : 0;
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [till, open]);
}

/** What is to be paid back: a charge of a void sale, or what a return or an exchange owes. */
const isOwed = ({ kind }: CardPayment): boolean => kind === 'owed';
const isCharge = ({ kind }: CardPayment): boolean => kind === 'charge';

/** What a debt has come to: the last try to pay it back. */
function lastTry(payments: readonly CardPayment[], { id }: CardPayment): CardPayment | null {
  return payments.findLast((one) => one.reverses === id && !isOwed(one)) ?? null;
}

/**
 * Do by itself what was meant when the sale was voided, and what is owed now that the customer stands
 * here (`begin`): one after the other, each once.
 */
function useMeant(
  { till, sale, begin }: Backs,
  payments: readonly CardPayment[] | null,
  busy: boolean,
  undo: (pledge: Promise<Pledge>) => void,
): void {
  const tried = useRef(new Set<string>());
  /** What was listed when the last one was begun: the next waits until it is seen there. */
  const seen = useRef<readonly CardPayment[] | null>(null);
  useEffect(() => {
    if (!payments || busy || payments === seen.current) return;
    for (const pledge of till.pledges.reversals(sale)) {
      const known = payments.find(({ id }) => id === pledge.id);
      const charge = payments.find(({ id }) => id === pledge.key);
      if (known && !isOpen(known)) void till.pledges.drop(pledge).catch(() => undefined); // next time
      if (known || !charge?.task || tried.current.has(pledge.id)) continue;
      if (payments.some(isOpen)) return; // a terminal does one thing at a time
      tried.current.add(pledge.id);
      seen.current = payments;
      return undo(Promise.resolve(pledge));
    }
    if (!begin || payments.some(isOpen)) return;
    const next = payments.find(
      (one) => isOwed(one) && one.task && !lastTry(payments, one) && !tried.current.has(one.id),
    );
    if (!next) return;
    tried.current.add(next.id);
    seen.current = payments;
    undo(till.pledges.beginReversal(sale, next.id, amountOf(next)));
  }, [till, sale, begin, payments, busy, undo]);
}

interface Backs {
  readonly till: Till;
  /** The document: a sale that is void, a return, or a sale that an exchange paid. */
  readonly sale: string;
  /** Only what the document owes; else also what was charged for it, it being void. */
  readonly owed?: boolean;
  /** Begin to pay back what is owed: the customer is here. */
  readonly begin?: boolean;
  /** Told whether a terminal is busy with it. */
  readonly onBusy?: (busy: boolean) => void;
}

/** What a document's cards are to get back, how far that is, and what to do about the rest. */
export function CardsBack(props: Backs): JSX.Element | null {
  const { till, sale, onBusy } = props;
  const [load, look] = useLoad(`cards ${sale}`, () => listed(till, sale));
  const payments = load.state === 'ready' ? load.value : null;
  const action = useAction();
  const open = payments?.some(isOpen) ?? false;
  useLooking(till, open, look);
  const act = (work: () => Promise<unknown>): void =>
    void action.run(async () => void (await work())).then(look);
  useMeant(props, payments, action.busy, (pledge) => act(async () => send(till, await pledge)));
  const busy = load.state === 'loading' || action.busy || hasPending(payments);
  useEffect(() => onBusy?.(busy), [onBusy, busy]);
  if (load.state === 'failed') return <Failed failure={load.failure} again={look} />;
  const charges = payments?.filter((one) => isOwed(one) || (!props.owed && isCharge(one))) ?? [];
  return (
    <div class="stack" aria-live="polite">
      {action.failure && <Failed failure={action.failure} />}
      {charges.map((charge) => (
        <Charge
          key={charge.id}
          charge={charge}
          reversal={lastTry(payments ?? [], charge)}
          action={action}
          act={act}
          till={till}
          sale={sale}
        />
      ))}
    </div>
  );
}

const hasPending = (payments: readonly CardPayment[] | null): boolean =>
  payments?.some(({ state }) => state === 'pending') ?? false;

interface ChargeProps {
  readonly till: Till;
  readonly sale: string;
  readonly charge: CardPayment;
  readonly reversal: CardPayment | null;
  readonly action: Action;
  act(work: () => Promise<unknown>): void;
}

function Charge(props: ChargeProps): JSX.Element | null {
  const { charge, reversal } = props;
  const amount = formatMoney(amountOf(charge));
  const card = [charge.card, charge.number.replace(/^.*\*/, '…')].filter(Boolean).join(' ');
  const device = reversal?.device ?? charge.device;
  const values = { amount, card: card || t('desk.cards.card'), device };
  const title = t('desk.cards.title');
  if (charge.state === 'reversed')
    return (
      <Notice mood="ok" title={title}>
        {t('desk.cards.reversed', values)}
      </Notice>
    );
  if (reversal?.state === 'pending')
    return <Pending {...props} reversal={reversal} values={values} />;
  if (reversal?.state === 'unknown') return <Unknown {...props} values={values} />;
  if (charge.task !== null) return <Owed {...props} task={charge.task} values={values} />;
  // Declined charges took nothing; one that stands without a task was seen to by a person.
  if (charge.state !== 'approved' && !isOwed(charge)) return null;
  return <Notice title={title}>{t('desk.cards.byHand', values)}</Notice>;
}

type Values = { amount: string; card: string; device: string };

/** The terminal is at it: a refund needs the customer's card, and may be stopped. */
function Pending(props: ChargeProps & { reversal: CardPayment; values: Values }): JSX.Element {
  const { till, act, action, reversal, values } = props;
  const refund = reversal.kind === 'refund';
  const stop = (): void => act(() => till.api.post(`/till/payments/${reversal.id}/cancel`, {}));
  return (
    <Notice icon="card" title={t('desk.cards.title')} actions={<Spinner label={t('ui.loading')} />}>
      <p>{t(refund ? 'desk.cards.present' : 'desk.cards.pending', values)}</p>
      <Button busy={action.busy} onPress={stop}>
        {t('sell.card.cancel')}
      </Button>
    </Notice>
  );
}

/** Nobody knows whether the terminal undid it: somebody who looks at it may say. */
function Unknown(props: ChargeProps & { values: Values }): JSX.Element {
  const { till, act, action } = props;
  const path = `/till/payments/${props.reversal?.id}/resolve`;
  const settle = (charged: boolean): void => act(() => till.api.post(path, { charged }));
  return (
    <Notice mood="warn" title={t('desk.cards.title')}>
      <p>{t('desk.cards.unknown', props.values)}</p>
      <div class="row wrap">
        <Button busy={action.busy} onPress={() => settle(false)}>
          {t('desk.cards.wasNot')}
        </Button>
        <Button busy={action.busy} onPress={() => settle(true)}>
          {t('desk.cards.was')}
        </Button>
      </div>
    </Notice>
  );
}

/** The card has not got its money: have it paid back, or say that it was refunded by hand. */
function Owed(props: ChargeProps & { task: number; values: Values }): JSX.Element {
  const { till, sale, charge, reversal, act, action, values } = props;
  const said = reversal?.message[locale.value] ?? '';
  const refused = reversal !== null || action.failure !== null;
  const settled = isOwed(charge) || charge.state === 'approved';
  const what = !settled ? 'open' : refused ? 'refused' : isOwed(charge) ? 'toPay' : 'owed';
  const undo = async (): Promise<void> =>
    send(till, await till.pledges.beginReversal(sale, charge.id, amountOf(charge)));
  const [byHand, setByHand] = useState(false);
  const close = (slip: string): Promise<unknown> =>
    till.api.post(`/worklist/${props.task}/close`, { note: t('desk.cards.note', { slip }) });
  const owed = (
    <Notice mood="danger" title={t('desk.cards.title')}>
      <p>{t(`desk.cards.${what}`, values)}</p>
      {said && <p class="small">{said}</p>}
      <div class="row wrap">
        <Button kind="primary" busy={action.busy} onPress={() => act(undo)}>
          {t(isOwed(charge) ? 'desk.cards.payBack' : 'desk.cards.undo')}
        </Button>
        <Button busy={action.busy} onPress={() => setByHand(true)}>
          {t('desk.cards.hand')}
        </Button>
      </div>
    </Notice>
  );
  return (
    <>
      {owed}
      {byHand && (
        <ByHand
          amount={values.amount}
          onClose={() => setByHand(false)}
          onDone={(slip) => {
            setByHand(false);
            act(() => close(slip));
          }}
        />
      )}
    </>
  );
}

/** Asks what the slip of a refund by hand says. */
function ByHand(props: {
  amount: string;
  onClose: () => void;
  onDone: (slip: string) => void;
}): JSX.Element {
  const [slip, setSlip] = useState('');
  const done = (): void => {
    if (slip.trim()) props.onDone(slip.trim());
  };
  return (
    <Dialog
      title={t('desk.cards.handTitle', { amount: props.amount })}
      firm
      onClose={props.onClose}
      foot={
        <>
          <Button onPress={props.onClose}>{t('ui.back')}</Button>
          <Button kind="primary" shortcut="↵" disabled={slip.trim() === ''} onPress={done}>
            {t('desk.cards.hand')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('desk.refund.reference')}
        hint={t('desk.refund.referenceHint')}
        value={slip}
        max_length={64}
        onInput={setSlip}
        onEnter={done}
      />
    </Dialog>
  );
}
