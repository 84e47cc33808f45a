// One law: a document is seen as it was printed; what is done with it here leaves its own trace.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { formatMoney, isKey, locale, t } from '../i18n';
import { go } from '../route';
import { Button, Notice, Page } from '../ui';
import { CardsBack } from './cards-back';
import { Loaded, useLoad } from './load';
import { Picture } from './picture';
import { printReceipt, receiptPath, saveFile } from './receipts';
import { VoidDialog } from './void';
import type { SaleDetail } from './wire';

/** What can be done with any document that has a picture. */
function Actions(props: { till: Till; id: string; name: string; gift: boolean }): JSX.Element {
  const { till, id, name } = props;
  const save = (form: 'png' | 'pdf'): void =>
    void saveFile(till, receiptPath(id, { form, gift: false }), `${name}.${form}`);
  return (
    <>
      <Button icon="printer" size="l" onPress={() => void printReceipt(till, id)}>
        {t('desk.receipt.again')}
      </Button>
      {props.gift && (
        <Button icon="gift" size="l" onPress={() => void printReceipt(till, id, true)}>
          {t('desk.receipt.gift')}
        </Button>
      )}
      <Button icon="note" size="l" onPress={() => save('pdf')}>
        {t('desk.receipt.pdf')}
      </Button>
      <Button icon="receipt" size="l" onPress={() => save('png')}>
        {t('desk.receipt.png')}
      </Button>
    </>
  );
}

function SaleActions(props: { till: Till; id: string; onVoided: () => void }): JSX.Element {
  const { till, id } = props;
  const [load, again] = useLoad(`sale ${id}`, () => till.api.get<SaleDetail>(`/sales/${id}`));
  const [voiding, setVoiding] = useState(false);
  return (
    <Loaded load={load} again={again} rows={3}>
      {(detail) => {
        const touched = detail.lines.some((line) => line.returned > 0);
        const left = detail.lines.some((line) => line.returnable > 0);
        return (
          <div class="stack">
            <p>
              <strong>{detail.sale.receipt}</strong> · {formatMoney(detail.sale.total_minor)}
            </p>
            {detail.voided && <Notice mood="warn" title={t('desk.return.voided')} />}
            <CardsBack key={`${detail.voided}`} till={till} sale={id} owed={!detail.voided} />
            <Actions till={till} id={id} name={detail.sale.receipt} gift />
            {!detail.voided && !till.selling.training.value && (
              <>
                <Button
                  icon="undo"
                  size="l"
                  disabled={!left}
                  onPress={() => go(`desk/return/${id}`)}
                >
                  {t('sell.do.return')}
                </Button>
                <Button
                  icon="block"
                  size="l"
                  kind="warning"
                  disabled={touched}
                  onPress={() => setVoiding(true)}
                >
                  {t('desk.void.title')}
                </Button>
                {touched && <p class="muted small">{t('desk.void.touched')}</p>}
              </>
            )}
            {voiding && (
              <VoidDialog
                till={till}
                detail={detail}
                onDone={() => {
                  setVoiding(false);
                  again();
                  props.onVoided();
                }}
                onClose={() => setVoiding(false)}
              />
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

/** Shows a document with what can be done with it. */
export function DocumentPage(props: {
  till: Till;
  kind: string;
  id: string;
  onBack: () => void;
}): JSX.Element {
  const { till, kind, id } = props;
  const key = `desk.document.${kind}`;
  const path = receiptPath(id, { form: 'png', gift: false });
  const [voided, setVoided] = useState(0);
  return (
    <Page title={isKey(key) ? t(key) : kind} onBack={props.onBack}>
      <div class="document">
        <Picture
          key={`${id} ${locale.value} ${voided}`}
          till={till}
          path={path}
          label={t('desk.receipt.picture')}
        />
        <aside class="document__acts stack">
          {kind === 'sale' ? (
            <SaleActions till={till} id={id} onVoided={() => setVoided(voided + 1)} />
          ) : (
            <>
              {kind === 'return' && <CardsBack till={till} sale={id} owed />}
              <Actions till={till} id={id} name={`${kind}-${id.slice(0, 8)}`} gift={false} />
            </>
          )}
        </aside>
      </div>
    </Page>
  );
}
