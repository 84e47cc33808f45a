// One law: counting needs a scanner and one hand: a scan adds one, the next goods write it down.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { type Failure, failureOf } from '../desk/failure';
import { FindProduct } from '../desk/find-product';
import { Failed, Loaded, useLoad } from '../desk/load';
import { actorName } from '../desk/people';
import { QuantityDialog } from '../desk/quantity';
import { formatQuantity, formatTime, inLanguage, t } from '../i18n';
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
  corrected,
  delivered,
  entryBody,
  type Moment,
  NOTHING,
  scan,
  typeIn,
  written,
} from './counting';
import { QUANTITY_MAX } from './entry';
import { titleOf } from './sheets';
import type { Sheet, SheetEntry } from './wire';

// A pause this long means that there is no more of these goods here.
const PAUSE_MS = 2500;

interface Place {
  readonly place: string;
  readonly stockroom: boolean;
}

/** Counts on a sheet: what is in hand, and how it gets to the node. */
function useCounting(till: Till, sheet: Sheet, place: Place, delivered_: () => void) {
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
      delivered_();
    } catch (error) {
      const said = failureOf(error);
      if (said.unreachable) return setFailure(said);
      // Refused for good, mostly because the books have gone on since: it is to be counted again.
      setFailure(said);
      setAgain((before) => [...before, entry.sku]);
    } finally {
      sending.current = false;
    }
    setCounting((before) => delivered(before, new Set([entry.id])));
  };
  const { pending } = counting;
  useEffect(() => {
    void send();
    const timer = setInterval(() => void send(), 1000);
    return () => clearInterval(timer);
  }, [pending]);
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
        <Badge icon="people">{t('stock.count.people', { n: sheet.people.length })}</Badge>
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

function Work(props: { till: Till; shown: Shown; again: () => void }): JSX.Element {
  const { till, shown } = props;
  const [place, setPlace] = useState<Place>({ place: '', stockroom: false });
  const [typing, setTyping] = useState(false);
  const [wrong, setWrong] = useState<SheetEntry | null>(null);
  const work = useCounting(till, shown.sheet, place, props.again);
  const { counting, setCounting, moment } = work;
  const write = (): void => setCounting((before) => written(before, moment()));
  const current = counting.current;
  useEffect(() => {
    if (!current || typing) return;
    const timer = setTimeout(write, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [current, typing]);
  useKeys([{ key: 'Enter', label: t('stock.count.write'), run: write }]);
  return (
    <div class="stack stack--wide">
      <Progress sheet={shown.sheet} />
      {work.failure && <Failed failure={work.failure} />}
      {work.again.length > 0 && (
        <Notice mood="danger" title={t('stock.count.again')}>
          <p>{work.again.join(', ')}</p>
          <p>
            <Button onPress={() => work.setAgain([])}>{t('ui.ok')}</Button>
          </p>
        </Notice>
      )}
      <InHand counting={counting} onType={() => setTyping(true)} onWrite={write} />
      <FindProduct
        till={till}
        onFound={(product, quantity) =>
          setCounting((before) =>
            scan(
              before,
              { sku: product.sku, names: product.names, unit: product.unit },
              quantity ?? (product.unit === 'piece' ? 1 : product.priceQuantity),
              moment(),
            ),
          )
        }
      />
      <Where place={place} onChange={setPlace} />
      <Entries
        till={till}
        entries={shown.entries}
        names={shown.names}
        me={till.session.current.value?.staff ?? ''}
        onCorrect={setWrong}
      />
      {typing && current && (
        <QuantityDialog
          name={inLanguage(current.names)}
          unit={current.unit}
          value={current.counted}
          most={QUANTITY_MAX}
          onClose={() => setTyping(false)}
          onChange={(counted) => {
            setTyping(false);
            setCounting((before) => written(typeIn(before, counted), moment()));
          }}
        />
      )}
      {wrong && (
        <QuantityDialog
          name={shown.names.get(wrong.sku)?.name ?? wrong.sku}
          unit={shown.names.get(wrong.sku)?.unit ?? 'piece'}
          value={wrong.counted}
          most={QUANTITY_MAX}
          onClose={() => setWrong(null)}
          onChange={(counted) => {
            setCounting((before) =>
              corrected(before, wrong.sku, counted, { replaces: wrong.id }, moment()),
            );
            setWrong(null);
          }}
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
    const names = await namesOf(
      till,
      entries.map((entry) => entry.sku),
    );
    return { sheet, entries, names };
  });
  const title = load.state === 'ready' ? titleOf(load.value.sheet) : t('stock.counts.title');
  return (
    <Page
      title={title}
      onBack={props.onBack}
      narrow
      actions={
        <Button icon="check" onPress={() => go(`stock/counts/${id}/review`)}>
          {t('stock.review.title')}
        </Button>
      }
    >
      <Loaded load={load} again={again}>
        {(shown) => <Work till={till} shown={shown} again={again} />}
      </Loaded>
    </Page>
  );
}
