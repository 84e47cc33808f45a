// One law: what was sold can be read here at once, from the sale itself, with or without the node.
import type { JSX } from 'preact';
import { ROUNDING, roundedMinor } from '../core/tenders';
import type { Discount } from '../core/types';
import type { Finished } from '../data/ports';
import {
  formatDateTime,
  formatMoney,
  formatNumber,
  formatPercent,
  formatQuantity,
  inLanguage,
  t,
} from '../i18n';
import { useTill } from './context';
import { priceText } from './questions';
import { discountText } from './reasons';

/** The finished sale as a slip of paper. */
export function Paper({ sale }: { sale: Finished }): JSX.Element {
  const till = useTill();
  const store = till.setup.document.value?.store.name ?? '';
  const { lines, totalMinor, taxes } = sale.priced;
  const rounding = 0 - roundedMinor(sale.document.tenders);
  const paid = sale.document.tenders.filter(({ kind }) => kind !== ROUNDING);
  return (
    <article class="slip" aria-label={t('sell.done.receipt')}>
      <p class="slip__head">{store}</p>
      <p class="slip__row slip__row--head small">
        <span class="num">{sale.training ? t('desk.training.title') : sale.receipt}</span>
        <span class="num">{formatDateTime(sale.atMs)}</span>
      </p>
      <ul class="slip__lines">
        {lines.map((one) => (
          <li key={one.line.key}>
            <span class="slip__row">
              <span>{inLanguage(one.line.names)}</span>
              <span class="num">{formatMoney(one.grossMinor, { bare: true })}</span>
            </span>
            <span class="small muted num">
              {formatQuantity(one.line.quantity, one.line.unit)} ×{' '}
              {priceText({ ...one, unit: one.line.unit })}
            </span>
            {one.discounts
              .filter((discount) => !discount.whole)
              .map((discount, index) => (
                <Saving key={`${discount.code}-${index}`} discount={discount} />
              ))}
          </li>
        ))}
      </ul>
      {sale.priced.explained
        .filter((discount) => discount.whole)
        .map((discount) => (
          <Saving key={`${discount.kind}-${discount.code}`} discount={discount} />
        ))}
      <Added sale={sale} />
      <p class="slip__row slip__total">
        <span>{t('sell.total')}</span>
        <span class="num">{formatMoney(totalMinor)}</span>
      </p>
      {rounding !== 0 && (
        <p class="slip__row">
          <span>{t('sell.rounding')}</span>
          <span class="num">{formatMoney(rounding, { bare: true })}</span>
        </p>
      )}
      {paid.map((tender, index) => (
        <p key={`${tender.kind}-${index}`} class="slip__row">
          <span>{tenderName(till.setup.rules.value.tenders, tender.kind)}</span>
          <span class="num">{formatMoney(tender.amount_minor, { bare: true })}</span>
        </p>
      ))}
      {sale.priced.points > 0 && (
        <p class="slip__row small">
          <span>{t('sell.done.pointsEarned')}</span>
          <span class="num">{formatNumber(sale.priced.points)}</span>
        </p>
      )}
      {taxes.map((tax) => (
        <p key={tax.code} class="slip__row small muted">
          <span>
            {t('sell.tax')} {formatPercent(tax.ratePpm)}
          </span>
          <span class="num">{formatMoney(tax.taxMinor, { bare: true })}</span>
        </p>
      ))}
    </article>
  );
}

/** What a discount took off: of a line, or of the whole sale. */
function Saving({ discount }: { discount: Discount }): JSX.Element {
  const rules = useTill().setup.rules.value;
  return (
    <span class="slip__row small">
      <span>
        {discount.whole && discount.kind === 'manual' && `${t('sell.discount')}: `}
        {discountText(rules, discount)}
      </span>
      <span class="num">{formatMoney(-discount.amountMinor, { bare: true })}</span>
    </span>
  );
}

/** Tax on top of the lines, where prices do not contain it. */
function Added({ sale }: { sale: Finished }): JSX.Element | null {
  const added = sale.priced.lines.filter((one) => one.taxAdded);
  if (added.length === 0) return null;
  const minor = added.reduce((sum, one) => sum + one.taxMinor, 0);
  return (
    <p class="slip__row small">
      <span>{t('sell.taxAdded')}</span>
      <span class="num">{formatMoney(minor, { bare: true })}</span>
    </p>
  );
}

function tenderName(
  tenders: readonly { kind: string; names: Readonly<Record<string, string>> }[],
  kind: string,
): string {
  if (kind === 'change') return t('sell.change');
  const found = tenders.find((one) => one.kind === kind);
  return found ? inLanguage(found.names) : t('sell.pay.exchange');
}
