// One law: stock work fits a handheld: one job a page, big targets, a scan always does the next thing.
import type { JSX } from 'preact';
import { NotInTraining } from '../desk/training';
import { t } from '../i18n';
import { type AreaProps, go } from '../route';
import { Button, Icon, Notice, Page, useKeys } from '../ui';
import { CountPage } from './count';
import { LabelsPage } from './labels';
import { LookupPage, ProductPage } from './lookup';
import { JOBS } from './pages';
import { OrderPage, ReceivePage } from './receive';
import { ReviewPage } from './review';
import { SheetsPage } from './sheets';
import { SendPage, WriteOffPage } from './simple';
import { ArrivalPage, TransitPage } from './transit';
import { WorklistPage } from './worklist';
import '../desk/desk.css';
import '../desk/work.css';
import './stock.css';

/** Where the way back leads: one level up, and from the top to selling. */
export function above(path: string): string {
  const parts = path.split('/').filter(Boolean);
  if (parts.length === 0) return '';
  return ['stock', ...parts.slice(0, -1)].join('/');
}

/** The jobs that move stock: there is nothing of them to practise. */
const POSTS: ReadonlySet<string> = new Set(['receive', 'transit', 'counts', 'send', 'write-off']);

/** Who may post stock work; looking things up is open to everybody. */
const STOCK_ROLES: ReadonlySet<string> = new Set(['stock', 'manager']);

function Jobs({ till }: Pick<AreaProps, 'till'>): JSX.Element {
  const roles = till.session.current.value?.roles ?? [];
  const allowed = roles.some((role) => STOCK_ROLES.has(role));
  return (
    <Page title={t('stock.title')} onBack={() => go('')}>
      {!allowed && (
        <Notice icon="lock" title={t('stock.notAllowed')}>
          <p>{t('stock.notAllowedText')}</p>
          <p>
            <Button icon="people" onPress={() => go('desk/login')}>
              {t('desk.nav.switch')}
            </Button>
          </p>
        </Notice>
      )}
      <ul class="jobs">
        {JOBS.map((job) => (
          <li key={job.path}>
            <a
              class="card job"
              href={`/till/stock/${job.path}`}
              onClick={(event) => {
                event.preventDefault();
                go(`stock/${job.path}`);
              }}
            >
              <Icon name={job.icon} size={30} />
              <span>
                <span class="item__title">{t(job.title)}</span>
                <span class="item__text">{t(job.text)}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Page>
  );
}

function Work({ till, path }: AreaProps): JSX.Element {
  const [job = '', first = '', second = ''] = path.split('/').map(decodeURIComponent);
  const page = { till, onBack: () => go(above(path)) };
  if (till.selling.training.value && POSTS.has(job)) return <NotInTraining {...page} />;
  switch (job) {
    case 'lookup':
      return first ? <ProductPage {...page} sku={first} /> : <LookupPage {...page} />;
    case 'receive':
      return first ? <OrderPage key={first} {...page} order={first} /> : <ReceivePage {...page} />;
    case 'transit':
      return first ? <ArrivalPage key={first} {...page} out={first} /> : <TransitPage {...page} />;
    case 'counts':
      if (second === 'review') return <ReviewPage key={first} {...page} id={first} />;
      return first ? <CountPage key={first} {...page} id={first} /> : <SheetsPage {...page} />;
    case 'send':
      return <SendPage {...page} />;
    case 'write-off':
      return <WriteOffPage key={first} {...page} why={first} />;
    case 'labels':
      return <LabelsPage {...page} />;
    case 'worklist':
      return <WorklistPage {...page} />;
    default:
      return <Jobs till={till} />;
  }
}

/** Stock work of the store. */
export function Route({ till, path }: AreaProps): JSX.Element {
  useKeys([{ key: 'Escape', label: t('ui.back'), run: () => go(above(path)) }]);
  return (
    <div class="stock">
      <Work till={till} path={path} />
    </div>
  );
}
