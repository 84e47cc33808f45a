// One law: what a voided sale charged on a card goes back once, and until then its state is in sight.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ApiProblem } from '../data/api';
import type { Pledge, Till } from '../data/ports';
import type { CardPayment } from '../data/wire';
import { formatMoney, locale, t } from '../i18n';
import { Button, Notice, Spinner } from '../ui';
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

/** Do by itself what was meant when the sale was voided: one charge after the other, each once. */
function useMeant(
  till: Till,
  sale: string,
  payments: readonly CardPayment[] | null,
  undo: (pledge: Pledge) => void,
): void {
  const tried = useRef(new Set<string>());
  useEffect(() => {
    if (!payments) return;
    for (const pledge of till.pledges.reversals(sale)) {
      const known = payments.find(({ id }) => id === pledge.id);
      const charge = payments.find(({ id }) => id === pledge.key);
      if (known && !isOpen(known)) void till.pledges.drop(pledge).catch(() => undefined); // next time
      if (known || !charge?.task || tried.current.has(pledge.id)) continue;
      if (payments.some(isOpen)) return; // a terminal does one thing at a time
      tried.current.add(pledge.id);
      return undo(pledge);
    }
  }, [till, sale, payments, undo]);
}

/** What a sale that is void charged on cards, how far it went back, and what to do about the rest. */
export function CardsBack(props: { till: Till; sale: string }): JSX.Element | null {
  const { till, sale } = props;
  const [load, look] = useLoad(`cards ${sale}`, () => listed(till, sale));
  const payments = load.state === 'ready' ? load.value : null;
  const action = useAction();
  const open = payments?.some(isOpen) ?? false;
  useLooking(till, open, look);
  const act = (work: () => Promise<unknown>): void =>
    void action.run(async () => void (await work())).then(look);
  useMeant(till, sale, payments, (pledge) => act(() => send(till, pledge)));
  if (load.state === 'failed') return <Failed failure={load.failure} again={look} />;
  const charges = payments?.filter((one) => one.reverses === '') ?? [];
  return (
    <div class="stack" aria-live="polite">
      {action.failure && <Failed failure={action.failure} />}
      {charges.map((charge) => (
        <Charge
          key={charge.id}
          charge={charge}
          reversal={payments?.findLast(({ reverses }) => reverses === charge.id) ?? null}
          action={action}
          act={act}
          till={till}
          sale={sale}
        />
      ))}
    </div>
  );
}

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
  const values = { amount, card: charge.card || t('desk.cards.card'), device: charge.device };
  const title = t('desk.cards.title');
  if (charge.state === 'reversed')
    return (
      <Notice mood="ok" title={title}>
        {t('desk.cards.reversed', values)}
      </Notice>
    );
  if (reversal?.state === 'pending')
    return (
      <Notice icon="card" title={title} actions={<Spinner label={t('ui.loading')} />}>
        {t('desk.cards.pending', values)}
      </Notice>
    );
  if (reversal?.state === 'unknown') return <Unknown {...props} values={values} />;
  if (charge.task !== null) return <Owed {...props} task={charge.task} values={values} />;
  // Declined charges took nothing; one that stands without a task was seen to by a person.
  if (charge.state !== 'approved') return null;
  return <Notice title={title}>{t('desk.cards.byHand', values)}</Notice>;
}

type Values = { amount: string; card: string; device: string };

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

/** The card is still charged: undo it, or say that it was refunded by hand. */
function Owed(props: ChargeProps & { task: number; values: Values }): JSX.Element {
  const { till, sale, charge, reversal, act, action, values } = props;
  const said = reversal?.message[locale.value] ?? '';
  const refused = reversal !== null || action.failure !== null;
  const what = charge.state !== 'approved' ? 'open' : refused ? 'refused' : 'owed';
  const undo = async (): Promise<void> =>
    send(till, await till.pledges.beginReversal(sale, charge.id, amountOf(charge)));
  const close = (): Promise<unknown> =>
    till.api.post(`/worklist/${props.task}/close`, { note: t('desk.cards.note') });
  return (
    <Notice mood="danger" title={t('desk.cards.title')}>
      <p>{t(`desk.cards.${what}`, values)}</p>
      {said && <p class="small">{said}</p>}
      <div class="row wrap">
        <Button kind="primary" busy={action.busy} onPress={() => act(undo)}>
          {t('desk.cards.undo')}
        </Button>
        <Button busy={action.busy} onPress={() => act(close)}>
          {t('desk.cards.hand')}
        </Button>
      </div>
    </Notice>
  );
}
