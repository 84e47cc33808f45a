// One law: a count is closed by somebody who saw every difference and what it is worth.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { Failed, Loaded, useAction, useLoad } from '../desk/load';
import { formatMoney, formatQuantity, inLanguage, t } from '../i18n';
import { go } from '../route';
import {
  Badge,
  Button,
  Choices,
  Dialog,
  EmptyState,
  List,
  ListItem,
  Notice,
  Page,
  showToast,
  Table,
} from '../ui';
import { type Known, knownGoods } from './goods-known';
import { pieceText } from './pieces-dialog';
import { titleOf } from './sheets';
import type { Review, Sheet } from './wire';

const signed = (value: number, unit: string): string =>
  `${value > 0 ? '+' : ''}${formatQuantity(value, unit)}`;

interface Reviewed {
  readonly review: Review;
  readonly known: Known;
}

type Line = Review['lines'][number];

/** Whether a count changes which pieces are here, as far as was told. */
const movesPieces = (line: Line): boolean =>
  line.lots.length + line.found.length + line.missing.length > 0;

/** What a count changes of lots and serial numbers, and what was not told of them. */
function Pieces({ line, known }: { line: Line; known: Known }): JSX.Element | null {
  const unit = known.unitOf(line.sku);
  const said = [
    ...line.lots.map((lot) =>
      t('stock.review.lot', {
        lot: pieceText({ lot: lot.lot, expiry_day: lot.expiry_day ?? '' }),
        counted: formatQuantity(lot.counted, unit),
        seen: formatQuantity(lot.seen, unit),
      }),
    ),
    line.found.length > 0 && t('stock.review.found', { serials: line.found.join(', ') }),
    line.missing.length > 0 && t('stock.review.missing', { serials: line.missing.join(', ') }),
    known.asks(line.sku, 'lot') &&
      line.unlotted > 0 &&
      t('stock.review.unlotted', { quantity: formatQuantity(line.unlotted, unit) }),
    known.asks(line.sku, 'serial') &&
      line.unnumbered > 0 &&
      t('stock.review.unnumbered', { quantity: formatQuantity(line.unnumbered, unit) }),
  ].filter(Boolean);
  if (said.length === 0) return null;
  return (
    <ul class="pieces__list">
      {said.map((text) => (
        <li key={String(text)} class="small">
          {text}
        </li>
      ))}
    </ul>
  );
}

function Differences({ review, known }: Reviewed): JSX.Element {
  const lines = review.lines.filter(
    (line) => line.difference !== 0 || line.uncertain || movesPieces(line),
  );
  if (lines.length === 0) {
    return (
      <EmptyState icon="check" title={t('stock.review.even')} text={t('stock.review.evenText')} />
    );
  }
  return (
    <section class="card">
      <h2>{t('stock.review.differences', { n: lines.length })}</h2>
      <List label={t('stock.review.title')}>
        {lines.map((line) => (
          <ListItem
            key={line.sku}
            title={
              <>
                {inLanguage(line.names) || line.sku}{' '}
                {line.uncertain && (
                  <Badge mood="danger" icon="warn">
                    {t('stock.review.uncertain')}
                  </Badge>
                )}
              </>
            }
            text={
              <>
                {t('stock.why.counted', {
                  counted: formatQuantity(line.counted, known.unitOf(line.sku)),
                  seen: formatQuantity(line.seen, known.unitOf(line.sku)),
                })}
                <Pieces line={line} known={known} />
              </>
            }
            after={
              <span class="differs num">
                <strong>{signed(line.difference, known.unitOf(line.sku))}</strong>
                <span>{formatMoney(line.value_minor, { signed: true })}</span>
              </span>
            }
          />
        ))}
      </List>
      <p class="sum">
        <span>{t('stock.review.total')}</span>
        <strong class="num">{formatMoney(review.value_minor, { signed: true })}</strong>
      </p>
    </section>
  );
}

