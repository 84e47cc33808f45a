// One law: cash moves in or out of a drawer with a reason, and out only with a manager's word.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { formatMoney, type Key, locale, t } from '../i18n';
import { AmountPad, Button, Choices, Dialog, showToast, TextField } from '../ui';
import { ApprovalDialog, needsManager } from './approval';
import { drawerOf } from './current';
import { Failed, useAction } from './load';
import type { CashKind, Shift } from './wire';

/** How each kind is called and asked. */
const WORDS: Readonly<Record<CashKind, { title: Key; done: Key }>> = {
  pay_in: { title: 'desk.cash.payIn', done: 'desk.cash.paidIn' },
  pay_out: { title: 'desk.cash.payOut', done: 'desk.cash.paidOut' },
  drop: { title: 'desk.cash.drop', done: 'desk.cash.dropped' },
  no_sale: { title: 'desk.cash.noSale', done: 'desk.cash.opened' },
};
const BY_MANAGER: ReadonlySet<CashKind> = new Set<CashKind>(['pay_out', 'no_sale']);
const OTHER = 'other';

/** The reasons that the store gives for a kind; one can always be typed. */
function reasonsFor(till: Till, kind: CashKind): { value: string; label: string }[] {
  const listed = till.setup.rules.value.reasons[kind] ?? [];
  const words = listed.map((reason) => ({ value: reason.code, label: reason[locale.value] }));
  return [...words, { value: OTHER, label: t('desk.cash.otherReason') }];
}

interface Move {
  readonly kind: CashKind;
  readonly amount_minor: number;
  readonly reason: string;
}

async function post(till: Till, shift: Shift, move: Move, approver: string): Promise<void> {
  const id = till.newId();
  await till.outbox.put({
    id,
    kind: 'cash',
    method: 'POST',
    path: '/till/cash',
    body: {
      ...move,
      id,
      approver,
      drawer: drawerOf(till),
      shift: shift.number,
      operator: till.session.current.value?.staff ?? '',
      at_ms: till.nowMs(),
    },
  });
  // The drawer opens by the node's hardware; without the node the key on the drawer does.
  await till.api.post('/till/drawer/open', { reason: move.kind }).catch(() => undefined);
}

/** Asks how much and why, gets the manager's word where it is needed, and opens the drawer. */
export function CashDialog(props: {
  till: Till;
  shift: Shift;
  kind: CashKind;
  onClose: () => void;
}): JSX.Element {
  const { till, kind } = props;
  const reasons = reasonsFor(till, kind);
  const [amount, setAmount] = useState<number | null>(null);
  const [code, setCode] = useState(reasons[0]?.value ?? OTHER);
  const [words, setWords] = useState('');
  const [approving, setApproving] = useState(false);
  const action = useAction();
  const reason = code === OTHER ? words.trim() : code;
  const ready = (kind === 'no_sale' || (amount ?? 0) > 0) && reason !== '';
  const title = t(WORDS[kind].title);
  const move = { kind, amount_minor: kind === 'no_sale' ? 0 : (amount ?? 0), reason };
  const done = async (approver: string): Promise<void> => {
    setApproving(false);
    if (!(await action.run(() => post(till, props.shift, move, approver)))) return;
    showToast({ text: t(WORDS[kind].done, { amount: formatMoney(move.amount_minor) }) });
    props.onClose();
  };
  const go = (): void => {
    if (!ready) return;
    if (BY_MANAGER.has(kind) && needsManager(till.session.current.value)) setApproving(true);
    else void done('');
  };
  if (approving) {
    return (
      <ApprovalDialog
        till={till}
        asked={{
          action: kind === 'no_sale' ? 'no-sale' : 'pay-out',
          subject: '',
          reason,
          detail: kind === 'no_sale' ? '' : formatMoney(move.amount_minor),
          title,
        }}
        onApproved={(approval) => void done(approval.approver)}
        onClose={() => setApproving(false)}
      />
    );
  }
  return (
    <Dialog
      title={title}
      onClose={props.onClose}
      foot={
        <>
          <Button onPress={props.onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" busy={action.busy} disabled={!ready} onPress={go}>
            {title}
          </Button>
        </>
      }
    >
      <div class="stack">
        {action.failure && <Failed failure={action.failure} />}
        <Choices
          label={t('desk.cash.reason')}
          show_label
          value={code}
          options={reasons}
          onChange={setCode}
        />
        {code === OTHER && (
          <TextField
            label={t('desk.cash.reasonWords')}
            value={words}
            max_length={200}
            onInput={setWords}
            onEnter={go}
          />
        )}
        {kind !== 'no_sale' && (
          <AmountPad
            label={t('desk.cash.amount')}
            value={amount}
            onChange={setAmount}
            onEnter={go}
          />
        )}
      </div>
    </Dialog>
  );
}
