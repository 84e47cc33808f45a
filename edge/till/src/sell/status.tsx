// One law: one line tells at any time where we are, who sells, and what is safe where; it says more
// when pressed and moves nothing when news arrive.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { shiftNow } from '../desk/current';
import { initials } from '../desk/people';
import { chooseLanguage, formatNumber, formatTime, type Key, locale, t } from '../i18n';
import { go, path } from '../route';
import {
  Badge,
  chooseMuted,
  chooseTheme,
  Dialog,
  Icon,
  IconButton,
  type IconName,
  isDark,
  ListItem,
  type Mood,
  muted,
  Switch,
  scansWaiting,
  showShortcuts,
} from '../ui';
import { ask } from './ask';
import { askPerson } from './people';

const TICK_MS = 5000;

function Clock({ till }: { till: Till }): JSX.Element {
  const [now, setNow] = useState(till.nowMs());
  useEffect(() => {
    const timer = setInterval(() => setNow(till.nowMs()), TICK_MS);
    return () => clearInterval(timer);
  }, [till]);
  return <time class="num status__clock">{formatTime(now)}</time>;
}

/** How the way from here to headquarters is, in one sign. */
export interface Way {
  readonly mood: Mood;
  readonly icon: IconName;
  readonly text: string;
}

/** What to say of the node: there, or not. */
export function nodeWay(node: 'up' | 'down' | 'unknown'): Way {
  if (node === 'up') return { mood: 'ok', icon: 'check', text: t('sell.status.nodeUp') };
  if (node === 'down') return { mood: 'warn', icon: 'cut', text: t('sell.status.nodeDown') };
  return { mood: 'plain', icon: 'sync', text: t('sell.status.nodeUnknown') };
}

/** What to say of the uplink, with what has not gone up yet. */
export function linkWay(link: string, unsynced: number): Way {
  const text = unsynced > 0 ? t('sell.status.unsynced', { n: unsynced }) : t('sell.status.synced');
  if (link === 'up') return { mood: unsynced > 0 ? 'plain' : 'ok', icon: 'cloud', text };
  if (link === 'none') return { mood: 'plain', icon: 'cloud', text: t('sell.status.linkNone') };
  if (link === '') return { mood: 'plain', icon: 'cloud', text: t('sell.status.linkUnknown') };
  return {
    mood: 'warn',
    icon: 'cut',
    text: t('sell.status.linkDown', { n: formatNumber(unsynced) }),
  };
}

function Presence({ till }: { till: Till }): JSX.Element {
  const { node, link, unsynced } = till.presence.state.value;
  const { waiting } = till.outbox.state.value;
  const one = nodeWay(node);
  const two = linkWay(node === 'up' ? link : '', unsynced);
  const late = waiting > 0 ? t('sell.status.waiting', { n: waiting }) : '';
  const said = [late, one.text, node === 'up' ? two.text : ''].filter(Boolean).join(' ');
  return (
    <button type="button" class="status__ways" aria-label={said} onClick={() => go('desk/safety')}>
      {waiting > 0 && (
        <Badge mood={node === 'up' ? 'plain' : 'warn'} icon="inbox">
          <span class="num">{late}</span>
        </Badge>
      )}{' '}
      <Badge mood={one.mood} icon={one.icon}>
        <span class="status__word">{one.text}</span>
      </Badge>{' '}
      {node === 'up' && (
        <Badge mood={two.mood} icon={two.icon}>
          <span class="status__word">{two.text}</span>
        </Badge>
      )}
    </button>
  );
}

function Person({ till }: { till: Till }): JSX.Element | null {
  const person = till.session.current.value;
  if (!person) return null;
  return (
    <button type="button" class="status__person" onClick={() => void askPerson(till)}>
      <span class="person__face">{initials(person.name)}</span>
      <span class="status__word clip">{person.name}</span>
    </button>
  );
}

