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

/** Where a report is drawn and printed: the X report of a drawer, or the Z of a closed shift. */
export function reportPath(
  which: { drawer: string; number: number | 'x' },
  what: 'receipt' | 'print',
  form: 'png' | 'pdf' = 'png',
): string {
  const drawer = encodeURIComponent(which.drawer);
  const look = what === 'receipt' ? query({ form, gift: false }) : '';
  if (which.number === 'x') return `/till/reports/x/${what}?drawer=${drawer}&${look}`;
  return `/till/reports/z/${drawer}/${which.number}/${what}${look && `?${look}`}`;
}

function query(wanted: Wanted): string {
  const gift = wanted.gift ? '&gift=1' : '';
  return `form=${wanted.form}&language=${locale.value}${gift}`;
}

/** Have something printed at a path; says so, or what to do where it can't be. */
export async function print(till: Till, path: string, gift = false): Promise<void> {
  const operator = till.session.current.value?.staff ?? '';
  const body = { id: till.newId(), language: locale.value, gift, operator };
  await attempt(() => till.api.post(path, body), t('desk.receipt.printing'));
}

/** Have a receipt printed, as a gift receipt without prices if asked for. */
export const printReceipt = (till: Till, id: string, gift = false): Promise<void> =>
  print(till, `/till/receipts/${id}/print`, gift);

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
