// One law: a figure is shown with how it came about: nobody has to believe it.
import type { JSX } from 'preact';
import type { Product } from '../core/types';
import type { Till } from '../data/ports';
import { FindProduct, useGoodsScans } from '../desk/find-product';
import { Loaded, useLoad } from '../desk/load';
import { actorName } from '../desk/people';
import {
  formatDateTime,
  formatMoney,
  formatPer,
  formatQuantity,
  inLanguage,
  isKey,
  locale,
  t,
} from '../i18n';
import { go } from '../route';
import { Badge, EmptyState, List, ListItem, Page } from '../ui';
import { isPast, pieceText } from './pieces-dialog';
import { type Chapter, storyOf } from './story';
import type { Movement, StockDetail } from './wire';

/** Finds goods to look at. */
export function LookupPage(props: { till: Till; onBack: () => void }): JSX.Element {
  return (
    <Page title={t('stock.lookup.title')} onBack={props.onBack} narrow>
      <FindProduct
        till={props.till}
        onFound={(product) => go(`stock/lookup/${encodeURIComponent(product.sku)}`)}
      />
      <EmptyState
        icon="barcode"
        title={t('stock.lookup.empty')}
        text={t('stock.lookup.emptyText')}
      />
    </Page>
  );
}

const signed = (quantity: number, unit: string): string =>
  `${quantity > 0 ? '+' : ''}${formatQuantity(quantity, unit)}`;

function ChapterRow(props: { chapter: Chapter; unit: string }): JSX.Element {
  const { chapter, unit } = props;
  const key = `stock.chapter.${chapter.kind}`;
  return (
    <li class="chapter">
      <span class="grow">{isKey(key) ? t(key) : chapter.kind}</span>
      <span class="num chapter__moved">{signed(chapter.moved, unit)}</span>
      <span class="num chapter__total">{formatQuantity(chapter.total, unit)}</span>
    </li>
  );
}

function Story(props: { detail: StockDetail; unit: string }): JSX.Element {
  const { detail, unit } = props;
  const story = storyOf(detail.parts);
  const figure = formatQuantity(detail.stock.on_hand, unit);
  return (
    <section class="card stack">
      <h2>{t('stock.why.title', { figure })}</h2>
      <ol class="story">
        {story.chapters.map((chapter) => (
          <ChapterRow key={chapter.kind} chapter={chapter} unit={unit} />
        ))}
      </ol>
      {story.chapters.length === 0 && <p class="muted">{t('stock.why.nothing')}</p>}
      {detail.stock.reserved > 0 && (
        <p>
          {t('stock.why.reserved', {
            reserved: formatQuantity(detail.stock.reserved, unit),
            sellable: formatQuantity(detail.stock.sellable, unit),
          })}
        </p>
      )}
    </section>
  );
}

/** What a count saw, which is why it moved no more than that. */
function seenText(move: Movement, unit: string): string {
  const { counted, seen } = move;
  if (counted === null || counted === undefined || seen === null || seen === undefined) return '';
  return t('stock.why.counted', {
    counted: formatQuantity(counted, unit),
    seen: formatQuantity(seen, unit),
  });
}

/** What is on hand, by lot and serial number, and how much of it nobody told of. */
function Lots(props: { till: Till; detail: StockDetail; unit: string }): JSX.Element | null {
  const { detail, unit } = props;
  const { lots, serials, stock } = detail;
  if (lots.length === 0 && serials.length === 0) return null;
  const told = lots.reduce((sum, lot) => sum + lot.quantity, 0);
  const rest = stock.on_hand - told;
  return (
    <section class="card stack">
      {lots.length > 0 && (
        <>
          <h2>{t('stock.why.lots')}</h2>
          <List label={t('stock.why.lots')}>
            {lots.map((lot) => (
              <ListItem
                key={`${lot.lot} ${lot.expiry_day}`}
                title={pieceText({ lot: lot.lot, expiry_day: lot.expiry_day ?? '' })}
                text={
                  isPast(props.till, lot.expiry_day ?? '') && (
                    <Badge mood="danger">{t('stock.pieces.past')}</Badge>
                  )
                }
                after={<strong class="num">{formatQuantity(lot.quantity, unit)}</strong>}
              />
            ))}
          </List>
          {rest !== 0 && (
            <p class="muted">{t('stock.why.noLot', { quantity: formatQuantity(rest, unit) })}</p>
          )}
        </>
      )}
      {serials.length > 0 && (
        <>
          <h2>{t('stock.why.serials')}</h2>
          <p class="serials">{serials.join(', ')}</p>
          {stock.on_hand !== serials.length && (
            <p class="muted">{t('stock.why.serialsOf', { n: serials.length })}</p>
          )}
        </>
      )}
    </section>
  );
}

