// One law: a shift ends with a blind count; the count is kept on this till until the node has it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Counted, countedMinor } from '../core/denominations';
import type { Till } from '../data/ports';
import { formatMoney, t } from '../i18n';
import {
  Button,
  Dialog,
  EmptyState,
  Notice,
  Page,
  Pairs,
  remember,
  remembered,
  TextField,
} from '../ui';
import { AmountField, amountOf, CashCount } from './count';
import { drawerOf, loadShift, noteShift } from './current';
import { Failed, Loaded, useAction, useLoad } from './load';
import { ReportView } from './report-view';
import { tenderName } from './tenders';
import type { Report, Shift } from './wire';

/** A count in progress; `id` is what it is sent under, however often. */
export interface Draft {
  readonly id: string;
  readonly counted: Counted;
  readonly others: Readonly<Record<string, string>>;
  readonly note: string;
}

const EMPTY: Omit<Draft, 'id'> = { counted: {}, others: {}, note: '' };
const nameOf = (shift: Shift): string => `count.${shift.drawer}.${shift.number}`;

function draftOf(shift: Shift, id: string): Draft {
  const fresh = { ...EMPTY, id };
  try {
    return { ...fresh, ...(JSON.parse(remembered(nameOf(shift)) ?? '{}') as Partial<Draft>) };
  } catch {
    return fresh;
  }
}

/** What leaves nothing in a drawer that could be counted. */
const NO_PAPER: ReadonlySet<string> = new Set(['cash', 'exchange', 'gift', 'points', 'rounding']);

/** The tenders beside cash of which something lies in the drawer. */
export function onPaper(kinds: readonly string[]): readonly string[] {
  return kinds.filter((kind) => !NO_PAPER.has(kind));
}

/** Whether something was typed that is no amount: it would be taken for not counted. */
export function isUnclear(draft: Draft, exponent: number): boolean {
  return Object.values(draft.others).some((text) => amountOf(text, exponent) === null);
}

/** What the node gets of a draft: cash always, other tenders where something was typed. */
export function countsOf(
  draft: Draft,
  kinds: readonly string[],
  exponent: number,
): { kind: string; counted_minor: number }[] {
  const others = kinds.flatMap((kind) => {
    const text = draft.others[kind] ?? '';
    const counted_minor = text.trim() === '' ? null : amountOf(text, exponent);
    return counted_minor === null ? [] : [{ kind, counted_minor }];
  });
  return [{ kind: 'cash', counted_minor: countedMinor(draft.counted) }, ...others];
}

function Count(props: {
  till: Till;
  shift: Shift;
  onClosed: (closed: Report) => void;
}): JSX.Element {
  const { till, shift } = props;
  const [draft, setDraft] = useState(() => draftOf(shift, till.newId()));
  const [asking, setAsking] = useState(false);
  const { currency = 'EUR', exponent = 2 } = till.setup.document.value ?? {};
  const kinds = onPaper(shift.tenders);
  const change = (part: Partial<Draft>): void => {
    const next = { ...draft, ...part };
    setDraft(next);
    remember(nameOf(shift), JSON.stringify(next));
  };
  const waiting = till.outbox.state.value.waiting;
  return (
    <div class="stack stack--wide">
      {waiting > 0 && (
        <Notice mood="warn" icon="sync" title={t('desk.close.waiting', { n: waiting })}>
          <p>{t('desk.close.waitingText')}</p>
        </Notice>
      )}
      <p class="muted">{t('desk.close.blind')}</p>
      <CashCount
        currency={currency}
        exponent={exponent}
        counted={draft.counted}
        onChange={(counted) => change({ counted })}
      />
      {kinds.length > 0 && (
        <section class="card stack">
          <h2>{t('desk.close.others')}</h2>
          <p class="muted small">{t('desk.close.othersText')}</p>
          <div class="fields">
            {kinds.map((kind) => (
              <AmountField
                key={kind}
                label={tenderName(till, kind)}
                text={draft.others[kind] ?? ''}
                exponent={exponent}
                onInput={(text) => change({ others: { ...draft.others, [kind]: text } })}
              />
            ))}
          </div>
        </section>
      )}
      <TextField
        label={t('desk.close.note')}
        hint={t('desk.close.noteHint')}
        value={draft.note}
        max_length={200}
        onInput={(note) => change({ note })}
      />
      <Button
        kind="primary"
        size="xl"
        block
        disabled={isUnclear(draft, exponent)}
        onPress={() => setAsking(true)}
      >
        {t('desk.close.review')}
      </Button>
      {asking && (
        <Confirm
          till={till}
          shift={shift}
          draft={draft}
          onClosed={props.onClosed}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

function Confirm(props: {
  till: Till;
  shift: Shift;
  draft: Draft;
  onClosed: (closed: Report) => void;
  onClose: () => void;
}): JSX.Element {
  const { till, shift, draft } = props;
  const action = useAction();
  const exponent = till.setup.document.value?.exponent ?? 2;
  const counted = countsOf(draft, onPaper(shift.tenders), exponent);
  const close = (): Promise<boolean> =>
    action.run(async () => {
      const at = `${encodeURIComponent(shift.drawer)}/${shift.number}`;
      const operator = till.session.current.value?.staff ?? '';
      remember(nameOf(shift), JSON.stringify(draft)); // its id, should the answer be lost
      const body = { id: draft.id, counted, note: draft.note, operator };
      const report = await till.api.post<Report>(`/till/shifts/${at}/close`, body);
      remember(nameOf(shift), '{}');
      noteShift(till, null);
      props.onClosed(report);
    });
  return (
    <Dialog
      title={t('desk.close.sure', { n: shift.number })}
      onClose={props.onClose}
      foot={
        <>
          <Button onPress={props.onClose}>{t('desk.close.again')}</Button>
          <Button kind="primary" busy={action.busy} onPress={() => void close()}>
            {t('desk.close.now')}
          </Button>
        </>
      }
    >
      <div class="stack">
        {action.failure && <Failed failure={action.failure} />}
        <p>{t('desk.close.sureText')}</p>
        <Pairs
          rows={counted.map((one) => [tenderName(till, one.kind), formatMoney(one.counted_minor)])}
        />
      </div>
    </Dialog>
  );
}

/** Counts a drawer and closes its shift. */
export function ClosePage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const [load, again] = useLoad(`shift ${drawerOf(till)}`, () => loadShift(till));
  const [closed, setClosed] = useState<Report | null>(null);
  if (closed) {
    return (
      <Page
        key="closed"
        title={t('desk.report.zOf', { n: closed.number, drawer: closed.drawer })}
        onBack={props.onBack}
      >
        <ReportView till={till} report={closed} />
      </Page>
    );
  }
  return (
    <Page title={t('desk.shift.close')} onBack={props.onBack} narrow>
      <Loaded load={load} again={again} rows={8}>
        {(shift) =>
          shift ? (
            <Count till={till} shift={shift} onClosed={setClosed} />
          ) : (
            <EmptyState
              icon="drawer"
              title={t('desk.shift.none', { drawer: drawerOf(till) })}
              text={t('desk.close.nothing')}
            >
              <Button onPress={props.onBack}>{t('ui.back')}</Button>
            </EmptyState>
          )
        }
      </Loaded>
    </Page>
  );
}
