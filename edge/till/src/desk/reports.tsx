// One law: managers see what a drawer should hold; every Z stays readable for good.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { formatDateTime, formatDay, formatMoney, t } from '../i18n';
import { go } from '../route';
import { Badge, Button, EmptyState, List, ListItem, Notice, Page, SelectField } from '../ui';
import { drawerOf } from './current';
import { Loaded, useLoad } from './load';
import { actorName, seesReports } from './people';
import { verdictOf } from './report';
import { ReportView } from './report-view';
import type { Report, ReportSummary } from './wire';

const PAGE = 50;

function OnlyManagers(): JSX.Element {
  return (
    <Notice icon="lock" title={t('desk.report.managers')}>
      <p>{t('desk.report.managersText')}</p>
      <p>
        <Button icon="people" onPress={() => go('desk/login')}>
          {t('desk.report.switch')}
        </Button>
      </p>
    </Notice>
  );
}

/** Reads Z reports page by page. */
function useReports(till: Till, drawer: string) {
  const [before, setBefore] = useState(0);
  const [earlier, setEarlier] = useState<readonly ReportSummary[]>([]);
  const path = `/till/reports?drawer=${encodeURIComponent(drawer)}&limit=${PAGE}`;
  const [load, again] = useLoad(`reports ${drawer} ${before}`, async () => {
    const page = await till.api.get<{ reports: ReportSummary[] }>(`${path}&before=${before}`);
    return { reports: [...earlier, ...page.reports], more: page.reports.length === PAGE };
  });
  const more = (): void => {
    if (load.state !== 'ready') return;
    setEarlier(load.value.reports);
    setBefore(load.value.reports.at(-1)?.number ?? 0);
  };
  return { load, again, more };
}

/** The Z reports of a drawer, and the X report of the shift that is open. */
export function ReportsPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const drawers = till.setup.document.value?.drawers ?? [drawerOf(till)];
  const [drawer, setDrawer] = useState(drawerOf(till));
  if (!seesReports(till.session.current.value)) {
    return (
      <Page title={t('desk.nav.reports')} onBack={props.onBack} narrow>
        <OnlyManagers />
      </Page>
    );
  }
  return (
    <Page
      title={t('desk.nav.reports')}
      onBack={props.onBack}
      narrow
      actions={
        <Button kind="primary" icon="list" onPress={() => go('desk/reports/x')}>
          {t('desk.report.x')}
        </Button>
      }
    >
      <div class="stack stack--wide">
        {drawers.length > 1 && (
          <SelectField
            label={t('desk.about.drawer')}
            value={drawer}
            options={drawers.map((name) => ({ value: name, label: name }))}
            onChange={setDrawer}
          />
        )}
        <Earlier till={till} drawer={drawer} />
      </div>
    </Page>
  );
}

function Earlier({ till, drawer }: { till: Till; drawer: string }): JSX.Element {
  const { load, again, more } = useReports(till, drawer);
  const staff = till.setup.document.value?.staff ?? [];
  return (
    <Loaded load={load} again={again}>
      {(page) =>
        page.reports.length === 0 ? (
          <EmptyState icon="list" title={t('desk.report.none')} text={t('desk.report.noneText')} />
        ) : (
          <>
            <List label={t('desk.nav.reports')}>
              {page.reports.map((report) => (
                <ListItem
                  key={report.number}
                  title={t('desk.report.zOf', { n: report.number, drawer: report.drawer })}
                  text={`${formatDay(report.business_day)} · ${formatDateTime(report.closed_ms)} · ${actorName(report.closed_by, staff)}`}
                  after={
                    <span class="ends">
                      <strong class="num">{formatMoney(report.net_minor)}</strong>
                      <OverShort minor={report.over_short_minor} />
                    </span>
                  }
                  onPress={() =>
                    go(`desk/reports/${encodeURIComponent(report.drawer)}/${report.number}`)
                  }
                />
              ))}
            </List>
            {page.more && <Button onPress={more}>{t('desk.list.more')}</Button>}
          </>
        )
      }
    </Loaded>
  );
}

function OverShort({ minor }: { minor: number }): JSX.Element {
  const verdict = verdictOf(minor);
  const mood = verdict === 'even' ? 'ok' : verdict === 'short' ? 'danger' : 'warn';
  return (
    <Badge mood={mood}>
      {t(`desk.report.${verdict}`)}
      {minor !== 0 && ` ${formatMoney(minor, { signed: true })}`}
    </Badge>
  );
}

/** The X report of the open shift, or a closed one's Z report. */
export function ReportPage(props: {
  till: Till;
  /** `x`, or a drawer and the number of its shift. */
  which: { drawer: string; number: number } | 'x';
  onBack: () => void;
}): JSX.Element {
  const { till, which } = props;
  const path =
    which === 'x'
      ? `/till/reports/x?drawer=${encodeURIComponent(drawerOf(till))}`
      : `/till/reports/z/${encodeURIComponent(which.drawer)}/${which.number}`;
  const [load, again] = useLoad(path, () => till.api.get<Report>(path));
  const title =
    which === 'x'
      ? t('desk.report.x')
      : t('desk.report.zOf', { n: which.number, drawer: which.drawer });
  return (
    <Page
      title={title}
      onBack={props.onBack}
      actions={
        which === 'x' && (
          <Button icon="sync" onPress={again}>
            {t('desk.device.refresh')}
          </Button>
        )
      }
    >
      {!seesReports(till.session.current.value) ? (
        <OnlyManagers />
      ) : (
        <Loaded load={load} again={again} rows={10}>
          {(report) => <ReportView till={till} report={report} />}
        </Loaded>
      )}
    </Page>
  );
}