/** The lots and serial numbers that a movement told of. */
const piecesText = (move: Movement): string =>
  move.pieces
    .map(({ lot, expiry_day, serials }) =>
      pieceText({ lot, expiry_day: expiry_day ?? '', serial: serials.join(', ') }),
    )
    .join(' · ');

function Incoming({ detail, unit }: { detail: StockDetail; unit: string }): JSX.Element | null {
  const incoming = detail.incoming ?? [];
  if (incoming.length === 0) return null;
  return (
    <section class="card stack">
      <h2>{t('stock.why.incoming')}</h2>
      <List label={t('stock.why.incoming')}>
        {incoming.map((one) => (
          <ListItem
            key={one.order || (one.out ?? one.partner)}
            icon={one.order ? 'box' : 'inbox'}
            title={
              one.order
                ? t('stock.order.title', { order: one.order })
                : t('stock.transit.from', { store: one.partner })
            }
            text={one.order && one.partner}
            after={<strong class="num">{signed(one.quantity, unit)}</strong>}
          />
        ))}
      </List>
    </section>
  );
}

function Movements(props: {
  till: Till;
  movements: readonly Movement[];
  /** How each kind acts on stock on hand; what acts on rights alone counts upwards. */
  signs: ReadonlyMap<string, number>;
  unit: string;
}): JSX.Element | null {
  const staff = props.till.setup.document.value?.staff ?? [];
  if (props.movements.length === 0) return null;
  return (
    <section>
      <h2 class="section">{t('stock.why.latest')}</h2>
      <List label={t('stock.why.latest')}>
        {props.movements.map((move) => {
          const key = `stock.chapter.${move.kind}`;
          return (
            <ListItem
              key={`${move.id} ${move.kind}`}
              title={isKey(key) ? t(key) : move.kind}
              text={[
                formatDateTime(move.at_ms),
                actorName(move.actor, staff),
                move.partner,
                move.text,
                seenText(move, props.unit),
                piecesText(move),
              ]
                .filter(Boolean)
                .join(' · ')}
              after={
                <strong class="num">
                  {signed((props.signs.get(move.kind) ?? 1) * move.quantity, props.unit)}
                </strong>
              }
            />
          );
        })}
      </List>
    </section>
  );
}

function Head(props: { product: Product | null; sku: string; detail: StockDetail }): JSX.Element {
  const { product, detail } = props;
  const unit = product?.unit ?? 'piece';
  const per = product ? formatPer(product.priceQuantity, unit) : '';
  const { on_hand, sellable } = detail.stock;
  return (
    <section class="card figure">
      <div class="grow">
        <p class="item__text">{props.sku}</p>
        <h2>{product ? inLanguage(product.names) : props.sku}</h2>
        {product && (
          <p class="num">
            {formatMoney(product.priceMinor)}
            {per && ` / ${per}`}
          </p>
        )}
        <p class="row wrap">
          {product && !product.active && <Badge mood="warn">{t('stock.lookup.inactive')}</Badge>}
          {on_hand < 0 && (
            <Badge mood="danger" icon="warn">
              {t('stock.lookup.negative')}
            </Badge>
          )}
        </p>
      </div>
      <dl class="figure__numbers">
        <div>
          <dt>{t('stock.lookup.onHand')}</dt>
          <dd class="num">{formatQuantity(on_hand, unit)}</dd>
        </div>
        <div>
          <dt>{t('stock.lookup.sellable')}</dt>
          <dd class="num">{formatQuantity(sellable, unit)}</dd>
        </div>
      </dl>
    </section>
  );
}

/** Stock of one product, and its story. A scan goes to the next one. */
export function ProductPage(props: { till: Till; sku: string; onBack: () => void }): JSX.Element {
  const { till, sku } = props;
  useGoodsScans(till, (product) => go(`stock/lookup/${encodeURIComponent(product.sku)}`));
  const [load, again] = useLoad(`stock ${sku} ${locale.value}`, async () => ({
    product: await till.catalogue.bySku(sku),
    detail: await till.api.get<StockDetail>(`/stock/${encodeURIComponent(sku)}?movements=50`),
  }));
  return (
    <Page title={t('stock.lookup.title')} onBack={props.onBack} narrow reads>
      <Loaded load={load} again={again} rows={7}>
        {({ product, detail }) => (
          <div class="stack stack--wide">
            <Head product={product} sku={sku} detail={detail} />
            <Story detail={detail} unit={product?.unit ?? 'piece'} />
            <Lots till={till} detail={detail} unit={product?.unit ?? 'piece'} />
            <Incoming detail={detail} unit={product?.unit ?? 'piece'} />
            <Movements
              till={till}
              movements={detail.movements}
              signs={new Map(detail.parts.map(({ kind, sign }) => [kind, sign || 1]))}
              unit={product?.unit ?? 'piece'}
            />
          </div>
        )}
      </Loaded>
    </Page>
  );
}
