// One law: practice begins by a manager's word and lasts until it is ended: a page that is opened again
// must not turn it into sales, nor somebody else's sales into practice.
import { effect } from '@preact/signals';
import type { Till } from '../data/ports';
import { t } from '../i18n';
import { remember, remembered, showToast } from '../ui';

const KEPT = 'training';

/** Begin or end training, and put it on the audit trail; `approver` where it was noted already. */
export function practise(till: Till, on: boolean, noted = false): void {
  till.selling.training.value = on;
  showToast({ text: t(on ? 'desk.training.begun' : 'desk.training.ended') });
  if (noted) return;
  const entry = { subject: '', reason: '', approver: '', detail: '' };
  // Where nothing can be written down any more, finishing a sale says so.
  void till.outbox
    .audit({ ...entry, action: on ? 'training' : 'training-end' })
    .catch(() => undefined);
}

/** Go on with training where it was left, until somebody else comes; call what is returned to stop. */
export function keepPractising(till: Till): () => void {
  const { training } = till.selling;
  training.value = (remembered(KEPT) ?? '') !== '';
  let was = training.value;
  return effect(() => {
    const staff = till.session.current.value?.staff ?? '';
    const whose = remembered(KEPT) ?? '';
    const [before, now] = [was, training.value];
    was = now;
    if (!now) {
      if (before) remember(KEPT, ''); // another window's practice is not ended here
    } else if (!whose) {
      remember(KEPT, staff);
    } else if (staff && staff !== whose && isEmpty(till)) {
      practise(till, false);
    }
  });
}

function isEmpty(till: Till): boolean {
  const { lines, tenders } = till.selling.basket.value;
  return lines.length === 0 && tenders.length === 0;
}
