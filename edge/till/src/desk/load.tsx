// One law: what comes from the node is waiting, here, or failed with a next step; nothing is blank.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button, Notice, Skeleton, showToast } from '../ui';
import { type Failure, failureOf } from './failure';

/** Something asked of the node. */
export type Loading<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly failure: Failure }
  | { readonly state: 'ready'; readonly value: T };

/**
 * Ask when `key` changes, and again when told to. What was shown stays until the next answer is
 * there, so that nothing jumps; an answer that comes too late is dropped.
 */
export function useLoad<T>(key: string, ask: () => Promise<T>): [Loading<T>, () => void] {
  const [round, setRound] = useState(0);
  const [load, setLoad] = useState<Loading<T>>({ state: 'loading' });
  const asked = useRef(ask);
  asked.current = ask;
  const shown = useRef('');
  const wanted = `${key} ${round}`;
  useEffect(() => {
    let late = false;
    if (shown.current !== key) setLoad({ state: 'loading' });
    shown.current = key;
    asked.current().then(
      (value) => late || setLoad({ state: 'ready', value }),
      (error: unknown) => late || setLoad({ state: 'failed', failure: failureOf(error) }),
    );
    return () => {
      late = true;
    };
  }, [wanted, key]);
  return [load, () => setRound((before) => before + 1)];
}

/** Shows what was asked for, or its skeleton, or why it is not here with a way to ask again. */
export function Loaded<T>(props: {
  load: Loading<T>;
  again: () => void;
  /** Rows that the skeleton has. */
  rows?: number;
  children: (value: T) => ComponentChildren;
}): JSX.Element {
  const { load } = props;
  if (load.state === 'ready') return <>{props.children(load.value)}</>;
  if (load.state === 'failed') return <Failed failure={load.failure} again={props.again} />;
  return (
    <div class="skeletons" role="status" aria-label={t('ui.loading')}>
      {Array.from({ length: props.rows ?? 6 }, (_, row) => (
        <p key={row}>
          <Skeleton width={18 + ((row * 7) % 16)} />
          <Skeleton width={8} />
        </p>
      ))}
    </div>
  );
}

/** Says why something is not here or was not done, and offers to try again. */
export function Failed(props: { failure: Failure; again?: () => void }): JSX.Element {
  return (
    <Notice
      mood={props.failure.unreachable ? 'warn' : 'danger'}
      icon={props.failure.unreachable ? 'cut' : 'warn'}
      title={props.failure.title}
      actions={props.again && <Button onPress={props.again}>{t('ui.retry')}</Button>}
    >
      <p>{props.failure.text}</p>
    </Notice>
  );
}

/** Something being done at the node. */
export interface Action {
  readonly busy: boolean;
  readonly failure: Failure | null;
  /** Does it once at a time; answers whether it succeeded. A failure is kept until the next try. */
  run(act: () => Promise<void>): Promise<boolean>;
  forget(): void;
}

/** One thing at a time, with its failure kept in sight. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const running = useRef(false);
  const run = async (act: () => Promise<void>): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setFailure(null);
    try {
      await act();
      return true;
    } catch (error) {
      setFailure(failureOf(error));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, failure, run, forget: () => setFailure(null) };
}

/** Do something whose failure is only worth a message. */
export async function attempt(act: () => Promise<unknown>, good: string): Promise<void> {
  try {
    await act();
    showToast({ text: good });
  } catch (error) {
    const { title, text } = failureOf(error);
    showToast({ text: t('desk.failure.toast', { title, text }), bad: true });
  }
}
