// One law: goods without a receipt come back only with a manager's word, at the catalogue's price or less.
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { lineAmount } from '../core/money';
import type { Product } from '../core/types';
import type { Till } from '../data/ports';
import { formatMoney, formatPer, formatQuantity, inLanguage, isPieces, t } from '../i18n';
import type { Entry as StockEntry } from '../stock/entry';
import { goodsOf, Pieces } from '../stock/goods';
import {
  fitting,
  hasSerial,
  isLacking,
  linesOf,
  type Piece,
  type Pieced,
  saidOf,
  telling,
} from '../stock/pieces';
import { PiecesDialog } from '../stock/pieces-dialog';
import type { SerialState } from '../stock/wire';
import {
  Button,
  EmptyState,
  IconButton,
  Notice,
  Page,
  play,
  SelectField,
  Switch,
  showToast,
} from '../ui';
import { ApprovalDialog, needsManager } from './approval';
import { AmountField, amountOf } from './count';
import { FindProduct, type Found } from './find-product';
import { Quantity } from './quantity';
import { Refund } from './refund-split';
import { returnReasons } from './return';
import type { BackLine } from './returning';

const MOST = 100_000;

/** Goods that come back without a receipt. */
interface Back extends Pieced {
  readonly product: Product;
  /** As typed; the catalogue's price to begin with. */
  readonly price: string;
  readonly restock: boolean;
}

function priceText(product: Product, exponent: number): string {
  const digits = String(product.priceMinor).padStart(exponent + 1, '0');
  const cut = digits.length - exponent;
  return exponent ? `${digits.slice(0, cut)}.${digits.slice(cut)}` : digits;
}

/**
 * Put goods on the list: one more of what is there, or its usual quantity of what is new, with what
 * the code said of the piece. A serial number that is there already adds nothing.
 */
export function added(
  list: readonly Back[],
  product: Product,
  exponent: number,
  said: Piece | null = null,
): readonly Back[] {
  const step = isPieces(product.unit) ? 1 : product.priceQuantity;
  const before = list.find((one) => one.sku === product.sku);
  if (before && said && hasSerial(before, said.serial)) return list;
  const { sku, asks } = goodsOf(product);
  const price = priceText(product, exponent);
  const back = before ?? { product, sku, asks, pieces: [], quantity: 0, price, restock: true };
  const more = { ...back, quantity: back.quantity + step };
  const told = said ? telling(more, said) : more;
  return before ? list.map((one) => (one === before ? told : one)) : [...list, told];
}

/** The lines of an entry: each lot by itself. */
export function backLines(back: Back, exponent: number): readonly BackLine[] {
  const { product, price, restock } = back;
  return linesOf(back).map(({ damaged: _, ...line }) => ({
    ...line,
    price_minor: amountOf(price, exponent) ?? 0,
    price_quantity: product.priceQuantity,
    restock,
  }));
}

/** How many pieces lack the serial number under which they would go back on the shelf. */
export function unnumbered(back: Back): number {
  if (!back.restock || !back.asks.includes('serial')) return 0;
  return Math.max(back.quantity - back.pieces.filter(({ serial }) => serial !== '').length, 0);
}

/** What an entry refunds; null while its price is none or above the catalogue's. */
export function backMinor(back: Back, exponent: number): number | null {
  const price = amountOf(back.price, exponent);
  if (price === null || price > back.product.priceMinor) return null;
  const per = back.product.priceQuantity;
  return linesOf(back).reduce((sum, line) => sum + lineAmount(line.quantity, price, per), 0);
}

/** Asks the node of serial numbers: one that is in stock can't come back, others are remembered. */
function useSerials(till: Till) {
  const foreign = useRef(new Set<string>());
  const check = async (sku: string, serial: string): Promise<string> => {
    try {
      const query = new URLSearchParams({ sku, serial });
      const found = await till.api.get<SerialState>(`/stock/serials?${query}`);
      if (found.state === 'here') return t('desk.blind.isHere', { serial });
      if (found.moves[0]?.type !== 'Sale') foreign.current.add(`${sku} ${serial}`);
    } catch {
      // The node is asked again when the return is sent.
    }
    return '';
  };
  const remark = (sku: string, serial: string): string =>
    foreign.current.has(`${sku} ${serial}`) ? t('desk.blind.foreign') : '';
  return { check, remark };
}

/** An entry as stock work knows it. */
const entryOf = ({ product, sku, quantity, asks, pieces }: Back): StockEntry => {
  return { sku, quantity, asks, pieces, names: product.names, unit: product.unit, expected: null };
};

function Entry(props: {
  back: Back;
  exponent: number;
  onAsk: () => void;
  onChange: (back: Back | null) => void;
}): JSX.Element {
  const { back, exponent } = props;
  const { product } = back;
  const name = inLanguage(product.names);
  const per = formatPer(product.priceQuantity, product.unit);
  const minor = backMinor(back, exponent);
  return (
    <li class="back back--chosen">
      <div class="grow">
        <p class="item__title">{name}</p>
        <p class="item__text">
          {t('desk.blind.price', {
            price: `${formatMoney(product.priceMinor)}${per && ` / ${per}`}`,
          })}
        </p>
      </div>
      <Quantity
        name={name}
        unit={product.unit}
        value={back.quantity}
        most={MOST}
        onChange={(quantity) => props.onChange(quantity ? fitting(back, quantity) : null)}
      />
      <strong class="back__amount num">{minor === null ? '—' : formatMoney(minor)}</strong>
      <IconButton
        icon="trash"
        label={t('desk.blind.remove', { name })}
        onPress={() => props.onChange(null)}
      />
      <Pieces entry={entryOf(back)} onAsk={props.onAsk} />
      <div class="back__restock row wrap">
        <AmountField
          label={t('desk.blind.refundPrice', {
            quantity: formatQuantity(product.priceQuantity, product.unit),
          })}
          text={back.price}
          exponent={exponent}
          onInput={(price) => props.onChange({ ...back, price })}
        />
        <div class="grow">
          <Switch
            label={t('desk.return.restock')}
            hint={t('desk.return.restockHint')}
            on={back.restock}
            onChange={(restock) => props.onChange({ ...back, restock })}
          />
        </div>
      </div>
    </li>
  );
}

