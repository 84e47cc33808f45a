// One law: what the keys do is shown from the very list that makes them do it.
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { t } from '../i18n';
import { Dialog } from './dialog';
import { activeShortcuts, type Shortcut } from './keyboard';

const shown = signal<readonly Shortcut[] | null>(null);

/** Show what the keys do right now. */
export function showShortcuts(): void {
  shown.value = activeShortcuts();
}

const KEY_NAMES: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Enter: '↵',
  Delete: 'Del',
  digit: '0–9',
};

/** How a key is written on the screen. */
export function keyName(key: string): string {
  return KEY_NAMES[key] ?? key.replace('ctrl+', 'Ctrl ').replace(/ .$/, (s) => s.toUpperCase());
}

/** The overlay of the shortcuts; once per page. */
export function ShortcutHost(): JSX.Element | null {
  if (!shown.value) return null;
  return (
    <Dialog
      title={t('ui.shortcuts')}
      shape="wide"
      onClose={() => {
        shown.value = null;
      }}
    >
      <div class="shortcuts">
        {shown.value.map((shortcut) => (
          <div key={shortcut.key}>
            <span>{shortcut.label}</span>
            <kbd>{keyName(shortcut.key)}</kbd>
          </div>
        ))}
      </div>
      <p class="muted small">{t('ui.scanAnyTime')}</p>
    </Dialog>
  );
}
