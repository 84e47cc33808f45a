// One law: what is being sold and what it comes to is always in sight, line by line, with every
// reduction explained where it counts.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { cardShown } from '../core/card';
import { reducedMinor } from '../core/pricing';
import type { ManualDiscount, PricedLine } from '../core/types';
import {
  formatMoney,
  formatNumber,
  formatPercent,
  formatQuantity,
  inLanguage,
  isPieces,
  t,
} from '../i18n';
import { Badge, Button, EmptyState, Icon, IconButton, LargeMoney } from '../ui';
import { useTill } from './context';
import { removeCoupon } from './coupon';
import { removeTotalDiscount } from './discount';
import { askLine, step } from './line';
import { askMember, usePoints } from './member';
import { priceText } from './questions';
import { discountText, reasonsFor, reasonWords } from './reasons';
import { face, latest, selected } from './state';

/** The line that keys act on: the one chosen, else the one that changed last, else the last. */
export function currentLine(lines: readonly PricedLine[]): PricedLine | undefined {
  const has = (key: string) => lines.find((one) => one.line.key === key);
  return has(selected.value) ?? has(latest.value) ?? lines.at(-1);
}

/** The basket with its sums. While money is taken it only shows. */
export function BasketPanel({ onPay }: { onPay: () => void }): JSX.Element {
  const till = useTill();
  const { lines } = till.selling.priced.value;
  return (
    <section class="basket" aria-label={t('sell.basket')}>
      <BasketHead />
      <div class="basket__lines">
        {lines.length === 0 ? (
          <EmptyState icon="barcode" title={t('sell.empty.title')} text={t('sell.empty.text')} />
        ) : (
          <Lines lines={lines} />
        )}
      </div>
      <Sums onPay={onPay} />
    </section>
  );
}

function BasketHead(): JSX.Element {
  const till = useTill();
  const { member } = till.selling.basket.value;
  const { articles } = till.selling.priced.value;
  const points = usePoints(till, member?.id ?? '');
  return (
    <header class="basket__head">
      <button type="button" class="member" onClick={() => void askMember(till)}>
        <Icon name={member ? 'star' : 'person'} />
        <span class="grow clip">{member ? member.name : t('sell.member.none')}</span>
        {member && points !== null && (
          <span class="small num">{t('sell.member.points', { points: formatNumber(points) })}</span>
        )}
      </button>
      <span class="muted small num">{t('sell.articles', { n: articles })}</span>
    </header>
  );
}

function Lines({ lines }: { lines: readonly PricedLine[] }): JSX.Element {
  const current = currentLine(lines)?.line.key;
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[data-current]')?.scrollIntoView({ block: 'nearest' });
  }, [current, lines.length]);
  return (
    <ol ref={list} class="lines">
      {lines.map((one) => (
        <Line key={one.line.key} found={one} current={one.line.key === current} />
      ))}
    </ol>
  );
}

function Line({ found, current }: { found: PricedLine; current: boolean }): JSX.Element {
  const till = useTill();
  const { line } = found;
  const fixed = !isPieces(line.unit) || line.kind === 'charge' || line.voucher !== '';
  return (
    <li class={`line ${current ? 'line--current' : ''}`} data-current={current || undefined}>
      <button
        type="button"
        class="line__body"
        onClick={() => {
          selected.value = line.key;
          void askLine(till, line.key);
        }}
      >
        <span class="line__name">{inLanguage(line.names)}</span>
        <span class="line__amount num">{formatMoney(reducedMinor(found))}</span>
        <span class="line__text num">
          {formatQuantity(line.quantity, line.unit)} × {priceText({ ...found, unit: line.unit })}
          {line.override && <LineMark text={t(`sell.mark.${markOf(line.override.reason)}`)} />}
          {line.serials.map((serial) => (
            <LineMark key={serial} text={`${t('sell.serial')} ${serial}`} />
          ))}
          {line.lot && <LineMark text={`${t('sell.lot')} ${line.lot}`} />}
          {line.voucher && <LineMark text={`${t('sell.card')} ${cardShown(line.voucher)}`} />}
          {line.note && <LineMark text={line.note} />}
        </span>
        {own(found).map((discount, index) => (
          <span key={`${discount.code}-${index}`} class="line__saving num">
            <span>{discountText(till.setup.rules.value, discount)}</span>
            <span>{formatMoney(-discount.amountMinor)}</span>
          </span>
        ))}
      </button>
      {current && !fixed && face.value === 'basket' && (
        <span class="line__steps">
          <IconButton
            icon="minus"
            label={t('sell.line.less')}
            onPress={() => step(till, line.key, -1)}
          />
          <IconButton
            icon="plus"
            label={t('sell.line.more')}
            onPress={() => step(till, line.key, 1)}
          />
        </span>
      )}
    </li>
  );
}

/** What was taken off this line itself; its share of what the whole sale is spared is in the sums. */
const own = (found: PricedLine) => found.discounts.filter((discount) => !discount.whole);

const markOf = (reason: string): 'open' | 'label' | 'price' =>
  reason === 'open-price' ? 'open' : reason === 'label' ? 'label' : 'price';

