// One law: what the selling screen shows besides the basket: which of its three faces, which line.
import { signal } from '@preact/signals';
import type { Finished, Till } from '../data/ports';
import { clearToasts } from '../ui';

/** The faces of the selling screen: filling the basket, taking money, the sale just done. */
export type Face = 'basket' | 'pay' | 'done';

/** Which face shows. */
export const face = signal<Face>('basket');
/** Key of the line that the keys act on; empty: the last one. */
export const selected = signal('');
/** Key of the line that changed last. */
export const latest = signal('');
/** How many the next article is taken, typed as `3*`. */
export const multiplier = signal(1);
/** What the search field holds. */
export const query = signal('');
/** The sale just finished, while its face shows. */
export const finished = signal<Finished | null>(null);
/** Up to which age buyers were checked: sale id and years. */
export const checkedAge = signal({ sale: '', years: 0 });

/** The roles of whoever is logged in. */
export const rolesOf = (till: Till): readonly string[] => till.session.current.value?.roles ?? [];

/** Go back to filling the basket, for a new sale or the one in hand. */
export function backToBasket(): void {
  face.value = 'basket';
  finished.value = null;
  clearToasts();
}
