// One law: whoever stands at the till changes with a name and a PIN, and the basket stays as it is.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LoginRefusal, Session, Till } from '../data/ports';
import type { StaffEntry } from '../data/wire';
import { initials, roleNames } from '../desk/people';
import { refusalText } from '../desk/refusal';
import { t } from '../i18n';
import { Button, Dialog, Notice, PinPad } from '../ui';
import { ask } from './ask';
import { failureText } from './refused';

/** Switch to another person. */
export async function askPerson(till: Till): Promise<void> {
  await ask<true>((answer) => <PersonDialog till={till} close={() => answer(null)} />);
}

const isRefusal = (answer: Session | LoginRefusal): answer is LoginRefusal => 'code' in answer;

function PersonDialog({ till, close }: { till: Till; close: () => void }): JSX.Element {
  const [people, setPeople] = useState<readonly (StaffEntry & { offline: boolean })[]>([]);
  const [who, setWho] = useState('');
  useEffect(() => {
    void till.session.people().then(setPeople);
  }, [till]);
  const name = people.find((person) => person.staff === who)?.name ?? '';
  const leave = (): void => {
    close();
    void till.session.logout();
  };
  return (
    <Dialog
      title={who ? name : t('sell.person.title')}
      onClose={close}
      foot={
        who ? undefined : (
          <Button icon="lock" onPress={leave}>
            {t('sell.person.lock')}
          </Button>
        )
      }
    >
      {who ? (
        <PinEntry till={till} who={who} close={close} back={() => setWho('')} />
      ) : (
        <ul class="people">
          {people.map((person) => (
            <li key={person.staff}>
              <button type="button" class="person" onClick={() => setWho(person.staff)}>
                <span class="person__face">{initials(person.name)}</span>
                <span class="item__main">
                  <span class="item__title">{person.name}</span>
                  <span class="item__text"> {roleNames(person.roles)}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function PinEntry(props: {
  till: Till;
  who: string;
  close: () => void;
  back: () => void;
}): JSX.Element {
  const { till } = props;
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState('');
  const enter = async (): Promise<void> => {
    if (busy || !pin) return;
    setBusy(true);
    try {
      const answer = await till.session.login(props.who, pin);
      if (isRefusal(answer)) setRefused(refusalText(answer, till.nowMs()));
      else props.close();
    } catch (error) {
      setRefused(failureText(error));
    }
    setPin('');
    setBusy(false);
  };
  return (
    <div class="stack">
      {refused && <Notice mood="danger">{refused}</Notice>}
      <PinPad value={pin} onChange={setPin} onEnter={() => void enter()} busy={busy} />
      <div class="row">
        <Button onPress={props.back}>{t('ui.back')}</Button>
        <Button
          kind="primary"
          class="grow"
          busy={busy}
          disabled={!pin}
          onPress={() => void enter()}
        >
          {t('sell.person.enter')}
        </Button>
      </div>
    </div>
  );
}
