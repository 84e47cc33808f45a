// One law: goods go on a list by a scan, a search or a typed quantity, and nothing is posted before it
// was looked over.
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Product } from '../core/types';
import type { Till } from '../data/ports';
import { FindProduct } from '../desk/find-product';
import { Quantity } from '../desk/quantity';
import { formatQuantity, inLanguage, isPieces, t } from '../i18n';
import { Badge, EmptyState, IconButton, type Mood, remember, remembered } from '../ui';
import {
  type Difference,
  difference,
  type Entry,
  type Goods,
  QUANTITY_MAX,
  scanned,
  typed,
  without,
} from './entry';

const MOODS: Readonly<Record<Difference, Mood>> = {
  right: 'ok',
  short: 'warn',
  over: 'warn',
  unexpected: 'accent',
  missing: 'plain',
};

/** What a list needs to know of a product. */
export function goodsOf(product: Product): Goods {
  return { sku: product.sku, names: product.names, unit: product.unit };
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
}

function draftOf(name: string): readonly Entry[] | null {
  try {
    return JSON.parse(remembered(`stock.${name}`) ?? 'null') as readonly Entry[] | null;
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
}): JSX.Element {
  const { till, list, onChange } = props;
  return (
    <div class="stack">
      <FindProduct
        till={till}
        onFound={(product, quantity) =>
          onChange(scanned(list, goodsOf(product), quantity ?? usual(product)))
        }
      />
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
              {props.more?.(entry)}
            </Line>
          ))}
        </ul>
      )}
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
