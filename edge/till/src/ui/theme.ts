// One law: the page wears exactly one theme, named on its root element.
import { signal } from '@preact/signals';
import { remember, remembered } from './preferences';

/** What a person can choose; `system` follows the machine. */
export type Theme = 'light' | 'dark' | 'system';

/** The theme chosen on this browser. */
export const theme = signal<Theme>('system');

const darkMachine = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

function wear(): void {
  const dark = theme.value === 'dark' || (theme.value === 'system' && darkMachine().matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

/** Put on the remembered theme and follow the machine's changes; called once at start. */
export function startTheme(): void {
  const known = remembered('theme');
  theme.value = known === 'light' || known === 'dark' ? known : 'system';
  darkMachine().addEventListener('change', wear);
  wear();
}

/** Choose a theme and remember it. */
export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  remember('theme', chosen);
  wear();
}

/** Tell whether the page is dark now. */
export function isDark(): boolean {
  return theme.value === 'dark' || (theme.value === 'system' && darkMachine().matches);
}
