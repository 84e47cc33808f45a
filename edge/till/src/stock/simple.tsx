// One law: what leaves the stock says where to or why, and is looked over before it is posted.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { useLoad } from '../desk/load';
import { offered } from '../desk/reasons';
import { t } from '../i18n';
import { Button, Page, SelectField, TextField } from '../ui';
import { lines } from './entry';
import { forgetDraft, GoodsList, useDraft, useKept } from './goods';
import { PostDialog } from './posted';
import { Summary } from './summary';

/** The stores that goods went to or came from lately: nobody types a name that was used before. */
function Partners(props: { till: Till; onChoose: (store: string) => void }): JSX.Element | null {
  const [load] = useLoad('transfers', () =>
    props.till.api.get<{ transfers: { other: string }[] }>('/transfers?limit=50'),
  );
  const known = load.state === 'ready' ? load.value.transfers : [];
  const stores = [...new Set(known.map(({ other }) => other))].slice(0, 6);
  if (stores.length === 0) return null;
  return (
    <div class="row wrap">
      {stores.map((store) => (
        <Button key={store} icon="home" onPress={() => props.onChoose(store)}>
          {store}
        </Button>
      ))}
    </div>
  );
}

/** Sends goods to another store. */
export function SendPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const [list, setList] = useDraft('send');
  const [store, setStore] = useKept('send.more', '');
  const [posting, setPosting] = useState(false);
  return (
    <Page title={t('stock.send.title')} onBack={props.onBack} narrow>
      <div class="stack stack--wide">
        <TextField
          label={t('stock.send.to')}
          hint={t('stock.send.toHint')}
          icon="home"
          value={store}
          max_length={32}
          onInput={setStore}
        />
        <Partners till={till} onChoose={setStore} />
        <GoodsList
          till={till}
          list={list}
          onChange={setList}
          empty={t('stock.send.scan')}
          pieces="leave"
        />
        <Button
          kind="primary"
          size="xl"
          block
          disabled={lines(list).length === 0 || store.trim() === ''}
          onPress={() => setPosting(true)}
        >
          {t('stock.send.review')}
        </Button>
      </div>
      {posting && (
        <PostDialog
          till={till}
          title={t('stock.send.sure', { store: store.trim() })}
          path="/stock/transfers-out"
          body={{ to_store: store.trim(), lines: lines(list) }}
          list={list}
          onPosted={() => forgetDraft('send')}
          onClose={() => setPosting(false)}
        >
          <Summary list={list} expected={false} sum={(n) => t('stock.send.sum', { n })} />
          <p class="muted">{t('stock.send.what')}</p>
        </PostDialog>
      )}
    </Page>
  );
}

const USUAL = ['broken', 'expired', 'stolen', 'used'] as const;

/** The reasons that the store gives for a write-off, or the usual ones. */
function writeOffReasons(till: Till): { value: string; label: string }[] {
  const words = offered(till, 'write_off');
  if (words.length > 0) return words;
  return USUAL.map((code) => ({ value: code, label: t(`stock.reason.${code}`) }));
}

/** Writes goods off. */
export function WriteOffPage(props: {
  till: Till;
  /** The reason to begin with. */
  why: string;
  onBack: () => void;
}): JSX.Element {
  const { till } = props;
  const reasons = writeOffReasons(till);
  const [list, setList] = useDraft('write-off');
  const [reason, setReason] = useState(
    () => (reasons.find(({ value }) => value === props.why) ?? reasons[0])?.value ?? '',
  );
  const [posting, setPosting] = useState(false);
  return (
    <Page title={t('stock.writeOff.title')} onBack={props.onBack} narrow>
      <div class="stack stack--wide">
        <SelectField
          label={t('stock.writeOff.reason')}
          value={reason}
          options={reasons}
          onChange={setReason}
        />
        <GoodsList
          till={till}
          list={list}
          onChange={setList}
          empty={t('stock.writeOff.scan')}
          pieces="leave"
        />
        <Button
          kind="primary"
          size="xl"
          block
          disabled={lines(list).length === 0}
          onPress={() => setPosting(true)}
        >
          {t('stock.writeOff.review')}
        </Button>
      </div>
      {posting && (
        <PostDialog
          till={till}
          title={t('stock.writeOff.sure')}
          path="/stock/write-offs"
          body={{ reason, lines: lines(list) }}
          list={list}
          onPosted={() => forgetDraft('write-off')}
          onClose={() => setPosting(false)}
        >
          <Summary list={list} expected={false} sum={(n) => t('stock.writeOff.sum', { n })} />
        </PostDialog>
      )}
    </Page>
  );
}
