// One law: what only shows: amounts, lists, tables, states. It holds nothing and asks nothing.
import type { ComponentChildren, JSX } from 'preact';
import { formatMoney } from '../i18n';
import { Icon, type IconName } from './icons';

/** How news feels. */
export type Mood = 'plain' | 'accent' | 'ok' | 'warn' | 'danger' | 'training';

/** An amount of money in minor units, in the store's currency and the person's language. */
export function Money(props: {
  minor: number;
  /** Without the currency's sign, where a column says it once. */
  bare?: boolean | undefined;
  signed?: boolean | undefined;
}): JSX.Element {
  return <span class="num">{formatMoney(props.minor, props)}</span>;
}

/** The amount that matters on a page: as large as its place says, smaller where it would not fit. */
export function LargeMoney({ minor }: { minor: number }): JSX.Element {
  const text = formatMoney(minor);
  return (
    <span class="num large-money" style={{ '--chars': text.length }}>
      {text}
    </span>
  );
}

/** A small label of a state. */
export function Badge(props: {
  mood?: Mood | undefined;
  icon?: IconName | undefined;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <span class={`badge badge--${props.mood ?? 'plain'}`}>
      {props.icon && <Icon name={props.icon} size={14} />}
      {props.children}
    </span>
  );
}

/** A message in the page: what is so, and what to do about it. */
export function Notice(props: {
  mood?: Mood | undefined;
  icon?: IconName | undefined;
  title?: string | undefined;
  /** Buttons after the text. */
  actions?: ComponentChildren;
  children?: ComponentChildren;
}): JSX.Element {
  const { mood = 'plain' } = props;
  const usual: IconName = mood === 'ok' ? 'check' : mood === 'plain' ? 'info' : 'warn';
  return (
    <div class={`notice notice--${mood}`} role={mood === 'danger' ? 'alert' : 'note'}>
      <Icon name={props.icon ?? usual} />
      <div class="notice__body">
        {props.title && <p class="notice__title">{props.title}</p>}
        {props.children}
      </div>
      {props.actions}
    </div>
  );
}

/** What a place says when there is nothing in it yet, and how to change that. */
export function EmptyState(props: {
  icon: IconName;
  title: string;
  text?: string | undefined;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      <Icon name={props.icon} size={40} />
      <p class="empty__title">{props.title}</p>
      {props.text && <p class="empty__text">{props.text}</p>}
      {props.children}
    </div>
  );
}

/** A list of `ListItem`s. */
export function List(props: {
  label?: string | undefined;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <ul class="list" aria-label={props.label}>
      {props.children}
    </ul>
  );
}

/** An entry of a list: title and text at the start, `after` at the end; a button when it acts. */
export function ListItem(props: {
  icon?: IconName | undefined;
  title: ComponentChildren;
  text?: ComponentChildren;
  after?: ComponentChildren;
  onPress?: (() => void) | undefined;
}): JSX.Element {
  const inside = (
    <>
      {props.icon && <Icon name={props.icon} />}
      <span class="item__main">
        <span class="item__title">{props.title}</span>
        {props.text && <span class="item__text">{props.text}</span>}
      </span>
      {props.after}
    </>
  );
  return (
    <li>
      {props.onPress ? (
        <button type="button" class="item" onClick={props.onPress}>
          {inside}
        </button>
      ) : (
        <div class="item">{inside}</div>
      )}
    </li>
  );
}

/** A column of a table; `end` for amounts. */
export interface Column<Row> {
  head: string;
  end?: boolean | undefined;
  cell: (row: Row) => ComponentChildren;
}

/** A table that scrolls sideways by itself where it has too little room. */
export function Table<Row>(props: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  row_key: (row: Row) => string;
}): JSX.Element {
  return (
    <div class="table-box">
      <table class="table" aria-label={props.label}>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.head} scope="col" class={column.end ? 'end' : ''}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.row_key(row)}>
              {props.columns.map((column) => (
                <td key={column.head} class={column.end ? 'end num' : ''}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Names and what they are worth, such as the sums of a receipt. */
export function Pairs(props: {
  rows: readonly (readonly [ComponentChildren, ComponentChildren])[];
}): JSX.Element {
  return (
    <dl class="pairs">
      {props.rows.flatMap(([name, value], index) => [
        <dt key={`name-${index}`}>{name}</dt>,
        <dd key={`value-${index}`} class="num">
          {value}
        </dd>,
      ])}
    </dl>
  );
}

/** Something is under way. */
export function Spinner(props: { label: string }): JSX.Element {
  return <span class="spinner" role="img" aria-label={props.label} />;
}

/** The place of words that are not here yet: `width` in characters. */
export function Skeleton(props: { width: number }): JSX.Element {
  return <span class="skeleton" aria-hidden="true" style={{ width: `${props.width}ch` }} />;
}
