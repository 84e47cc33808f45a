// One law: what a role may not do alone needs a manager's word: who, why, and a PIN on the same screen.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Approval, LoginRefusal, Session, Till } from '../data/ports';
import type { StaffEntry } from '../data/wire';
import { t } from '../i18n';
import { Button, Choices, Dialog, EmptyState, Notice, PinPad } from '../ui';
import { MANAGERS } from './people';
import { reasonText } from './reasons';
import { refusalText } from './refusal';

/** What is to be allowed. */
export interface Asked {
  readonly action: string;
  /** Id of what it concerns, if it has one. */
  readonly subject: string;
  readonly reason: string;
  readonly detail: string;
  /** The reason in words, where `reason` is a code. */
  readonly words?: string;
  /** What the manager reads: the action in words. */
  readonly title: string;
}

const isManager = (person: { roles: readonly string[] }): boolean =>
  person.roles.some((role) => MANAGERS.has(role));

/** Whether somebody needs a manager for what only managers may do. */
export function needsManager(session: Session | null): boolean {
  return !session || !isManager(session);
}

const isRefusal = (answer: Approval | LoginRefusal): answer is LoginRefusal => 'code' in answer;

/** What is asked while somebody practises is noted as that: it allowed nothing that counts. */
function asRehearsed(till: Till, asked: Asked): Asked {
  if (!till.selling.training.value) return asked;
  return { ...asked, action: 'training-approval', subject: '', detail: asked.action };
}

/** Asks for a manager's PIN. `onApproved` hears who allowed it. */
export function ApprovalDialog(props: {
  till: Till;
  asked: Asked;
  onApproved: (approval: Approval) => void;
  onClose: () => void;
}): JSX.Element {
  const { till, asked } = props;
  const [managers, setManagers] = useState<readonly StaffEntry[] | null>(null);
  const [who, setWho] = useState('');
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState('');
  useEffect(() => {
    void till.session.people().then((people) => {
      const found = people.filter(isManager);
      setManagers(found);
      setWho(found[0]?.staff ?? '');
    });
  }, [till]);
  const ask = async (): Promise<void> => {
    if (busy || !pin || !who) return;
    setBusy(true);
    const { title: _title, words: _words, ...request } = asRehearsed(till, asked);
    const answer = await till.session
      .approve({ ...request, staff: who, pin })
      .catch((): LoginRefusal => ({ code: 'problem', detail: t('desk.approval.failed') }));
    setBusy(false);
    setPin('');
    if (isRefusal(answer)) setRefused(refusalText(answer, till.nowMs()));
    else props.onApproved(answer);
  };
  return (
    <Dialog
      title={asked.title}
      onClose={props.onClose}
      foot={
        <>
          <Button onPress={props.onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" busy={busy} disabled={!pin} onPress={() => void ask()}>
            {t('desk.approval.allow')}
          </Button>
        </>
      }
    >
      <div class="stack">
        {managers?.length === 0 && (
          <EmptyState
            icon="people"
            title={t('desk.approval.nobody')}
            text={t('desk.approval.nobodyText')}
          />
        )}
        <Choices
          label={t('desk.approval.who')}
          show_label
          value={who}
          options={(managers ?? []).map(({ staff, name }) => ({ value: staff, label: name }))}
          onChange={setWho}
        />
        <div>
          {asked.detail && <p class="num approval__what">{asked.detail}</p>}
          {asked.reason && <p class="muted">{asked.words ?? reasonText(till, asked.reason)}</p>}
        </div>
        {refused && <Notice mood="danger">{refused}</Notice>}
        <PinPad value={pin} onChange={setPin} onEnter={() => void ask()} busy={busy} />
      </div>
    </Dialog>
  );
}
