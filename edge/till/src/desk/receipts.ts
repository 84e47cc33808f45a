// One law: a receipt is drawn once, by the node; here it is only shown, saved and sent to the printer.
import type { Till } from '../data/ports';
import { locale, t } from '../i18n';
import { attempt } from './load';

/** What a receipt is wanted for. */
export interface Wanted {
  readonly form: 'png' | 'pdf';
  readonly gift: boolean;
}

/** Path of a document's picture: `id` of a sale, return, void or cash movement. */
export function receiptPath(id: string, wanted: Wanted): string {
  return `/till/receipts/${id}?${query(wanted)}`;
}

/** Path of a report's picture. */
export function reportPath(drawer: string, number: number, form: 'png' | 'pdf'): string {
  const at = `${encodeURIComponent(drawer)}/${number}`;
  return `/till/reports/z/${at}?${query({ form, gift: false })}`;
}

function query(wanted: Wanted): string {
  const gift = wanted.gift ? '&gift=1' : '';
  return `form=${wanted.form}&language=${locale.value}${gift}`;
}

/** Have a receipt printed; says so, or what to do where it can't be. */
export async function printReceipt(till: Till, id: string, gift = false): Promise<void> {
  const operator = till.session.current.value?.staff ?? '';
  const body = { id: till.newId(), language: locale.value, gift, operator };
  await attempt(
    () => till.api.post(`/till/receipts/${id}/print`, body),
    t('desk.receipt.printing'),
  );
}

/** Save a document as a file of its own. */
export async function saveFile(till: Till, path: string, name: string): Promise<void> {
  await attempt(
    async () => {
      const address = URL.createObjectURL(await till.api.blob(path));
      const link = document.createElement('a');
      link.href = address;
      link.download = name;
      link.click();
      // Browsers start a download after the click: the address must outlive it.
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    },
    t('desk.receipt.saved', { name }),
  );
}
