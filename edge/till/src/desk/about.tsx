// One law: whoever asks for help can read off this page what it takes to give it.
import type { JSX } from 'preact';
import type { Till } from '../data/ports';
import { formatDateTime, formatNumber, t } from '../i18n';
import { Notice, Page, Pairs } from '../ui';

/** How far a clock is from the node's; what a message takes on its way is no difference. */
export function skewText(skew_ms: number): string {
  const seconds = Math.round(skew_ms / 1000);
  if (Math.abs(seconds) < 3) return t('desk.about.inStep');
  return t(seconds > 0 ? 'desk.about.skew' : 'desk.about.behind', { n: Math.abs(seconds) });
}

/** Software, store, series of receipts, assortment and clock of this till. */
export function AboutPage(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const device = till.device.state.value;
  const setup = till.setup.document.value;
  const catalogue = till.catalogue.state.value;
  const skew = till.watch.clockSkewMs.value;
  const none = t('desk.about.unknown');
  return (
    <Page title={t('desk.nav.about')} onBack={props.onBack} narrow reads>
      <div class="stack stack--wide">
        {till.watch.updateReady.value && <Notice mood="accent">{t('desk.about.update')}</Notice>}
        <section class="card">
          <Pairs
            rows={[
              [t('desk.about.store'), setup ? `${setup.store.name} (${setup.store.store})` : none],
              [t('desk.about.till'), device?.till ?? none],
              [t('desk.about.drawer'), device?.drawer ?? none],
              [t('desk.about.software'), setup?.software ?? none],
              [t('desk.about.journal'), setup?.journal ?? none],
              [t('desk.about.series'), device ? `${device.till}-${device.life}` : none],
              [t('desk.about.next'), device ? formatNumber(device.nextNumber) : none],
            ]}
          />
        </section>
        <section class="card">
          <Pairs
            rows={[
              [t('desk.about.products'), formatNumber(catalogue.products)],
              [
                t('desk.about.asOf'),
                catalogue.asOfMs ? formatDateTime(catalogue.asOfMs) : t('desk.about.never'),
              ],
              [t('desk.about.clock'), skew === null ? none : skewText(skew)],
              [t('desk.about.zone'), setup?.timezone ?? none],
              [
                t('desk.about.secure'),
                t(window.isSecureContext ? 'desk.about.yes' : 'desk.about.no'),
              ],
            ]}
          />
        </section>
      </div>
    </Page>
  );
}
