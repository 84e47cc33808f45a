// One law: when a sale is done the screen says so, what goes back to the customer, and where the sale
// is safe; the next scan, number or deed begins the next sale at once.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { roundedMinor } from '../core/tenders';
import type { Finished, Till } from '../data/ports';
import { CardsBack } from '../desk/cards-back';
import { Picture } from '../desk/picture';
import { receiptPath, saveFile } from '../desk/receipts';
import { formatMoney, locale, t } from '../i18n';
import { go } from '../route';
import {
  Button,
  Dialog,
  Icon,
  type IconName,
  LargeMoney,
  Notice,
  Spinner,
  showToast,
  useKeys,
} from '../ui';
import { ask } from './ask';
import { useTill } from './context';
import { askRecall } from './held';
import { askMember } from './member';
import { Paper } from './paper';
import { failureText, isUnreachable } from './refused';
import { backToBasket, finished, query } from './state';

/** Whether a finished sale has reached the node; asked again whenever the outbox moves. */
function useDelivered(till: Till, sale: Finished | null): boolean {
  const id = sale?.id ?? '';
  const [delivered, setDelivered] = useState(false);
  const { waiting, sending } = till.outbox.state.value;
  useEffect(() => {
    let here = true;
    void till.outbox.finished(20).then((sales) => {
      if (here) setDelivered(sales.find((sale) => sale.id === id)?.delivered ?? false);
    });
    return () => {
      here = false;
    };
  }, [till, id, waiting, sending]);
  return delivered || sale?.handedOver === true;
}

/** Have the receipt printed; the node must have the sale first. */
async function print(till: Till, sale: Finished, gift: boolean): Promise<boolean> {
  const operator = till.session.current.value?.staff ?? '';
  const body = { id: till.newId(), language: locale.value, gift, operator };
  try {
    await till.outbox.flush();
    await till.api.post(`/till/receipts/${sale.id}/print`, body, { as: 'device' });
    showToast({ text: t('sell.done.printing') });
    return true;
  } catch (error) {
    const text = isUnreachable(error) ? t('sell.done.printLater') : failureText(error);
    showToast({ bad: true, text });
    return false;
  }
}

/** Begin the next sale by searching. */
function search(begun: string): void {
  backToBasket();
  query.value = begun;
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>('#find')?.focus());
}

interface Next {
  readonly key: string;
  readonly icon: IconName;
  readonly label: string;
  readonly run: () => void;
}

/** What the next customer may come with, besides an article. */
function nextOf(till: Till): readonly Next[] {
  const after = (deed: () => void) => (): void => {
    backToBasket();
    deed();
  };
  return [
    { key: 'F2', icon: 'search', label: t('sell.keys.search'), run: () => search('') },
    {
      key: 'F3',
      icon: 'person',
      label: t('sell.do.member'),
      run: after(() => void askMember(till)),
    },
    {
      key: 'F8',
      icon: 'inbox',
      label: t('sell.do.recall'),
      run: after(() => void askRecall(till)),
    },
    { key: 'F9', icon: 'undo', label: t('sell.do.return'), run: after(() => go('desk/return')) },
  ];
}

/** The ways on from a sale that is done, by finger and by key. */
function NextDeeds(): JSX.Element {
  const next = nextOf(useTill());
  useKeys([
    ...next.map(({ key, label, run }) => ({ key, label, run })),
    { key: 'digit', run: search },
  ]);
  return (
    <nav class="sold__deeds" aria-label={t('sell.done.deeds')}>
      {next.map(({ key, icon, label, run }) => (
        <Button key={key} icon={icon} shortcut={key} onPress={run}>
          {label}
        </Button>
      ))}
    </nav>
  );
}

