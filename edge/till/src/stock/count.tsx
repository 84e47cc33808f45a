// One law: counting needs a scanner and one hand: a scan adds one, the next goods write it down.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { QUANTITY_MAX } from '../core/money';
import type { Till } from '../data/ports';
import { type Failure, failureOf } from '../desk/failure';
import { FindProduct, type Found } from '../desk/find-product';
import { Failed, Loaded, useLoad } from '../desk/load';
import { actorName } from '../desk/people';
import { QuantityDialog } from '../desk/quantity';
import { inLanguage, isPieces, t } from '../i18n';
import { go } from '../route';
import { Button, Notice, Page, play, Switch, showToast, TextField, useKeys } from '../ui';
import { Entries, InHand, Left, Progress, type Shown } from './count-shown';
import {
  asWhole,
  type Counting,
  type Current,
  corrected,
  delivered,
  entryBody,
  leftBehind,
  type Moment,
  NOTHING,
  type Pending,
  scan,
  takenBack,
  toldOf,
  typeIn,
  written,
} from './counting';
import type { Goods } from './entry';
import { goodsOf } from './goods';
import { hasSerial, isLacking, saidOf } from './pieces';
import { PiecesDialog } from './pieces-dialog';
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

/** Runs the newest of a function when the page is left. */
function useLeaving(run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => () => latest.current(), []);
}

/** Sends what was counted last, of which the node may have the first already: it keeps that once. */
async function sendRest(till: Till, sheet: string, rest: readonly Pending[]): Promise<void> {
  try {
    for (const entry of rest) {
      const entries = [entryBody(entry, till.nowMs())];
      await till.api.post(`/stock/sheets/${sheet}/entries`, { entries });
    }
  } catch (error) {
    play('refused');
    showToast({ text: failureOf(error).text, bad: true });
  }
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
  useLeaving(() => void sendRest(till, sheet.id, leftBehind(counting, moment())));
  return { counting, setCounting, failure, again, setAgain, moment };
}

/** Who may see what the books say on a blind sheet. */
const SEEING: ReadonlySet<string> = new Set(['manager', 'auditor']);

/** Whether whoever is logged in may look a sheet over. */
function mayReview(till: Till, sheet: Sheet): boolean {
  const roles = till.session.current.value?.roles ?? [];
  return !sheet.blind || roles.some((role) => SEEING.has(role));
}

/** What is known of the goods on a sheet. */
async function goodsOn(till: Till, skus: readonly string[]): Promise<ReadonlyMap<string, Goods>> {
  const products = await till.catalogue.bySkus([...new Set(skus)]);
  return new Map(products.map((product) => [product.sku, goodsOf(product)] as const));
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
  goods: Shown['goods'];
  onTyped: (counted: number) => void;
  onClose: () => void;
}): JSX.Element | null {
  const { typing, current } = props;
  if (typing === 'current' && !current) return null;
  const known = typing === 'current' ? current : props.goods.get(typing.sku);
  return (
    <QuantityDialog
      name={known ? inLanguage(known.names) : ''}
      unit={known?.unit ?? 'piece'}
      value={typing === 'current' ? (current?.quantity ?? 0) : typing.counted}
      most={QUANTITY_MAX}
      onClose={props.onClose}
      onChange={props.onTyped}
    />
  );
}

/** Who has a serial number on the sheet already; null for nobody. */
function scannedBy(shown: Shown, sku: string, serial: string, replaced: string | null) {
  const found = shown.entries.find(
    (entry) =>
      entry.sku === sku &&
      entry.replaced_by === null &&
      entry.id !== replaced &&
      entry.pieces.some((piece) => piece.serials.includes(serial)),
  );
  return found?.counted_by ?? null;
}

/** How much of the goods in hand is written down already and not to be replaced. */
function countedBefore(shown: Shown, current: Current | null): number {
  return shown.entries
    .filter((entry) => entry.sku === current?.sku && entry.replaced_by === null)
    .filter((entry) => entry.id !== current?.replaces)
    .reduce((sum, entry) => sum + entry.counted, 0);
}

/** An own entry as goods in hand. */
const inHand = (entry: SheetEntry, goods: Goods): Current => ({
  ...goods,
  quantity: entry.counted,
  expected: null,
  pieces: entry.pieces.flatMap(({ lot, expiry_day, serials, quantity }) => {
    const piece = { lot, expiry_day: expiry_day ?? '', damaged: 0 };
    const named = serials.map((serial) => ({ ...piece, serial, quantity: 1 }));
    const rest = quantity - named.length;
    return rest > 0 ? [...named, { ...piece, serial: '', quantity: rest }] : named;
  }),
  replaces: entry.id,
  whole: false,
});