function Shift(): JSX.Element | null {
  const shift = shiftNow.value;
  if (shift === undefined) return null;
  return (
    <button
      type="button"
      class="status__shift"
      aria-label={shift ? undefined : t('sell.status.noShift')}
      onClick={() => go('desk/shift')}
    >
      {shift ? (
        <span class="num status__word">{t('sell.status.shift', { number: shift.number })}</span>
      ) : (
        <Badge mood="warn" icon="drawer">
          <span class="status__word">{t('sell.status.noShift')}</span>
        </Badge>
      )}
    </button>
  );
}

/** The bar above every page. */
export function StatusBar({ till }: { till: Till }): JSX.Element {
  const document = till.setup.document.value;
  const here = till.session.current.value !== null;
  return (
    <header class="status">
      {here && <IconButton icon="menu" label={t('sell.menu')} onPress={() => void askMenu()} />}
      <p class="status__place clip">
        <strong>{document?.store.name ?? 'Evertill'}</strong>
        {document && <span class="muted num"> {document.till}</span>}
      </p>
      <Person till={till} />
      {here && <Shift />}
      <span class="grow" />
      {scansWaiting.value > 0 && (
        <Badge mood="warn" icon="barcode">
          <span class="num">{t('sell.status.scans', { n: scansWaiting.value })}</span>
        </Badge>
      )}
      {document && <Presence till={till} />}
      <Clock till={till} />
      <button
        type="button"
        class="btn btn--quiet btn--icon status__language"
        lang={locale.value === 'en' ? 'zh-Hans' : 'en'}
        aria-label={locale.value === 'en' ? '改用中文' : 'Switch to English'}
        onClick={() => chooseLanguage(locale.value === 'en' ? 'zh' : 'en')}
      >
        {locale.value === 'en' ? '中' : 'EN'}
      </button>
      <IconButton
        icon={isDark() ? 'sun' : 'moon'}
        label={isDark() ? t('sell.status.light') : t('sell.status.dark')}
        class="status__wide"
        onPress={() => chooseTheme(isDark() ? 'light' : 'dark')}
      />
      <IconButton
        icon="keyboard"
        label={t('ui.shortcuts')}
        class="status__wide"
        onPress={showShortcuts}
      />
    </header>
  );
}

/** Where one can go; `at` is how its path begins. */
const PLACES: readonly { to: string; icon: IconName; key: Key }[] = [
  { to: '', icon: 'cash', key: 'sell.go.sell' },
  { to: 'desk/documents', icon: 'receipt', key: 'desk.nav.documents' },
  { to: 'desk/return', icon: 'undo', key: 'desk.nav.return' },
  { to: 'desk/shift', icon: 'drawer', key: 'desk.nav.shift' },
  { to: 'desk/reports', icon: 'list', key: 'desk.nav.reports' },
  { to: 'stock', icon: 'box', key: 'desk.nav.stock' },
  { to: 'desk/safety', icon: 'cloud', key: 'desk.nav.safety' },
  { to: 'desk/devices', icon: 'printer', key: 'desk.nav.devices' },
  { to: 'desk/settings', icon: 'gear', key: 'desk.nav.settings' },
];

/** Open the menu of places, with the few settings of this screen. */
export async function askMenu(): Promise<void> {
  await ask<true>((answer) => <Menu close={() => answer(null)} />);
}

function Menu({ close }: { close: () => void }): JSX.Element {
  return (
    <Dialog title={t('sell.menu')} shape="menu" onClose={close}>
      <ul class="list menu">
        {PLACES.map((place) => (
          <ListItem
            key={place.to}
            icon={place.icon}
            title={t(place.key)}
            after={isHere(place.to) && <Icon name="check" />}
            onPress={() => {
              close();
              go(place.to);
            }}
          />
        ))}
      </ul>
      <div class="stack menu__settings">
        <Switch
          label={t('sell.status.sound')}
          on={!muted.value}
          onChange={(on) => chooseMuted(!on)}
        />
        <Switch
          label={t('sell.status.dark')}
          on={isDark()}
          onChange={(dark) => chooseTheme(dark ? 'dark' : 'light')}
        />
      </div>
    </Dialog>
  );
}

const isHere = (to: string): boolean => (to === '' ? path.value === '' : path.value.startsWith(to));
