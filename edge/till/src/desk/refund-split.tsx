// One law: how a refund is paid out adds up to the refund, and what was sent once is sent again unchanged.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Unreachable } from '../data/api';
import type { Till } from '../data/ports';
import { formatMoney, t } from '../i18n';
import { go } from '../route';
import { Button, Choices, Dialog, Icon, Notice, Pairs, showToast, TextField } from '../ui';
import { AmountField, amountOf } from './count';
import { Failed, useAction } from './load';
import { printReceipt } from './receipts';
import { type Part, suggestSplit, withPart } from './refund';
import { creditsKept, type Decided, sendReturn, takeCredit } from './returning';
import { tenderName } from './tenders';
import type { ReturnReply } from './wire';

type Way = 'paid' | 'cash' | 'split' | 'exchange';

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
  /** What the terminal's slip says of a refund to a card. */
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
      {hasKind(props.parts, 'card') && (
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
    reference: '',
  });
  const { way, typed, reference } = asked;
  const [id] = useState(() => till.newId());
  const [sent, setSent] = useState<Decided | null>(null);
  const [reply, setReply] = useState<ReturnReply | null>(null);
  const action = useAction();
  const exponent = till.setup.document.value?.exponent ?? 2;
  const amounts = Object.fromEntries(
    Object.entries(typed).map(([kind, text]) => [kind, amountOf(text, exponent) ?? 0]),
  );
  const parts = partsOf(way, total, paid, amounts);
  const send = (): Promise<boolean> =>
    action.run(async () => {
      const tenders = parts.map((part) => (part.kind === 'card' ? { ...part, reference } : part));
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
  if (reply) return <Done till={till} reply={reply} />;
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
          <Button kind="primary" busy={action.busy} onPress={() => void send()}>
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
          rows={parts.map((part) => [tenderName(till, part.kind), formatMoney(part.amount_minor)])}
        />
      </div>
    </Dialog>
  );
}

function Done({ till, reply }: { till: Till; reply: ReturnReply }): JSX.Element {
  const leave = (): void => go('');
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
          <Button kind="primary" shortcut="↵" onPress={leave}>
            {t('ui.done')}
          </Button>
        </>
      }
    >
      <div class="done stack">
        <Icon name="check" size={48} />
        <p class="muted">{reply.receipt}</p>
        {reply.tenders.map((part) => (
          <p key={part.kind} class="done__amount">
            {t('desk.refund.hand', {
              how: tenderName(till, part.kind),
              amount: formatMoney(part.amount_minor),
            })}
          </p>
        ))}
      </div>
    </Dialog>
  );
}
