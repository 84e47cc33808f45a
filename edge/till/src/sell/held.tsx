// One law: a basket put aside is one sale still: whoever takes it up, it is sold once.
import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { HeldEntry, Till } from '../data/ports';
import { formatTime, t } from '../i18n';
import {
  Badge,
  Button,
  Dialog,
  EmptyState,
  IconButton,
  Money,
  Notice,
  Skeleton,
  showToast,
  TextField,
} from '../ui';
import { ask } from './ask';
import { failureText } from './refused';

/** Put the basket in hand aside, under a name if one is given. */
export async function askHold(till: Till): Promise<void> {
  if (till.selling.basket.value.lines.length === 0) {
    showToast({ bad: true, text: t('sell.held.empty') });
    return;
  }
  await ask<true>((answer) => <HoldDialog till={till} close={() => answer(null)} />);
}

function HoldDialog({ till, close }: { till: Till; close: () => void }): JSX.Element {
  const [label, setLabel] = useState(till.selling.basket.value.member?.name ?? '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const hold = async (): Promise<void> => {
    setBusy(true);
    try {
      const kept = await till.held.hold(label.trim());
      close();
      showToast({ text: kept.here ? t('sell.held.keptHere') : t('sell.held.kept') });
    } catch (failure) {
      setError(failureText(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('sell.held.hold')}
      onClose={close}
      foot={
        <Button size="xl" kind="primary" block busy={busy} onPress={() => void hold()} shortcut="↵">
          {t('sell.held.hold')}
        </Button>
      }
    >
      <TextField
        label={t('sell.held.label')}
        hint={t('sell.held.labelHint')}
        value={label}
        error={error || undefined}
        autofocus
        max_length={60}
        onInput={setLabel}
        onEnter={() => void hold()}
      />
    </Dialog>
  );
}

/** Show the baskets put aside, to take one up. */
export async function askRecall(till: Till): Promise<void> {
  await ask<true>((answer) => <RecallDialog till={till} close={() => answer(null)} />);
}

function useHeld(till: Till): {
  entries: readonly HeldEntry[] | null;
  problem: string;
  look: () => void;
} {
  const [entries, setEntries] = useState<readonly HeldEntry[] | null>(null);
  const [problem, setProblem] = useState('');
  const look = useCallback(() => {
    till.held.list().then(
      (found) => {
        setEntries(found);
        setProblem('');
      },
      (error: unknown) => setProblem(failureText(error)),
    );
  }, [till]);
  useEffect(look, [look]);
  return { entries, problem, look };
}

function RecallDialog({ till, close }: { till: Till; close: () => void }): JSX.Element {
  const { entries, problem, look } = useHeld(till);
  const [refused, setRefused] = useState('');
  const full = till.selling.basket.value.lines.length > 0;
  const recall = async (entry: HeldEntry): Promise<void> => {
    try {
      await till.held.recall(entry.id);
      close();
    } catch (error) {
      setRefused(failureText(error));
      look();
    }
  };
  const discard = async (entry: HeldEntry): Promise<void> => {
    await till.held.discard(entry.id).catch((error: unknown) => setRefused(failureText(error)));
    look();
  };
  return (
    <Dialog title={t('sell.held.title')} onClose={close} shape="sheet">
      <div class="stack">
        {full && <Notice mood="warn">{t('sell.held.full')}</Notice>}
        {till.presence.state.value.node === 'down' && (
          <Notice mood="warn">{t('sell.held.onlyHere')}</Notice>
        )}
        {(problem || refused) && <Notice mood="danger">{refused || problem}</Notice>}
        {entries === null && !problem && <Skeleton width={30} />}
        {entries?.length === 0 && (
          <EmptyState icon="inbox" title={t('sell.held.none')} text={t('sell.held.noneText')} />
        )}
        <ul class="list">
          {(entries ?? []).map((entry) => (
            <HeldRow
              key={entry.id}
              entry={entry}
              blocked={full}
              onRecall={() => void recall(entry)}
              onDiscard={() => void discard(entry)}
            />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function HeldRow(props: {
  entry: HeldEntry;
  blocked: boolean;
  onRecall: () => void;
  onDiscard: () => void;
}): JSX.Element {
  const { entry } = props;
  const [sure, setSure] = useState(false);
  return (
    <li class="item held">
      <div class="item__main">
        <p class="item__title">{entry.label || t('sell.held.noLabel')}</p>
        <p class="item__text">
          {formatTime(entry.atMs)} · {entry.till || t('sell.held.here')} ·{' '}
          {t('sell.lines', { n: entry.lines })} {entry.here && <Badge>{t('sell.held.here')}</Badge>}
        </p>
      </div>
      <strong>
        <Money minor={entry.totalMinor} />
      </strong>
      {sure ? (
        <Button kind="danger" onPress={props.onDiscard}>
          {t('sell.held.discard')}
        </Button>
      ) : (
        <>
          <Button kind="primary" disabled={props.blocked} onPress={props.onRecall}>
            {t('sell.held.recall')}
          </Button>
          <IconButton icon="trash" label={t('sell.held.discard')} onPress={() => setSure(true)} />
        </>
      )}
    </li>
  );
}
