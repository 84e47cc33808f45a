// One law: how a refund is paid out adds up to the refund, and what was sent once is sent again unchanged.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { payOut, ROUNDING } from '../core/tenders';
import { Unreachable } from '../data/api';
import type { Till } from '../data/ports';
import { formatMoney, t } from '../i18n';
import { go } from '../route';
import { terminalsOf } from '../sell/pay/taking';
import { Button, Choices, Dialog, Icon, Notice, Pairs, showToast, TextField } from '../ui';
import { CardsBack } from './cards-back';
import { AmountField, amountOf } from './count';
import { Failed, useAction } from './load';
import { printReceipt } from './receipts';
import { type Part, suggestSplit, withPart } from './refund';
import { creditsKept, type Decided, sendReturn, takeCredit } from './returning';
import { tenderName } from './tenders';
import type { ReturnReply } from './wire';

type Way = 'paid' | 'card' | 'cash' | 'split' | 'exchange';

/** The parts of a way to pay back. */
export function partsOf(
  way: Way,
  total: number,
  paid: readonly Part[],
  typed: Readonly<Record<string, number>>,
): readonly Part[] {
  if (total === 0) return [];
  if (way === 'paid') return suggestSplit(total, paid);
  if (way === 'exchange') return [{ kind: 'exchange', amount_minor: total }];
  if (way === 'card') return [{ kind: 'card', amount_minor: total }];
  const cash = [{ kind: 'cash', amount_minor: total }];
  if (way === 'cash') return cash;
  return Object.entries(typed).reduce<readonly Part[]>(
    (split, [kind, amount]) => withPart(split, kind, amount, total),
    cash,
  );
}

function waysOf(till: Till, total: number, paid: readonly Part[]): { value: Way; label: string }[] {
  const back = suggestSplit(total, paid);
  const asPaid = back.map((part) => tenderName(till, part.kind)).join(' + ');
  const differs = back.some((part) => part.kind !== 'cash');
  const exchange = till.selling.basket.value.exchange === null && total > 0;
  return [
    ...(differs
      ? [{ value: 'paid' as const, label: t('desk.refund.asPaid', { how: asPaid }) }]
      : []),
    { value: 'cash', label: tenderName(till, 'cash') },
    // Without a receipt nobody knows how it was paid: the customer brings the card.
    ...(paid.length === 0 && terminalsOf(till).length > 0
      ? [{ value: 'card' as const, label: tenderName(till, 'card') }]
      : []),
    ...(exchange ? [{ value: 'exchange' as const, label: t('desk.refund.exchange') }] : []),
    { value: 'split', label: t('desk.refund.split') },
  ];
}

function Split(props: {
  till: Till;
  /** Whether a gift card paid: then a refund to one goes back to it. */
  gift: boolean;
  typed: Readonly<Record<string, string>>;
  onChange: (typed: Readonly<Record<string, string>>) => void;
}): JSX.Element {
  const { till, typed } = props;
  const exponent = till.setup.document.value?.exponent ?? 2;
  const kinds = till.setup.rules.value.tenders.map((tender) => tender.kind);
  const others = (kinds.length > 0 ? kinds : ['card', 'voucher']).filter(
    (kind) =>
      !['cash', 'points', 'exchange', 'change', 'coupon'].includes(kind) &&
      (kind !== 'gift' || props.gift),
  );
  return (
    <div class="fields">
      {others.map((kind) => (
        <AmountField
          key={kind}
          label={tenderName(till, kind)}
          text={typed[kind] ?? ''}
          exponent={exponent}
          onInput={(text) => props.onChange({ ...typed, [kind]: text })}
        />
      ))}
    </div>
  );
}

/** How the refund is wished to be paid out. */
interface Wish {
  readonly way: Way;
  readonly typed: Readonly<Record<string, string>>;
  /** The card was refunded at a terminal by hand; else the store's terminal is told to. */
  readonly byHand: boolean;
  /** What the terminal's slip says of a refund by hand. */
  readonly reference: string;
}

const hasKind = (parts: readonly Part[], kind: string): boolean =>
  parts.some((part) => part.kind === kind);

function Ways(props: {
  till: Till;
  ways: readonly { value: Way; label: string }[];
  parts: readonly Part[];
  paid: readonly Part[];
  asked: Wish;
  onChange: (asked: Wish) => void;
}): JSX.Element {
  const { asked, onChange } = props;
  return (
    <>
      <Choices
        label={t('desk.refund.how')}
        show_label
        value={asked.way}
        options={props.ways}
        onChange={(way) => onChange({ ...asked, way: way as Way })}
      />
      {asked.way === 'exchange' && <p class="muted">{t('desk.refund.exchangeText')}</p>}
      {asked.way === 'split' && (
        <Split
          till={props.till}
          gift={hasKind(props.paid, 'gift')}
          typed={asked.typed}
          onChange={(typed) => onChange({ ...asked, typed })}
        />
      )}
      {hasKind(props.parts, 'card') && <ToCard {...props} />}
    </>
  );
}

/** Who gives a card its money back: the store's terminal, or somebody at a terminal by hand. */
function ToCard(props: { till: Till; asked: Wish; onChange: (asked: Wish) => void }): JSX.Element {
  const { asked, onChange } = props;
  const terminal = terminalsOf(props.till).length > 0;
  return (
    <>
      {terminal && (
        <Choices
          label={t('desk.refund.toCard')}
          show_label
          value={asked.byHand ? 'hand' : 'terminal'}
          options={[
            { value: 'terminal', label: t('desk.refund.terminal') },
            { value: 'hand', label: t('desk.refund.byHand') },
          ]}
          onChange={(who) => onChange({ ...asked, byHand: who === 'hand' })}
        />
      )}
      {terminal && !asked.byHand ? (
        <p class="muted">{t('desk.refund.terminalText')}</p>
      ) : (
        <TextField
          label={t('desk.refund.reference')}
          hint={t('desk.refund.referenceHint')}
          value={asked.reference}
          max_length={64}
          onInput={(reference) => onChange({ ...asked, reference })}
        />
      )}
    </>
  );
}

