// One law: a shelf label is seen as it will be printed before it is printed.
import type { JSX } from 'preact';
import type { Till } from '../data/ports';
import { attempt } from '../desk/load';
import { Drawn } from '../desk/picture';
import { isPieces, locale, t } from '../i18n';
import { Button, Page } from '../ui';
import { fetchDrawn, openFile } from './drawn';
import { GoodsList, useDraft } from './goods';

function fetchLabels(till: Till, skus: readonly string[], format: string): Promise<Blob> {
  return fetchDrawn(till, '/stock/labels', { skus, language: locale.value, format });
}

/** Prints shelf labels. */
export function LabelsPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const [list, setList] = useDraft('labels');
  const skus = list.map((entry) => entry.sku);
  const sku = skus[0];
  const print = (): Promise<void> =>
    attempt(async () => {
      for (const { sku, quantity, unit } of list) {
        const copies = isPieces(unit) ? Math.min(Math.max(quantity, 1), 100) : 1;
        const body = { id: till.newId(), skus: [sku], language: locale.value, copies };
        await till.api.post('/stock/labels', body);
      }
      setList([]);
    }, t('stock.labels.printing'));
  const save = (): Promise<void> =>
    attempt(async () => {
      openFile(await fetchLabels(till, skus, 'pdf'));
    }, t('stock.labels.opened'));
  return (
    <Page title={t('stock.labels.title')} onBack={props.onBack} narrow>
      <div class="stack stack--wide">
        <GoodsList till={till} list={list} onChange={setList} empty={t('stock.labels.scan')} />
        {sku && (
          <Drawn
            id={`${locale.value} ${sku}`}
            ask={() => fetchLabels(till, [sku], 'png')}
            label={t('stock.labels.picture', { sku })}
            wait="label__wait"
          />
        )}
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
