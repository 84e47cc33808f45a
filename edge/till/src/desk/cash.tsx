// One law: cash moves in or out of a drawer with a reason, and out only with a manager's word.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { formatMoney, type Key, t } from '../i18n';
import { AmountPad, Button, Choices, Dialog, showToast, TextField } from '../ui';
import { ApprovalDialog, type Asked, needsManager } from './approval';
import { drawerOf, openDrawer } from './current';
import { Failed, useAction } from './load';
import { offered, reasonText } from './reasons';
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

/** The reason that a kind mostly has, where headquarters offers none. */
const MOSTLY: Readonly<Record<CashKind, string>> = {
  pay_in: 'change',
  pay_out: 'petty',
  drop: 'safe',
  no_sale: 'change',
};

function usual(till: Till, kind: CashKind): { value: string; label: string }[] {
  const given = offered(till, kind);
  const code = MOSTLY[kind];
  return given.length > 0 ? given : [{ value: code, label: reasonText(till, code) }];
}

/** The reasons that the store gives for a kind; one can always be typed. */
function reasonsFor(till: Till, kind: CashKind): { value: string; label: string }[] {
  return [...usual(till, kind), { value: OTHER, label: t('desk.cash.otherReason') }];
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
  openDrawer(till, move.kind);
}

/** What is being typed into the dialog. */
interface Typed {
  readonly amount: number | null;
  readonly code: string;
  readonly words: string;
}

function Fields(props: {
  till: Till;
  kind: CashKind;
  typed: Typed;
  onChange: (typed: Typed) => void;
  onEnter: () => void;
}): JSX.Element {
  const { kind, typed, onChange } = props;
  return (
    <>
      <Choices
        label={t('desk.cash.reason')}
        show_label
        value={typed.code}
        options={reasonsFor(props.till, kind)}
        onChange={(code) => onChange({ ...typed, code })}
      />
      {typed.code === OTHER && (
        <TextField
          label={t('desk.cash.reasonWords')}
          value={typed.words}
          max_length={200}
          onInput={(words) => onChange({ ...typed, words })}
          onEnter={props.onEnter}
        />
      )}
      {kind !== 'no_sale' && (
        <AmountPad
          label={t('desk.cash.amount')}
          value={typed.amount}
          onChange={(amount) => onChange({ ...typed, amount })}
          onEnter={props.onEnter}
        />
      )}
    </>
  );
}

/** What was typed as a movement; null while something is missing. */
function moveOf(kind: CashKind, typed: Typed): Move | null {
  const reason = typed.code === OTHER ? typed.words.trim() : typed.code;
  const amount_minor = kind === 'no_sale' ? 0 : (typed.amount ?? 0);
  return reason && (kind === 'no_sale' || amount_minor > 0) ? { kind, amount_minor, reason } : null;
}

function askedOf(move: Move, title: string): Asked {
  const nothing = move.kind === 'no_sale';
  return {
    action: nothing ? 'no-sale' : 'pay-out',
    subject: '',
    reason: move.reason,
    detail: nothing ? '' : formatMoney(move.amount_minor),
    title,
  };
}

/** Asks how much and why, gets the manager's word where it is needed, and opens the drawer. */
export function CashDialog(props: {
  till: Till;
  shift: Shift;
  kind: CashKind;
  onClose: () => void;
}): JSX.Element {
  const { till, kind } = props;
  const first = reasonsFor(till, kind)[0]?.value ?? OTHER;
  const [typed, setTyped] = useState<Typed>({ amount: null, code: first, words: '' });
  const [approving, setApproving] = useState(false);
  const action = useAction();
  const move = moveOf(kind, typed);
  const title = t(WORDS[kind].title);
  const done = async (approver: string): Promise<void> => {
    setApproving(false);
    if (!move || !(await action.run(() => post(till, props.shift, move, approver)))) return;
    showToast({ text: t(WORDS[kind].done, { amount: formatMoney(move.amount_minor) }) });
    props.onClose();
  };
  const go = (): void => {
    if (!move) return;
    if (BY_MANAGER.has(kind) && needsManager(till.session.current.value)) setApproving(true);
    else void done('');
  };
  if (approving && move) {
    return (
      <ApprovalDialog
        till={till}
        asked={askedOf(move, title)}
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
          <Button kind="primary" busy={action.busy} disabled={!move} onPress={go}>
            {title}
          </Button>
        </>
      }
    >
      <div class="stack">
        {action.failure && <Failed failure={action.failure} />}
        <Fields till={till} kind={kind} typed={typed} onChange={setTyped} onEnter={go} />
      </div>
    </Dialog>
  );
}
