// One law: a report on the screen says what the printed one says, in the same order.
import type { ComponentChildren, JSX } from 'preact';
import type { Till } from '../data/ports';
import {
  formatDate,
  formatDateTime,
  formatDay,
  formatMoney,
  formatNumber,
  formatPercent,
  formatTime,
  isKey,
  type Key,
  t,
} from '../i18n';
import { Badge, Button, type Column, type Mood, Notice, Pairs, Table } from '../ui';
import { actorName, whoText } from './people';
import { reasonText } from './reasons';
import { print, reportPath, saveFile } from './receipts';
import { overShortMinor, taxTotal, type Verdict, verdictOf } from './report';
import { tenderName } from './tenders';
import type { Report } from './wire';

const MOODS: Readonly<Record<Verdict, Mood>> = {
  even: 'ok',
  over: 'warn',
  short: 'danger',
  unknown: 'plain',
};

function Part(props: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class="card stack">
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

function discountName(kind: string): string {
  const key = `desk.discount.${kind}`;
  return isKey(key) ? t(key) : kind;
}

/** What came in and went out again, with signs: the column adds up to the net. */
export function turnoverOf(
  report: Pick<Report, 'sales' | 'returns' | 'voids' | 'net_minor'>,
): { key: Key; count: number | null; minor: number }[] {
  return [
    { key: 'desk.report.sales', count: report.sales.count, minor: report.sales.minor },
    { key: 'desk.report.returns', count: report.returns.count, minor: 0 - report.returns.minor },
    { key: 'desk.report.voids', count: report.voids.count, minor: 0 - report.voids.minor },
    { key: 'desk.report.net', count: null, minor: report.net_minor },
  ];
}

function Turnover({ report }: { report: Report }): JSX.Element {
  const kinds = Object.entries(report.discounts.by_kind);
  return (
    <Part title={t('desk.report.turnover')}>
      <Table
        label={t('desk.report.turnover')}
        row_key={(row) => row.key}
        rows={turnoverOf(report)}
        columns={[
          { head: t('desk.report.what'), cell: (row) => strong(row.count === null, t(row.key)) },
          {
            head: t('desk.report.count'),
            end: true,
            cell: (row) => (row.count === null ? '' : formatNumber(row.count)),
          },
          {
            head: t('desk.cash.amount'),
            end: true,
            cell: (row) => strong(row.count === null, formatMoney(row.minor)),
          },
        ]}
      />
      <Pairs
        rows={[
          [
            t('desk.report.discounts', { n: report.discounts.count }),
            formatMoney(0 - report.discounts.minor),
          ],
          ...kinds.map(
            ([kind, minor]) => [`· ${discountName(kind)}`, formatMoney(0 - minor)] as const,
          ),
          [t('desk.report.grand'), formatMoney(report.grand_total_minor)],
        ]}
      />
    </Part>
  );
}

const strong = (sum: boolean, text: string): ComponentChildren =>
  sum ? <strong>{text}</strong> : text;

function Taxes({ report }: { report: Report }): JSX.Element {
  const total = taxTotal(report.tax);
  const rows = [...report.tax, { code: t('desk.report.total'), ppm: -1, ...total }];
  const amount = (head: Key, of: keyof typeof total): Column<(typeof rows)[number]> => ({
    head: t(head),
    end: true,
    cell: (row) => strong(row.ppm < 0, formatMoney(row[of])),
  });
  return (
    <Part title={t('desk.report.tax')}>
      <Table
        label={t('desk.report.tax')}
        row_key={(row) => `${row.code} ${row.ppm}`}
        rows={rows}
        columns={[
          {
            head: t('desk.report.rate'),
            cell: (row) =>
              row.ppm < 0 ? strong(true, row.code) : `${row.code} · ${formatPercent(row.ppm)}`,
          },
          amount('desk.report.netOf', 'net_minor'),
          amount('desk.report.tax', 'tax_minor'),
          amount('desk.report.gross', 'gross_minor'),
        ]}
      />
    </Part>
  );
}

const some = (minor: number | null): string => (minor === null ? '—' : formatMoney(minor));

function Difference({ minor }: { minor: number | null }): JSX.Element {
  const verdict = verdictOf(minor);
  return (
    <Badge mood={MOODS[verdict]} icon={verdict === 'even' ? 'check' : undefined}>
      {t(`desk.report.${verdict}`)}
      {minor ? ` ${formatMoney(minor, { signed: true })}` : ''}
    </Badge>
  );
}

/** Over and short of all that was counted. */
const inAll = (report: Report): number | null =>
  overShortMinor(report.tenders.filter((row) => row.counted_minor !== null));

function Tenders({ till, report }: { till: Till; report: Report }): JSX.Element {
  const closed = report.closed_ms !== null;
  return (
    <Part title={t('desk.report.tenders')}>
      <Table
        label={t('desk.report.tenders')}
        row_key={(row) => row.kind}
        rows={report.tenders}
        columns={[
          { head: t('desk.report.tender'), cell: (row) => tenderName(till, row.kind) },
          { head: t('desk.report.expected'), end: true, cell: (row) => some(row.expected_minor) },
          ...(closed
            ? [
                {
                  head: t('desk.report.counted'),
                  end: true,
                  cell: (row: Report['tenders'][number]) => some(row.counted_minor),
                },
                {
                  head: t('desk.report.difference'),
                  end: true,
                  cell: (row: Report['tenders'][number]) => (
                    <Difference minor={row.over_short_minor} />
                  ),
                },
              ]
            : []),
        ]}
      />
      {closed && (
        <p class="row">
          <span class="grow">{t('desk.report.overShort')}</span>
          <Difference minor={inAll(report)} />
        </p>
      )}
    </Part>
  );
}

const SIGNS: Readonly<Record<string, number>> = { pay_in: 1, pay_out: -1, drop: -1 };

/** What a movement adds to the drawer; null for one that moves nothing. */
export function movedMinor(
  row: Pick<Report['cash'][number], 'kind' | 'amount_minor'>,
): number | null {
  const sign = SIGNS[row.kind];
  return sign === undefined ? null : sign * row.amount_minor;
}

function Cash({ till, report }: { till: Till; report: Report }): JSX.Element {
  const staff = till.setup.document.value?.staff ?? [];
  return (
    <Part title={t('desk.report.cash')}>
      {report.cash.length === 0 ? (
        <p class="muted">{t('desk.report.noCash')}</p>
      ) : (
        <Table
          label={t('desk.report.cash')}
          row_key={(row) => row.id}
          rows={report.cash}
          columns={[
            {
              head: t('desk.report.when'),
              cell: (row) => <span class="num">{timeWithin(report, row.at_ms)}</span>,
            },
            {
              head: t('desk.report.what'),
              cell: (row) => (
                <>
                  {t(`desk.cashKind.${row.kind}`)}
                  <span class="item__text moved__why">
                    {[reasonText(till, row.reason), whoText(row.by, row.approver, staff)].join(
                      ' · ',
                    )}
                  </span>
                </>
              ),
            },
            {
              head: t('desk.cash.amount'),
              end: true,
              cell: (row) => some(movedMinor(row)),
            },
          ]}
        />
      )}
    </Part>
  );
}

/** When something was, beside a shift: the time alone on the day it was opened. */
function timeWithin(report: Report, at_ms: number): string {
  const day = formatDate(report.opened_ms);
  return formatDate(at_ms) === day ? formatTime(at_ms) : formatDateTime(at_ms);
}

function Control({ report }: { report: Report }): JSX.Element {
  return (
    <Part title={t('desk.report.control')}>
      <Pairs
        rows={[
          [t('desk.report.noSales'), formatNumber(report.no_sales)],
          [t('desk.report.overrides'), formatNumber(report.overrides)],
          [t('desk.report.reprints'), formatNumber(report.reprints)],
          [t('desk.report.unsynced'), formatNumber(report.unsynced)],
        ]}
      />
      {report.late.length > 0 && (
        <Notice mood="warn" title={t('desk.report.late', { n: report.late.length })}>
          {report.late.map((late) => (
            <p key={late.id}>
              {late.receipt || t(`desk.document.${late.type.toLowerCase()}` as Key)} ·{' '}
              {t('desk.report.ofShift', { n: late.shift })} · {formatDateTime(late.at_ms)} ·{' '}
              <span class="num">{formatMoney(late.total_minor)}</span>
            </p>
          ))}
        </Notice>
      )}
    </Part>
  );
}

function Head({ till, report }: { till: Till; report: Report }): JSX.Element {
  const staff = till.setup.document.value?.staff ?? [];
  return (
    <section class="card">
      <Pairs
        rows={[
          [t('desk.shift.day'), formatDay(report.business_day)],
          [
            t('desk.shift.since'),
            `${formatDateTime(report.opened_ms)} · ${actorName(report.opened_by, staff)}`,
          ],
          ...(report.closed_ms === null
            ? []
            : [
                [
                  t('desk.report.closed'),
                  `${formatDateTime(report.closed_ms)} · ${actorName(report.closed_by, staff)}`,
                ] as const,
              ]),
          [t('desk.shift.floatWas'), formatMoney(report.float_minor)],
          ...(report.closed_ms === null
            ? []
            : [
                [
                  t('desk.report.overShort'),
                  <Difference key="all" minor={inAll(report)} />,
                ] as const,
              ]),
          ...(report.note ? [[t('desk.close.note'), report.note] as const] : []),
        ]}
      />
    </section>
  );
}

/** Shows a report, prints it and saves it as a picture. */
export function ReportView({ till, report }: { till: Till; report: Report }): JSX.Element {
  const number = report.closed_ms === null ? 'x' : report.number;
  const which = { drawer: report.drawer, number } as const;
  const name = `${number === 'x' ? 'X' : 'Z'}-${report.drawer}-${report.number}`;
  const save = (form: 'png' | 'pdf'): void =>
    void saveFile(till, reportPath(which, 'receipt', form), `${name}.${form}`);
  return (
    <div class="report">
      <div class="row wrap report__acts">
        <Button icon="printer" onPress={() => void print(till, reportPath(which, 'print'))}>
          {t('desk.receipt.print')}
        </Button>
        <Button icon="receipt" onPress={() => save('png')}>
          {t('desk.receipt.png')}
        </Button>
        <Button icon="note" onPress={() => save('pdf')}>
          {t('desk.receipt.pdf')}
        </Button>
      </div>
      <Head till={till} report={report} />
      <Turnover report={report} />
      <Tenders till={till} report={report} />
      <Taxes report={report} />
      <Cash till={till} report={report} />
      <Control report={report} />
    </div>
  );
}
