// One law: a basket put aside is one sale still: whoever takes it up, it is sold once; what it owes the
// customer outlives it.
import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Basket } from '../core/types';
import type { HeldEntry, Till } from '../data/ports';
import { offerAgain } from '../desk/returning';
import { formatMoney, formatTime, locale, t } from '../i18n';
import {
  Badge,
  Button,
  Dialog,
  EmptyState,
  IconButton,
  Money,
  Notice,
  play,
  Skeleton,
  showToast,
  TextField,
} from '../ui';
import { ask } from './ask';
import { giveBackHeld } from './coupon';
import { failureText } from './refused';

/** Put the basket in hand aside, under a name if one is given. */
export async function askHold(till: Till): Promise<void> {
  if (till.selling.basket.value.lines.length === 0) {
    showToast({ bad: true, text: t('sell.held.empty') });
    return;
  }
  await ask<true>((answer) => <HoldDialog till={till} close={() => answer(null)} />);
}

/** Have the slip printed by which the customer comes back to a held basket. */
async function printSlip(till: Till, id: string): Promise<void> {
  const operator = till.session.current.value?.staff ?? '';
  const body = { id: till.newId(), language: locale.value, gift: false, operator };
  try {
    await till.api.post(`/till/receipts/${id}/print`, body, { as: 'device' });
    showToast({ text: t('sell.held.slipPrinting') });
  } catch (error) {
    showToast({ bad: true, text: failureText(error) });
  }
}

const hasPrinter = (till: Till): boolean =>
  till.setup.document.value?.devices.some((one) => one.category === 'POSPrinter') ?? false;

/** Take up the basket whose slip was scanned. */
export async function recallBySlip(till: Till, id: string): Promise<void> {
  try {
    await till.held.recall(id);
    play('ok');
    showToast({ text: t('sell.held.recalled') });
  } catch (error) {
    play('refused');
    const unknown = (error as { code?: string }).code === 'unknown-document';
    showToast({ bad: true, text: unknown ? t('sell.held.slipUnknown') : failureText(error) });
  }
}

function HoldDialog({ till, close }: { till: Till; close: () => void }): JSX.Element {
  const [label, setLabel] = useState(till.selling.basket.value.member?.name ?? '');
  const [busy, setBusy] = useState(false);
  // Once the basket has left the hand the next customer need not wait for the node's word.
  const left = busy && till.selling.basket.value.lines.length === 0;
  useEffect(() => {
    if (left) close();
  }, [left, close]);
  const hold = async (slip = false): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      const kept = await till.held.hold(label.trim());
      close();
      if (slip && !kept.here) await printSlip(till, kept.id);
      else showToast({ text: kept.here ? t('sell.held.keptHere') : t('sell.held.kept') });
    } catch (failure) {
      showToast({ bad: true, text: failureText(failure) });
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('sell.held.hold')}
      onClose={close}
      foot={
        <>
          {hasPrinter(till) && (
            <Button size="xl" icon="printer" busy={busy} onPress={() => void hold(true)}>
              {t('sell.held.holdPrint')}
            </Button>
          )}
          <Button size="xl" kind="primary" busy={busy} onPress={() => void hold()} shortcut="↵">
            {t('sell.held.hold')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('sell.held.label')}
        hint={t('sell.held.labelHint')}
        value={label}
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
    try {
      await askDiscard(till, entry);
    } catch (error) {
      setRefused(failureText(error));
    }
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
      <Button kind="primary" disabled={props.blocked} onPress={props.onRecall}>
        {t('sell.held.recall')}
      </Button>
      <IconButton icon="trash" label={t('sell.held.discard')} onPress={props.onDiscard} />
    </li>
  );
}

/** Give a held basket up, once it is sure; a credit or a coupon's right in it is the customer's still. */
async function askDiscard(till: Till, entry: HeldEntry): Promise<void> {
  const basket = await till.held.look(entry.id);
  const sure = await ask<true>((answer) => (
    <DiscardDialog entry={entry} basket={basket} answer={answer} />
  ));
  if (!sure) return;
  await till.held.discard(entry.id);
  offerAgain(basket.exchange);
  await giveBackHeld(till, basket.coupons);
  showToast({
    text: basket.exchange
      ? t('sell.held.creditKept', { amount: formatMoney(basket.exchange.amountMinor) })
      : t('sell.held.discarded'),
  });
}

function DiscardDialog(props: {
  entry: HeldEntry;
  basket: Basket;
  answer: (sure: true | null) => void;
}): JSX.Element {
  const { entry, basket, answer } = props;
  const { exchange } = basket;
  return (
    <Dialog
      title={t('sell.held.discardTitle')}
      onClose={() => answer(null)}
      foot={
        <>
          <Button size="xl" onPress={() => answer(null)}>
            {t('sell.held.keep')}
          </Button>
          <Button size="xl" kind="danger" onPress={() => answer(true)}>
            {t(exchange ? 'sell.held.discardKeepCredit' : 'sell.held.discard')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <p>
          {t('sell.held.discardText', {
            label: entry.label || t('sell.held.noLabel'),
            lines: t('sell.lines', { n: entry.lines }),
            total: formatMoney(entry.totalMinor),
          })}
        </p>
        {exchange && (
          <Notice mood="warn">
            {t('sell.held.discardCredit', { amount: formatMoney(exchange.amountMinor) })}
          </Notice>
        )}
      </div>
    </Dialog>
  );
}