/** Why a serial number can't be counted again; empty where it can be counted. */
function twiceText(
  till: Till,
  shown: Shown,
  { current, pending }: Counting,
  sku: string,
  serial: string,
): string {
  const same = current?.sku === sku ? current : null;
  // What is counted anew as a whole may have been scanned before.
  const who = same?.whole ? null : scannedBy(shown, sku, serial, same?.replaces ?? null);
  if (who) {
    const staff = till.setup.document.value?.staff ?? [];
    return t('stock.count.twice', { serial, who: actorName(who, staff) });
  }
  const waits = pending.some(
    (one) => one.sku === sku && one.pieces.some(({ serials }) => serials?.includes(serial)),
  );
  return waits || (same && hasSerial(same, serial)) ? t('stock.pieces.twice', { serial }) : '';
}

/** What is being counted, and how a scan, a figure and the pieces told come into it. */
function useWork(props: { till: Till; shown: Shown; again: () => void }) {
  const { till, shown } = props;
  const [place, setPlace] = useState<Place>({ place: '', stockroom: false });
  const [typing, setTyping] = useState<Typing>(null);
  const [asking, setAsking] = useState(false);
  const work = useCounting(till, shown.sheet, place, props.again);
  const { counting, setCounting, moment } = work;
  const { current } = counting;
  const write = (): void => setCounting((before) => written(before, moment()));
  const check = (sku: string, serial: string): string =>
    twiceText(till, shown, counting, sku, serial);
  const found: Found = (product, quantity, verdict) => {
    const by = quantity ?? (isPieces(product.unit) ? 1 : product.priceQuantity);
    const said = saidOf(verdict, by);
    const wrong = said?.serial ? check(product.sku, said.serial) : '';
    if (wrong) {
      play('refused');
      showToast({ text: wrong, bad: true });
      return;
    }
    const goods = goodsOf(product);
    setCounting((before) => scan(before, goods, by, moment(), said));
    if (isLacking({ ...goods, quantity: by, pieces: said ? [said] : [] })) setAsking(true);
  };
  const correct = (entry: SheetEntry): void => {
    const goods = shown.goods.get(entry.sku);
    if (goods && (goods.asks.length > 0 || entry.pieces.length > 0))
      setCounting((one) => takenBack(one, inHand(entry, goods), moment()));
    else setTyping(entry);
  };
  const take = (counted: number): void => {
    if (typing === 'current' && current?.asks.length)
      setCounting((one) => typeIn(one, counted)); // its pieces are still to be told
    else if (typing === 'current') setCounting((one) => written(typeIn(one, counted), moment()));
    else if (typing) {
      setCounting((one) => corrected(one, typing.sku, counted, typing.id, moment()));
    }
    setTyping(null);
  };
  usePause(current, typing !== null || asking || current?.replaces != null, write);
  return {
    ...work,
    place,
    setPlace,
    typing,
    setTyping,
    asking,
    setAsking,
    write,
    check,
    found,
    correct,
    take,
  };
}

function Work(props: { till: Till; shown: Shown; again: () => void }): JSX.Element {
  const { till, shown } = props;
  const work = useWork(props);
  const { counting, typing } = work;
  const { current } = counting;
  useKeys([{ key: 'Enter', label: t('stock.count.write'), run: work.write }]);
  return (
    <div class="stack stack--wide">
      <Progress sheet={shown.sheet} />
      <Troubles failure={work.failure} again={work.again} onSeen={() => work.setAgain([])} />
      <InHand
        counting={counting}
        onType={() => work.setTyping('current')}
        before={countedBefore(shown, current)}
        onAsk={() => work.setAsking(true)}
        onWhole={(whole) => work.setCounting((one) => asWhole(one, whole))}
        onWrite={work.write}
      />
      <FindProduct till={till} onFound={work.found} />
      <Where place={work.place} onChange={work.setPlace} />
      <Left shown={shown} closes={mayReview(till, shown.sheet)} />
      <Entries
        till={till}
        entries={shown.entries}
        goods={shown.goods}
        me={till.session.current.value?.staff ?? ''}
        onCorrect={work.correct}
      />
      {work.asking && current && (
        <PiecesDialog
          till={till}
          entry={current}
          use="count"
          check={(serial) => work.check(current.sku, serial)}
          onChange={(entry) => work.setCounting((one) => toldOf(one, entry))}
          onClose={() => work.setAsking(false)}
        />
      )}
      {typing && (
        <TypeDialog
          typing={typing}
          current={current}
          goods={shown.goods}
          onTyped={work.take}
          onClose={() => work.setTyping(null)}
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
    const goods = await goodsOn(till, [...scope, ...entries.map((entry) => entry.sku)]);
    return { sheet, entries, goods };
  });
  const sheet = load.state === 'ready' ? load.value.sheet : null;
  const title = sheet ? titleOf(sheet, till.setup.rules.value.categories) : t('stock.counts.title');
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
