// One law: everything that can be done to a line is on its sheet, and each of it says why and by whom.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { overrideNeedsApproval } from '../core/approval';
import { isSold, reducedMinor } from '../core/pricing';
import type { Basket, BasketEvent, ManualDiscount, PricedLine } from '../core/types';
import type { Till } from '../data/ports';
import { formatMoney, formatPercent, formatQuantity, inLanguage, isPieces, t } from '../i18n';
import {
  AmountPad,
  Badge,
  Button,
  Choices,
  Dialog,
  Money,
  Notice,
  type Shortcut,
  showToast,
  TextField,
  useKeys,
} from '../ui';
import { askManager } from './adding';
import { ask } from './ask';
import { askDiscount } from './discount';
import { CaptureDialog, priceText, QuantityDialog } from './questions';
import { discountText, reasonsFor, reasonWords } from './reasons';
import { refusedText } from './refused';
import { rolesOf } from './state';

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
  return (
    <Dialog
      title={inLanguage(line.names)}
      onClose={close}
      shape="sheet"
      foot={
        <>
          <Button
            kind="warning"
            size="l"
            icon="trash"
            onPress={() => {
              close();
              voidLine(till, key);
            }}
          >
            {t('sell.line.void')}
          </Button>
          <Button kind="primary" size="l" onPress={close}>
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
  const discount = await askDiscount(till, { title, of_minor: reducedMinor(found), within });
  if (discount) act(till, { type: 'discount', key, discount });
}

async function overridePrice(till: Till, found: PricedLine): Promise<void> {
  const { line } = found;
  const rules = till.setup.rules.value;
  const wished = await ask<{ minor: number; reason: string }>((answer) => (
    <OverrideDialog till={till} found={found} answer={answer} />
  ));
  if (!wished) return;
  let approver = '';
  if (overrideNeedsApproval(rolesOf(till), rules)) {
    const allowed = await askManager(till, {
      action: 'price-override',
      reason: wished.reason,
      words: reasonWords(reasonsFor(rules, 'price'), wished.reason),
      detail: `${line.sku} ${formatMoney(line.priceMinor)} → ${formatMoney(wished.minor)}`,
      title: t('sell.approve.price'),
    });
    if (allowed === null) return;
    approver = allowed;
  } else approver = till.session.current.value?.staff ?? '';
  const override = {
    priceMinor: wished.minor,
    priceQuantity: line.priceQuantity,
    reason: wished.reason,
    approver,
  };
  act(till, { type: 'override', key: line.key, override });
}

function OverrideDialog(props: {
  till: Till;
  found: PricedLine;
  answer: (wished: { minor: number; reason: string } | null) => void;
}): JSX.Element {
  const { till, found, answer } = props;
  const rules = till.setup.rules.value;
  const reasons = reasonsFor(rules, 'price');
  const [typed, setTyped] = useState<number | null>(null);
  const [reason, setReason] = useState(reasons[0]?.value ?? 'other');
  const done = (): void => {
    if (typed !== null) answer({ minor: typed, reason });
  };
  return (
    <Dialog
      title={t('sell.line.price')}
      shape="wide"
      onClose={() => answer(null)}
      foot={
        <Button
          size="xl"
          kind="primary"
          block
          disabled={typed === null}
          onPress={done}
          shortcut="↵"
        >
          {t('sell.price.take')}
        </Button>
      }
    >
      <div class="two">
        <AmountPad
          label={t('sell.line.newPrice', { price: priceText({ ...found.line }) })}
          value={typed}
          suggested={found.priceMinor}
          onChange={setTyped}
          onEnter={done}
        />
        <div class="stack">
          <Choices
            label={t('sell.reason')}
            show_label
            value={reason}
            options={reasons}
            onChange={setReason}
          />
          {overrideNeedsApproval(rolesOf(till), rules) && (
            <Notice icon="lock">{t('sell.discount.needsManager')}</Notice>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function LineActions({ till, found }: { till: Till; found: PricedLine }): JSX.Element {
  const { line } = found;
  const percent = line.discount?.percentPpm;
  return (
    <div class="line-actions">
      {line.discount ? (
        <Button
          icon="undo"
          onPress={() => act(till, { type: 'discount', key: line.key, discount: null })}
        >
          {percent === undefined
            ? t('sell.discount.undoAmount')
            : t('sell.discount.undoPercent', { percent: formatPercent(percent) })}
        </Button>
      ) : (
        <Button icon="percent" onPress={() => void discountLine(till, found)}>
          {t('sell.discount')}
        </Button>
      )}
      {line.override && line.override.reason !== 'open-price' ? (
        <Button
          icon="undo"
          onPress={() => act(till, { type: 'override', key: line.key, override: null })}
        >
          {t('sell.line.undoPrice')}
        </Button>
      ) : (
        <Button icon="tag" onPress={() => void overridePrice(till, found)}>
          {t('sell.line.price')}
        </Button>
      )}
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
