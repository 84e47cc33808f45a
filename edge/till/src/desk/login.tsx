// One law: a person is picked by a tap and known by a PIN; who is locked out is told for how long.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LoginRefusal, Session, Till } from '../data/ports';
import type { StaffEntry } from '../data/wire';
import { t } from '../i18n';
import { go } from '../route';
import {
  Badge,
  Button,
  EmptyState,
  Icon,
  Notice,
  PinPad,
  remember,
  remembered,
  Spinner,
  TextField,
  useKeys,
} from '../ui';
import { initials, roleNames } from './people';
import { refusalText } from './refusal';
import { LanguageChoice } from './settings';

type Person = StaffEntry & { readonly offline: boolean };

const MANY = 12;
const isRefusal = (answer: Session | LoginRefusal): answer is LoginRefusal => 'code' in answer;

/** People as tiles; while the node is away those whose PIN is known here come first. */
function Tiles(props: {
  people: readonly Person[];
  chosen: string;
  cut: boolean;
  onChoose: (person: Person) => void;
}): JSX.Element {
  const [text, setText] = useState('');
  const shown = props.people.filter(({ name, staff }) =>
    `${name} ${staff}`.toLowerCase().includes(text.trim().toLowerCase()),
  );
  if (props.cut) shown.sort((one, two) => Number(two.offline) - Number(one.offline));
  return (
    <div class="stack">
      {props.people.length > MANY && (
        <TextField
          label={t('desk.login.find')}
          icon="search"
          type="search"
          value={text}
          onInput={setText}
        />
      )}
      <ul class={props.people.length > MANY ? 'tiles tiles--many' : 'tiles'}>
        {shown.map((person) => (
          <li key={person.staff}>
            <button
              type="button"
              class="tile"
              aria-pressed={person.staff === props.chosen}
              onClick={() => props.onChoose(person)}
            >
              <span class="tile__face" aria-hidden="true">
                {initials(person.name)}
              </span>
              <span class="tile__name">{person.name}</span>
              <span class="item__text">{roleNames(person.roles)}</span>
              {props.cut && !person.offline && (
                <Badge mood="warn" icon="cut">
                  {t('desk.login.needsNode')}
                </Badge>
              )}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The PIN of who was picked. */
function Pin(props: { till: Till; person: Person; onBack: () => void }): JSX.Element {
  const { till, person } = props;
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const refused = useSignal<LoginRefusal | null>(null);
  const enter = async (): Promise<void> => {
    if (busy || !pin) return;
    setBusy(true);
    const answer = await till.session
      .login(person.staff, pin)
      .catch((): LoginRefusal => ({ code: 'problem', detail: t('desk.login.failed') }));
    setBusy(false);
    setPin('');
    if (isRefusal(answer)) {
      refused.value = answer;
      return;
    }
    remember('last-person', person.staff);
    go('', true);
  };
  useKeys([{ key: 'Escape', label: t('desk.login.other'), run: props.onBack }]);
  return (
    <div class="pin stack">
      <h2 class="pin__who">
        <span class="tile__face" aria-hidden="true">
          {initials(person.name)}
        </span>
        {t('desk.login.pinOf', { name: person.name })}
      </h2>
      <div aria-live="assertive">
        {refused.value && (
          <Notice mood="danger" icon={refused.value.code === 'locked' ? 'lock' : 'warn'}>
            {refusalText(refused.value, till.nowMs())}
          </Notice>
        )}
      </div>
      <PinPad value={pin} onChange={setPin} onEnter={() => void enter()} busy={busy} />
      <Button
        kind="primary"
        size="xl"
        block
        busy={busy}
        disabled={!pin}
        onPress={() => void enter()}
      >
        {t('desk.login.go')}
      </Button>
      <Button kind="quiet" class="pin__back" onPress={props.onBack}>
        {t('desk.login.other')}
      </Button>
    </div>
  );
}

function Head({ till }: { till: Till }): JSX.Element {
  const store = till.setup.document.value?.store.name ?? '';
  const here = till.device.state.value?.till ?? '';
  const cut = till.presence.state.value.node === 'down';
  return (
    <header class="login__head row wrap">
      <div class="grow">
        <h1>{t('desk.login.title')}</h1>
        <p class="muted">{[store, here].filter(Boolean).join(' · ')}</p>
      </div>
      {cut && (
        <Badge mood="warn" icon="cut">
          {t('desk.login.cut')}
        </Badge>
      )}
      {till.session.current.value && (
        <Button icon="close" onPress={() => go('')}>
          {t('desk.login.stay', { name: till.session.current.value.name })}
        </Button>
      )}
      <LanguageChoice />
    </header>
  );
}

/** Logs somebody in, or switches to somebody else while the basket stays. */
export function LogIn({ till }: { till: Till }): JSX.Element {
  const [people, setPeople] = useState<readonly Person[] | null>(null);
  const [who, setWho] = useState<Person | null>(null);
  const known = till.setup.document.value;
  useEffect(() => {
    void till.session.people().then((found) => {
      const last = remembered('last-person');
      setPeople(found);
      setWho(found.find((person) => person.staff === last) ?? null);
    });
  }, [till, known]);
  return (
    <main class="login">
      <Head till={till} />
      <div class={`login__body ${who ? 'login__body--pin' : ''}`}>
        <section class="login__people" aria-label={t('desk.login.people')}>
          {people === null && <Spinner label={t('ui.loading')} />}
          {people?.length === 0 && (
            <EmptyState
              icon="people"
              title={t('desk.login.nobody')}
              text={t('desk.login.nobodyText')}
            >
              <Button icon="sync" onPress={() => void till.setup.refresh()}>
                {t('ui.retry')}
              </Button>
            </EmptyState>
          )}
          {people && people.length > 0 && (
            <Tiles
              people={people}
              chosen={who?.staff ?? ''}
              cut={till.presence.state.value.node === 'down'}
              onChoose={setWho}
            />
          )}
        </section>
        <section class="login__pin" aria-label={t('desk.login.pin')}>
          {who ? (
            <Pin key={who.staff} till={till} person={who} onBack={() => setWho(null)} />
          ) : (
            <p class="login__hint muted">
              <Icon name="person" size={40} />
              {t('desk.login.choose')}
            </p>
          )}
        </section>
      </div>
    </main>
  );
}
