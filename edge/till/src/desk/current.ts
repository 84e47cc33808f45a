// One law: the shift a till sells in is what its node last said, remembered for when it can't be asked.
import { signal } from '@preact/signals';
import type { Till } from '../data/ports';
import { remember, remembered } from '../ui';
import { failureOf } from './failure';
import type { Shift } from './wire';

const CLOSED = 'shift.closed';

/** The open shift of this till's drawer: null when there is none, undefined while nobody knows. */
export const shiftNow = signal<Shift | null | undefined>(undefined);

/** The drawer this till works with. */
export function drawerOf(till: Till): string {
  return till.setup.document.value?.drawer ?? till.device.state.value?.drawer ?? '';
}

/** Note the shift that is open now; the till's database keeps it over a power cut. */
export function noteShift(till: Till, shift: Shift | null): void {
  shiftNow.value = shift;
  remember(CLOSED, String(shift === null));
  void till.selling.setShift(shift).catch(() => undefined); // a full store says so itself
}

/** Open the drawer for a document; where the node can't, the key on the drawer does. */
export function openDrawer(till: Till, reason: string): void {
  void till.api.post('/till/drawer/open', { reason }).catch(() => undefined);
}

/** Ask the node which shift is open; what was remembered holds while it can't be asked. */
export async function loadShift(till: Till): Promise<Shift | null> {
  if (till.presence.state.peek().node === 'down') {
    shiftNow.value = known(till);
    return shiftNow.value ?? null;
  }
  const drawer = encodeURIComponent(drawerOf(till));
  try {
    noteShift(till, await till.api.get<Shift | null>(`/till/shifts/current?drawer=${drawer}`));
  } catch (error) {
    shiftNow.value = known(till);
    if (!failureOf(error).unreachable) throw error;
  }
  return shiftNow.value ?? null;
}

function known(till: Till): Shift | null | undefined {
  const kept = till.selling.shift.peek() as Shift | null;
  return kept ?? (remembered(CLOSED) === 'true' ? null : undefined);
}
