// One law: what expires soon is sold for less or written off before somebody takes it home.
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { Failed, useAction } from '../desk/load';
import { Drawn } from '../desk/picture';
import { Quantity } from '../desk/quantity';
import { formatMoney, formatQuantity, inLanguage, isPieces, locale, t } from '../i18n';
import { go } from '../route';
import { AmountPad, Badge, Button, Dialog, EmptyState, List, ListItem, showToast } from '../ui';
import { fetchDrawn, openFile } from './drawn';
import { addToDraft, goodsOf } from './goods';
import type { Known } from './goods-known';
import { pieceText } from './pieces-dialog';
import type { Expiring, Worklists } from './wire';

const LABELS_MAX = 100;
const PATH = '/stock/reductions';

function Days({ days }: { days: number }): JSX.Element {
  if (days > 0) return <Badge mood="warn">{t('stock.expiring.in', { n: days })}</Badge>;
  return (
    <Badge mood="danger">
      {days === 0 ? t('stock.expiring.today') : t('stock.expiring.past', { n: -days })}
    </Badge>
  );
}

const hereText = (lot: Expiring, unit: string): string =>
  t('stock.expiring.here', { n: formatQuantity(lot.quantity, unit) });

/** Lots on hand that expire soon or have, the first of them first. */
export function ExpiringList(props: { till: Till; lists: Worklists; known: Known }): JSX.Element {
  const { till, lists, known } = props;
  const [chosen, setChosen] = useState<Expiring | null>(null);
  const [reducing, setReducing] = useState<Expiring | null>(null);
  if (lists.expiring.length === 0) {
    return (
      <EmptyState
        icon="check"
        title={t('stock.expiring.none')}
        text={t('stock.expiring.noneText')}
      />
    );
  }
  return (
    <>
      <List label={t('stock.expiring.title')}>
        {lists.expiring.map((lot) => (
          <ListItem
            key={`${lot.sku} ${lot.lot} ${lot.expiry_day}`}
            title={inLanguage(lot.names) || lot.sku}
            text={`${pieceText(lot)} · ${hereText(lot, known.unitOf(lot.sku))}`}
            after={<Days days={lot.days} />}
            onPress={() => setChosen(lot)}
          />
        ))}
      </List>
      {chosen && (
        <NextDialog
          till={till}
          lot={chosen}
          unit={known.unitOf(chosen.sku)}
          onReduce={() => {
            setReducing(chosen);
            setChosen(null);
          }}
          onClose={() => setChosen(null)}
        />
      )}
      {reducing && (
        <ReduceDialog
          till={till}
          lot={reducing}
          unit={known.unitOf(reducing.sku)}
          onClose={() => setReducing(null)}
        />
      )}
    </>
  );
}

/** What to do about a lot. */
function NextDialog(props: {
  till: Till;
  lot: Expiring;
  unit: string;
  onReduce: () => void;
  onClose: () => void;
}): JSX.Element {
  const { till, lot } = props;
  const writeOff = async (): Promise<void> => {
    const product = await till.catalogue.bySku(lot.sku);
    const goods = product
      ? goodsOf(product)
      : { sku: lot.sku, names: lot.names, unit: 'piece', asks: [] };
    const { lot: name, expiry_day, quantity } = lot;
    const piece = { lot: name, expiry_day, serial: '', quantity, damaged: 0 };
    addToDraft('write-off', goods, piece);
    go('stock/write-off/expired');
  };
  return (
    <Dialog title={inLanguage(lot.names) || lot.sku} onClose={props.onClose}>
      <div class="stack">
        <p class="row wrap">
          <span class="grow">{pieceText(lot)}</span>
          <Days days={lot.days} />
        </p>
        <p>{hereText(lot, props.unit)}</p>
        {lot.days >= 0 && (
          <Button size="l" icon="percent" block onPress={props.onReduce}>
            {t('stock.expiring.reduce')}
          </Button>
        )}
        <Button size="l" icon="trash" block onPress={() => void writeOff()}>
          {t('stock.expiring.writeOff')}
        </Button>
        <Button
          size="l"
          icon="search"
          block
          onPress={() => go(`stock/lookup/${encodeURIComponent(lot.sku)}`)}
        >
          {t('stock.expiring.lookup')}
        </Button>
      </div>
    </Dialog>
  );
}

/** Prints labels with a lower price for the pieces of a lot. */
function ReduceDialog(props: {
  till: Till;
  lot: Expiring;
  unit: string;
  onClose: () => void;
}): JSX.Element {
  const { till, lot, unit } = props;
  const pieces = isPieces(unit) ? lot.quantity : 1;
  const [price, setPrice] = useState<number | null>(null);
  const [copies, setCopies] = useState(Math.min(Math.max(pieces, 1), LABELS_MAX));
  const action = useAction();
  const { sku, expiry_day } = lot;
  const said = { sku, price_minor: price ?? 0, lot: lot.lot, expiry_day, language: locale.value };
  // Another price or another number of labels is another document.
  const id = useMemo(() => till.newId(), [till, price, copies]);
  const make = async (format: 'print' | 'pdf'): Promise<void> => {
    const body = { ...said, id, copies, format };
    const done = await action.run(async () => {
      if (format === 'pdf') openFile(await fetchDrawn(till, PATH, body));
      else await till.api.post(PATH, body);
    });
    if (!done) return;
    showToast({ text: t(format === 'pdf' ? 'stock.labels.opened' : 'stock.labels.printing') });
    props.onClose();
  };
  return (
    <Dialog
      title={t('stock.expiring.reduce')}
      shape="wide"
      onClose={props.onClose}
      foot={
        <>
          <Button icon="note" disabled={!price} onPress={() => void make('pdf')}>
            {t('desk.receipt.pdf')}
          </Button>
          <Button
            kind="primary"
            icon="printer"
            busy={action.busy}
            disabled={!price || copies === 0}
            onPress={() => void make('print')}
          >
            {t('stock.expiring.print', { n: copies })}
          </Button>
        </>
      }
    >
      <div class="stack">
        {action.failure && <Failed failure={action.failure} />}
        <p class="muted">
          {inLanguage(lot.names)} · {pieceText(lot)}
        </p>
        <div class="reduce">
          <AmountPad
            label={t('stock.expiring.price')}
            value={price}
            format={formatMoney}
            onChange={setPrice}
          />
          <div class="stack">
            <div class="row wrap">
              <span class="grow">
                {t('stock.expiring.labels', { n: formatQuantity(lot.quantity, unit) })}
              </span>
              <Quantity
                name={t('stock.expiring.count')}
                unit="piece"
                value={copies}
                most={LABELS_MAX}
                onChange={setCopies}
              />
            </div>
            {price ? (
              <Drawn
                id={JSON.stringify(said)}
                ask={() => fetchDrawn(till, PATH, { ...said, id: till.newId(), format: 'png' })}
                label={t('stock.expiring.label')}
                wait="label__wait"
              />
            ) : null}
          </div>
        </div>
      </div>
    </Dialog>
  );
}
