// One law: goods come back against their receipt, line by line, and the refund is seen before it is paid.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { formatDateTime, formatMoney, formatQuantity, inLanguage, locale, t } from '../i18n';
import { Badge, Button, EmptyState, Notice, Page, SelectField, Switch } from '../ui';
import { Loaded, useLoad } from './load';
import { Quantity } from './quantity';
import { offered } from './reasons';
import {
  type Choices,
  choose,
  chooseAll,
  type RefundLine,
  refundMinor,
  restock,
  returnable,
  serialsMissing,
  totalMinor,
  withSerial,
} from './refund';
import { Refund } from './refund-split';
import type { SaleDetail } from './wire';

/** A sale with names and units to its lines. */
interface Shown {
  readonly detail: SaleDetail;
  readonly lines: readonly (RefundLine & { readonly unit: string; readonly lot: string })[];
}

async function saleWithNames(till: Till, id: string): Promise<Shown> {
  const detail = await till.api.get<SaleDetail>(`/sales/${id}`);
  const skus = detail.sale.lines.map((line) => line.sku);
  const products = new Map((await till.catalogue.bySkus(skus)).map((one) => [one.sku, one]));
  const lines = detail.sale.lines.map((line, at) => {
    const product = products.get(line.sku);
    return {
      line: at,
      sku: line.sku,
      name: product ? inLanguage(product.names) : line.note || line.sku,
      unit: product?.unit ?? 'piece',
      sold: line.quantity,
      returned: line.quantity - (detail.lines[at]?.returnable ?? 0),
      amount_minor: line.amount_minor,
      lot: detail.lines[at]?.lot ?? '',
      serials: detail.lines[at]?.serials ?? [],
    };
  });
  return { detail, lines };
}

/** The reasons that the store gives for returns. */
export function returnReasons(till: Till): { value: string; label: string }[] {
  const words = offered(till, 'return');
  return words.length > 0 ? words : [{ value: 'returned', label: t('desk.return.reasonUsual') }];
}

/** Asks which pieces come back of a line whose pieces have serial numbers. */
function Serials(props: {
  line: Shown['lines'][number];
  choices: Choices;
  onChange: (choices: Choices) => void;
}): JSX.Element {
  const { line, choices } = props;
  const choice = choices[line.line];
  const missing = choice ? serialsMissing(line, choice) : 0;
  return (
    <div class="back__restock stack" role="group" aria-label={t('desk.return.serials')}>
      <p class={missing > 0 ? 'back__ask' : 'muted small'}>
        {missing > 0 ? t('desk.return.whichSerials', { n: missing }) : t('desk.return.serials')}
      </p>
      <div class="row wrap">
        {line.serials.map((serial) => {
          const chosen = choice?.serials.includes(serial) ?? false;
          return (
            <Button
              key={serial}
              kind={chosen ? 'primary' : 'plain'}
              icon={chosen ? 'check' : undefined}
              pressed={chosen}
              onPress={() => props.onChange(withSerial(choices, line, serial))}
            >
              {serial}
            </Button>
          );
        })}
      </div>
    </div>
  );
}

function BackLine(props: {
  line: Shown['lines'][number];
  choices: Choices;
  onChange: (choices: Choices) => void;
}): JSX.Element {
  const { line, choices } = props;
  const choice = choices[line.line];
  const left = returnable(line);
  return (
    <li class={`back ${choice ? 'back--chosen' : ''}`}>
      <div class="grow">
        <p class="item__title">{line.name}</p>
        <p class="item__text">
          {t('desk.return.bought', {
            quantity: formatQuantity(line.sold, line.unit),
            amount: formatMoney(line.amount_minor),
          })}
          {line.lot && ` · ${t('sell.lot')} ${line.lot}`}
          {line.returned > 0 &&
            ` · ${t('desk.return.before', { quantity: formatQuantity(line.returned, line.unit) })}`}
        </p>
      </div>
      {left === 0 ? (
        <Badge>{t('desk.return.nothingLeft')}</Badge>
      ) : (
        <Quantity
          name={line.name}
          unit={line.unit}
          value={choice?.quantity ?? 0}
          most={left}
          onChange={(quantity) => props.onChange(choose(choices, line, quantity))}
        />
      )}
      <strong class="back__amount num">
        {choice ? formatMoney(refundMinor(line, choice.quantity)) : ''}
      </strong>
      {left > 0 && line.serials.length > 0 && <Serials {...props} />}
      {choice && (
        <div class="back__restock">
          <Switch
            label={t('desk.return.restock')}
            hint={t('desk.return.restockHint')}
            on={choice.restock}
            onChange={(yes) => props.onChange(restock(choices, line.line, yes))}
          />
        </div>
      )}
    </li>
  );
}

