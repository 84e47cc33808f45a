// The shell: opens the till's data, shows one lazy area at a time, and registers the worker.
import { render } from 'preact';
import { lazy, Suspense } from 'preact/compat';
import type { Till } from './data/ports';
import { openTill } from './data/till';
import { keepPractising } from './desk/practice';
import { loadRefusals, startLanguage } from './i18n';
import { path } from './route';
import { Route as Sell } from './sell/route';
import { Shell, startShell } from './sell/shell';
import { register, takeUpdate } from './worker/register';

const Desk = lazy(() => import('./desk/route').then((area) => ({ default: area.Route })));
const Stock = lazy(() => import('./stock/route').then((area) => ({ default: area.Route })));
const Customer = lazy(() => import('./customer/route').then((area) => ({ default: area.Route })));

function rest(whole: string): string {
  const at = whole.indexOf('/');
  return at < 0 ? '' : whole.slice(at + 1);
}

function Area({ till }: { till: Till }) {
  const where = path.value;
  const area = where.split('/', 1)[0];
  if (till.device.state.value === null) return <Desk till={till} path="enrol" />;
  if (till.session.current.value === null) return <Desk till={till} path="login" />;
  if (area === 'desk') return <Desk till={till} path={rest(where)} />;
  if (area === 'stock' && till.selling.training.value) return <Desk till={till} path="stock" />;
  if (area === 'stock') return <Stock till={till} path={rest(where)} />;
  return <Sell till={till} path={rest(where)} />;
}

function App({ till }: { till: Till }) {
  return (
    <Shell till={till}>
      <Suspense fallback={null}>
        <Area till={till} />
      </Suspense>
    </Shell>
  );
}

async function start(): Promise<void> {
  const root = document.getElementById('till');
  if (root === null) throw new Error('index.html has no #till');
  if (path.value.split('/', 1)[0] === 'customer') {
    startLanguage();
    render(
      <Suspense fallback={null}>
        <Customer path={rest(path.value)} />
      </Suspense>,
      root,
    );
    return;
  }
  startShell();
  const worker = import.meta.env.PROD ? navigator.serviceWorker : undefined;
  if (await takeUpdate(worker)) return;
  const till = await openTill();
  keepPractising(till);
  render(<App till={till} />, root);
  void loadRefusals().catch(() => undefined); // fetched again when they are needed
  await register(worker, () => till.watch.updateFound());
}

void start();
