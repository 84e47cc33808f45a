// One law: everything that can be done to a line is on its sheet, and each of it says why and by whom.
import type { JSX } from 'preact';
import { isSold, reducibleMinor } from '../core/pricing';
import type { Basket, BasketEvent, ManualDiscount, PricedLine } from '../core/types';
import type { Till } from '../data/ports';
import { formatMoney, formatPercent, formatQuantity, inLanguage, isPieces, t } from '../i18n';
import {
  Badge,
  Button,
  Dialog,
  type IconName,
  Money,
  type Shortcut,
  showToast,
  TextField,
  useKeys,
} from '../ui';
import { ask } from './ask';
import { askDiscount } from './discount';
import { askOverride } from './override';
import { CaptureDialog, priceText, QuantityDialog } from './questions';
import { discountText } from './reasons';
import { refusedText } from './refused';

const lineOf = (till: Till, key: string): PricedLine | undefined =>
  till.selling.priced.value.lines.find((one) => one.line.key === key);

/** Do something to the basket and say so if it is refused. */
export function act(till: Till, event: BasketEvent): boolean {
  const done = till.selling.dispatch(event);
  if (!done.ok) showToast({ bad: true, text: refusedText(done.refused) });
  return done.ok;
}

/** Open the sheet of a line. */
export async function askLine(till: Till, key: string): Promise<void> {
  await ask<true>((answer) => <LineSheet till={till} line_key={key} close={() => answer(null)} />);
}

/** Take a line out of the sale, and say so in the audit trail. */
export function voidLine(till: Till, key: string, reason = ''): void {
  const found = lineOf(till, key);
  if (!found || !act(till, { type: 'void-line', key })) return;
  const { line, amountMinor } = found;
  showToast({
    text: t('sell.line.voided', { name: inLanguage(line.names) }),
  });
  if (till.selling.training.value) return;
  void till.outbox.audit({
    action: 'void-line',
    subject: till.selling.basket.value.id,
    reason,
    approver: '',
    detail: `${line.sku} ${line.quantity} ${formatMoney(amountMinor)}`,
  });
}

/** Change a line by one piece; the last piece gone voids it. */
export function step(till: Till, key: string, by: number): void {
  const line = lineOf(till, key)?.line;
  if (!line || !isPieces(line.unit)) return;
  if (line.quantity + by < 1) voidLine(till, key);
  else act(till, { type: 'quantity', key, quantity: line.quantity + by });
}

function LineSheet(props: { till: Till; line_key: string; close: () => void }): JSX.Element | null {
  const { till, line_key: key, close } = props;
  const found = lineOf(till, key);
  if (!found) {
    queueMicrotask(close);
    return null;
  }
  const { line } = found;
  const giveUp = (): void => {
    close();
    voidLine(till, key);
  };
  return (
    <Dialog
      title={inLanguage(line.names)}
      onClose={close}
      shape="sheet"
      keys={[
        { key: 'Enter', label: t('ui.done'), run: close },
        { key: 'Delete', label: t('sell.line.void'), run: giveUp },
      ]}
      foot={
        <>
          <Button kind="warning" size="l" icon="trash" onPress={giveUp}>
            {t('sell.line.void')}
          </Button>
          <Button kind="primary" size="l" onPress={close} shortcut="↵">
            {t('ui.done')}
          </Button>
        </>
      }
    >
      <div class="stack">
        <LineHead till={till} found={found} />
        {line.kind !== 'charge' && line.voucher === '' && line.serials.length === 0 && (
          <Quantity till={till} found={found} />
        )}
        {isSold(line) && <LineActions till={till} found={found} />}
        <Details till={till} found={found} />
      </div>
    </Dialog>
  );
}

function LineHead({ till, found }: { till: Till; found: PricedLine }): JSX.Element {
  const { line } = found;
  return (
    <div class="card stack">
      <div class="row">
        <span class="grow muted num">
          {formatQuantity(line.quantity, line.unit)} × {priceText({ ...found, unit: line.unit })}
        </span>
        <strong class="ask-amount">
          <Money minor={found.amountMinor} />
        </strong>
      </div>
      {found.discounts.map((discount, index) => (
        <div key={`${discount.code}-${index}`} class="row small">
          <span class="grow saving">
            {discount.whole && `${t('sell.discount.share')} `}
            {discountText(till.setup.rules.value, discount)}
          </span>
          <span class="num saving">{formatMoney(-discount.amountMinor)}</span>
        </div>
      ))}
      {line.override && (
        <Badge mood="accent">
          {t('sell.line.listPrice', { price: formatMoney(line.priceMinor) })}
        </Badge>
      )}
    </div>
  );
}

/** Ask for another quantity of a line. */
async function askQuantity(till: Till, found: PricedLine, begun: number | null): Promise<void> {
  const { key, names, quantity, unit } = found.line;
  const wished = await ask<number>((answer) => (
    <QuantityDialog
      title={inLanguage(names)}
      quantity={quantity}
      unit={unit}
      begun={begun}
      answer={answer}
    />
  ));
  if (wished !== null) act(till, { type: 'quantity', key, quantity: wished });
}

