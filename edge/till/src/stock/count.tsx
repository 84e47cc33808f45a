// One law: counting needs a scanner and one hand: a scan adds one, the next goods write it down.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { QUANTITY_MAX } from '../core/money';
import type { Product } from '../core/types';
import type { Till } from '../data/ports';
import { type Failure, failureOf } from '../desk/failure';
import { FindProduct, type Found } from '../desk/find-product';
import { Failed, Loaded, useLoad } from '../desk/load';
import { actorName } from '../desk/people';
import { QuantityDialog } from '../desk/quantity';
import { formatQuantity, formatTime, inLanguage, isPieces, t } from '../i18n';
import { go } from '../route';
import {
  Badge,
  Button,
  Icon,
  List,
  ListItem,
  Notice,
  Page,
  Switch,
  TextField,
  useKeys,
} from '../ui';
import {
  type Counting,
  type Current,
  corrected,
  delivered,
  entryBody,
  type Moment,
  NOTHING,
  scan,
  typeIn,
  written,
} from './counting';
import { titleOf } from './sheets';
import type { Sheet, SheetEntry } from './wire';

// A pause this long means that there is no more of these goods here.
const PAUSE_MS = 2500;
// Entries come to the node at once: it remembers what the books said for a few seconds only.
const SEND_MS = 200;

interface Place {
  readonly place: string;
  readonly stockroom: boolean;
}

/** Runs the newest of a function again and again while it is wanted. */
function useEvery(every_ms: number, wanted: boolean, run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!wanted) return;
    const timer = setInterval(() => latest.current(), every_ms);
    return () => clearInterval(timer);
  }, [every_ms, wanted]);
}

/** Counts on a sheet: what is in hand, and how it gets to the node. */
function useCounting(till: Till, sheet: Sheet, place: Place, arrived: () => void) {
  const [counting, setCounting] = useState<Counting>(NOTHING);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [again, setAgain] = useState<readonly string[]>([]);
  const sending = useRef(false);
  const moment = (): Moment => ({ ...place, id: till.newId(), at_ms: till.nowMs() });
  const send = async (): Promise<void> => {
    const [entry] = counting.pending;
    if (!entry || sending.current) return;
    sending.current = true;
    try {
      const entries = [entryBody(entry, till.nowMs())];
      await till.api.post(`/stock/sheets/${sheet.id}/entries`, { entries });
      setFailure(null);
      arrived();
    } catch (error) {
      const said = failureOf(error);
      setFailure(said);
      if (said.unreachable) return;
      // Refused for good, mostly because the books have gone on since: it is to be counted again.
      setAgain((before) => [...before, entry.sku]);
    } finally {
      sending.current = false;
    }
    setCounting((before) => delivered(before, new Set([entry.id])));
  };
  useEvery(SEND_MS, counting.pending.length > 0, () => void send());
  return { counting, setCounting, failure, again, setAgain, moment };
}

function InHand(props: {
  counting: Counting;
  onType: () => void;
  onWrite: () => void;
}): JSX.Element {
  const { current } = props.counting;
  if (!current) {
    return (
      <div class="card inhand inhand--empty">
        <Icon name="barcode" size={40} />
        <p>{t('stock.count.scan')}</p>
      </div>
    );
  }
  return (
    <div class="card inhand" aria-live="polite">
      <div class="grow">
        <h2>{inLanguage(current.names)}</h2>
        <p class="item__text">{current.sku}</p>
      </div>
      <button type="button" class="inhand__figure num" onClick={props.onType}>
        {formatQuantity(current.counted, current.unit)}
      </button>
      <div class="inhand__acts">
        <Button size="l" icon="edit" onPress={props.onType}>
          {t('stock.count.type')}
        </Button>
        <Button size="l" kind="primary" icon="check" shortcut="↵" onPress={props.onWrite}>
          {t('stock.count.write')}
        </Button>
      </div>
    </div>
  );
}

