// One law: goods between two stores are in neither stock until somebody here has counted them in.
import type { JSX } from 'preact';
import type { Till } from '../data/ports';
import { Loaded, useLoad } from '../desk/load';
import { formatDateTime, locale, t } from '../i18n';
import { go } from '../route';
import { EmptyState, List, ListItem, Page } from '../ui';
import { Delivery, expectedList } from './receive';
import type { InTransit } from './wire';

/** Goods on their way to this store. */
export function TransitPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const [load, again] = useLoad('transit', () =>
    till.api.get<{ transit: InTransit[] }>('/stock/transit'),
  );
  return (
    <Page title={t('stock.transit.title')} onBack={props.onBack} narrow>
      <Loaded load={load} again={again}>
        {({ transit }) =>
          transit.length === 0 ? (
            <EmptyState
              icon="inbox"
              title={t('stock.transit.none')}
              text={t('stock.transit.noneText')}
            />
          ) : (
            <List label={t('stock.transit.title')}>
              {transit.map((one) => (
                <ListItem
                  key={one.out}
                  icon="inbox"
                  title={t('stock.transit.from', { store: one.from_store })}
                  text={`${formatDateTime(one.sent_ms)} · ${t('stock.order.lines', { n: one.lines.length })}`}
                  onPress={() => go(`stock/transit/${one.out}`)}
                />
              ))}
            </List>
          )
        }
      </Loaded>
    </Page>
  );
}

/** Takes in what another store has sent. */
export function ArrivalPage(props: { till: Till; out: string; onBack: () => void }): JSX.Element {
  const { till, out } = props;
  const [load, again] = useLoad(`transit ${out} ${locale.value}`, async () => {
    const { transit } = await till.api.get<{ transit: InTransit[] }>('/stock/transit?all=true');
    const found = transit.find((one) => one.out === out);
    if (!found) return null;
    return { found, begin: await expectedList(till, found.lines, found.lots) };
  });
  return (
    <Page title={t('stock.transit.title')} onBack={props.onBack} narrow>
      <Loaded load={load} again={again}>
        {(shown) =>
          shown ? (
            <Delivery
              till={till}
              draft={`transit.${out}`}
              begin={shown.begin}
              expected
              path="/stock/transfers-in"
              extra={{ from_store: shown.found.from_store, out }}
              title={t('stock.transit.from', { store: shown.found.from_store })}
              finish={`/stock/transit/${out}/close`}
            />
          ) : (
            <EmptyState
              icon="inbox"
              title={t('stock.transit.gone')}
              text={t('stock.transit.noneText')}
            />
          )
        }
      </Loaded>
    </Page>
  );
}
