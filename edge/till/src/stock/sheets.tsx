// One law: a count is a sheet that several people fill while the shop sells; it moves nothing until
// somebody has looked it over.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Rules } from '../core/types';
import type { Till } from '../data/ports';
import { Failed, Loaded, useAction, useLoad } from '../desk/load';
import { actorName } from '../desk/people';
import { categoryText, formatDateTime, inLanguage, t } from '../i18n';
import { go } from '../route';
import {
  Badge,
  Button,
  Choices,
  Dialog,
  EmptyState,
  List,
  ListItem,
  Page,
  Switch,
  TextField,
} from '../ui';
import type { Entry } from './entry';
import { GoodsList } from './goods';
import type { Sheet } from './wire';

/** What a sheet is called: its title, or what it covers. */
export function titleOf(
  sheet: Pick<Sheet, 'title' | 'kind' | 'scope'>,
  categories: Rules['categories'],
): string {
  if (sheet.title) return sheet.title;
  if (sheet.kind === 'full') return t('stock.sheet.full');
  const covered = sheet.scope.slice(0, 3);
  if (sheet.kind === 'list') return covered.join(', ');
  return covered.map((one) => categoryText(categories, one)).join(', ');
}

function Row({ till, sheet }: { till: Till; sheet: Sheet }): JSX.Element {
  const staff = till.setup.document.value?.staff ?? [];
  const mood = { open: 'accent', closed: 'ok', cancelled: 'plain' } as const;
  return (
    <ListItem
      icon="list"
      title={titleOf(sheet, till.setup.rules.value.categories)}
      text={`${formatDateTime(sheet.opened_ms)} · ${actorName(sheet.opened_by, staff)}`}
      after={<Badge mood={mood[sheet.state]}>{t(`stock.sheet.${sheet.state}`)}</Badge>}
      onPress={() =>
        go(sheet.state === 'open' ? `stock/counts/${sheet.id}` : `stock/counts/${sheet.id}/review`)
      }
    />
  );
}

/** The sheets of the store, and the way to begin one. */
export function SheetsPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const [begin, setBegin] = useState(false);
  const [load, again] = useLoad('sheets', () =>
    till.api.get<{ sheets: Sheet[] }>('/stock/sheets?limit=50'),
  );
  return (
    <Page
      title={t('stock.counts.title')}
      onBack={props.onBack}
      narrow
      actions={
        <Button kind="primary" icon="plus" onPress={() => setBegin(true)}>
          {t('stock.sheet.begin')}
        </Button>
      }
    >
      <Loaded load={load} again={again}>
        {({ sheets }) =>
          sheets.length === 0 ? (
            <EmptyState icon="list" title={t('stock.sheet.none')} text={t('stock.sheet.noneText')}>
              <Button kind="primary" icon="plus" onPress={() => setBegin(true)}>
                {t('stock.sheet.begin')}
              </Button>
            </EmptyState>
          ) : (
            <List label={t('stock.counts.title')}>
              {sheets.map((sheet) => (
                <Row key={sheet.id} till={till} sheet={sheet} />
              ))}
            </List>
          )
        }
      </Loaded>
      {begin && <Begin till={till} onClose={() => setBegin(false)} />}
    </Page>
  );
}

function Categories(props: {
  till: Till;
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}): JSX.Element {
  const { till, chosen } = props;
  const [all, setAll] = useState<readonly { category: string; products: number }[]>([]);
  useEffect(() => {
    void till.catalogue.categories().then(setAll);
  }, [till]);
  const toggle = (category: string): void =>
    props.onChange(
      chosen.includes(category) ? chosen.filter((one) => one !== category) : [...chosen, category],
    );
  return (
    <div class="choices" role="group" aria-label={t('stock.sheet.categories')}>
      {all.map(({ category, products }) => (
        <button
          key={category}
          type="button"
          role="checkbox"
          class="choice"
          aria-checked={chosen.includes(category)}
          onClick={() => toggle(category)}
        >
          {categoryText(till.setup.rules.value.categories, category)}{' '}
          <span class="muted num">{products}</span>
        </button>
      ))}
      {all.length === 0 && <p class="muted">{t('stock.sheet.noCategories')}</p>}
    </div>
  );
}

/** What a new sheet is to cover. */
interface Wanted {
  readonly kind: Sheet['kind'];
  readonly title: string;
  readonly categories: readonly string[];
  readonly list: readonly Entry[];
  readonly blind: boolean;
}

const FIRST: Wanted = { kind: 'list', title: '', categories: [], list: [], blind: true };

function Fields(props: {
  till: Till;
  wanted: Wanted;
  onChange: (wanted: Wanted) => void;
}): JSX.Element {
  const { till, wanted } = props;
  const change = (part: Partial<Wanted>): void => props.onChange({ ...wanted, ...part });
  return (
    <>
      <Choices
        label={t('stock.sheet.what')}
        show_label
        value={wanted.kind}
        options={[
          { value: 'list', label: t('stock.sheet.shelf') },
          { value: 'category', label: t('stock.sheet.category') },
          { value: 'full', label: t('stock.sheet.full') },
        ]}
        onChange={(kind) => change({ kind: kind as Sheet['kind'] })}
      />
      <TextField
        label={t('stock.sheet.title')}
        hint={t('stock.sheet.titleHint')}
        value={wanted.title}
        max_length={80}
        onInput={(title) => change({ title })}
      />
      <Switch
        label={t('stock.sheet.blind')}
        hint={t('stock.sheet.blindHint')}
        on={wanted.blind}
        onChange={(blind) => change({ blind })}
      />
      {wanted.kind === 'category' && (
        <Categories
          till={till}
          chosen={wanted.categories}
          onChange={(categories) => change({ categories })}
        />
      )}
      {wanted.kind === 'list' && (
        <GoodsList
          till={till}
          list={wanted.list}
          onChange={(list) => change({ list })}
          bare
          empty={t('stock.sheet.shelfHint')}
        />
      )}
    </>
  );
}

/** What a sheet is called when nobody says: the first goods on the shelf, in words. */
function usualTitle({ kind, list }: Wanted): string {
  if (kind !== 'list') return '';
  const names = list.slice(0, 2).map((entry) => inLanguage(entry.names) || entry.sku);
  return names.join(', ').slice(0, 80);
}

/** Asks what is to be counted and begins the sheet. */
function Begin(props: { till: Till; onClose: () => void }): JSX.Element {
  const { till } = props;
  const [wanted, setWanted] = useState(FIRST);
  const [id] = useState(() => till.newId());
  const action = useAction();
  const { kind, title, blind } = wanted;
  const skus = wanted.list.map((entry) => entry.sku);
  const scope = { full: [], category: wanted.categories, list: skus }[kind];
  const open = (): Promise<boolean> =>
    action.run(async () => {
      const named = title.trim() || usualTitle(wanted);
      await till.api.post('/stock/sheets', { id, kind, title: named, scope, blind });
      go(`stock/counts/${id}`);
    });
  return (
    <Dialog
      title={t('stock.sheet.begin')}
      shape="wide"
      lets_scans
      onClose={props.onClose}
      foot={
        <>
          <Button onPress={props.onClose}>{t('ui.cancel')}</Button>
          <Button
            kind="primary"
            busy={action.busy}
            disabled={kind !== 'full' && scope.length === 0}
            onPress={() => void open()}
          >
            {t('stock.sheet.go')}
          </Button>
        </>
      }
    >
      <div class="stack">
        {action.failure && <Failed failure={action.failure} />}
        <Fields till={till} wanted={wanted} onChange={setWanted} />
      </div>
    </Dialog>
  );
}