/** The list of goods that come back, and how to add to it. */
function Backs(props: {
  till: Till;
  list: readonly Back[];
  exponent: number;
  onChange: (list: readonly Back[]) => void;
}): JSX.Element {
  const { till, list, exponent, onChange } = props;
  const [asking, setAsking] = useState('');
  const { check, remark } = useSerials(till);
  // Another piece may be scanned while one is looked up.
  const newest = useRef(list);
  newest.current = list;
  const asked = list.find((back) => back.sku === asking);
  const replaced = (sku: string, changed: Back | null): readonly Back[] =>
    list.flatMap((one) => (one.sku === sku ? (changed ?? []) : one));
  const found: Found = async (product, _, verdict) => {
    const said = saidOf(verdict, isPieces(product.unit) ? 1 : product.priceQuantity);
    const wrong = said?.serial ? await check(product.sku, said.serial) : '';
    if (wrong) {
      play('refused');
      showToast({ text: wrong, bad: true });
      return;
    }
    const after = added(newest.current, product, exponent, said);
    newest.current = after;
    onChange(after);
    const back = after.find((one) => one.sku === product.sku);
    if (back && isLacking(back)) setAsking(product.sku);
  };
  return (
    <>
      <FindProduct till={till} onFound={found} />
      {list.length === 0 ? (
        <EmptyState icon="barcode" title={t('desk.blind.none')} text={t('desk.blind.noneText')} />
      ) : (
        <ul class="backs card">
          {list.map((back) => (
            <Entry
              key={back.sku}
              back={back}
              exponent={exponent}
              onAsk={() => setAsking(back.sku)}
              onChange={(changed) => onChange(replaced(back.sku, changed))}
            />
          ))}
        </ul>
      )}
      {asked && (
        <PiecesDialog
          till={till}
          entry={entryOf(asked)}
          use="back"
          check={(serial) => check(asked.sku, serial)}
          remark={(serial) => remark(asked.sku, serial)}
          onChange={({ quantity, pieces }) =>
            onChange(replaced(asked.sku, { ...asked, quantity, pieces }))
          }
          onClose={() => setAsking('')}
        />
      )}
    </>
  );
}

/** Gets a manager's word where it is needed, then has the refund paid out. */
function Settle(props: {
  till: Till;
  total: number;
  reason: string;
  lines: readonly BackLine[];
  onClose: () => void;
}): JSX.Element {
  const { till, total, reason, lines } = props;
  const session = till.session.current.value;
  const [approver, setApprover] = useState(needsManager(session) ? '' : (session?.staff ?? ''));
  const amount = formatMoney(total);
  if (approver === '') {
    const title = t('desk.blind.approve', { amount });
    return (
      <ApprovalDialog
        till={till}
        asked={{ action: 'return-blind', subject: '', reason, detail: amount, title }}
        onApproved={(approval) => setApprover(approval.approver)}
        onClose={props.onClose}
      />
    );
  }
  const decided = { sale_id: null, reason, lines, approver };
  return <Refund till={till} total={total} paid={[]} decided={decided} onClose={props.onClose} />;
}

/** Says before anything is scanned that it can't be finished now. */
function NeedsNode(): JSX.Element {
  return (
    <Notice mood="warn" icon="cut" title={t('desk.return.cut')}>
      <p>{t('desk.return.cutText')}</p>
    </Notice>
  );
}

/** Takes goods back without a receipt. */
export function BlindReturn(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const exponent = till.setup.document.value?.exponent ?? 2;
  const reasons = returnReasons(till);
  const [list, setList] = useState<readonly Back[]>([]);
  const [reason, setReason] = useState(reasons[0]?.value ?? '');
  const [settling, setSettling] = useState(false);
  const amounts = list.map((back) => backMinor(back, exponent));
  const bad = amounts.includes(null);
  const total = amounts.reduce<number>((sum, minor) => sum + (minor ?? 0), 0);
  const lines = list.flatMap((back) => backLines(back, exponent));
  const lacking = list.reduce((sum, back) => sum + unnumbered(back), 0);
  return (
    <Page title={t('desk.return.blind')} onBack={props.onBack} narrow>
      <div class="stack stack--wide">
        {till.presence.state.value.node === 'down' && <NeedsNode />}
        <Backs till={till} list={list} exponent={exponent} onChange={setList} />
        {bad && <Notice mood="danger">{t('desk.blind.bad')}</Notice>}
        {lacking > 0 && <Notice mood="warn">{t('desk.blind.serials', { n: lacking })}</Notice>}
        <SelectField
          label={t('desk.return.reason')}
          value={reason}
          options={reasons}
          onChange={setReason}
        />
        <div class="sum sum--foot">
          <span>{t('desk.return.refund')}</span>
          <strong class="num">{formatMoney(total)}</strong>
          <Button
            kind="primary"
            size="xl"
            disabled={list.length === 0 || bad || lacking > 0}
            onPress={() => setSettling(true)}
          >
            {t('desk.return.pay')}
          </Button>
        </div>
      </div>
      {settling && (
        <Settle
          till={till}
          total={total}
          reason={reason}
          lines={lines}
          onClose={() => setSettling(false)}
        />
      )}
    </Page>
  );
}
