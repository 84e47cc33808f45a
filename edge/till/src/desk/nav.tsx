// One law: the desk's sections stand in one list, each with its key, and the way back to selling on top.
import type { JSX } from 'preact';
import type { Till } from '../data/ports';
import { type Key, t } from '../i18n';
import { go } from '../route';
import { Badge, Button, Icon, type IconName, useKeys } from '../ui';
import { roleNames } from './people';

const SECTIONS: readonly { section: string; icon: IconName; label: Key; key: string }[] = [
  { section: 'shift', icon: 'drawer', label: 'desk.nav.shift', key: '1' },
  { section: 'reports', icon: 'list', label: 'desk.nav.reports', key: '2' },
  { section: 'documents', icon: 'receipt', label: 'desk.nav.documents', key: '3' },
  { section: 'return', icon: 'undo', label: 'desk.nav.return', key: '4' },
  { section: 'devices', icon: 'printer', label: 'desk.nav.devices', key: '5' },
  { section: 'safety', icon: 'cloud', label: 'desk.nav.safety', key: '6' },
  { section: 'settings', icon: 'gear', label: 'desk.nav.settings', key: '7' },
  { section: 'about', icon: 'info', label: 'desk.nav.about', key: '8' },
];

function Who({ till }: { till: Till }): JSX.Element | null {
  const session = till.session.current.value;
  if (!session) return null;
  return (
    <div class="nav__who">
      <p class="item__title">{session.name}</p>
      <p class="item__text">{roleNames(session.roles)}</p>
      <div class="row wrap">
        <Button icon="people" onPress={() => go('desk/login')}>
          {t('desk.nav.switch')}
        </Button>
        <Button kind="quiet" onPress={() => void till.session.logout()}>
          {t('desk.nav.logout')}
        </Button>
      </div>
    </div>
  );
}

/** The list of sections: beside the page where there is room, a page of its own on a phone. */
export function Nav({ till, section }: { till: Till; section: string }): JSX.Element {
  const waiting = till.outbox.state.value.waiting + till.outbox.state.value.stranded;
  const here = section === '' || section === 'close' ? 'shift' : section;
  useKeys(
    SECTIONS.map((entry) => ({
      key: `ctrl+${entry.key}`,
      label: t(entry.label),
      run: () => go(`desk/${entry.section}`),
    })),
  );
  return (
    <nav class="nav" aria-label={t('desk.nav.desk')}>
      <Button icon="back" block onPress={() => go('')}>
        {t('desk.nav.sell')}
      </Button>
      <ul class="nav__list">
        {SECTIONS.map((entry) => (
          <li key={entry.section}>
            <a
              class="nav__item"
              href={`/till/desk/${entry.section}`}
              aria-current={section !== '' && here === entry.section ? 'page' : undefined}
              data-home={section === '' && here === entry.section ? 'yes' : undefined}
              onClick={(event) => {
                event.preventDefault();
                go(`desk/${entry.section}`);
              }}
            >
              <Icon name={entry.icon} />
              <span class="grow">{t(entry.label)}</span>
              {entry.section === 'safety' && waiting > 0 && <Badge mood="warn">{waiting}</Badge>}
            </a>
          </li>
        ))}
        <li>
          <a
            class="nav__item"
            href="/till/stock"
            onClick={(event) => {
              event.preventDefault();
              go('stock');
            }}
          >
            <Icon name="box" />
            <span class="grow">{t('desk.nav.stock')}</span>
          </a>
        </li>
      </ul>
      <Who till={till} />
    </nav>
  );
}
