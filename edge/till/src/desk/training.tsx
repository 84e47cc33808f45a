// One law: practising never touches stock or money: what would is closed until training is over.
import type { JSX } from 'preact';
import type { Till } from '../data/ports';
import { t } from '../i18n';
import { go } from '../route';
import { Button, EmptyState, Page } from '../ui';

/** Stands in for a page that moves stock or money while somebody practises. */
export function NotInTraining(props: { till: Till; onBack: () => void }): JSX.Element {
  return (
    <Page title={t('desk.training.title')} onBack={props.onBack} narrow>
      <EmptyState
        icon="school"
        title={t('desk.training.closed')}
        text={t('desk.training.closedText')}
      >
        <Button kind="primary" onPress={() => go('')}>
          {t('desk.nav.sell')}
        </Button>
        <Button icon="gear" onPress={() => go('desk/settings')}>
          {t('desk.nav.settings')}
        </Button>
      </EmptyState>
    </Page>
  );
}
