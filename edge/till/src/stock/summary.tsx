// One law: whatever is about to be posted is shown in full before it is, with what is odd about it.
import type { JSX } from 'preact';
import { formatQuantity, inLanguage, t } from '../i18n';
import { List, ListItem, Notice } from '../ui';
import { differences, type Entry, present } from './entry';
import { PieceLines } from './goods';
import { isLacking } from './pieces';

/** All of a document, so that nobody posts what they don't see. */
function Everything({ list }: { list: readonly Entry[] }): JSX.Element {
  return (
    <List label={t('stock.list.label')}>
      {list.map((entry) => (
        <ListItem
          key={entry.sku}
          title={inLanguage(entry.names) || entry.sku}
          text={<PieceLines entry={entry} />}
          after={<strong class="num">{formatQuantity(entry.quantity, entry.unit)}</strong>}
        />
      ))}
    </List>
  );
}

/** What is about to be posted, and how it differs from what was announced. */
export function Summary(props: {
  list: readonly Entry[];
  expected: boolean;
  /** How much came damaged. */
  damaged?: number;
  /** How many articles it is about, in words. */
  sum?: (n: number) => string;
}): JSX.Element {
  const found = props.expected ? differences(props.list) : [];
  const lacking = present(props.list).filter(isLacking);
  const n = present(props.list).length;
  return (
    <div class="stack">
      <p>{props.sum ? props.sum(n) : t('stock.receive.sum', { n })}</p>
      {lacking.length > 0 && (
        <Notice mood="warn" title={t('stock.pieces.lacking', { n: lacking.length })}>
          <p>{lacking.map((entry) => inLanguage(entry.names) || entry.sku).join(', ')}</p>
          <p>{t('stock.pieces.lackingText')}</p>
        </Notice>
      )}
      {!props.expected && <Everything list={present(props.list)} />}
      {props.damaged ? (
        <Notice mood="warn">{t('stock.receive.broken', { n: props.damaged })}</Notice>
      ) : null}
      {props.expected && found.length === 0 && !props.damaged && (
        <Notice mood="ok">{t('stock.receive.noDifferences')}</Notice>
      )}
      {found.length > 0 && (
        <Notice mood="warn" title={t('stock.receive.differs', { n: found.length })}>
          <ul>
            {found.map((entry) => (
              <li key={entry.sku} class="num">
                {inLanguage(entry.names) || entry.sku}: {formatQuantity(entry.quantity, entry.unit)}
                {' / '}
                {formatQuantity(entry.expected ?? 0, entry.unit)}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  );
}
