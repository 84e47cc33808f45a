// One law: what leaves the stock says where to or why, and is looked over before it is posted.
import type { ComponentChildren, JSX } from 'preact';
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

/** Goods that leave: what is said of them goes above the list. */
function LeavePage(props: {
  till: Till;
  /** Under what the list is kept until it is posted, and what its words are called. */
  draft: 'send' | 'write-off';
  words: 'send' | 'writeOff';
  /** The question before it is posted. */
  sure: string;
  path: string;
  /** What the document says besides its lines; null while something lacks. */
  about: Readonly<Record<string, unknown>> | null;
  note?: string;
  children: ComponentChildren;
  onBack: () => void;
}): JSX.Element {
  const { till, draft, words } = props;
  const [list, setList] = useDraft(draft);
  const [posting, setPosting] = useState(false);
  return (
    <Page title={t(`stock.${words}.title`)} onBack={props.onBack} narrow>
      <div class="stack stack--wide">
        {props.children}
        <GoodsList
          till={till}
          list={list}
          onChange={setList}
          empty={t(`stock.${words}.scan`)}
          pieces="leave"
        />
        <Button
          kind="primary"
          size="xl"
          block
          disabled={lines(list).length === 0 || props.about === null}
          onPress={() => setPosting(true)}
        >
          {t(`stock.${words}.review`)}
        </Button>
      </div>
      {posting && (
        <PostDialog
          till={till}
          title={props.sure}
          path={props.path}
          body={{ ...props.about, lines: lines(list) }}
          list={list}
          onPosted={() => forgetDraft(draft)}
          onClose={() => setPosting(false)}
        >
          <Summary list={list} expected={false} sum={(n) => t(`stock.${words}.sum`, { n })} />
          {props.note && <p class="muted">{props.note}</p>}
        </PostDialog>
      )}
    </Page>
  );
}

/** Sends goods to another store. */
export function SendPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const [text, setText] = useKept('send.more', '');
  const store = text.trim();
  return (
    <LeavePage
      {...props}
      draft="send"
      words="send"
      sure={t('stock.send.sure', { store })}
      path="/stock/transfers-out"
      about={store ? { to_store: store } : null}
      note={t('stock.send.what')}
    >
      <TextField
        label={t('stock.send.to')}
        hint={t('stock.send.toHint')}
        icon="home"
        value={text}
        max_length={32}
        onInput={setText}
      />
      <Partners till={props.till} onChoose={setText} />
    </LeavePage>
  );
}

const USUAL = ['broken', 'expired', 'stolen', 'used'] as const;

/** The reasons that the store gives for a write-off, or the usual ones. */
function writeOffReasons(till: Till): { value: string; label: string }[] {
  const words = offered(till, 'write_off');
  if (words.length > 0) return words;
  return USUAL.map((code) => ({ value: code, label: t(`stock.reason.${code}`) }));
}

/** Writes goods off; `why` is the reason to begin with. */
export function WriteOffPage(props: { till: Till; why: string; onBack: () => void }): JSX.Element {
  const reasons = writeOffReasons(props.till);
  const [reason, setReason] = useState(
    () => (reasons.find(({ value }) => value === props.why) ?? reasons[0])?.value ?? '',
  );
  return (
    <LeavePage
      {...props}
      draft="write-off"
      words="writeOff"
      sure={t('stock.writeOff.sure')}
      path="/stock/write-offs"
      about={{ reason }}
    >
      <SelectField
        label={t('stock.writeOff.reason')}
        value={reason}
        options={reasons}
        onChange={setReason}
      />
    </LeavePage>
  );
}
