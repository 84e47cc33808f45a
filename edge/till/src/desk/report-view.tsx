// One law: a report on the screen says what the printed one says, in the same order.
import type { ComponentChildren, JSX } from 'preact';
import type { Till } from '../data/ports';
import {
  formatDateTime,
  formatDay,
  formatMoney,
  formatNumber,
  formatPercent,
  isKey,
  t,
} from '../i18n';
import { Badge, Button, type Mood, Notice, Pairs, Table } from '../ui';
import { actorName } from './people';
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

const tally = ({ count, minor }: { count: number; minor: number }): string =>
  `${formatNumber(count)} × · ${formatMoney(minor)}`;

function discountName(kind: string): string {
  const key = `desk.discount.${kind}`;
  return isKey(key) ? t(key) : kind;
}

function Turnover({ report }: { report: Report }): JSX.Element {
  const kinds = Object.entries(report.discounts.by_kind);
  return (
    <Part title={t('desk.report.turnover')}>
      <Pairs
        rows={[
          [t('desk.report.sales'), tally(report.sales)],
          [t('desk.report.returns'), tally(report.returns)],
          [t('desk.report.voids'), tally(report.voids)],
          [t('desk.report.discounts'), tally(report.discounts)],
          ...kinds.map(([kind, minor]) => [`· ${discountName(kind)}`, formatMoney(minor)] as const),
          [
            <strong key="net">{t('desk.report.net')}</strong>,
            <strong key="sum">{formatMoney(report.net_minor)}</strong>,
          ],
          [t('desk.report.grand'), formatMoney(report.grand_total_minor)],
        ]}
      />
    </Part>
  );
}

function Taxes({ report }: { report: Report }): JSX.Element {
  const total = taxTotal(report.tax);
  const rows = [...report.tax, { code: t('desk.report.total'), ppm: -1, ...total }];
  return (
    <Part title={t('desk.report.tax')}>
      <Table
        label={t('desk.report.tax')}
        row_key={(row) => `${row.code} ${row.ppm}`}
        rows={rows}
        columns={[
          {
            head: t('desk.report.rate'),
            cell: (row) => (row.ppm < 0 ? row.code : `${row.code} · ${formatPercent(row.ppm)}`),
          },
          { head: t('desk.report.netOf'), end: true, cell: (row) => formatMoney(row.net_minor) },
          { head: t('desk.report.tax'), end: true, cell: (row) => formatMoney(row.tax_minor) },
          { head: t('desk.report.gross'), end: true, cell: (row) => formatMoney(row.gross_minor) },
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

function Tenders({ till, report }: { till: Till; report: Report }): JSX.Element {
  const closed = report.closed_ms !== null;
  const sum = overShortMinor(report.tenders.filter((row) => row.counted_minor !== null));
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
          <Difference minor={sum} />
        </p>
      )}
    </Part>
  );
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
            { head: t('desk.report.when'), cell: (row) => formatDateTime(row.at_ms) },
            { head: t('desk.report.what'), cell: (row) => t(`desk.cashKind.${row.kind}`) },
            {
              head: t('desk.report.why'),
              cell: (row) =>
                [
                  reasonText(till, row.reason),
                  actorName(row.by, staff),
                  row.approver && actorName(row.approver, staff),
                ]
                  .filter(Boolean)
                  .join(' · '),
            },
            {
              head: t('desk.cash.amount'),
              end: true,
              cell: (row) => formatMoney(row.amount_minor),
            },
          ]}
        />
      )}
    </Part>
  );
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
            <p key={late.id} class="num">
              {late.receipt || late.type} · {formatMoney(late.total_minor)}
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