function Entries(props: {
  till: Till;
  entries: readonly SheetEntry[];
  names: ReadonlyMap<string, { name: string; unit: string }>;
  me: string;
  onCorrect: (entry: SheetEntry) => void;
}): JSX.Element | null {
  const staff = props.till.setup.document.value?.staff ?? [];
  const shown = props.entries.filter((entry) => entry.replaced_by === null).toReversed();
  if (shown.length === 0) return null;
  return (
    <section>
      <h2 class="section">{t('stock.count.entries')}</h2>
      <List label={t('stock.count.entries')}>
        {shown.slice(0, 100).map((entry) => {
          const known = props.names.get(entry.sku);
          const mine = entry.counted_by.split('@')[0] === props.me;
          const who = actorName(entry.counted_by, staff);
          return (
            <ListItem
              key={entry.id}
              title={known?.name ?? entry.sku}
              text={[formatTime(entry.at_ms), entry.place, who].filter(Boolean).join(' · ')}
              after={
                <strong class="num">{formatQuantity(entry.counted, known?.unit ?? 'piece')}</strong>
              }
              onPress={mine ? () => props.onCorrect(entry) : undefined}
            />
          );
        })}
      </List>
    </section>
  );
}

/** Who may see what the books say on a blind sheet. */
const SEEING: ReadonlySet<string> = new Set(['manager', 'auditor']);

/** Whether whoever is logged in may look a sheet over. */
function mayReview(till: Till, sheet: Sheet): boolean {
  const roles = till.session.current.value?.roles ?? [];
  return !sheet.blind || roles.some((role) => SEEING.has(role));
}

/** What of a shelf nobody has counted yet, and who goes on when all of it is. */
function Left({ till, shown }: { till: Till; shown: Shown }): JSX.Element | null {
  const { sheet, entries, names } = shown;
  if (sheet.uncounted === 0) {
    return mayReview(till, sheet) ? null : (
      <Notice mood="ok" title={t('stock.count.all')}>
        {t('stock.count.manager')}
      </Notice>
    );
  }
  if (sheet.kind !== 'list') return null;
  const counted = new Set(entries.map((entry) => entry.sku));
  const left = sheet.scope.filter((sku) => !counted.has(sku));
  return (
    <section>
      <h2 class="section">{t('stock.count.left')}</h2>
      <p class="muted">{left.map((sku) => names.get(sku)?.name ?? sku).join(', ')}</p>
    </section>
  );
}

function Progress({ sheet }: { sheet: Sheet }): JSX.Element {
  const whole = sheet.counted + sheet.uncounted;
  return (
    <div class="progress">
      <progress
        max={Math.max(whole, 1)}
        value={sheet.counted}
        aria-label={t('stock.count.progress')}
      />
      <p class="row wrap">
        <span class="grow num">{t('stock.count.counted', { counted: sheet.counted, whole })}</span>
        {sheet.people.length > 0 && (
          <Badge icon="people">{t('stock.count.people', { n: sheet.people.length })}</Badge>
        )}
      </p>
    </div>
  );
}

/** Names and units of what is on a sheet. */
async function namesOf(till: Till, skus: readonly string[]) {
  const products = await till.catalogue.bySkus([...new Set(skus)]);
  return new Map(
    products.map((one) => [one.sku, { name: inLanguage(one.names), unit: one.unit }] as const),
  );
}

function Where(props: { place: Place; onChange: (place: Place) => void }): JSX.Element {
  const { place } = props;
  return (
    <div class="fields">
      <TextField
        label={t('stock.count.place')}
        hint={t('stock.count.placeHint')}
        value={place.place}
        max_length={40}
        onInput={(text) => props.onChange({ ...place, place: text })}
      />
      <Switch
        label={t('stock.count.stockroom')}
        hint={t('stock.count.stockroomHint')}
        on={place.stockroom}
        onChange={(stockroom) => props.onChange({ ...place, stockroom })}
      />
    </div>
  );
}

interface Shown {
  readonly sheet: Sheet;
  readonly entries: readonly SheetEntry[];
  readonly names: ReadonlyMap<string, { name: string; unit: string }>;
}

/** What went wrong on the way to the node, and what is to be counted again. */
function Troubles(props: {
  failure: Failure | null;
  again: readonly string[];
  onSeen: () => void;
}): JSX.Element | null {
  if (props.again.length === 0) return props.failure && <Failed failure={props.failure} />;
  return (
    <Notice
      mood="danger"
      title={t('stock.count.again')}
      actions={<Button onPress={props.onSeen}>{t('ui.ok')}</Button>}
    >
      <p>{props.again.join(', ')}</p>
    </Notice>
  );
}