function quantityKeys(till: Till, found: PricedLine): Shortcut[] {
  const { line } = found;
  return [
    { key: '+', label: t('sell.line.more'), run: () => step(till, line.key, 1) },
    {
      key: '-',
      label: t('sell.line.less'),
      run: () => {
        if (line.quantity > 1) step(till, line.key, -1);
      },
    },
    {
      key: 'digit',
      label: t('sell.line.quantity'),
      run: (digit) => void askQuantity(till, found, Number(digit) || null),
    },
  ];
}

function Quantity({ till, found }: { till: Till; found: PricedLine }): JSX.Element {
  const { line } = found;
  const value = (
    <Button size="l" class="counter__value" onPress={() => void askQuantity(till, found, null)}>
      <span class="num">{formatQuantity(line.quantity, line.unit)}</span>
    </Button>
  );
  useKeys(quantityKeys(till, found));
  return (
    <div class="field">
      <span class="field__label">{t('sell.line.quantity')}</span>
      {isPieces(line.unit) ? (
        <div class="counter">
          <Button
            icon="minus"
            size="l"
            label={t('sell.line.less')}
            disabled={line.quantity < 2}
            onPress={() => step(till, line.key, -1)}
          />
          {value}
          <Button
            icon="plus"
            size="l"
            label={t('sell.line.more')}
            onPress={() => step(till, line.key, 1)}
          />
        </div>
      ) : (
        value
      )}
    </div>
  );
}

async function discountLine(till: Till, found: PricedLine): Promise<void> {
  const { key } = found.line;
  const title = t('sell.discount.line', { name: inLanguage(found.line.names) });
  const within = (discount: ManualDiscount): Basket => {
    const basket = till.selling.basket.value;
    const lines = basket.lines.map((line) => (line.key === key ? { ...line, discount } : line));
    return { ...basket, lines };
  };
  const discount = await askDiscount(till, { title, of_minor: reducibleMinor(found), within });
  if (discount) act(till, { type: 'discount', key, discount });
}

async function overridePrice(till: Till, found: PricedLine): Promise<void> {
  const override = await askOverride(till, found);
  if (override) act(till, { type: 'override', key: found.line.key, override });
}

/** What changes a line's price: its words, its key and what it does. */
function priceDeeds(till: Till, found: PricedLine): (Shortcut & { icon: IconName })[] {
  const { key, discount, override } = found.line;
  const percent = discount?.percentPpm;
  const undone =
    percent === undefined
      ? t('sell.discount.undoAmount')
      : t('sell.discount.undoPercent', { percent: formatPercent(percent) });
  return [
    discount
      ? {
          key: 'F4',
          icon: 'undo',
          label: undone,
          run: () => act(till, { type: 'discount', key, discount: null }),
        }
      : {
          key: 'F4',
          icon: 'percent',
          label: t('sell.discount'),
          run: () => void discountLine(till, found),
        },
    override && override.reason !== 'open-price'
      ? {
          key: 'F5',
          icon: 'undo',
          label: t('sell.line.undoPrice'),
          run: () => act(till, { type: 'override', key, override: null }),
        }
      : {
          key: 'F5',
          icon: 'tag',
          label: t('sell.line.price'),
          run: () => void overridePrice(till, found),
        },
  ];
}

function LineActions({ till, found }: { till: Till; found: PricedLine }): JSX.Element {
  const deeds = priceDeeds(till, found);
  useKeys(deeds);
  return (
    <div class="line-actions">
      {deeds.map(({ key, icon, label, run }) => (
        <Button key={key} icon={icon} shortcut={key} onPress={() => run(key)}>
          {label}
        </Button>
      ))}
    </div>
  );
}

/** Ask for a text that belongs to a line and keep it. */
async function askDetail(till: Till, found: PricedLine, what: 'serial' | 'lot'): Promise<void> {
  const { line } = found;
  const text = await ask<string>((answer) => (
    <CaptureDialog
      title={inLanguage(line.names)}
      label={t(`sell.capture.${what}`)}
      hint={t('sell.capture.hint')}
      answer={answer}
    />
  ));
  if (text === null) return;
  const { key } = line;
  if (what === 'lot') act(till, { type: 'detail', key, lot: text });
  else
    act(till, {
      type: 'detail',
      key,
      serials: [...line.serials.slice(0, line.quantity - 1), text],
    });
}

function Details({ till, found }: { till: Till; found: PricedLine }): JSX.Element {
  const { line } = found;
  return (
    <div class="stack">
      <TextField
        label={t('sell.line.note')}
        icon="note"
        value={line.note}
        max_length={200}
        onInput={(note) => act(till, { type: 'detail', key: line.key, note })}
      />
      {line.kind === 'goods' && (
        <div class="line-actions">
          <Button onPress={() => void askDetail(till, found, 'serial')}>
            {line.serials.length > 0
              ? `${t('sell.serial')} ${line.serials.join(', ')}`
              : t('sell.addSerial')}
          </Button>
          <Button onPress={() => void askDetail(till, found, 'lot')}>
            {line.lot ? `${t('sell.lot')} ${line.lot}` : t('sell.addLot')}
          </Button>
        </div>
      )}
    </div>
  );
}