function Uncounted({ review, known }: Reviewed): JSX.Element | null {
  if (review.uncounted.length === 0) return null;
  return (
    <section class="card">
      <h2>{t('stock.review.uncounted', { n: review.uncounted.length })}</h2>
      <Table
        label={t('stock.review.uncounted', { n: review.uncounted.length })}
        row_key={(line) => line.sku}
        rows={review.uncounted.slice(0, 200)}
        columns={[
          { head: t('stock.list.label'), cell: (line) => inLanguage(line.names) || line.sku },
          {
            head: t('stock.review.books'),
            end: true,
            cell: (line) => formatQuantity(line.on_hand, known.unitOf(line.sku)),
          },
          {
            head: t('stock.review.value'),
            end: true,
            cell: (line) => formatMoney(line.value_minor),
          },
        ]}
      />
    </section>
  );
}

/** Decides what happens to what was missed, and closes the sheet. */
function Close(props: {
  till: Till;
  sheet: Sheet;
  review: Review;
  onClose: () => void;
}): JSX.Element {
  const { till, review } = props;
  const [uncounted, setUncounted] = useState('skip');
  const [id] = useState(() => till.newId());
  const action = useAction();
  const uncertain = review.lines.some((line) => line.uncertain);
  const close = (): Promise<boolean> =>
    action.run(async () => {
      await till.api.post(`/stock/sheets/${props.sheet.id}/close`, {
        id,
        uncounted: review.uncounted.length > 0 ? uncounted : '',
        uncertain: uncertain ? 'skip' : '',
      });
      showToast({ text: t('stock.review.done') });
      go('stock/counts', true);
    });
  return (
    <Dialog
      title={t('stock.review.close')}
      onClose={props.onClose}
      foot={
        <>
          <Button onPress={props.onClose}>{t('ui.back')}</Button>
          <Button kind="primary" busy={action.busy} onPress={() => void close()}>
            {t('stock.review.close')}
          </Button>
        </>
      }
    >
      <div class="stack">
        {action.failure && <Failed failure={action.failure} />}
        <p>{t('stock.review.closeText')}</p>
        {review.uncounted.length > 0 && (
          <Choices
            label={t('stock.review.missed', { n: review.uncounted.length })}
            show_label
            value={uncounted}
            options={[
              { value: 'skip', label: t('stock.review.skip') },
              { value: 'zero', label: t('stock.review.zero') },
            ]}
            onChange={setUncounted}
          />
        )}
        {uncertain && <Notice mood="warn">{t('stock.review.uncertainText')}</Notice>}
      </div>
    </Dialog>
  );
}

/** Shows the differences of a sheet, and closes or cancels it. */
export function ReviewPage(props: { till: Till; id: string; onBack: () => void }): JSX.Element {
  const { till, id } = props;
  const [asking, setAsking] = useState(false);
  const [load, again] = useLoad(`review ${id}`, async () => {
    const sheet = await till.api.get<Sheet>(`/stock/sheets/${id}`);
    const review = await till.api.get<Review>(`/stock/sheets/${id}/review`);
    const known = await knownGoods(till, [...review.lines, ...review.uncounted]);
    return { sheet, review, known };
  });
  const sheet = load.state === 'ready' ? load.value.sheet : null;
  const cancel = async (): Promise<void> => {
    await till.api.post(`/stock/sheets/${id}/cancel`, {});
    go('stock/counts', true);
  };
  return (
    <Page
      title={
        sheet
          ? `${t('stock.review.title')}: ${titleOf(sheet, till.setup.rules.value.categories)}`
          : t('stock.review.title')
      }
      onBack={props.onBack}
      narrow
      foot={
        sheet?.state === 'open' && (
          <>
            <Button kind="warning" icon="trash" onPress={() => void cancel()}>
              {t('stock.review.cancel')}
            </Button>
            <Button kind="primary" size="l" icon="check" onPress={() => setAsking(true)}>
              {t('stock.review.close')}
            </Button>
          </>
        )
      }
    >
      <Loaded load={load} again={again}>
        {(shown) => (
          <div class="stack stack--wide">
            <Differences {...shown} />
            <Uncounted {...shown} />
            {asking && <Close till={till} {...shown} onClose={() => setAsking(false)} />}
          </div>
        )}
      </Loaded>
    </Page>
  );
}