function Lines({ till, shown }: { till: Till; shown: Shown }): JSX.Element {
  const { detail, lines } = shown;
  const reasons = returnReasons(till);
  const [choices, setChoices] = useState<Choices>({});
  const [reason, setReason] = useState(reasons[0]?.value ?? '');
  const [paying, setPaying] = useState(false);
  const total = totalMinor(lines, choices);
  const unsaid = lines.some((line) => {
    const choice = choices[line.line];
    return choice !== undefined && serialsMissing(line, choice) > 0;
  });
  const chosen = Object.entries(choices).map(([line, choice]) => ({
    ...choice,
    line: Number(line),
  }));
  return (
    <div class="stack stack--wide">
      <div class="row wrap">
        <p class="grow muted">
          {formatDateTime(detail.sale.at_ms)} · {formatMoney(detail.sale.total_minor)}
        </p>
        <Button onPress={() => setChoices(chooseAll(lines))}>{t('desk.return.all')}</Button>
      </div>
      <ul class="backs card" aria-label={t('desk.return.lines')}>
        {lines.map((line) => (
          <BackLine key={line.line} line={line} choices={choices} onChange={setChoices} />
        ))}
      </ul>
      <SelectField
        label={t('desk.return.reason')}
        value={reason}
        options={reasons}
        onChange={setReason}
      />
      <div class="sum sum--foot">
        <span>{t('desk.return.refund')}</span>
        <strong class="num" aria-live="polite">
          {formatMoney(total)}
        </strong>
        <Button
          kind="primary"
          size="xl"
          disabled={chosen.length === 0 || unsaid}
          onPress={() => setPaying(true)}
        >
          {t('desk.return.pay')}
        </Button>
      </div>
      {paying && (
        <Refund
          till={till}
          total={total}
          paid={detail.sale.tenders}
          decided={{ sale_id: detail.sale.id, reason, lines: chosen, approver: '' }}
          onClose={() => setPaying(false)}
        />
      )}
    </div>
  );
}

/** Takes goods of a sale back. */
export function ReturnPage(props: { till: Till; sale: string; onBack: () => void }): JSX.Element {
  const { till, sale } = props;
  const [load, again] = useLoad(`sale ${sale} ${locale.value}`, () => saleWithNames(till, sale));
  const receipt = load.state === 'ready' ? load.value.detail.sale.receipt : '';
  return (
    <Page
      title={receipt ? t('desk.return.of', { receipt }) : t('desk.nav.return')}
      onBack={props.onBack}
      narrow
    >
      <Loaded load={load} again={again}>
        {(shown) => {
          if (shown.detail.voided) {
            return (
              <Notice mood="warn" title={t('desk.return.voided')}>
                <p>{t('desk.return.voidedText')}</p>
              </Notice>
            );
          }
          if (shown.lines.every((line) => returnable(line) === 0)) {
            return (
              <EmptyState
                icon="undo"
                title={t('desk.return.allBack')}
                text={t('desk.return.allBackText')}
              />
            );
          }
          return <Lines till={till} shown={shown} />;
        }}
      </Loaded>
    </Page>
  );
}
