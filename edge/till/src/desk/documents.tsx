// One law: everything this store wrote down today can be found, read and printed again from here.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Finished, Till } from '../data/ports';
import { formatDateTime, formatMoney, isKey, t } from '../i18n';
import { go } from '../route';
import {
  Badge,
  Button,
  EmptyState,
  type IconName,
  List,
  ListItem,
  Notice,
  Page,
  Tabs,
  TextField,
} from '../ui';
import { DayField } from './day';
import { Loaded, useLoad } from './load';
import { whoText } from './people';
import { reasonText } from './reasons';
import type { DocumentEntry, DocumentsReply } from './wire';

const KINDS = ['', 'sale', 'return', 'void', 'cash', 'shift', 'audit'] as const;
const ICONS: Readonly<Record<string, IconName>> = {
  sale: 'receipt',
  return: 'undo',
  void: 'block',
  cash: 'cash',
  shift: 'drawer',
  audit: 'note',
};

/** What is looked for. */
interface Filter {
  readonly kind: string;
  readonly text: string;
  readonly day: string;
}

function pathOf(filter: Filter, before: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
  if (before) query.set('before', before);
  return `/till/documents?${query}`;
}

/** Reads documents page by page, newest first. */
function useDocuments(till: Till, filter: Filter) {
  const [pages, setPages] = useState<{
    of: string;
    earlier: readonly DocumentEntry[];
    before: string;
  }>({ of: '', earlier: [], before: '' });
  const of = pathOf(filter, '');
  const { earlier, before } = pages.of === of ? pages : { earlier: [], before: '' };
  const [load, again] = useLoad(`${of} ${before}`, async () => {
    const page = await till.api.get<DocumentsReply>(pathOf(filter, before));
    return { documents: [...earlier, ...page.documents], before: page.before };
  });
  const more = (): void => {
    if (load.state !== 'ready') return;
    setPages({ of, earlier: load.value.documents, before: load.value.before });
  };
  return { load, again, more };
}

/** What a document is called in the list: what it is, or what was done. */
export function titleOf(entry: DocumentEntry): string {
  const said = { audit: 'action', cash: 'cashKind', shift: 'shiftTurn' }[entry.kind];
  if (said) {
    const key = `desk.${said}.${entry.title}`;
    return isKey(key) ? t(key) : entry.title;
  }
  const key = `desk.document.${entry.kind}`;
  const kind = isKey(key) ? t(key) : entry.kind;
  return entry.receipt ? `${kind} ${entry.receipt}` : kind;
}

/** What it moved; null for what moves no money. */
export function amountOf(
  entry: Pick<DocumentEntry, 'kind' | 'title' | 'amount_minor'>,
): number | null {
  const moves = !['audit', 'shift'].includes(entry.kind) && entry.title !== 'no_sale';
  return moves ? entry.amount_minor : null;
}

/** When, by whom, why, and of what: what an auditor asks of every entry. */
export function textOf(till: Till, entry: DocumentEntry): string {
  const staff = till.setup.document.value?.staff ?? [];
  const about = entry.kind === 'audit' ? [entry.receipt, entry.detail] : [];
  return [
    formatDateTime(entry.at_ms),
    whoText(entry.actor, entry.approver, staff),
    reasonText(till, entry.reason),
    ...new Set(about),
  ]
    .filter(Boolean)
    .join(' · ');
}

function Entry({ till, entry }: { till: Till; entry: DocumentEntry }): JSX.Element {
  const amount = amountOf(entry);
  const open = entry.kind !== 'audit';
  return (
    <ListItem
      icon={ICONS[entry.kind] ?? 'note'}
      title={titleOf(entry)}
      text={textOf(till, entry)}
      after={amount === null ? null : <strong class="num">{formatMoney(amount)}</strong>}
      onPress={open ? () => go(`desk/documents/${entry.kind}/${entry.id}`) : undefined}
    />
  );
}

/** The sales of this till that it still knows itself, for when the node does not answer. */
function Here({ till }: { till: Till }): JSX.Element {
  const [load, again] = useLoad('finished', () => till.outbox.finished(50));
  return (
    <div class="stack">
      <Notice mood="warn" icon="cut" title={t('desk.documents.cut')}>
        <p>{t('desk.documents.cutText')}</p>
      </Notice>
      <Loaded load={load} again={again}>
        {(sales) => (
          <List label={t('desk.documents.here')}>
            {sales.length === 0 && (
              <EmptyState
                icon="receipt"
                title={t('desk.documents.noneHere')}
                text={t('desk.documents.noneHereText')}
              />
            )}
            {sales.map((sale: Finished & { delivered: boolean }) => (
              <ListItem
                key={sale.id}
                icon="receipt"
                title={sale.receipt}
                text={formatDateTime(sale.atMs)}
                after={
                  <span class="ends">
                    <strong class="num">{formatMoney(sale.document.total_minor)}</strong>
                    <Badge mood={sale.delivered ? 'ok' : 'warn'}>
                      {t(sale.delivered ? 'desk.documents.delivered' : 'desk.documents.waits')}
                    </Badge>
                  </span>
                }
              />
            ))}
          </List>
        )}
      </Loaded>
    </div>
  );
}

function Found({ till, filter }: { till: Till; filter: Filter }): JSX.Element {
  const { load, again, more } = useDocuments(till, filter);
  return (
    <Loaded load={load} again={again} rows={8}>
      {(page) =>
        page.documents.length === 0 ? (
          <EmptyState
            icon="receipt"
            title={t('desk.documents.none')}
            text={t('desk.documents.noneText')}
          />
        ) : (
          <>
            <List label={t('desk.nav.documents')}>
              {page.documents.map((entry) => (
                <Entry key={entry.id} till={till} entry={entry} />
              ))}
            </List>
            {page.before !== '' && <Button onPress={more}>{t('desk.list.more')}</Button>}
          </>
        )
      }
    </Loaded>
  );
}

/** Finds sales, returns, voids, cash movements and entries of the audit trail. */
export function DocumentsPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const today = till.setup.document.value?.business_day ?? '';
  const [filter, setFilter] = useState<Filter>({ kind: '', text: '', day: today });
  const change = (part: Partial<Filter>): void => setFilter({ ...filter, ...part });
  return (
    <Page
      title={t('desk.nav.documents')}
      onBack={props.onBack}
      tools={
        <div class="stack">
          <div class="fields">
            <TextField
              label={t('desk.documents.search')}
              icon="search"
              type="search"
              placeholder={t('desk.documents.searchHint')}
              value={filter.text}
              onInput={(text) => change({ text })}
            />
            <DayField
              label={t('desk.shift.day')}
              value={filter.day}
              today={today}
              onChange={(day) => change({ day })}
            />
          </div>
          <Tabs
            label={t('desk.documents.kind')}
            value={filter.kind}
            tabs={KINDS.map((kind) => ({
              value: kind,
              label: t(`desk.documents.tab.${kind || 'all'}` as 'desk.documents.tab.all'),
            }))}
            onChange={(kind) => change({ kind })}
          />
        </div>
      }
    >
      {till.presence.state.value.node === 'down' ? (
        <Here till={till} />
      ) : (
        <Found till={till} filter={filter} />
      )}
    </Page>
  );
}
