// One law: a sale is undone as a whole, with a reason and a manager's word; its number stays used.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { payOut, roundedMinor } from '../core/tenders';
import { ApiProblem } from '../data/api';
import type { Till } from '../data/ports';
import { formatMoney, t } from '../i18n';
import { Button, Choices, Dialog, Pairs, showToast, TextField } from '../ui';
import { ApprovalDialog, type Asked, needsManager } from './approval';
import { dropReversals, meanReversals } from './cards-back';
import { openDrawer } from './current';
import { Failed, useAction } from './load';
import { offered } from './reasons';
import { type Part, suggestSplit, VOIDED } from './refund';
import { placeOf } from './returning';
import { tenderName } from './tenders';
import type { SaleDetail } from './wire';

const OTHER = 'other';

function reasons(till: Till): { value: string; label: string }[] {
  return [...offered(till, 'void'), { value: OTHER, label: t('desk.cash.otherReason') }];
}

function askedOf({ sale }: SaleDetail, reason: string): Asked {
  const { id: subject, receipt } = sale;
  const title = t('desk.void.approve', { receipt });
  return { action: 'void-sale', subject, reason, detail: receipt, title };
}

function Why(props: {
  offered: { value: string; label: string }[];
  code: string;
  words: string;
  onCode: (code: string) => void;
  onWords: (words: string) => void;
}): JSX.Element {
  return (
    <>
      {props.offered.length > 1 && (
        <Choices
          label={t('desk.return.reason')}
          show_label
          value={props.code}
          options={props.offered}
          onChange={props.onCode}
        />
      )}
      {props.code === OTHER && (
        <TextField
          label={t('desk.cash.reasonWords')}
          value={props.words}
          max_length={200}
          onInput={props.onWords}
        />
      )}
    </>
  );
}

/** What goes back by each tender, in coins that there are. */
function PaidBack(props: {
  till: Till;
  sale: SaleDetail['sale'];
  tenders: readonly Part[];
}): JSX.Element {
  const { till, sale, tenders } = props;
  const { coinMinor } = till.setup.rules.value;
  const parts = payOut(tenders, coinMinor, roundedMinor(sale.tenders));
  return (
    <Pairs
      rows={parts.map((part) => [tenderName(till, part.kind), formatMoney(part.amount_minor)])}
    />
  );
}

/** Asks why, gets a manager's word, and undoes a sale. */
export function VoidDialog(props: {
  till: Till;
  detail: SaleDetail;
  onDone: () => void;
  onClose: () => void;
}): JSX.Element {
  const { till, detail } = props;
  const { sale } = detail;
  const choices = reasons(till);
  const [code, setCode] = useState(choices[0]?.value ?? OTHER);
  const [words, setWords] = useState('');
  const [approving, setApproving] = useState(false);
  const [id] = useState(() => till.newId());
  const action = useAction();
  const reason = code === OTHER ? words.trim() : code;
  const tenders = suggestSplit(sale.total_minor, sale.tenders, VOIDED);
  const run = async (approver: string): Promise<void> => {
    setApproving(false);
    const body = { id, reason, tenders, approver, ...placeOf(till) };
    const done = await action.run(async () => {
      await meanReversals(till, sale.id);
      await till.api.post(`/till/sales/${sale.id}/void`, body).catch(async (error: unknown) => {
        // A void without an answer may be on record: what was meant stays.
        if (error instanceof ApiProblem) await dropReversals(till, sale.id);
        throw error;
      });
    });
    if (!done) return;
    if (tenders.some(({ kind }) => kind === 'cash')) openDrawer(till, 'void');
    showToast({ text: t('desk.void.done', { receipt: sale.receipt }) });
    props.onDone();
  };
  const go = (): void => {
    const self = till.session.current.value?.staff ?? '';
    if (needsManager(till.session.current.value)) setApproving(true);
    else void run(self);
  };
  if (approving) {
    return (
      <ApprovalDialog
        till={till}
        asked={askedOf(detail, reason)}
        onApproved={(approval) => void run(approval.approver)}
        onClose={() => setApproving(false)}
      />
    );
  }
  return (
    <Dialog
      title={t('desk.void.title')}
      onClose={props.onClose}
      foot={
        <>
          <Button onPress={props.onClose}>{t('ui.cancel')}</Button>
          <Button kind="danger" busy={action.busy} disabled={reason === ''} onPress={go}>
            {t('desk.void.go', { amount: formatMoney(sale.total_minor) })}
          </Button>
        </>
      }
    >
      <div class="stack">
        {action.failure && <Failed failure={action.failure} />}
        <p>{t('desk.void.what', { receipt: sale.receipt })}</p>
        <Why offered={choices} code={code} words={words} onCode={setCode} onWords={setWords} />
        <PaidBack till={till} sale={sale} tenders={tenders} />
        {tenders.some(({ kind }) => kind === 'card') && (
          <p class="muted small">{t('desk.void.card')}</p>
        )}
      </div>
    </Dialog>
  );
}
