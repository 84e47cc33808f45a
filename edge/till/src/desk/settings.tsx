// One law: what a person likes is this browser's; what could touch stock or money is the store's.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { chooseLanguage, locale, t } from '../i18n';
import {
  Button,
  Choices,
  chooseMuted,
  chooseTheme,
  Dialog,
  muted,
  Notice,
  Page,
  play,
  Switch,
  showShortcuts,
  type Theme,
  theme,
} from '../ui';
import { ApprovalDialog, needsManager } from './approval';
import { practise } from './practice';

/** The language, chosen anywhere and at any time; each is named in itself. */
export function LanguageChoice(): JSX.Element {
  return (
    <Choices
      label={t('desk.settings.language')}
      value={locale.value}
      options={[
        { value: 'en', label: 'English' },
        { value: 'zh', label: '中文' },
      ]}
      onChange={(value) => chooseLanguage(value === 'zh' ? 'zh' : 'en')}
    />
  );
}

function Look(): JSX.Element {
  return (
    <section class="card stack">
      <h2>{t('desk.settings.look')}</h2>
      <div class="stack">
        <p class="field__label">{t('desk.settings.language')}</p>
        <LanguageChoice />
      </div>
      <Choices
        label={t('desk.settings.theme')}
        show_label
        value={theme.value}
        options={[
          { value: 'light', label: t('desk.settings.light') },
          { value: 'dark', label: t('desk.settings.dark') },
          { value: 'system', label: t('desk.settings.system') },
        ]}
        onChange={(value) => chooseTheme(value as Theme)}
      />
      <Switch
        label={t('desk.settings.sounds')}
        hint={t('desk.settings.soundsHint')}
        on={!muted.value}
        onChange={(on) => {
          chooseMuted(!on);
          if (on) play('ok');
        }}
      />
      <div>
        <Button icon="keyboard" shortcut="?" onPress={showShortcuts}>
          {t('ui.shortcuts')}
        </Button>
      </div>
    </section>
  );
}

function Training({ till }: { till: Till }): JSX.Element {
  const [asking, setAsking] = useState<'' | 'approve' | 'basket'>('');
  const { training, basket } = till.selling;
  const allowed = till.setup.document.value?.training_allowed ?? false;
  const change = (on: boolean, noted = false): void => {
    setAsking('');
    practise(till, on, noted);
  };
  const ask = (on: boolean): void => {
    if (basket.value.lines.length > 0) setAsking('basket');
    else if (on && needsManager(till.session.current.value)) setAsking('approve');
    else change(on);
  };
  return (
    <section class="card stack">
      <h2>{t('desk.training.title')}</h2>
      <p class="muted">{t('desk.training.what')}</p>
      {allowed ? (
        <Switch label={t('desk.training.on')} on={training.value} onChange={ask} />
      ) : (
        <Notice>{t('desk.training.forbidden')}</Notice>
      )}
      {asking === 'approve' && (
        <ApprovalDialog
          till={till}
          asked={{
            action: 'training',
            subject: '',
            reason: '',
            detail: '',
            title: t('desk.training.approve'),
          }}
          onApproved={() => change(true, true)}
          onClose={() => setAsking('')}
        />
      )}
      {asking === 'basket' && (
        <Dialog title={t('desk.training.basket')} onClose={() => setAsking('')}>
          <p>{t('desk.training.basketText')}</p>
        </Dialog>
      )}
    </section>
  );
}

/** Settings of this browser, and training mode. */
export function Settings(props: { till: Till; onBack: () => void }): JSX.Element {
  return (
    <Page title={t('desk.nav.settings')} onBack={props.onBack} narrow>
      <div class="stack stack--wide">
        <Look />
        <Training till={props.till} />
      </div>
    </Page>
  );
}