/** Writes down what is in hand after a pause: no more of it is coming. */
function usePause(current: Current | null, held: boolean, write: () => void): void {
  const latest = useRef(write);
  latest.current = write;
  useEffect(() => {
    if (!current || held) return;
    const timer = setTimeout(() => latest.current(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [current, held]);
}

/** What is typed: the quantity in hand, or another one for an entry that was wrong. */
type Typing = 'current' | SheetEntry | null;

function TypeDialog(props: {
  typing: Exclude<Typing, null>;
  current: Current | null;
  names: Shown['names'];
  onTyped: (counted: number) => void;
  onClose: () => void;
}): JSX.Element | null {
  const { typing, current } = props;
  const goods = typing === 'current' ? current : { ...typing, ...props.names.get(typing.sku) };
  if (!goods) return null;
  const name = 'names' in goods ? inLanguage(goods.names) : (goods.name ?? goods.sku);
  return (
    <QuantityDialog
      name={name}
      unit={goods.unit ?? 'piece'}
      value={goods.counted}
      most={QUANTITY_MAX}
      onClose={props.onClose}
      onChange={props.onTyped}
    />
  );
}

const goodsOf = ({ sku, names, unit }: Product): Omit<Current, 'counted'> => ({ sku, names, unit });

function Work(props: { till: Till; shown: Shown; again: () => void }): JSX.Element {
  const { till, shown } = props;
  const [place, setPlace] = useState<Place>({ place: '', stockroom: false });
  const [typing, setTyping] = useState<Typing>(null);
  const work = useCounting(till, shown.sheet, place, props.again);
  const { counting, setCounting, moment } = work;
  const write = (): void => setCounting((before) => written(before, moment()));
  const found: Found = (product, quantity) => {
    const by = quantity ?? (isPieces(product.unit) ? 1 : product.priceQuantity);
    setCounting((before) => scan(before, goodsOf(product), by, moment()));
  };
  const take = (counted: number): void => {
    if (typing === 'current') setCounting((one) => written(typeIn(one, counted), moment()));
    else if (typing) {
      const instead = { replaces: typing.id };
      setCounting((one) => corrected(one, typing.sku, counted, instead, moment()));
    }
    setTyping(null);
  };
  usePause(counting.current, typing !== null, write);
  useKeys([{ key: 'Enter', label: t('stock.count.write'), run: write }]);
  return (
    <div class="stack stack--wide">
      <Progress sheet={shown.sheet} />
      <Troubles failure={work.failure} again={work.again} onSeen={() => work.setAgain([])} />
      <InHand counting={counting} onType={() => setTyping('current')} onWrite={write} />
      <FindProduct till={till} onFound={found} />
      <Where place={place} onChange={setPlace} />
      <Left till={till} shown={shown} />
      <Entries
        till={till}
        entries={shown.entries}
        names={shown.names}
        me={till.session.current.value?.staff ?? ''}
        onCorrect={setTyping}
      />
      {typing && (
        <TypeDialog
          typing={typing}
          current={counting.current}
          names={shown.names}
          onTyped={take}
          onClose={() => setTyping(null)}
        />
      )}
    </div>
  );
}

/** Counts on a sheet. */
export function CountPage(props: { till: Till; id: string; onBack: () => void }): JSX.Element {
  const { till, id } = props;
  const [load, again] = useLoad(`sheet ${id}`, async (): Promise<Shown> => {
    const sheet = await till.api.get<Sheet>(`/stock/sheets/${id}`);
    const path = `/stock/sheets/${id}/entries`;
    const { entries } = await till.api.get<{ entries: SheetEntry[] }>(path);
    const scope = sheet.kind === 'list' ? sheet.scope : [];
    const names = await namesOf(till, [...scope, ...entries.map((entry) => entry.sku)]);
    return { sheet, entries, names };
  });
  const sheet = load.state === 'ready' ? load.value.sheet : null;
  const title = sheet ? titleOf(sheet) : t('stock.counts.title');
  return (
    <Page
      title={title}
      onBack={props.onBack}
      narrow
      actions={
        sheet &&
        mayReview(till, sheet) && (
          <Button icon="check" onPress={() => go(`stock/counts/${id}/review`)}>
            {t('stock.review.title')}
          </Button>
        )
      }
    >
      <Loaded load={load} again={again}>
        {(shown) => <Work till={till} shown={shown} again={again} />}
      </Loaded>
    </Page>
  );
}
