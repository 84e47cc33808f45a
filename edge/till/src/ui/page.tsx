// One law: every page but the selling screen has one head (where you are, how to leave) and one body
// that scrolls.
import type { ComponentChildren, JSX } from 'preact';
import { t } from '../i18n';
import { IconButton } from './button';

/** A page below the status bar. `narrow` keeps lines of text readable; `foot` stays in sight. */
export function Page(props: {
  title: string;
  /** Leaves the page; without one there is no way back but the menu. */
  onBack?: (() => void) | undefined;
  actions?: ComponentChildren;
  /** Below the head, above what scrolls: tabs, a search. */
  tools?: ComponentChildren;
  foot?: ComponentChildren;
  narrow?: boolean | undefined;
  /** Only to be read: it takes the focus itself, so that keys scroll it. */
  reads?: boolean | undefined;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <main class={`page ${props.narrow ? 'page--narrow' : ''}`}>
      <header class="page__head">
        {props.onBack && <IconButton icon="back" label={t('ui.back')} onPress={props.onBack} />}
        <h1 class="page__title">{props.title}</h1>
        {props.actions}
      </header>
      {props.tools && <div class="page__tools">{props.tools}</div>}
      <div class="page__body" tabIndex={props.reads ? 0 : undefined}>
        {props.children}
      </div>
      {props.foot && <footer class="page__foot">{props.foot}</footer>}
    </main>
  );
}