/** What a wish comes to. */
interface Plan {
  readonly parts: readonly Part[];
  readonly tenders: Decided['tenders'];
  /** The terminal gives a card its money back after the return. */
  readonly owed: boolean;
  /** By hand, and nobody has said yet what the slip says. */
  readonly missing: boolean;
}

function planned(till: Till, asked: Wish, total: number, paid: readonly Part[]): Plan {
  const exponent = till.setup.document.value?.exponent ?? 2;
  const amounts = Object.fromEntries(
    Object.entries(asked.typed).map(([kind, text]) => [kind, amountOf(text, exponent) ?? 0]),
  );
  const parts = partsOf(asked.way, total, paid, amounts);
  const card = hasKind(parts, 'card');
  const reference = asked.byHand ? asked.reference.trim() : '';
  return {
    parts,
    tenders: parts.map((part) => (part.kind === 'card' ? { ...part, reference } : part)),
    owed: card && !asked.byHand,
    // What has no reference is for the terminal to refund.
    missing: card && asked.byHand && reference === '' && terminalsOf(till).length > 0,
  };
}

/** Chooses how a refund is paid out, sends the return, and says what to hand over. */
export function Refund(props: {
  till: Till;
  total: number;
  paid: readonly Part[];
  decided: Omit<Decided, 'tenders'>;
  onClose: () => void;
}): JSX.Element {
  const { till, total, paid } = props;
  const ways = waysOf(till, total, paid);
  const [asked, setAsked] = useState<Wish>({
    way: ways[0]?.value ?? 'cash',
    typed: {},
    byHand: terminalsOf(till).length === 0,
    reference: '',
  });
  const { way } = asked;
  const [id] = useState(() => till.newId());
  const [sent, setSent] = useState<Decided | null>(null);
  const [reply, setReply] = useState<ReturnReply | null>(null);
  const action = useAction();
  const { parts, tenders, owed, missing } = planned(till, asked, total, paid);
  const send = (): Promise<boolean> =>
    action.run(async () => {
      const decided = sent ?? { ...props.decided, tenders };
      setSent(decided);
      const answer = await sendReturn(till, id, decided).catch((error: unknown) => {
        if (!(error instanceof Unreachable)) setSent(null);
        throw error;
      });
      const credit = creditsKept().at(-1);
      if (way === 'exchange' && credit && takeCredit(till, credit)) {
        const amount = formatMoney(credit.amountMinor);
        showToast({ text: t('desk.refund.credited', { amount }) });
        go('');
      } else setReply(answer);
    });
  if (reply) return <Done till={till} reply={reply} owed={owed} />;
  return (
    <Dialog
      title={t('desk.refund.title', { amount: formatMoney(total) })}
      firm
      onClose={props.onClose}
      foot={
        <>
          <Button onPress={props.onClose} disabled={sent !== null}>
            {t('ui.back')}
          </Button>
          <Button kind="primary" busy={action.busy} disabled={missing} onPress={() => void send()}>
            {sent ? t('ui.retry') : t(way === 'exchange' ? 'desk.refund.sellOn' : 'desk.refund.go')}
          </Button>
        </>
      }
    >
      <div class="stack">
        {action.failure && <Failed failure={action.failure} />}
        {sent && !action.busy && <Notice mood="warn">{t('desk.refund.unknown')}</Notice>}
        {!sent && (
          <Ways
            till={till}
            ways={ways}
            parts={parts}
            paid={paid}
            asked={asked}
            onChange={setAsked}
          />
        )}
        <Pairs
          rows={payOut(parts, till.setup.rules.value.coinMinor).map((part) => [
            tenderName(till, part.kind),
            formatMoney(part.amount_minor),
          ])}
        />
      </div>
    </Dialog>
  );
}

/** Whether a tender of a return goes to the customer: what was rounded goes to nobody. */
const isHanded = (part: Part): boolean => part.kind !== ROUNDING;

function Done(props: { till: Till; reply: ReturnReply; owed: boolean }): JSX.Element {
  const { till, reply, owed } = props;
  // The terminal is waiting for the card: nobody leaves by the way.
  const [busy, setBusy] = useState(owed);
  const leave = (): void => {
    if (!busy) go('');
  };
  return (
    <Dialog
      title={t('desk.refund.done')}
      firm
      onClose={leave}
      keys={[{ key: 'Enter', label: t('ui.done'), run: leave }]}
      foot={
        <>
          <Button icon="printer" onPress={() => void printReceipt(till, reply.id)}>
            {t('desk.receipt.print')}
          </Button>
          <Button kind="primary" shortcut="↵" disabled={busy} onPress={leave}>
            {t('ui.done')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <div class="done stack">
          <Icon name="check" size={48} />
          <p class="muted">{reply.receipt}</p>
          {reply.tenders.filter(isHanded).map((part) => (
            <p key={part.kind} class="done__amount">
              {t('desk.refund.hand', {
                how: tenderName(till, part.kind),
                amount: formatMoney(part.amount_minor),
              })}
            </p>
          ))}
        </div>
        {owed && <CardsBack till={till} sale={reply.id} owed begin onBusy={setBusy} />}
      </div>
    </Dialog>
  );
}
