// One law: what was ordered and what came are compared before they are posted; nothing is refused.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { Loaded, useLoad } from '../desk/load';
import { formatDay, locale, t } from '../i18n';
import { go } from '../route';
import {
  Badge,
  Button,
  EmptyState,
  List,
  ListItem,
  Notice,
  Page,
  Switch,
  Tabs,
  TextField,
} from '../ui';
import { asExpected, type Entry, present } from './entry';
import { forgetDraft, GoodsList, goodsOf, useDraft, useKept } from './goods';
import { type Line, linesOf, type Piece, untold } from './pieces';
import { PostDialog } from './posted';
import { Summary } from './summary';
import type { ExpectedLine, InTransit, Order } from './wire';

/** What is expected, as a list to be filled: what is still to come of each SKU. */
export async function expectedList(
  till: Till,
  expected: readonly ExpectedLine[],
  lots?: InTransit['lots'],
): Promise<readonly Entry[]> {
  const products = await till.catalogue.bySkus(expected.map((line) => line.sku));
  const known = new Map(products.map((product) => [product.sku, goodsOf(product)]));
  return expected
    .map((line) => ({ line, left: Math.max(line.expected - line.received, 0) }))
    .filter(({ left }) => left > 0)
    .map(({ line, left }) => ({
      ...(known.get(line.sku) ?? { sku: line.sku, names: {}, unit: 'piece', asks: [] }),
      quantity: 0,
      expected: left,
      pieces: [],
      ...(lots ? { announced: announced(lots, line.sku) } : {}),
    }));
}

/** The pieces of a SKU that a sender told of, each serial number by itself. */
function announced(lots: InTransit['lots'], sku: string): readonly Piece[] {
  return lots
    .filter((lot) => lot.sku === sku)
    .flatMap(({ lot, expiry_day, serials, quantity }) => {
      const known = { lot, expiry_day: expiry_day ?? '', damaged: 0 };
      const named = serials.map((serial) => ({ ...known, serial, quantity: 1 }));
      const rest = quantity - named.length;
      return rest > 0 && (lot || expiry_day)
        ? [...named, { ...known, serial: '', quantity: rest }]
        : named;
    });
}

function OrdersList({ till }: { till: Till }): JSX.Element {
  const [load, again] = useLoad('orders', () => till.api.get<{ orders: Order[] }>('/stock/orders'));
  return (
    <Loaded load={load} again={again}>
      {({ orders }) =>
        orders.length === 0 ? (
          <EmptyState icon="box" title={t('stock.order.none')} text={t('stock.order.noneText')} />
        ) : (
          <List label={t('stock.order.open')}>
            {orders.map((order) => (
              <ListItem
                key={order.order}
                icon="box"
                title={`${order.order} · ${order.supplier}`}
                text={[
                  order.due_day && t('stock.order.due', { day: formatDay(order.due_day) }),
                  t('stock.order.lines', { n: order.lines.length }),
                  order.note,
                ]
                  .filter(Boolean)
                  .join(' · ')}
                after={
                  order.lines.some((line) => line.received > 0) && (
                    <Badge mood="accent">{t('stock.order.begun')}</Badge>
                  )
                }
                onPress={() => go(`stock/receive/${encodeURIComponent(order.order)}`)}
              />
            ))}
          </List>
        )
      }
    </Loaded>
  );
}

/** What came with which paper. */
interface Paper {
  readonly reference: string;
  readonly supplier: string;
  readonly claim: boolean;
}

type Damaged = Readonly<Record<string, string>>;

const NOTHING_MORE: { readonly paper: Paper; readonly damaged: Damaged } = {
  paper: { reference: '', supplier: '', claim: false },
  damaged: {},
};

function PaperFields(props: {
  paper: Paper;
  supplier: boolean;
  onChange: (paper: Paper) => void;
}): JSX.Element {
  const { paper, onChange } = props;
  return (
    <div class="fields">
      <TextField
        label={t('stock.receive.reference')}
        hint={t('stock.receive.referenceHint')}
        value={paper.reference}
        max_length={64}
        onInput={(reference) => onChange({ ...paper, reference })}
      />
      {props.supplier && (
        <TextField
          label={t('stock.receive.supplier')}
          value={paper.supplier}
          max_length={64}
          onInput={(supplier) => onChange({ ...paper, supplier })}
        />
      )}
    </div>
  );
}

function DamagedField(props: {
  entry: Entry;
  damaged: Damaged;
  onChange: (damaged: Damaged) => void;
}): JSX.Element | null {
  const { entry, damaged } = props;
  if (untold(entry) === 0) return null;
  return (
    <label class="damaged">
      <span class="muted small">{t('stock.receive.damaged')}</span>
      <input
        class="count__field num"
        inputMode="numeric"
        value={damaged[entry.sku] ?? ''}
        placeholder="0"
        onInput={(event) => props.onChange({ ...damaged, [entry.sku]: event.currentTarget.value })}
      />
    </label>
  );
}

/** The lines of a delivery: never more damaged than there is. */
export function arrivals(list: readonly Entry[], damaged: Damaged): Line[] {
  return present(list).flatMap((entry) => {
    const said = Math.trunc(Number(damaged[entry.sku] ?? 0)) || 0;
    return linesOf(entry, Math.max(said, 0));
  });
}

