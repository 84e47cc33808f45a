// One law: lots and serial numbers are scanned or typed one after the other, and whatever isn't known
// is left out in plain sight, not made up.
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { QUANTITY_MAX } from '../core/money';
import { dayNumber, dayText, storeTime } from '../core/time';
import type { Till } from '../data/ports';
import { useLoad } from '../desk/load';
import { Quantity } from '../desk/quantity';
import { useScans } from '../desk/scans';
import { formatDay, formatQuantity, inLanguage, t } from '../i18n';
import {
  Badge,
  Button,
  Dialog,
  IconButton,
  List,
  ListItem,
  play,
  type Scan,
  showToast,
  TextField,
} from '../ui';
import type { Entry } from './entry';
import { changing, hasSerial, type Piece, saidOf, telling, untold } from './pieces';
import type { LotStock, StockDetail } from './wire';

/** Which pieces, in words. */
export function pieceText(piece: Pick<Piece, 'lot' | 'expiry_day'> & { serial?: string }): string {
  return [
    piece.serial && t('stock.pieces.serialOf', { serial: piece.serial }),
    piece.lot && t('stock.pieces.lotOf', { lot: piece.lot }),
    piece.expiry_day && t('stock.pieces.dayOf', { day: formatDay(piece.expiry_day) }),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** How much of an entry lacks what its product asks to be told. */
export function lackingText(entry: Entry): string {
  const quantity = formatQuantity(untold(entry) || entry.quantity, entry.unit);
  const serial = entry.asks.includes('serial');
  return t(serial ? 'stock.pieces.noSerial' : 'stock.pieces.noLot', { quantity });
}

/** Whether a day is past in the store; goods may be used on the day itself. */
export function isPast(till: Till, day: string): boolean {
  return day !== '' && day < storeTime(till.nowMs(), till.setup.rules.value.timezone).day;
}

/** What is being told: the quantity only where there is no serial number. */
interface Draft {
  readonly lot: string;
  readonly expiry_day: string;
  readonly serial: string;
  readonly quantity: number;
}

/** The lots that are here by the books, to be chosen from; how much of them is not always told. */
function Here(props: {
  lots: readonly LotStock[];
  unit: string;
  quantities: boolean;
  onChoose: (lot: LotStock) => void;
}) {
  const lots = props.lots.filter(({ quantity }) => quantity > 0).slice(0, 20);
  if (lots.length === 0) return null;
  return (
    <section>
      <h3 class="section">{t('stock.pieces.here')}</h3>
      <div class="row wrap">
        {lots.map((lot) => (
          <Button key={`${lot.lot} ${lot.expiry_day}`} onPress={() => props.onChoose(lot)}>
            {pieceText({ lot: lot.lot, expiry_day: lot.expiry_day ?? '' })}
            {props.quantities && ` · ${formatQuantity(lot.quantity, props.unit)}`}
          </Button>
        ))}
      </div>
    </section>
  );
}

/** The pieces with their place on the list, the one told last on top, where it is seen. */
const newestFirst = (pieces: readonly Piece[]): readonly (readonly [Piece, number])[] =>
  pieces.map((piece, at) => [piece, at] as const).toReversed();

function Told(props: {
  till: Till;
  entry: Entry;
  damage: boolean;
  here: ReadonlySet<string> | null;
  remark: (serial: string) => string;
  onChange: (entry: Entry) => void;
}): JSX.Element | null {
  const { entry, onChange } = props;
  if (entry.pieces.length === 0) return null;
  return (
    <List label={t('stock.pieces.told')}>
      {newestFirst(entry.pieces).map(([piece, at]) => (
        <ListItem
          key={`${piece.serial} ${piece.lot} ${piece.expiry_day}`}
          title={pieceText(piece)}
          text={
            <span class="row wrap">
              {piece.serial === '' && formatQuantity(piece.quantity, entry.unit)}
              {isPast(props.till, piece.expiry_day) && (
                <Badge mood="danger">{t('stock.pieces.past')}</Badge>
              )}
              {piece.serial && props.here && !props.here.has(piece.serial) && (
                <Badge mood="warn">{t('stock.pieces.notHere')}</Badge>
              )}
              {piece.serial && props.remark(piece.serial) && (
                <Badge mood="warn">{props.remark(piece.serial)}</Badge>
              )}
              {piece.damaged > 0 && (
                <Badge mood="warn">{t('stock.pieces.damaged', { n: piece.damaged })}</Badge>
              )}
            </span>
          }
          after={
            <span class="row">
              {props.damage && (
                <Button
                  onPress={() =>
                    onChange(
                      changing(entry, at, { damaged: (piece.damaged + 1) % (piece.quantity + 1) }),
                    )
                  }
                >
                  {t(piece.serial ? 'stock.pieces.isDamaged' : 'stock.pieces.oneDamaged')}
                </Button>
              )}
              <IconButton
                icon="trash"
                label={t('stock.list.remove', { name: pieceText(piece) })}
                onPress={() => onChange(changing(entry, at, { quantity: 0 }))}
              />
            </span>
          }
        />
      ))}
    </List>
  );
}

/** The fields of what is told next. */
function Fields(props: {
  entry: Entry;
  draft: Draft;
  error: string;
  onChange: (draft: Draft) => void;
  onEnter: () => void;
}): JSX.Element {
  const { entry, draft, onChange } = props;
  const serial = entry.asks.includes('serial');
  const lot = entry.asks.includes('lot') || !serial;
  return (
    <>
      {lot && (
        <div class="fields">
          <TextField
            label={t('stock.pieces.lot')}
            hint={t('stock.pieces.lotHint')}
            icon="barcode"
            value={draft.lot}
            autofocus={!serial}
            max_length={64}
            onInput={(text) => onChange({ ...draft, lot: text })}
            onEnter={props.onEnter}
          />
          <TextField
            label={t('stock.pieces.day')}
            type="date"
            value={draft.expiry_day}
            onInput={(day) => onChange({ ...draft, expiry_day: day })}
            onEnter={props.onEnter}
          />
        </div>
      )}
      {serial && (
        <TextField
          label={t('stock.pieces.serial')}
          hint={t('stock.pieces.serialHint')}
          icon="barcode"
          value={draft.serial}
          error={props.error || undefined}
          autofocus
          max_length={64}
          onInput={(text) => onChange({ ...draft, serial: text })}
          onEnter={props.onEnter}
        />
      )}
      <div class="row wrap">
        {!serial && (
          <Quantity
            name={t('stock.pieces.quantity')}
            unit={entry.unit}
            value={draft.quantity}
            most={QUANTITY_MAX}
            onChange={(quantity) => onChange({ ...draft, quantity })}
          />
        )}
        <Button icon="plus" onPress={props.onEnter}>
          {t('stock.pieces.add')}
        </Button>
      </div>
    </>
  );
}

/** What the next piece is taken to be: of the same lot as the last, for all that is not told yet. */
const next = (entry: Entry, draft: Draft | null): Draft => ({
  lot: entry.asks.includes('serial') ? (draft?.lot ?? '') : '',
  expiry_day: entry.asks.includes('serial') ? (draft?.expiry_day ?? '') : '',
  serial: '',
  quantity: Math.max(untold(entry), 1),
});

/** Says what is wrong with a serial number, if anything is; asks whoever knows. */
export type SerialCheck = (serial: string) => string | Promise<string>;

function useTelling(props: {
  till: Till;
  entry: Entry;
  check?: SerialCheck | undefined;
  onChange: (entry: Entry) => void;
}) {
  const { till } = props;
  const newest = useRef(props.entry);
  newest.current = props.entry;
  const { entry } = props;
  const [draft, setDraft] = useState<Draft>(() => next(entry, null));
  const [error, setError] = useState('');
  const refuse = (text: string): false => {
    play('refused');
    setError(text);
    return false;
  };
  const add = async (said: Draft): Promise<boolean> => {
    const serial = said.serial.trim();
    const lot = said.lot.trim();
    // A day that is none would be refused by the node, with the whole document.
    const day = dayText(dayNumber(said.expiry_day));
    if (serial === '' && (entry.asks.includes('serial') || (lot === '' && day === ''))) return true;
    if (hasSerial(entry, serial)) return refuse(t('stock.pieces.twice', { serial }));
    const wrong = serial ? await props.check?.(serial) : '';
    if (wrong) return refuse(wrong);
    setError('');
    const quantity = serial === '' ? said.quantity : 1;
    // Another piece may have been scanned while this one was looked up.
    if (hasSerial(newest.current, serial)) return true;
    const told = telling(newest.current, { lot, expiry_day: day, serial, quantity, damaged: 0 });
    newest.current = told;
    props.onChange(told);
    setDraft(next(told, said));
    play('ok');
    return true;
  };
  const scan = async ({ text }: Scan): Promise<void> => {
    const { product, verdict } = await till.selling.read(text);
    if (product && product.sku !== entry.sku) {
      play('refused');
      showToast({ text: t('stock.pieces.other', { name: inLanguage(product.names) }), bad: true });
      return;
    }
    const said = product && saidOf(verdict, 1);
    if (product && !said) return play('waiting');
    const typed = entry.asks.includes('serial') ? { serial: text } : { lot: text };
    const filled = { ...draft, ...(said ? filling(draft, said) : typed) };
    const whole = entry.asks.includes('serial') ? filled.serial !== '' : said !== null;
    if (whole) await add(filled);
    else setDraft(filled);
  };
  return { draft, setDraft, error, add, scan };
}

/** What a code said goes into the fields; what it left out stays as it was typed. */
function filling(draft: Draft, said: Piece): Partial<Draft> {
  return {
    lot: said.lot || draft.lot,
    expiry_day: said.expiry_day || draft.expiry_day,
    serial: said.serial,
  };
}

/** What the pieces are told for: goods that come, leave, are counted, or come back. */
export type PiecesUse = 'come' | 'leave' | 'count' | 'back';

/** Asks for the lots and serial numbers of an entry. */
export function PiecesDialog(props: {
  till: Till;
  entry: Entry;
  /** Lots that are here can be chosen unless goods come; what leaves and is not here is pointed out. */
  use: PiecesUse;
  check?: SerialCheck;
  /** Something to be said of a serial number on the list. */
  remark?: (serial: string) => string;
  onChange: (entry: Entry) => void;
  onClose: () => void;
}): JSX.Element {
  const { till, entry, use } = props;
  const telling = useTelling(props);
  useScans(telling.scan);
  const path = `/stock/${encodeURIComponent(entry.sku)}?movements=1`;
  const [load] = useLoad(`pieces ${entry.sku}`, () =>
    use === 'come' ? Promise.resolve(null) : till.api.get<StockDetail>(path),
  );
  const books = load.state === 'ready' ? load.value : null;
  const rest = untold(entry);
  const add = (): Promise<boolean> => telling.add(telling.draft);
  // What was typed and not yet added is meant too.
  const done = async (): Promise<void> => {
    if (await add()) props.onClose();
  };
  return (
    <Dialog
      title={inLanguage(entry.names) || entry.sku}
      shape="wide"
      lets_scans
      onClose={props.onClose}
      foot={
        <Button kind="primary" size="l" onPress={() => void done()}>
          {t('ui.done')}
        </Button>
      }
    >
      <div class="stack">
        <p class="row wrap">
          <span class="grow num">
            {t(entry.asks.includes('serial') ? 'stock.pieces.serialsOf' : 'stock.pieces.lotsOf', {
              told: formatQuantity(entry.quantity - rest, entry.unit),
              all: formatQuantity(entry.quantity, entry.unit),
            })}
          </span>
          {rest > 0 && <Badge mood="warn">{lackingText(entry)}</Badge>}
        </p>
        {books && !entry.asks.includes('serial') && (
          <Here
            lots={books.lots}
            unit={entry.unit}
            quantities={use === 'leave'}
            onChoose={({ lot, expiry_day }) =>
              telling.setDraft({ ...telling.draft, lot, expiry_day: expiry_day ?? '' })
            }
          />
        )}
        <Fields
          entry={entry}
          draft={telling.draft}
          error={telling.error}
          onChange={telling.setDraft}
          onEnter={() => void add()}
        />
        <Told
          till={till}
          entry={entry}
          damage={use === 'come'}
          here={use === 'leave' && books ? new Set(books.serials) : null}
          remark={props.remark ?? (() => '')}
          onChange={props.onChange}
        />
      </div>
    </Dialog>
  );
}
