// One law: a device shows the state it reported last, and what can be tried with it stands beside it.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { formatQuantity, isKey, t } from '../i18n';
import { Badge, Button, EmptyState, Icon, type IconName, type Mood, Page } from '../ui';
import { needsManager } from './approval';
import { attempt, Loaded, useLoad } from './load';
import type { DeviceNews } from './wire';

/** The families of devices, by their UnifiedPOS categories. */
const FAMILIES: Readonly<Record<string, { family: string; icon: IconName }>> = {
  Scanner: { family: 'scanner', icon: 'barcode' },
  Scale: { family: 'scale', icon: 'scale' },
  POSPrinter: { family: 'printer', icon: 'printer' },
  LabelPrinter: { family: 'label', icon: 'tag' },
  CashDrawer: { family: 'drawer', icon: 'drawer' },
  LineDisplay: { family: 'display', icon: 'phone' },
  CAT: { family: 'terminal', icon: 'card' },
  RFIDScanner: { family: 'rfid', icon: 'sound' },
};
const OTHER = { family: 'other', icon: 'gear' } as const;

/** The family a device belongs to. */
export function familyOf(category: string): { family: string; icon: IconName } {
  return FAMILIES[category] ?? OTHER;
}

/** What a device says of itself when nothing is to be done. */
const FINE: ReadonlySet<string> = new Set([
  'online',
  'stable',
  'zero',
  'cover-ok',
  'paper-ok',
  'drawer-closed',
]);

/** How a device is: what it complains of, its state else. */
export function conditionOf(device: Pick<DeviceNews, 'state' | 'condition'>): {
  mood: Mood;
  words: readonly string[];
} {
  const complaints = device.condition.filter((word) => !FINE.has(word));
  if (device.state === 'error') {
    return { mood: 'danger', words: complaints.length > 0 ? complaints : ['error'] };
  }
  if (complaints.length > 0) return { mood: 'warn', words: complaints };
  return { mood: device.state === 'closed' ? 'plain' : 'ok', words: [device.state] };
}

function stateText(state: string): string {
  const key = `desk.device.state.${state.replaceAll('-', '_')}`;
  return isKey(key) ? t(key) : state;
}

/** What can be tried with a family of devices. */
function Tries({ till, family }: { till: Till; family: string }): JSX.Element | null {
  const { api } = till;
  const [weight, setWeight] = useState('');
  if (family === 'printer') {
    return (
      <>
        <Button
          icon="printer"
          onPress={() =>
            void attempt(
              () => api.post('/till/print/test', { id: till.newId() }),
              t('desk.device.testSent'),
            )
          }
        >
          {t('desk.device.test')}
        </Button>
        <OpenDrawer till={till} />
      </>
    );
  }
  if (family === 'drawer') return <OpenDrawer till={till} />;
  if (family === 'scale') {
    const weigh = async (): Promise<void> => {
      const { weight_g } = await api.post<{ weight_g: number }>(
        '/till/weigh',
        {},
        { timeoutMs: 7000 },
      );
      setWeight(formatQuantity(weight_g, 'g'));
    };
    return (
      <>
        {weight && <strong class="num">{weight}</strong>}
        <Button icon="scale" onPress={() => void attempt(weigh, t('desk.device.weighed'))}>
          {t('desk.device.weigh')}
        </Button>
      </>
    );
  }
  if (family === 'display') {
    const show = { lines: ['EVERTILL', '1234567890'] };
    return (
      <Button
        onPress={() =>
          void attempt(() => api.put('/till/display', show), t('desk.device.displayShown'))
        }
      >
        {t('desk.device.display')}
      </Button>
    );
  }
  if (family === 'terminal') {
    return (
      <Button
        icon="card"
        onPress={() =>
          void attempt(
            () => api.post('/till/terminal/end-of-day', {}, { timeoutMs: 120_000 }),
            t('desk.device.dayEnded'),
          )
        }
      >
        {t('desk.device.endOfDay')}
      </Button>
    );
  }
  return null;
}

/** Opening by hand is a no-sale: it is asked for where its reason and approval are. */
function OpenDrawer({ till }: { till: Till }): JSX.Element | null {
  if (needsManager(till.session.current.value)) return null;
  return (
    <Button
      icon="drawer"
      onPress={() =>
        void attempt(
          () => till.api.post('/till/drawer/open', { reason: 'test' }),
          t('desk.device.drawerOpened'),
        )
      }
    >
      {t('desk.device.drawer')}
    </Button>
  );
}

function Row({ till, device }: { till: Till; device: DeviceNews }): JSX.Element {
  const { family, icon } = familyOf(device.category);
  const { mood, words } = conditionOf(device);
  const familyKey = `desk.device.family.${family}`;
  return (
    <li class="card device">
      <Icon name={icon} size={30} />
      <div class="grow">
        <p class="item__title">{device.name}</p>
        <p class="item__text">
          {[isKey(familyKey) ? t(familyKey) : device.category, device.kind].join(' · ')}
        </p>
      </div>
      <Badge mood={mood} icon={mood === 'ok' ? 'check' : mood === 'plain' ? undefined : 'warn'}>
        {words.map(stateText).join(', ')}
      </Badge>
      <div class="row wrap device__tries">
        <Tries till={till} family={family} />
      </div>
    </li>
  );
}

/** The states of devices as they come in, by name. */
function useNews(till: Till): Readonly<Record<string, DeviceNews>> {
  const [news, setNews] = useState<Readonly<Record<string, DeviceNews>>>({});
  useEffect(
    () =>
      till.events.on('device', (device) =>
        setNews((before) => ({ ...before, [device.name]: device as DeviceNews })),
      ),
    [till],
  );
  return news;
}

/** The devices of this till: their states, and a test for each. */
export function DevicesPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const news = useNews(till);
  const here = till.device.state.value?.till ?? '';
  const [load, again] = useLoad('devices', async () => {
    const { devices } = await till.api.get<{ devices: DeviceNews[] }>('/devices');
    return devices.filter((device) => device.till === here || device.till === '');
  });
  const [lastScan, setLastScan] = useState('');
  useEffect(
    () => till.events.on('scan', ({ device, text }) => setLastScan(`${device}: ${text}`)),
    [till],
  );
  return (
    <Page
      title={t('desk.nav.devices')}
      onBack={props.onBack}
      narrow
      actions={
        <Button icon="sync" onPress={again}>
          {t('desk.device.refresh')}
        </Button>
      }
    >
      <div class="stack stack--wide">
        {till.presence.state.value.node === 'down' && <p class="muted">{t('desk.device.cut')}</p>}
        <Loaded load={load} again={again} rows={4}>
          {(devices) =>
            devices.length === 0 ? (
              <EmptyState
                icon="printer"
                title={t('desk.device.none')}
                text={t('desk.device.noneText')}
              />
            ) : (
              <ul class="stack">
                {devices.map((device) => (
                  <Row key={device.name} till={till} device={news[device.name] ?? device} />
                ))}
              </ul>
            )
          }
        </Loaded>
        <p class="muted" aria-live="polite">
          {lastScan ? t('desk.device.scanned', { text: lastScan }) : t('desk.device.scanHint')}
        </p>
      </div>
    </Page>
  );
}
