// One law: every page of the desk has an address, and the way back from it is always the same.
import type { JSX } from 'preact';
import { t } from '../i18n';
import { type AreaProps, go } from '../route';
import { useKeys } from '../ui';
import { AboutPage } from './about';
import { BlindReturn } from './blind';
import { ClosePage } from './close';
import { DevicesPage } from './devices';
import { DocumentPage } from './document';
import { DocumentsPage } from './documents';
import { Enrol } from './enrol';
import { FindSale } from './find-sale';
import { LogIn } from './login';
import { Nav } from './nav';
import { ReportPage, ReportsPage } from './reports';
import { ReturnPage } from './return';
import { SafetyPage } from './safety';
import { Settings } from './settings';
import { ShiftPage } from './shift';
import { NotInTraining } from './training';
import './desk.css';
import './work.css';

/** Where the way back leads: up one level, and from the top to selling. */
export function above(path: string): string {
  const [section = '', ...rest] = path.split('/').filter(Boolean);
  if (rest.length > 0) return `desk/${section}`;
  if (section === 'close') return 'desk/shift';
  if (section === 'return') return ''; // one comes from selling, and sells on
  return section ? 'desk' : '';
}

/** The sections that move stock or money; the empty one is the shift. */
const MOVES: ReadonlySet<string> = new Set(['', 'shift', 'close', 'return', 'stock']);

function Section({ till, path }: AreaProps): JSX.Element {
  const [section = '', first = '', second = ''] = path.split('/').map(decodeURIComponent);
  const page = { till, onBack: () => go(above(path)) };
  if (till.selling.training.value && MOVES.has(section)) return <NotInTraining {...page} />;
  switch (section) {
    case 'close':
      return <ClosePage {...page} />;
    case 'reports':
      if (first === 'x') return <ReportPage {...page} which="x" />;
      if (first) return <ReportPage {...page} which={{ drawer: first, number: Number(second) }} />;
      return <ReportsPage {...page} />;
    case 'documents':
      return second ? (
        <DocumentPage key={second} {...page} kind={first} id={second} />
      ) : (
        <DocumentsPage {...page} />
      );
    case 'return':
      if (first === 'blind') return <BlindReturn {...page} />;
      return first ? <ReturnPage key={first} {...page} sale={first} /> : <FindSale {...page} />;
    case 'devices':
      return <DevicesPage {...page} />;
    case 'safety':
      return <SafetyPage {...page} />;
    case 'settings':
      return <Settings {...page} />;
    case 'about':
      return <AboutPage {...page} />;
    default:
      return <ShiftPage {...page} />;
  }
}

function Pages({ till, path }: AreaProps): JSX.Element {
  useKeys([{ key: 'Escape', label: t('ui.back'), run: () => go(above(path)) }]);
  const section = path.split('/')[0] ?? '';
  return (
    <div class={`desk ${section ? 'desk--section' : ''}`}>
      <Nav till={till} section={section} />
      <Section till={till} path={path} />
    </div>
  );
}

/** The desk: enrolment, login, shifts, documents, returns, devices, settings. */
export function Route({ till, path }: AreaProps): JSX.Element {
  if (path === 'enrol') return <Enrol till={till} />;
  if (path === 'login') return <LogIn till={till} />;
  return <Pages till={till} path={path} />;
}
