// One law: a reason's code is read as the words headquarters gave it; words that were typed stay.
import type { Till } from '../data/ports';
import { isKey, locale, t } from '../i18n';

/** The reasons that headquarters offers for something, in words. */
export function offered(till: Till, what: string): { value: string; label: string }[] {
  const listed = till.setup.rules.value.reasons[what] ?? [];
  return listed.map((reason) => ({ value: reason.code, label: reason[locale.value] }));
}

/** A reason in words, whatever it was given for. */
export function reasonText(till: Till, reason: string): string {
  const all = Object.values(till.setup.rules.value.reasons).flat();
  const known = all.find(({ code }) => code === reason);
  const key = `desk.reason.${reason}`;
  return known?.[locale.value] ?? (isKey(key) ? t(key) : reason);
}
