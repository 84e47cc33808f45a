// One law: what needs somebody's hands is listed with what to do about it, until somebody says it is done.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { Failed, Loaded, type Loading, useAction, useLoad } from '../desk/load';
import { formatDateTime, formatQuantity, inLanguage, locale, t } from '../i18n';
import { go } from '../route';
import {
  Badge,
  Button,
  Dialog,
  EmptyState,
  List,
  ListItem,
  Notice,
  Page,
  Tabs,
  TextField,
} from '../ui';
import { ExpiringList } from './expiring';
import { type Known, knownGoods } from './goods-known';
import { kindText, taskText } from './task';
import type { WorkItem, Worklists } from './wire';

const shown = (sku: string, quantity: number, known: Known): string =>
  formatQuantity(quantity, known.unitOf(sku));

const lookAt = (sku: string): void => go(`stock/lookup/${encodeURIComponent(sku)}`);

interface Listed {
  readonly lists: Worklists;
  readonly known: Known;
}

function Low({ lists, known }: Listed): JSX.Element {
  if (lists.low.length === 0) {
    return <EmptyState icon="check" title={t('stock.low.none')} text={t('stock.low.noneText')} />;
  }
  return (
    <List label={t('stock.low.title')}>
      {lists.low.map((item) => (
        <ListItem
          key={item.sku}
          title={inLanguage(item.names) || item.sku}
          text={[
            item.sku,
            t('stock.low.point', { n: shown(item.sku, item.reorder_point, known) }),
            item.coming > 0 && t('stock.low.coming', { n: shown(item.sku, item.coming, known) }),
          ]
            .filter(Boolean)
            .join(' · ')}
          after={
            <Badge mood={item.coming > 0 ? 'accent' : 'warn'}>
              {shown(item.sku, item.on_hand, known)}
            </Badge>
          }
          onPress={() => lookAt(item.sku)}
        />
      ))}
    </List>
  );
}

function Negative({ lists, known }: Listed): JSX.Element {
  if (lists.negative.length === 0) {
    return (
      <EmptyState
        icon="check"
        title={t('stock.negative.none')}
        text={t('stock.negative.noneText')}
      />
    );
  }
  return (
    <List label={t('stock.negative.title')}>
      {lists.negative.map((item) => (
        <ListItem
          key={item.sku}
          title={inLanguage(item.names) || item.sku}
          text={`${item.sku} · ${t('stock.negative.count')}`}
          after={<Badge mood="danger">{shown(item.sku, item.on_hand, known)}</Badge>}
          onPress={() => lookAt(item.sku)}
        />
      ))}
    </List>
  );
}

interface Items {
  readonly items: readonly WorkItem[];
  readonly known: Known;
}

function Rest(props: { till: Till; load: Loading<Items>; again: () => void }): JSX.Element {
  const { till, load, again } = props;
  const [closing, setClosing] = useState<WorkItem | null>(null);
  return (
    <Loaded load={load} again={again}>
      {({ items, known }) => (
        <>
          {items.length === 0 && (
            <EmptyState icon="check" title={t('stock.work.none')} text={t('stock.work.noneText')} />
          )}
          <List label={t('stock.work.title')}>
            {items.map((item) => (
              <ListItem
                key={item.number}
                icon="warn"
                title={kindText(item.kind)}
                text={[
                  item.sku && known.nameOf(item.sku),
                  taskText(item, known.unitOf(item.sku)),
                  formatDateTime(item.at_ms),
                ]
                  .filter(Boolean)
                  .join(' · ')}
                after={
                  <Button icon="check" onPress={() => setClosing(item)}>
                    {t('ui.done')}
                  </Button>
                }
              />
            ))}
          </List>
          {closing && (
            <Close
              till={till}
              item={closing}
              known={known}
              onClose={() => setClosing(null)}
              onDone={() => {
                setClosing(null);
                again();
              }}
            />
          )}
        </>
      )}
    </Loaded>
  );
}

function Close(props: {
  till: Till;
  item: WorkItem;
  known: Known;
  onClose: () => void;
  onDone: () => void;
}): JSX.Element {
  const { item, known } = props;
  const [note, setNote] = useState('');
  const action = useAction();
  const close = async (): Promise<void> => {
    const path = `/worklist/${item.number}/close`;
    const done = await action.run(async () => {
      await props.till.api.post(path, { note: note.trim() });
    });
    if (done) props.onDone();
  };
  return (
    <Dialog
      title={kindText(item.kind)}
      onClose={props.onClose}
      foot={
        <>
          <Button onPress={props.onClose}>{t('ui.cancel')}</Button>
          <Button
            kind="primary"
            busy={action.busy}
            disabled={note.trim() === ''}
            onPress={() => void close()}
          >
            {t('ui.done')}
          </Button>
        </>
      }
    >
      <div class="stack">
        {action.failure && <Failed failure={action.failure} />}
        <p>
          {item.sku && <strong>{known.nameOf(item.sku)}: </strong>}
          {taskText(item, known.unitOf(item.sku))}
        </p>
        <TextField
          label={t('stock.work.what')}
          hint={t('stock.work.whatHint')}
          value={note}
          autofocus
          max_length={200}
          onInput={setNote}
          onEnter={() => note.trim() && void close()}
        />
      </div>
    </Dialog>
  );
}

/** What is low, below nothing or soon past its day, and everything else somebody should look at. */
export function WorklistPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const [tab, setTab] = useState('low');
  const [load, again] = useLoad(`worklists ${locale.value}`, async () => {
    const lists = await till.api.get<Worklists>('/stock/worklists');
    const all = [...lists.low, ...lists.negative, ...lists.expiring];
    return { lists, known: await knownGoods(till, all) };
  });
  const lists = load.state === 'ready' ? load.value.lists : null;
  const [rest, restAgain] = useLoad(`worklist ${locale.value}`, async () => {
    const { items } = await till.api.get<Pick<Items, 'items'>>('/worklist?limit=200');
    return { items, known: await knownGoods(till, items) };
  });
  const others = rest.state === 'ready' ? rest.value.items.length : undefined;
  return (
    <Page
      title={t('stock.worklist.title')}
      onBack={props.onBack}
      narrow
      tools={
        <Tabs
          label={t('stock.worklist.title')}
          value={tab}
          tabs={[
            { value: 'low', label: t('stock.low.title'), badge: lists?.low.length },
            { value: 'negative', label: t('stock.negative.title'), badge: lists?.negative.length },
            { value: 'expiring', label: t('stock.expiring.title'), badge: lists?.expiring.length },
            { value: 'rest', label: t('stock.work.title'), badge: others },
          ]}
          onChange={setTab}
        />
      }
    >
      {tab === 'rest' ? (
        <Rest till={till} load={rest} again={restAgain} />
      ) : (
        <Loaded load={load} again={again}>
          {(found) => (
            <>
              {found.lists.cut && <Notice>{t('stock.worklist.cut')}</Notice>}
              {tab === 'low' && <Low {...found} />}
              {tab === 'negative' && <Negative {...found} />}
              {tab === 'expiring' && <ExpiringList till={till} {...found} />}
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}