/** The face of a sale that is done. */
export function DonePanel(): JSX.Element | null {
  const till = useTill();
  const sale = finished.value;
  const delivered = useDelivered(till, sale);
  const [busy, setBusy] = useState(false);
  const printing = (gift: boolean): void => {
    if (!sale || busy || sale.training) return;
    setBusy(true);
    void print(till, sale, gift).finally(() => setBusy(false));
  };
  useKeys([
    { key: 'Enter', label: t('sell.done.next'), run: backToBasket },
    { key: 'Escape', run: backToBasket },
    { key: 'p', label: t('sell.done.print'), run: () => printing(false) },
    { key: 'g', label: t('sell.done.gift'), run: () => printing(true) },
    { key: 'e', label: t('sell.done.picture'), run: () => sale && void askPicture(till, sale) },
  ]);
  if (!sale) return null;
  return (
    <section class="sold" aria-label={t('sell.done.title')}>
      <div class="sold__main">
        <Outcome sale={sale} />
        <Safe sale={sale} delivered={delivered} />
        {delivered && owesCard(sale) && <CardsBack till={till} sale={sale.id} owed begin />}
        <div class="sold__ways">
          <Button
            size="xl"
            icon="printer"
            busy={busy}
            disabled={sale.training}
            shortcut="P"
            onPress={() => printing(false)}
          >
            {t('sell.done.print')}
          </Button>
          <Button
            size="xl"
            icon="qr"
            disabled={sale.training}
            shortcut="E"
            onPress={() => void askPicture(till, sale)}
          >
            {t('sell.done.picture')}
          </Button>
          <Button
            size="xl"
            icon="gift"
            disabled={busy || sale.training}
            shortcut="G"
            onPress={() => printing(true)}
          >
            {t('sell.done.gift')}
          </Button>
        </div>
        <Button
          kind="primary"
          size="xl"
          block
          class="sold__next"
          shortcut="↵"
          onPress={backToBasket}
        >
          {t('sell.done.next')}
        </Button>
        <p class="muted small">{t('sell.done.scanNext')}</p>
        <NextDeeds />
      </div>
      <div class="sold__paper">
        <Paper sale={sale} />
      </div>
    </section>
  );
}

/** Whether what an exchange left over is to go back to a card. */
const owesCard = ({ document }: Finished): boolean =>
  document.tenders.some(({ kind, amount_minor }) => kind === 'card' && amount_minor < 0);

function Outcome({ sale }: { sale: Finished }): JSX.Element {
  const hasChange = sale.changeMinor > 0;
  const rounding = 0 - roundedMinor(sale.document.tenders);
  return (
    <div class="outcome" role="status">
      <p class="outcome__label">
        <Icon name="check" size={28} />
        {hasChange ? t('sell.change') : t('sell.done.paid')}
      </p>
      <p class="outcome__amount">
        <LargeMoney minor={hasChange ? sale.changeMinor : sale.document.total_minor} />
      </p>
      {hasChange && (
        <p class="muted num">
          {t('sell.done.ofTotal', {
            total: formatMoney(sale.document.total_minor),
            given: formatMoney(sale.document.total_minor + rounding + sale.changeMinor),
          })}
        </p>
      )}
      {rounding !== 0 && (
        <p class="muted num">
          {t('sell.rounding')} {formatMoney(rounding, { signed: true })}
        </p>
      )}
      {sale.priced.points > 0 && (
        <p class="saving num">{t('sell.done.earned', { n: sale.priced.points })}</p>
      )}
    </div>
  );
}

function Safe({ sale, delivered }: { sale: Finished; delivered: boolean }): JSX.Element {
  const till = useTill();
  const { waiting } = till.outbox.state.value;
  if (sale.training) return <Notice icon="school">{t('sell.done.training')}</Notice>;
  return (
    <p class={`safe ${delivered ? 'safe--node' : 'safe--here'}`} role="status">
      <Icon name={delivered ? 'check' : 'sync'} size={18} />
      <span class="num">{sale.receipt}</span>
      <span>
        {delivered ? t('sell.safe.node') : t('sell.safe.here', { n: Math.max(1, waiting) })}
      </span>
    </p>
  );
}

/** Show the receipt as a picture, to save or to be photographed. */
async function askPicture(till: Till, sale: Finished): Promise<void> {
  await ask<true>((answer) => <PictureDialog till={till} sale={sale} close={() => answer(null)} />);
}

function PictureDialog(props: { till: Till; sale: Finished; close: () => void }): JSX.Element {
  const { till, sale, close } = props;
  const delivered = useDelivered(till, sale);
  const save = (form: 'pdf' | 'png'): void => {
    const path = receiptPath(sale.id, { form, gift: false });
    void saveFile(till, path, `${sale.receipt}.${form}`);
  };
  return (
    <Dialog
      title={t('sell.done.picture')}
      onClose={close}
      lets_scans
      foot={
        <>
          <Button disabled={!delivered} onPress={() => save('png')}>
            {t('sell.done.savePicture')}
          </Button>
          <Button kind="primary" disabled={!delivered} onPress={() => save('pdf')}>
            {t('sell.done.savePdf')}
          </Button>
        </>
      }
    >
      {delivered ? (
        <Picture
          till={till}
          path={receiptPath(sale.id, { form: 'png', gift: false })}
          label={t('sell.done.receipt')}
        />
      ) : (
        <div class="stack">
          <p class="row">
            <Spinner label={t('ui.loading')} /> {t('sell.done.pictureLater')}
          </p>
          <Paper sale={sale} />
        </div>
      )}
    </Dialog>
  );
}
