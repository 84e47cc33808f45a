// One law: goods go on a list by a scan, a search or a typed quantity, and nothing is posted before it
// was looked over.
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { says } from '../core/basket';
import { QUANTITY_MAX } from '../core/money';
import type { Product } from '../core/types';
import type { Till } from '../data/ports';
import { FindProduct, type Found } from '../desk/find-product';
import { Quantity } from '../desk/quantity';
import { formatQuantity, inLanguage, isPieces, t } from '../i18n';
import {
  Badge,
  Button,
  EmptyState,
  IconButton,
  type Mood,
  play,
  remember,
  remembered,
  showToast,
} from '../ui';
import {
  type Difference,
  difference,
  type Entry,
  type Goods,
  replaced,
  scanned,
  typed,
  without,
} from './entry';
import { type Asked, hasSerial, isLacking, type Piece, saidOf } from './pieces';
import { lackingText, PiecesDialog, pieceText } from './pieces-dialog';

const ASKED: readonly Asked[] = ['lot', 'serial'];

const MOODS: Readonly<Record<Difference, Mood>> = {
  right: 'ok',
  short: 'warn',
  over: 'warn',
  unexpected: 'accent',
  missing: 'plain',
};

/** What a list needs to know of a product. */
export function goodsOf(product: Product): Goods {
  const asks = ASKED.filter((what) => says(product, what));
  return { sku: product.sku, names: product.names, unit: product.unit, asks };
}

/** What belongs to a list and survives a reload like it. */
export function useKept<T>(name: string, begin: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    try {
      return (JSON.parse(remembered(`stock.${name}`) ?? 'null') as T | null) ?? begin;
    } catch {
      return begin;
    }
  });
  const change = (next: T): void => {
    setValue(next);
    remember(`stock.${name}`, JSON.stringify(next));
  };
  return [value, change];
}

/** A list that survives a reload, kept under a name until it is posted. */
export function useDraft(
  name: string,
  begin: readonly Entry[] = [],
): [readonly Entry[], (list: readonly Entry[]) => void] {
  const [list, setList] = useState<readonly Entry[]>(() => draftOf(name) ?? begin);
  const change = (next: readonly Entry[]): void => {
    setList(next);
    remember(`stock.${name}`, JSON.stringify(next));
  };
  return [list, change];
}

/** Forget a list that was posted. */
export function forgetDraft(name: string): void {
  remember(`stock.${name}`, 'null');
  remember(`stock.${name}.more`, 'null');
}

/** Put goods on a list that is opened later. */
export function addToDraft(name: string, goods: Goods, piece: Piece): void {
  const before = draftOf(name) ?? [];
  const known = before.find((entry) => entry.sku === goods.sku);
  const same = ({ lot, expiry_day }: Piece): boolean =>
    lot === piece.lot && expiry_day === piece.expiry_day;
  if (known?.pieces.some(same)) return; // pressed twice
  const list = scanned(before, goods, piece.quantity, piece);
  remember(`stock.${name}`, JSON.stringify(list));
}

function draftOf(name: string): readonly Entry[] | null {
  try {
    const kept = JSON.parse(remembered(`stock.${name}`) ?? 'null') as readonly Entry[] | null;
    return (
      kept?.map((entry) => ({ ...entry, asks: entry.asks ?? [], pieces: entry.pieces ?? [] })) ??
      null
    );
  } catch {
    return null;
  }
}

