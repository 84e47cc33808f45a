// One law: a till is let in by a technician's token once; this page says what to do until it is.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { type Key, t } from '../i18n';
import { go } from '../route';
import { Button, Icon, Notice, showToast, TextField } from '../ui';
import { pasted } from './enrolment';
import { type Failure, failureOf } from './failure';
import { useScans } from './scans';
import { LanguageChoice } from './settings';

const PROBLEMS: Readonly<Record<string, Key>> = {
  empty: 'desk.enrol.empty',
  session: 'desk.enrol.session',
  cut: 'desk.enrol.cut',
  other: 'desk.enrol.other',
};

function Steps(): JSX.Element {
  return (
    <ol class="steps">
      <li>
        <p>{t('desk.enrol.step1')}</p>
        <code class="command">evertill-edge device add t1 --role till</code>
      </li>
      <li>
        <p>{t('desk.enrol.step2')}</p>
      </li>
      <li>
        <p>{t('desk.enrol.step3')}</p>
      </li>
    </ol>
  );
}

function advice(failure: Failure): string {
  if (failure.unreachable) return t('desk.enrol.unreachable', { host: window.location.host });
  if (failure.code === 'not-authenticated') return t('desk.enrol.unknown');
  if (failure.code === 'not-allowed') return t('desk.enrol.role');
  return failure.text;
}

/** Sets a till up: takes the token, has the node check it, begins a series of receipts. */
export function Enrol({ till }: { till: Till }): JSX.Element {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const enrol = async (given: string): Promise<void> => {
    const found = pasted(given);
    if (found.kind !== 'token') {
      setProblem(t(PROBLEMS[found.kind] ?? 'desk.enrol.other'));
      return;
    }
    setProblem('');
    setBusy(true);
    try {
      const life = await till.device.enrol(found.token);
      showToast({ text: t('desk.enrol.done', { till: life.till }) });
      go('', true);
    } catch (error) {
      setProblem(advice(failureOf(error)));
    } finally {
      setBusy(false);
    }
  };
  useScans((scan) => enrol(scan.text));
  return (
    <main class="welcome">
      <section class="card welcome__card stack">
        <header class="row">
          <Icon name="lock" size={32} />
          <h1 class="grow">{t('desk.enrol.title')}</h1>
          <LanguageChoice />
        </header>
        <p class="muted">{t('desk.enrol.why')}</p>
        <Steps />
        {!window.isSecureContext && (
          <Notice mood="warn" title={t('desk.enrol.insecure')}>
            <p>{t('desk.enrol.insecureText')}</p>
          </Notice>
        )}
        <TextField
          label={t('desk.enrol.token')}
          hint={t('desk.enrol.tokenHint')}
          type="password"
          value={text}
          error={problem || undefined}
          autofocus
          onInput={setText}
          onEnter={() => void enrol(text)}
        />
        <Button kind="primary" size="xl" block busy={busy} onPress={() => void enrol(text)}>
          {t('desk.enrol.go')}
        </Button>
      </section>
    </main>
  );
}
