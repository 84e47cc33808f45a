// One law: a dialog asks one thing, keeps the focus until it is answered, and gives it back after.
import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { IconButton } from './button';
import { type Shortcut, useKeys } from './keyboard';
import { holdScans } from './scans';
import { clearGoodNews } from './toast';

interface DialogProps {
  title: string;
  onClose: () => void;
  /** `dialog` in the middle, `sheet` from the end, `menu` from the start of the line. */
  shape?: 'dialog' | 'wide' | 'sheet' | 'menu' | undefined;
  /** The buttons at its foot; the next step comes last. */
  foot?: ComponentChildren;
  /** Keys that act while it is open; Escape closes it in any case. */
  keys?: readonly Shortcut[] | undefined;
  /** Scans go on to whoever takes them, because this dialog (or the page) can. */
  lets_scans?: boolean | undefined;
  /** A press beside it doesn't close it. */
  firm?: boolean | undefined;
  class?: string | undefined;
  children: ComponentChildren;
}

const PLACES = { dialog: 'centre', wide: 'centre', sheet: 'end', menu: 'start' } as const;
const FOCUSABLE =
  'button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), a[href], [tabindex="0"]';

function keepInside(panel: HTMLElement, event: KeyboardEvent): void {
  if (event.key !== 'Tab') return;
  const stops = [...panel.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (element) => element.offsetParent !== null,
  );
  const [first, last] = [stops[0], stops.at(-1)];
  const at = document.activeElement;
  const leaves = event.shiftKey ? at === first || at === panel : at === last || stops.length === 0;
  if (!leaves) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}

function useBorrowedFocus(panel: { current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const before = document.activeElement;
    const here = panel.current;
    const wanted = here?.querySelector<HTMLElement>('[data-autofocus]');
    (wanted ?? here)?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected)
        before.focus({ preventScroll: true });
    };
  }, [panel]);
}

/** A dialog, a sheet at the side or a menu. An element with `data-autofocus` inside gets the focus. */
export function Dialog(props: DialogProps): JSX.Element {
  const { shape = 'dialog' } = props;
  const panel = useRef<HTMLDivElement>(null);
  const title = useId();
  useBorrowedFocus(panel);
  useLayoutEffect(clearGoodNews, []);
  useLayoutEffect(() => (props.lets_scans ? undefined : holdScans()), [props.lets_scans]);
  useKeys([{ key: 'Escape', label: t('ui.close'), run: props.onClose }, ...(props.keys ?? [])], {
    modal: true,
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for pointers; Escape and a button do it too
    <div
      class={`overlay overlay--${PLACES[shape]}`}
      role="presentation"
      onMouseDown={(event) => {
        if (!props.firm && event.target === event.currentTarget) props.onClose();
      }}
    >
      <div
        ref={panel}
        class={`panel panel--${shape} ${props.class ?? ''}`}
        role="dialog"
        aria-modal="true"
        aria-labelledby={title}
        tabIndex={-1}
        onKeyDown={(event) => panel.current && keepInside(panel.current, event)}
      >
        <header class="panel__head">
          <h2 id={title} class="panel__title">
            {props.title}
          </h2>
          <IconButton icon="close" label={t('ui.close')} onPress={props.onClose} />
        </header>
        <div class="panel__body">{props.children}</div>
        {props.foot && <footer class="panel__foot">{props.foot}</footer>}
      </div>
    </div>
  );
}

/** A dialog from the side, for what needs room beside the basket. */
export function Sheet(props: Omit<DialogProps, 'shape'>): JSX.Element {
  return <Dialog {...props} shape="sheet" />;
}
