// One law: a member is attached by name from the cards the node holds; the sale goes on without one
// whenever the node is away.
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { formatNumber, t } from '../i18n';
import {
  Badge,
  Button,
  Dialog,
  EmptyState,
  List,
  ListItem,
  play,
  Skeleton,
  showToast,
  TextField,
  takeScans,
} from '../ui';
import { ask } from './ask';
import { failureText } from './refused';

/** A member's card as the node shows it. */
export interface Card {
  readonly id: string;
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  readonly tags: readonly string[];
}

/** What a key (gift card, points, coupon) is still good for. */
export interface Rights {
  readonly key: string;
  /** What this store can spend now. */
  readonly here: number;
  /** What other stores hold, as far as is known. */
  readonly elsewhere: number;
  readonly linked: boolean;
  readonly blocked: boolean;
}

/** Ask what a key is good for. */
export const askRights = (till: Till, key: string): Promise<Rights> =>
  till.api.get<Rights>(`/till/entitlements/${encodeURIComponent(key)}`, {
    as: 'device',
    timeoutMs: 4000,
  });

/** Attach a member to the sale. */
export function attach(till: Till, card: Card): void {
  till.selling.dispatch({ type: 'member', member: { id: card.id, name: card.name } });
  play('ok');
  showToast({ text: t('sell.member.attached', { name: card.name }) });
}

/** Attach the member whose card was scanned. */
export async function attachByCard(till: Till, text: string): Promise<void> {
  const id = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i.exec(text)?.[0];
  try {
    if (id) return attach(till, await till.api.get<Card>(`/members/${id.toLowerCase()}`));
    const found = await findCards(till, text);
    if (found.length === 1 && found[0]) return attach(till, found[0]);
    await askMember(till, text);
  } catch (error) {
    play('refused');
    showToast({ bad: true, text: t('sell.member.failed', { why: failureText(error) }) });
  }
}

async function findCards(
  till: Till,
  words: string,
  signal?: AbortSignal,
): Promise<readonly Card[]> {
  const path = `/members?q=${encodeURIComponent(words)}&limit=20`;
  const options = { as: 'device', timeoutMs: 4000, ...(signal ? { signal } : {}) } as const;
  return (await till.api.get<{ members: Card[] }>(path, options)).members;
}

/** Look for a member and attach it. */
export async function askMember(till: Till, words = ''): Promise<void> {
  await ask<true>((answer) => (
    <MemberDialog till={till} words={words} close={() => answer(null)} />
  ));
}

const PAUSE_MS = 120;

/** Members found as somebody types; null while it looks. */
function useCards(till: Till, words: string): { cards: readonly Card[] | null; problem: string } {
  const [cards, setCards] = useState<readonly Card[] | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      findCards(till, words, stop.signal).then(
        (found) => {
          setProblem('');
          setCards(found);
        },
        (error: unknown) => {
          if (!stop.signal.aborted) setProblem(failureText(error));
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [till, words]);
  return { cards, problem };
}

function MemberDialog(props: { till: Till; words: string; close: () => void }): JSX.Element {
  const { till, close } = props;
  const [words, setWords] = useState(props.words);
  const { cards, problem } = useCards(till, words);
  const now = till.selling.basket.value.member;
  const take = (card: Card): void => {
    attach(till, card);
    close();
  };
  useLayoutEffect(() => takeScans((scan) => setWords(scan.text)), []);
  return (
    <Dialog title={t('sell.member.title')} onClose={close} lets_scans shape="sheet">
      <div class="stack">
        {now && <Attached till={till} name={now.name} id={now.id} close={close} />}
        <TextField
          label={t('sell.member.find')}
          hint={t('sell.member.hint')}
          icon="search"
          type="search"
          value={words}
          error={problem || undefined}
          autofocus
          onInput={setWords}
          onEnter={() => cards?.[0] && take(cards[0])}
        />
        {cards === null && !problem && <Skeleton width={24} />}
        {cards?.length === 0 && words.trim() !== '' && (
          <EmptyState
            icon="people"
            title={t('sell.member.nobody')}
            text={t('sell.member.nobodyText')}
          />
        )}
        <List label={t('sell.member.title')}>
          {(cards ?? []).map((card) => (
            <ListItem
              key={card.id}
              icon="person"
              title={card.name || t('sell.member.noName')}
              text={[maskedPhone(card.phone), card.email].filter(Boolean).join(' · ')}
              after={card.tags[0] && <Badge>{card.tags[0]}</Badge>}
              onPress={() => take(card)}
            />
          ))}
        </List>
      </div>
    </Dialog>
  );
}

/** The last digits of a phone number: enough to tell two namesakes apart, no more. */
export function maskedPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits.length < 4 ? '' : `••• ${digits.slice(-4)}`;
}

/** The points a member can spend here; null while unknown. */
export function usePoints(till: Till, member: string): number | null {
  const [points, setPoints] = useState<number | null>(null);
  useEffect(() => {
    setPoints(null);
    let here = true;
    if (member) {
      askRights(till, `points:${member}`).then(
        (rights) => here && setPoints(rights.here),
        () => undefined,
      );
    }
    return () => {
      here = false;
    };
  }, [till, member]);
  return points;
}

function Attached(props: { till: Till; name: string; id: string; close: () => void }): JSX.Element {
  const points = usePoints(props.till, props.id);
  const remove = (): void => {
    props.till.selling.dispatch({ type: 'member', member: null });
    props.close();
  };
  return (
    <div class="card row">
      <div class="grow">
        <p class="item__title">{props.name}</p>
        <p class="muted small">
          {points === null
            ? t('sell.member.pointsUnknown')
            : t('sell.member.points', { points: formatNumber(points) })}
        </p>
      </div>
      <Button onPress={remove}>{t('sell.member.remove')}</Button>
    </div>
  );
}