const LineMark = ({ text }: { text: string }): JSX.Element => (
  <span class="line__mark">{text}</span>
);

function Coupons(): JSX.Element | null {
  const till = useTill();
  const { coupons } = till.selling.basket.value;
  const { notices } = till.selling.priced.value;
  if (coupons.length === 0) return null;
  return (
    <ul class="coupons">
      {coupons.map((coupon) => {
        const notice = notices.find((one) => one.subject === coupon.code);
        return (
          <li key={`${coupon.code}${coupon.redeemedId}`}>
            <Badge mood={notice ? 'warn' : 'ok'} icon="ticket">
              {coupon.code}
            </Badge>
            <span class="grow small">{notice ? t(`sell.notice.${notice.code}`) : ''}</span>
            <IconButton
              icon="close"
              label={t('sell.coupon.remove', { code: coupon.code })}
              onPress={() => void removeCoupon(till, coupon.code)}
            />
          </li>
        );
      })}
    </ul>
  );
}

/** The discount on the whole sale: one line, taken off as one. */
function WholeDiscount({ discount }: { discount: ManualDiscount }): JSX.Element {
  const till = useTill();
  const { explained } = till.selling.priced.value;
  const taken = explained.find(({ kind, whole }) => whole && kind === 'manual');
  const why = reasonWords(reasonsFor(till.setup.rules.value, 'discount'), discount.reason);
  const share = discount.percentPpm === undefined ? '' : ` ${formatPercent(discount.percentPpm)}`;
  return (
    <p class="whole saving">
      <span class="grow">
        {t('sell.discount')}
        {share} · {why}
      </span>
      <span class="num">{formatMoney(-(taken?.amountMinor ?? 0))}</span>
      {face.value === 'basket' && (
        <IconButton
          icon="close"
          label={t('sell.discount.remove')}
          onPress={() => removeTotalDiscount(till)}
        />
      )}
    </p>
  );
}

/** Promotions on the whole sale: a line each, whatever articles share them. */
function WholePromotions(): JSX.Element {
  const till = useTill();
  const rules = till.setup.rules.value;
  const { explained } = till.selling.priced.value;
  return (
    <>
      {explained
        .filter(({ kind, whole }) => whole && kind !== 'manual')
        .map((discount) => (
          <p key={`${discount.kind}-${discount.code}`} class="whole saving">
            <span class="grow">{discountText(rules, discount)}</span>
            <span class="num">{formatMoney(-discount.amountMinor)}</span>
          </p>
        ))}
    </>
  );
}

function SumRows(): JSX.Element {
  const till = useTill();
  const { discountMinor, taxes, points, lines } = till.selling.priced.value;
  const { member, tenders, exchange } = till.selling.basket.value;
  const added = lines.some((one) => one.taxAdded);
  const taken = tenders.reduce((sum, tender) => sum + tender.amountMinor, 0);
  const taxed = taxes.filter((tax) => tax.taxMinor !== 0);
  return (
    <dl class="sums__rows">
      <div>
        <dt>{t(added ? 'sell.taxAdded' : 'sell.tax')}</dt>
        <dd class="num">
          {taxed.length === 0
            ? formatMoney(0)
            : taxed.map((tax) => (
                <span key={tax.code} class="sums__tax">
                  {formatPercent(tax.ratePpm)} {formatMoney(tax.taxMinor)}
                </span>
              ))}
        </dd>
      </div>
      <div class={discountMinor > 0 ? 'saving' : ''}>
        <dt>{t('sell.saved')}</dt>
        <dd class="num">{formatMoney(-discountMinor)}</dd>
      </div>
      {exchange && (
        <div class="saving">
          <dt>{t('sell.pay.exchange')}</dt>
          <dd class="num">{formatMoney(-exchange.amountMinor)}</dd>
        </div>
      )}
      {taken > 0 && (
        <div>
          <dt>{t('sell.pay.taken')}</dt>
          <dd class="num">{formatMoney(-taken)}</dd>
        </div>
      )}
      {member && (
        <div>
          <dt>{t('sell.earns')}</dt>
          <dd class="num">{t('sell.member.points', { points: formatNumber(points) })}</dd>
        </div>
      )}
    </dl>
  );
}

function Sums({ onPay }: { onPay: () => void }): JSX.Element {
  const till = useTill();
  const { totalMinor } = till.selling.priced.value;
  const { lines, discount } = till.selling.basket.value;
  return (
    <footer class="sums">
      <Coupons />
      <WholePromotions />
      {discount && lines.length > 0 && <WholeDiscount discount={discount} />}
      <SumRows />
      <div class="sums__total">
        <span>{t('sell.total')}</span>
        <strong>
          <LargeMoney minor={totalMinor} />
        </strong>
      </div>
      {face.value === 'basket' && (
        <Button
          kind="primary"
          size="xl"
          block
          class="pay-button"
          disabled={lines.length === 0}
          shortcut="F12"
          onPress={onPay}
        >
          {t('sell.pay')}
        </Button>
      )}
    </footer>
  );
}
