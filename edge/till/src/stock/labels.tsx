// One law: a shelf label is seen as it will be printed before it is printed.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { problemOf } from '../data/api';
import type { Till } from '../data/ports';
import { type Failure, failureOf } from '../desk/failure';
import { attempt, Failed } from '../desk/load';
import { locale, t } from '../i18n';
import { Button, Page } from '../ui';
import { GoodsList, useDraft } from './goods';

async function fetchLabels(till: Till, skus: readonly string[], format: string): Promise<Blob> {
  const body = { skus, language: locale.value, format };
  const response = await till.api.raw('POST', '/stock/labels', body);
  if (!response.ok) throw await problemOf(response);
  return response.blob();
}

/** The first label as a picture. */
function Preview({ till, sku }: { till: Till; sku: string }): JSX.Element {
  const [address, setAddress] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const language = locale.value;
  useEffect(() => {
    let made = '';
    let late = false;
    setFailure(null);
    fetchLabels(till, [sku], 'png').then(
      (blob) => {
        if (late) return;
        made = URL.createObjectURL(blob);
        setAddress(made);
      },
      (error: unknown) => late || setFailure(failureOf(error)),
    );
    return () => {
      late = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [till, sku, language]);
  if (failure) return <Failed failure={failure} />;
  return (
    <figure class="paper" aria-busy={address === ''}>
      {address ? (
        <img src={address} alt={t('stock.labels.picture', { sku })} />
      ) : (
        <span class="skeleton label__wait" />
      )}
    </figure>
  );
}

/** Prints shelf labels. */
export function LabelsPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const [list, setList] = useDraft('labels');
  const skus = list.map((entry) => entry.sku);
  const print = (): Promise<void> =>
    attempt(async () => {
      for (const { sku, quantity } of list) {
        const copies = Math.min(Math.max(quantity, 1), 100);
        const body = { id: till.newId(), skus: [sku], language: locale.value, copies };
        await till.api.post('/stock/labels', body);
      }
      setList([]);
    }, t('stock.labels.printing'));
  const save = (): Promise<void> =>
    attempt(async () => {
      const address = URL.createObjectURL(await fetchLabels(till, skus, 'pdf'));
      window.open(address, '_blank');
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    }, t('stock.labels.opened'));
  return (
    <Page title={t('stock.labels.title')} onBack={props.onBack} narrow>
      <div class="stack stack--wide">
        <GoodsList till={till} list={list} onChange={setList} empty={t('stock.labels.scan')} />
        {skus[0] && <Preview till={till} sku={skus[0]} />}
        <div class="row wrap">
          <Button
            kind="primary"
            size="l"
            icon="printer"
            disabled={skus.length === 0}
            onPress={() => void print()}
          >
            {t('desk.receipt.print')}
          </Button>
          <Button size="l" icon="note" disabled={skus.length === 0} onPress={() => void save()}>
            {t('desk.receipt.pdf')}
          </Button>
        </div>
      </div>
    </Page>
  );
}
