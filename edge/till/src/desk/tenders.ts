// One law: a tender is called what the store calls it, in the language of who reads it.
import type { Till } from '../data/ports';
import { inLanguage, isKey, t } from '../i18n';

/** The name of a kind of tender. */
export function tenderName(till: Till, kind: string): string {
  const known = till.setup.rules.value.tenders.find((tender) => tender.kind === kind);
  if (known && Object.keys(known.names).length > 0) return inLanguage(known.names);
  const key = `desk.tender.${kind}`;
  return isKey(key) ? t(key) : kind;
}
