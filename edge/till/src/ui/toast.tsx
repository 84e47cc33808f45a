// One law: a message says what happened and what to do next, once, in words that are also read aloud;
// bad news stays until it is put away.
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { t } from '../i18n';
import { Button, IconButton } from './button';
import { Icon } from './icons';

/** A short message above the page. */
export interface Toast {
  text: string;
  bad?: boolean | undefined;
  /** One thing to do about it. */
  action?: { label: string; run: () => void } | undefined;
}

const GOOD_NEWS_MS = 4000;
const MOST = 3;
const shown = signal<readonly (Toast & { id: number })[]>([]);
const heard = signal('');
let lastId = 0;

/** Put a message away. */
function dismiss(id: number): void {
  shown.value = shown.value.filter((toast) => toast.id !== id);
}

/** Show a message; good news leaves by itself. */
export function showToast(toast: Toast): void {
  lastId += 1;
  const id = lastId;
  const others = shown.value.filter((other) => other.text !== toast.text);
  shown.value = [...others, { ...toast, id }].slice(-MOST);
  if (!toast.bad) setTimeout(() => dismiss(id), GOOD_NEWS_MS);
}

/** Put all messages away, as a new sale does. */
export function clearToasts(): void {
  shown.value = [];
}

/** Put a message away that is no longer true. */
export function withdrawToast(text: string): void {
  shown.value = shown.peek().filter((toast) => toast.text !== text);
}

/** Put passing news away: a question needs the room. Bad news stays. */
export function clearGoodNews(): void {
  if (shown.peek().some((toast) => !toast.bad))
    shown.value = shown.peek().filter((toast) => toast.bad);
}

/** Have something read aloud without showing it: the line that a scan added, a new total. */
export function announce(text: string): void {
  // The same words twice are news twice: a trailing space makes the reader speak again.
  heard.value = heard.value === text ? `${text} ` : text;
}

/** Where messages appear; once per page. */
export function ToastHost(): JSX.Element {
  return (
    <>
      <div class="only-heard" role="status" aria-live="polite">
        {heard}
      </div>
      <div class="toasts" aria-live="assertive">
        {shown.value.map((toast) => (
          <div
            key={toast.id}
            class={`toast ${toast.bad || toast.action ? 'toast--stays' : ''} ${toast.bad ? 'toast--bad' : ''}`}
          >
            <Icon name={toast.bad ? 'warn' : 'check'} />
            <span class="toast__text">{toast.text}</span>
            {toast.action && (
              <Button
                onPress={() => {
                  dismiss(toast.id);
                  toast.action?.run();
                }}
              >
                {toast.action.label}
              </Button>
            )}
            <IconButton icon="close" label={t('ui.dismiss')} onPress={() => dismiss(toast.id)} />
          </div>
        ))}
      </div>
    </>
  );
}