/** Fills a list of goods: a scan adds one, a press on the figure types it. */
export function GoodsList(props: {
  till: Till;
  list: readonly Entry[];
  onChange: (list: readonly Entry[]) => void;
  /** Says how each compares with what was expected. */
  compare?: boolean;
  /** Something more about an entry, below it. */
  more?: (entry: Entry) => ComponentChildren;
  empty: string;
  /** Only which goods, not how much. */
  bare?: boolean;
  /** Which pieces they are is asked: of what comes in, or of what leaves. */
  pieces?: 'come' | 'leave';
}): JSX.Element {
  const { till, list, onChange } = props;
  const [asking, setAsking] = useState('');
  const asked = list.find((entry) => entry.sku === asking);
  const found: Found = (product, quantity, verdict) => {
    const by = quantity ?? usual(product);
    const said = props.pieces ? saidOf(verdict, by) : null;
    const before = list.find((entry) => entry.sku === product.sku);
    if (said && before && hasSerial(before, said.serial)) {
      play('refused');
      showToast({ text: t('stock.pieces.twice', { serial: said.serial }), bad: true });
      return;
    }
    const after = scanned(list, goodsOf(product), by, said);
    onChange(after);
    if (props.pieces && after[0] && isLacking(after[0])) setAsking(product.sku);
  };
  return (
    <div class="stack">
      <FindProduct till={till} onFound={found} />
      {list.length === 0 ? (
        <EmptyState icon="barcode" title={t('stock.list.empty')} text={props.empty} />
      ) : (
        <ul class="backs card" aria-label={t('stock.list.label')}>
          {list.map((entry) => (
            <Line
              key={entry.sku}
              entry={entry}
              compare={props.compare ?? false}
              bare={props.bare ?? false}
              onRemove={() => onChange(without(list, entry.sku))}
              onChange={(quantity) => onChange(changed(list, entry, quantity))}
            >
              {props.pieces && <Pieces entry={entry} onAsk={() => setAsking(entry.sku)} />}
              {props.more?.(entry)}
            </Line>
          ))}
        </ul>
      )}
      {asked && props.pieces && (
        <PiecesDialog
          till={till}
          entry={asked}
          use={props.pieces}
          onChange={(entry) => onChange(replaced(list, entry))}
          onClose={() => setAsking('')}
        />
      )}
    </div>
  );
}

/** The pieces of an entry that were told of, in words; at most so many, the last told. */
export function PieceLines(props: { entry: Entry; most?: number }): JSX.Element | null {
  const { entry } = props;
  if (entry.pieces.length === 0) return null;
  const shown = entry.pieces.slice(-(props.most ?? entry.pieces.length));
  const more = entry.pieces.length - shown.length;
  return (
    <ul class="pieces__list">
      {more > 0 && <li class="small">{t('stock.pieces.more', { n: more })}</li>}
      {shown.map((piece) => (
        <li key={`${piece.serial} ${piece.lot} ${piece.expiry_day}`} class="small">
          {pieceText(piece)}
          {piece.serial === '' && ` · ${formatQuantity(piece.quantity, entry.unit)}`}
          {piece.damaged > 0 && ` · ${t('stock.pieces.damaged', { n: piece.damaged })}`}
        </li>
      ))}
    </ul>
  );
}

/** Which pieces of an entry are told of, and what is still asked. */
export function Pieces(props: {
  entry: Entry;
  most?: number;
  onAsk: () => void;
}): JSX.Element | null {
  const { entry } = props;
  if (entry.quantity === 0 || (entry.asks.length === 0 && entry.pieces.length === 0)) return null;
  return (
    <div class="pieces">
      <PieceLines {...props} />
      <Button icon="tag" onPress={props.onAsk}>
        {t(entry.asks.includes('serial') ? 'stock.pieces.serials' : 'stock.pieces.lots')}
      </Button>
      {isLacking(entry) && <Badge mood="warn">{lackingText(entry)}</Badge>}
    </div>
  );
}

/** A piece is one; what is weighed or measured is asked for, from its pricing quantity on. */
function usual(product: Product): number {
  return isPieces(product.unit) ? 1 : product.priceQuantity;
}

function changed(list: readonly Entry[], entry: Entry, quantity: number): readonly Entry[] {
  if (quantity > 0 || entry.expected !== null) return typed(list, entry.sku, quantity);
  return without(list, entry.sku);
}

function Line(props: {
  entry: Entry;
  compare: boolean;
  bare: boolean;
  onRemove: () => void;
  onChange: (quantity: number) => void;
  children?: ComponentChildren;
}): JSX.Element {
  const { entry } = props;
  const name = inLanguage(entry.names) || entry.sku;
  const how = difference(entry);
  return (
    <li class="back">
      <div class="grow">
        <p class="item__title">{name}</p>
        <p class="item__text">
          {entry.sku}
          {entry.expected !== null &&
            ` · ${t('stock.list.expected', { quantity: formatQuantity(entry.expected, entry.unit) })}`}
        </p>
      </div>
      {props.compare && <Badge mood={MOODS[how]}>{t(`stock.difference.${how}`)}</Badge>}
      {props.bare ? (
        <IconButton
          icon="trash"
          label={t('stock.list.remove', { name })}
          onPress={props.onRemove}
        />
      ) : (
        <Quantity
          name={name}
          unit={entry.unit}
          value={entry.quantity}
          most={QUANTITY_MAX}
          onChange={props.onChange}
        />
      )}
      {props.children}
    </li>
  );
}
