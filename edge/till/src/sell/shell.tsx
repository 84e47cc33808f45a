// One law: around every page is one frame: the bar above, the questions and messages over it, and the
// ears for keys and scanners.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Till } from '../data/ports';
import type { TillEvents } from '../data/wire';
import { loadShift } from '../desk/current';
import { currency, locale, startLanguage, t, timezone } from '../i18n';
import {
  Button,
  Icon,
  offerScan,
  ShortcutHost,
  showShortcuts,
  showToast,
  startKeyboard,
  startSound,
  startTheme,
  ToastHost,
  useKeys,
} from '../ui';
import { QuestionHost } from './ask';
import { TillProvider } from './context';
import { feedCustomer } from './customer';
import { StatusBar } from './status';
import './shell.css';

/** Put on theme and language and begin to hear keys and scanners; once, before the first page. */
export function startShell(): void {
  startTheme();
  startSound();
  startLanguage();
  startKeyboard((text) => offerScan({ text, device: '' }));
}

/** Say what keeps paper from coming, as soon as the printer says so. */
function tellOfPrinting({ state, message }: TillEvents['print']): void {
  if (state !== 'done' && state !== 'printing' && message.en && message.code !== 'queued')
    showToast({ bad: true, text: t('sell.printer', { why: message[locale.value] }) });
}

function useSetup(till: Till): void {
  const document = till.setup.document.value;
  useEffect(() => {
    if (!document) return;
    currency.value = { code: document.currency, exponent: document.exponent };
    timezone.value = document.timezone;
  }, [document]);
}

/** The frame around a page. */
export function Shell({
  till,
  children,
}: {
  till: Till;
  children: ComponentChildren;
}): JSX.Element {
  useSetup(till);
  const node = till.presence.state.value.node;
  const person = till.session.current.value?.staff;
  useEffect(
    () =>
      till.events.on('scan', ({ device, text, verdict }) => offerScan({ device, text, verdict })),
    [till],
  );
  useEffect(() => till.events.on('print', tellOfPrinting), [till]);
  useEffect(() => feedCustomer(till), [till]);
  useEffect(() => {
    if (person) void loadShift(till).catch(() => undefined);
  }, [till, person, node]);
  useKeys([{ key: '?', label: t('ui.shortcuts'), run: showShortcuts }]);
  return (
    <TillProvider value={till}>
      <StatusBar till={till} />
      <Banners till={till} />
      {children}
      <QuestionHost />
      <ShortcutHost />
      <ToastHost />
    </TillProvider>
  );
}

const JUMP_MS = 60_000;

/** What everybody must see whatever page is open: training, a browser store in trouble, the clock. */
function Banners({ till }: { till: Till }): JSX.Element {
  const { problem } = till.watch.storage.value;
  const skew = till.watch.clockSkewMs.value ?? 0;
  return (
    <>
      {till.selling.training.value && (
        <p class="banner banner--training" role="status">
          <Icon name="school" size={18} />
          {t('sell.training.banner')}
        </p>
      )}
      {problem !== '' && problem !== 'low' && (
        <p class="banner banner--danger" role="alert">
          <Icon name="warn" size={18} />
          {t(`sell.storage.${problem}`)}
        </p>
      )}
      {Math.abs(skew) > JUMP_MS && (
        <p class="banner banner--warn" role="alert">
          <Icon name="clock" size={18} />
          {t('sell.clock.wrong', { n: Math.round(Math.abs(skew) / JUMP_MS) })}
        </p>
      )}
      {till.selling.owner.value === 'elsewhere' && (
        <p class="banner banner--warn" role="alert">
          <Icon name="warn" size={18} />
          <span class="grow">{t('sell.elsewhere')}</span>
          <Button onPress={() => void till.selling.takeOver()}>{t('sell.takeOver')}</Button>
        </p>
      )}
    </>
  );
}
