// Where the till is: one signal for the path below /till/, moved by `go` and by the back key.
import { signal } from '@preact/signals';
import type { Till } from './data/ports';

/**
 * What every area's `Route` component gets: the till, and the path behind the area's name. Areas are
 * `src/{sell,desk,stock}/route.tsx`; `src/customer/route.tsx` gets the path alone.
 */
export interface AreaProps {
  readonly till: Till;
  readonly path: string;
}

const BASE = '/till/';

function here(): string {
  const { pathname } = window.location;
  return pathname.startsWith(BASE) ? pathname.slice(BASE.length) : '';
}

/** Path below `/till/` without a leading slash: empty (selling), `desk/…`, `stock/…`, `customer`. */
export const path = signal(typeof window === 'undefined' ? '' : here());

/** Goes to a path below `/till/`; `replace` leaves no step back. */
export function go(to: string, replace = false): void {
  if (to === path.value) return;
  if (replace) window.history.replaceState(null, '', BASE + to);
  else window.history.pushState(null, '', BASE + to);
  path.value = to;
}

if (typeof window !== 'undefined') {
  window.addEventListener('popstate', () => {
    path.value = here();
  });
}
