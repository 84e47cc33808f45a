// One law: goods without a receipt come back only with a manager's word, at the catalogue's price or less.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { lineAmount } from '../core/money';
import type { Product } from '../core/types';
import type { Till } from '../data/ports';
import { formatMoney, formatPer, formatQuantity, inLanguage, isPieces, t } from '../i18n';
import { Button, EmptyState, IconButton, Notice, Page, SelectField, Switch } from '../ui';
import { ApprovalDialog, needsManager } from './approval';
import { AmountField, amountOf } from './count';
import { FindProduct } from './find-product';
import { Quantity } from './quantity';
import { Refund } from './refund-split';
import { returnReasons } from './return';
import type { BackLine } from './returning';

const MOST = 100_000;

/** Goods that come back without a receipt. */
interface Back {
  readonly product: Product;
  readonly quantity: number;
  /** As typed; the catalogue's price to begin with. */
  readonly price: string;
  readonly restock: boolean;
}

function priceText(product: Product, exponent: number): string {
  const digits = String(product.priceMinor).padStart(exponent + 1, '0');
  const cut = digits.length - exponent;
  return exponent ? `${digits.slice(0, cut)}.${digits.slice(cut)}` : digits;
}

/** Put goods on the list: one more of what is there, or its usual quantity of what is new. */
export function added(list: readonly Back[], product: Product, exponent: number): readonly Back[] {
  const step = isPieces(product.unit) ? 1 : product.priceQuantity;
  const known = list.some((one) => one.product.sku === product.sku);
  if (known) {
    return list.map((one) =>
      one.product.sku === product.sku ? { ...one, quantity: one.quantity + step } : one,
    );
  }
  const back = { product, quantity: step, price: priceText(product, exponent), restock: true };
  return [...list, back];
}

/** What an entry refunds; null while its price is none or above the catalogue's. */
export function backMinor(back: Back, exponent: number): number | null {
  const price = amountOf(back.price, exponent);
  if (price === null || price > back.product.priceMinor) return null;
  return lineAmount(back.quantity, price, back.product.priceQuantity);
}

function Entry(props: {
  back: Back;
  exponent: number;
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
        onChange={(quantity) => props.onChange(quantity ? { ...back, quantity } : null)}
      />
      <strong class="back__amount num">{minor === null ? '—' : formatMoney(minor)}</strong>
      <IconButton
        icon="trash"
        label={t('desk.blind.remove', { name })}
        onPress={() => props.onChange(null)}
      />
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
  const { list, exponent, onChange } = props;
  const replaced = (at: number, changed: Back | null): readonly Back[] =>
    list.flatMap((one, i) => (i === at ? (changed ?? []) : one));
  return (
    <>
      <FindProduct
        till={props.till}
        onFound={(product) => onChange(added(list, product, exponent))}
      />
      {list.length === 0 ? (
        <EmptyState icon="barcode" title={t('desk.blind.none')} text={t('desk.blind.noneText')} />
      ) : (
        <ul class="backs card">
          {list.map((back, at) => (
            <Entry
              key={back.product.sku}
              back={back}
              exponent={exponent}
              onChange={(changed) => onChange(replaced(at, changed))}
            />
          ))}
        </ul>
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
  const lines = list.map(({ product, quantity, price, restock }) => ({
    sku: product.sku,
    quantity,
    price_minor: amountOf(price, exponent) ?? 0,
    price_quantity: product.priceQuantity,
    restock,
  }));
  return (
    <Page title={t('desk.return.blind')} onBack={props.onBack} narrow>
      <div class="stack stack--wide">
        {till.presence.state.value.node === 'down' && <NeedsNode />}
        <Backs till={till} list={list} exponent={exponent} onChange={setList} />
        {bad && <Notice mood="danger">{t('desk.blind.bad')}</Notice>}
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
            disabled={list.length === 0 || bad}
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
