// One law: whoever counts sees what is in hand, what is written down and what is left, not what the books say.
import type { JSX } from 'preact';
import type { Till } from '../data/ports';
import { actorName } from '../desk/people';
import { formatQuantity, formatTime, inLanguage, t } from '../i18n';
import { Badge, Button, Icon, List, ListItem, Notice, Switch } from '../ui';
import type { Counting, Current } from './counting';
import type { Goods } from './entry';
import { Pieces } from './goods';
import { pieceText } from './pieces-dialog';
import type { Sheet, SheetEntry } from './wire';

/** A sheet with what was written down on it. */
export interface Shown {
  readonly sheet: Sheet;
  readonly entries: readonly SheetEntry[];
  readonly goods: ReadonlyMap<string, Goods>;
}

const asksOf = ({ asks, pieces }: Current): boolean => asks.length > 0 || pieces.length > 0;

// A shelf may hold dozens of serial numbers: whoever counts looks for the last.
const LAST_SHOWN = 3;

function inWords({ lot, expiry_day, serials }: SheetEntry['pieces'][number]): string {
  const more = serials.length - LAST_SHOWN;
  const last = serials.slice(-LAST_SHOWN);
  const serial = [...last, ...(more > 0 ? [t('stock.pieces.more', { n: more })] : [])].join(', ');
  return pieceText({ lot, expiry_day: expiry_day ?? '', serial });
}

/** The goods in hand: how many, and which pieces they are. */
export function InHand(props: {
  counting: Counting;
  /** How much of it was written down before. */
  before: number;
  onType: () => void;
  onAsk: () => void;
  onWhole: (whole: boolean) => void;
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
        {formatQuantity(current.quantity, current.unit)}
      </button>
      {asksOf(current) && (
        <div class="inhand__pieces">
          <Pieces entry={current} most={LAST_SHOWN} onAsk={props.onAsk} />
        </div>
      )}
      {props.before > 0 && (
        <div class="inhand__pieces">
          <Switch
            label={t('stock.count.whole')}
            hint={t('stock.count.wholeHint', {
              quantity: formatQuantity(props.before, current.unit),
            })}
            on={current.whole}
            onChange={props.onWhole}
          />
        </div>
      )}
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

/** What was written down, the newest first; an own entry can be put right. */
export function Entries(props: {
  till: Till;
  entries: readonly SheetEntry[];
  goods: Shown['goods'];
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
          const known = props.goods.get(entry.sku);
          const mine = entry.counted_by.split('@')[0] === props.me;
          const who = actorName(entry.counted_by, staff);
          return (
            <ListItem
              key={entry.id}
              title={known ? inLanguage(known.names) : entry.sku}
              text={[formatTime(entry.at_ms), entry.place, who, ...entry.pieces.map(inWords)]
                .filter(Boolean)
                .join(' · ')}
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

/** What of a shelf nobody has counted yet, and who goes on when all of it is. */
export function Left({ shown, closes }: { shown: Shown; closes: boolean }): JSX.Element | null {
  const { sheet, entries, goods } = shown;
  if (sheet.uncounted === 0) {
    return closes ? null : (
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
      <p class="muted">
        {left.map((sku) => inLanguage(goods.get(sku)?.names ?? {}) || sku).join(', ')}
      </p>
    </section>
  );
}

/** How far a count is, and how many people are at it. */
export function Progress({ sheet }: { sheet: Sheet }): JSX.Element {
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
