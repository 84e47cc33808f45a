// One law: whoever looks here knows at once which work is safe, where it is, and what still waits.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { OutboxEntry, PresenceState, StorageState, Till } from '../data/ports';
import { formatDateTime, formatNumber, isKey, problemLine, t } from '../i18n';
import {
  Badge,
  Button,
  EmptyState,
  Icon,
  type IconName,
  List,
  ListItem,
  type Mood,
  Notice,
  Page,
} from '../ui';
import { attempt } from './load';
import { seesReports } from './people';
import { Quarantine } from './quarantine';

/** A place where work lies, and how it is there. */
export interface Place {
  readonly place: 'till' | 'node' | 'headquarters';
  readonly mood: Mood;
  /** Entries that lie here and nowhere further; null while nobody knows. */
  readonly waiting: number | null;
}

/** The three places, from here to headquarters. */
export function placesOf(
  waiting: number,
  presence: PresenceState,
  storage: StorageState,
): readonly Place[] {
  const here: Mood = storage.problem ? 'danger' : waiting > 0 ? 'warn' : 'ok';
  const node: Mood = presence.node === 'down' ? 'warn' : presence.node === 'up' ? 'ok' : 'plain';
  const known = presence.node === 'up';
  const linked = known && presence.link === 'up';
  return [
    { place: 'till', mood: here, waiting },
    { place: 'node', mood: node, waiting: known ? presence.unsynced : null },
    {
      place: 'headquarters',
      mood: linked ? 'ok' : known && presence.link !== 'none' ? 'warn' : 'plain',
      waiting: null,
    },
  ];
}

const ICONS: Readonly<Record<Place['place'], IconName>> = {
  till: 'phone',
  node: 'home',
  headquarters: 'cloud',
};

function placeText(place: Place, presence: PresenceState): string {
  if (place.place === 'till') {
    return place.waiting
      ? t('desk.safety.tillWaiting', { n: place.waiting })
      : t('desk.safety.tillEmpty');
  }
  if (place.place === 'node') {
    if (presence.node !== 'up') return t('desk.safety.nodeDown');
    if (place.waiting) return t('desk.safety.nodeWaiting', { n: place.waiting });
    return t(presence.link === 'none' ? 'desk.safety.nodeAlone' : 'desk.safety.nodeEmpty');
  }
  const key = `desk.safety.link.${presence.link || 'unknown'}`;
  return isKey(key) ? t(key) : presence.link;
}

function Places({ till }: { till: Till }): JSX.Element {
  const presence = till.presence.state.value;
  const places = placesOf(till.outbox.state.value.waiting, presence, till.watch.storage.value);
  return (
    <ol class="places" aria-label={t('desk.safety.where')}>
      {places.map((place, at) => (
        <li key={place.place} class="card places__place">
          <Icon name={ICONS[place.place]} size={30} />
          <h2>{t(`desk.safety.${place.place}`)}</h2>
          {place.mood !== 'plain' && (
            <Badge mood={place.mood} icon={place.mood === 'ok' ? 'check' : 'warn'}>
              {t(place.mood === 'ok' ? 'desk.safety.fine' : 'desk.safety.look')}
            </Badge>
          )}
          <p class="muted">{placeText(place, presence)}</p>
          {at < places.length - 1 && (
            <span class="places__next" aria-hidden="true">
              <Icon name="next" />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

/** How a waiting entry is called. */
function kindText(entry: OutboxEntry): string {
  const key = `desk.safety.kind.${entry.kind}`;
  return isKey(key) ? t(key) : entry.kind;
}

function Waiting({ till }: { till: Till }): JSX.Element {
  const { waiting, sending, problem, nextTryMs } = till.outbox.state.value;
  const [entries, setEntries] = useState<readonly OutboxEntry[]>([]);
  useEffect(() => {
    void till.outbox.entries(100).then(setEntries);
  }, [till, waiting]);
  return (
    <section class="stack">
      <header class="row wrap">
        <h2 class="grow">{t('desk.safety.waiting', { n: waiting })}</h2>
        <Button
          icon="sync"
          busy={sending}
          disabled={waiting === 0}
          onPress={() => void attempt(() => till.outbox.flush(), t('desk.safety.tried'))}
        >
          {t('desk.safety.try')}
        </Button>
      </header>
      {problem && (
        <Notice mood="warn" title={t('desk.safety.why')}>
          <p>{problemLine(problem)}</p>
          {nextTryMs > 0 && (
            <p class="muted small">{t('desk.safety.next', { at: formatDateTime(nextTryMs) })}</p>
          )}
        </Notice>
      )}
      {waiting === 0 ? (
        <EmptyState
          icon="check"
          title={t('desk.safety.nothing')}
          text={t('desk.safety.nothingText')}
        />
      ) : (
        <List label={t('desk.safety.waiting', { n: waiting })}>
          {entries.map((entry) => (
            <ListItem
              key={entry.seq}
              icon={entry.kind === 'sale' ? 'receipt' : entry.kind === 'cash' ? 'cash' : 'note'}
              title={kindText(entry)}
              text={`${formatDateTime(entry.atMs)}${entry.problem && ` · ${problemLine(entry.problem)}`}`}
              after={entry.tries > 0 && <Badge>{t('desk.safety.tries', { n: entry.tries })}</Badge>}
            />
          ))}
        </List>
      )}
    </section>
  );
}

const MEGA = 1_000_000;

function Storage({ storage }: { storage: StorageState }): JSX.Element {
  const problem = storage.problem ? (`desk.storage.${storage.problem}` as const) : null;
  return (
    <section class="card stack">
      <h2>{t('desk.storage.title')}</h2>
      {problem && (
        <Notice mood={storage.problem === 'low' ? 'warn' : 'danger'} title={t(problem)}>
          <p>{t(`${problem}Text`)}</p>
        </Notice>
      )}
      <p>
        {t('desk.storage.used', {
          used: formatNumber(Math.round(storage.usageBytes / MEGA)),
          quota: formatNumber(Math.round(storage.quotaBytes / MEGA)),
        })}
      </p>
      <p class="muted">
        {t(storage.persistent ? 'desk.storage.persistent' : 'desk.storage.evictable')}
      </p>
    </section>
  );
}

/** What is safe where, what waits, and how the browser's store is. */
export function SafetyPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const { stranded } = till.outbox.state.value;
  return (
    <Page title={t('desk.nav.safety')} onBack={props.onBack} reads>
      <div class="stack stack--wide">
        <Places till={till} />
        {stranded > 0 && (
          <Notice mood="danger" title={t('desk.safety.stranded', { n: stranded })}>
            <p>{t('desk.safety.strandedText')}</p>
          </Notice>
        )}
        <Waiting till={till} />
        {seesReports(till.session.current.value) && <Quarantine till={till} />}
        <Storage storage={till.watch.storage.value} />
      </div>
    </Page>
  );
}