/** What a delivery is for, and where it is posted. */
export interface DeliveryProps {
  readonly till: Till;
  readonly draft: string;
  readonly begin: readonly Entry[];
  readonly expected: boolean;
  readonly path: string;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly title: string;
  /** Where to say that nothing more will come. */
  readonly finish?: string;
}

/** Fills a delivery and posts it: for an order, a transfer, or for nothing announced. */
export function Delivery(props: DeliveryProps): JSX.Element {
  const { till } = props;
  const [list, setList] = useDraft(props.draft, props.begin);
  const [more, setMore] = useKept(`${props.draft}.more`, NOTHING_MORE);
  const { paper, damaged } = more;
  const setPaper = (next: Paper): void => setMore({ ...more, paper: next });
  const setDamaged = (next: Damaged): void => setMore({ ...more, damaged: next });
  const [posting, setPosting] = useState(false);
  const isTransfer = 'out' in props.extra;
  const { reference, supplier, claim } = paper;
  const papers = isTransfer ? {} : { reference, ...(supplier ? { supplier } : {}) };
  const body = { ...props.extra, ...papers, claim, lines: arrivals(list, damaged) };
  const broken = body.lines.reduce((sum, line) => sum + line.damaged, 0);
  return (
    <div class="stack stack--wide">
      {!isTransfer && <PaperFields paper={paper} supplier={!props.expected} onChange={setPaper} />}
      {props.expected && (
        <Button icon="check" onPress={() => setList(asExpected(list))}>
          {t(isTransfer ? 'stock.transit.allRight' : 'stock.receive.allRight')}
        </Button>
      )}
      <GoodsList
        till={till}
        list={list}
        onChange={setList}
        compare={props.expected}
        pieces="come"
        empty={t('stock.receive.scan')}
        more={(entry) => <DamagedField entry={entry} damaged={damaged} onChange={setDamaged} />}
      />
      {broken > 0 && (
        <Switch
          label={t('stock.receive.claim')}
          hint={t('stock.receive.claimHint')}
          on={claim}
          onChange={(yes) => setPaper({ ...paper, claim: yes })}
        />
      )}
      <ReviewButton disabled={body.lines.length === 0} onPress={() => setPosting(true)} />
      {props.finish && <Finish till={till} path={props.finish} unposted={present(list).length} />}
      {posting && (
        <PostDialog
          {...props}
          body={body}
          list={list}
          note={broken > 0 ? t('stock.receive.writtenOff', { n: broken }) : ''}
          onPosted={() => forgetDraft(props.draft)}
          onClose={() => setPosting(false)}
        >
          <Summary list={list} expected={props.expected} damaged={broken} />
        </PostDialog>
      )}
    </div>
  );
}

function ReviewButton(props: { disabled: boolean; onPress: () => void }): JSX.Element {
  return (
    <Button kind="primary" size="xl" block {...props}>
      {t('stock.receive.review')}
    </Button>
  );
}

/** Orders that are due, or a delivery without one. */
export function ReceivePage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const [tab, setTab] = useState('orders');
  return (
    <Page
      title={t('stock.receive.title')}
      onBack={props.onBack}
      narrow
      tools={
        <Tabs
          label={t('stock.receive.title')}
          value={tab}
          tabs={[
            { value: 'orders', label: t('stock.receive.against') },
            { value: 'free', label: t('stock.receive.free') },
          ]}
          onChange={setTab}
        />
      }
    >
      {tab === 'orders' ? (
        <OrdersList till={till} />
      ) : (
        <Delivery
          till={till}
          draft="delivery"
          begin={[]}
          expected={false}
          path="/stock/receipts"
          extra={{}}
          title={t('stock.receive.free')}
        />
      )}
    </Page>
  );
}

/** Says that nothing more will come. */
function Finish(props: { till: Till; path: string; unposted: number }): JSX.Element {
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  return (
    <>
      <Button icon="block" onPress={() => setAsking(true)}>
        {t('stock.order.finish')}
      </Button>
      {asking && (
        <PostDialog
          till={props.till}
          title={t('stock.order.finish')}
          path={props.path}
          body={{ reason }}
          list={[]}
          onPosted={() => undefined}
          onClose={() => setAsking(false)}
        >
          {props.unposted > 0 && (
            <Notice mood="danger">{t('stock.order.unposted', { n: props.unposted })}</Notice>
          )}
          <p>{t('stock.order.finishText')}</p>
          <TextField
            label={t('stock.order.why')}
            value={reason}
            max_length={200}
            onInput={setReason}
          />
        </PostDialog>
      )}
    </>
  );
}

/** Receives against an order. */
export function OrderPage(props: { till: Till; order: string; onBack: () => void }): JSX.Element {
  const { till } = props;
  const at = `/stock/orders/${encodeURIComponent(props.order)}`;
  const [load, again] = useLoad(`${at} ${locale.value}`, async () => {
    const order = await till.api.get<Order>(at);
    return { order, begin: await expectedList(till, order.lines) };
  });
  return (
    <Page title={t('stock.order.title', { order: props.order })} onBack={props.onBack} narrow>
      <Loaded load={load} again={again}>
        {({ order, begin }) => (
          <Delivery
            till={till}
            draft={`order.${order.order}`}
            begin={begin}
            expected
            path="/stock/receipts"
            extra={{ order: order.order }}
            title={t('stock.order.title', { order: order.order })}
            finish={`${at}/close`}
          />
        )}
      </Loaded>
    </Page>
  );
}
