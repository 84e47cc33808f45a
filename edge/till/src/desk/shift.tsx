// One law: a drawer is open from its float to its count, and only one shift at a time is.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { formatDateTime, formatDay, formatMoney, type Key, t } from '../i18n';
import { go } from '../route';
import {
  AmountPad,
  Badge,
  Button,
  EmptyState,
  type IconName,
  Notice,
  Page,
  Pairs,
  showToast,
  useKeys,
} from '../ui';
import { CashDialog } from './cash';
import { drawerOf, loadShift, openDrawer, shiftNow } from './current';
import { Failed, Loaded, useAction, useLoad } from './load';
import { actorName } from './people';
import type { CashKind, Shift } from './wire';

const MOVES: readonly { kind: CashKind; icon: IconName; label: Key; key: string }[] = [
  { kind: 'pay_in', icon: 'plus', label: 'desk.cash.payIn', key: 'F6' },
  { kind: 'pay_out', icon: 'minus', label: 'desk.cash.payOut', key: 'F7' },
  { kind: 'drop', icon: 'inbox', label: 'desk.cash.drop', key: 'F8' },
  { kind: 'no_sale', icon: 'drawer', label: 'desk.cash.noSale', key: 'F9' },
];

/** Puts a drawer into use. */
function OpenShift({ till }: { till: Till }): JSX.Element {
  const [float, setFloat] = useState<number | null>(null);
  const [id] = useState(() => till.newId());
  const action = useAction();
  const open = (): Promise<boolean> =>
    action.run(async () => {
      const operator = till.session.current.value?.staff ?? '';
      await till.api.post<Shift>('/till/shifts', {
        id,
        drawer: drawerOf(till),
        float_minor: float ?? 0,
        operator,
      });
      openDrawer(till, 'float');
      const shift = await loadShift(till);
      showToast({ text: t('desk.shift.opened', { n: shift?.number ?? 0 }) });
      go('');
    });
  return (
    <div class="stack stack--wide narrow">
      <EmptyState
        icon="drawer"
        title={t('desk.shift.none', { drawer: drawerOf(till) })}
        text={t('desk.shift.noneText')}
      />
      {action.failure && <Failed failure={action.failure} again={() => void open()} />}
      <AmountPad
        label={t('desk.shift.float')}
        value={float}
        onChange={setFloat}
        onEnter={() => void open()}
      />
      <Button kind="primary" size="xl" block busy={action.busy} onPress={() => void open()}>
        {t('desk.shift.open', { amount: formatMoney(float ?? 0) })}
      </Button>
    </div>
  );
}

function Facts({ till, shift }: { till: Till; shift: Shift }): JSX.Element {
  const staff = till.setup.document.value?.staff ?? [];
  return (
    <section class="card stack">
      <header class="row">
        <h2 class="grow">{t('desk.shift.number', { n: shift.number, drawer: shift.drawer })}</h2>
        <Badge mood="ok" icon="check">
          {t('desk.shift.isOpen')}
        </Badge>
      </header>
      <Pairs
        rows={[
          [t('desk.shift.day'), formatDay(shift.business_day)],
          [t('desk.shift.since'), formatDateTime(shift.opened_ms)],
          [t('desk.shift.by'), actorName(shift.opened_by, staff)],
          [t('desk.shift.floatWas'), formatMoney(shift.float_minor)],
        ]}
      />
    </section>
  );
}

function OpenedShift({ till, shift }: { till: Till; shift: Shift }): JSX.Element {
  const [kind, setKind] = useState<CashKind | null>(null);
  useKeys([
    ...MOVES.map((move) => ({
      key: move.key,
      label: t(move.label),
      run: () => setKind(move.kind),
    })),
    { key: 'F10', label: t('desk.shift.close'), run: () => go('desk/close') },
  ]);
  return (
    <div class="stack stack--wide">
      <Facts till={till} shift={shift} />
      <div class="actions">
        {MOVES.map((move) => (
          <Button
            key={move.kind}
            size="xl"
            icon={move.icon}
            shortcut={move.key}
            onPress={() => setKind(move.kind)}
          >
            {t(move.label)}
          </Button>
        ))}
        <Button size="xl" icon="list" onPress={() => go('desk/reports/x')}>
          {t('desk.report.x')}
        </Button>
        <Button
          size="xl"
          kind="primary"
          icon="lock"
          shortcut="F10"
          onPress={() => go('desk/close')}
        >
          {t('desk.shift.close')}
        </Button>
      </div>
      {kind && <CashDialog till={till} shift={shift} kind={kind} onClose={() => setKind(null)} />}
    </div>
  );
}

/** The shift of this till's drawer: open it, move cash, close it. */
export function ShiftPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const [load, again] = useLoad(`shift ${drawerOf(till)}`, () => loadShift(till));
  const shift = shiftNow.value;
  return (
    <Page title={t('desk.nav.shift')} onBack={props.onBack} narrow>
      <div class="stack">
        {till.presence.state.value.node === 'down' && (
          <Notice mood="warn" icon="cut" title={t('desk.shift.cut')}>
            <p>{t('desk.shift.cutText')}</p>
          </Notice>
        )}
        <Loaded load={load} again={again} rows={5}>
          {() => (shift ? <OpenedShift till={till} shift={shift} /> : <OpenShift till={till} />)}
        </Loaded>
      </div>
    </Page>
  );
}
