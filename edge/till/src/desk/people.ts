// One law: a person is shown by name and by what they are here, never by a number.
import { isKey, t } from '../i18n';

/** Roles that may approve what others may not do alone. */
export const MANAGERS: ReadonlySet<string> = new Set(['manager']);

/** Roles that may see what a drawer should hold. */
const SUPERVISORS: ReadonlySet<string> = new Set(['manager', 'auditor']);

/** Whether somebody may see reports. */
export function seesReports(person: { readonly roles: readonly string[] } | null): boolean {
  return person?.roles.some((role) => SUPERVISORS.has(role)) ?? false;
}

/** The letters that stand for somebody: two of a name in letters, one character of a Chinese one. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = [...(words[0] ?? '?')][0] ?? '?';
  if (/\p{Script=Han}/u.test(first)) return first;
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
}

/** Roles in words. */
export function roleNames(roles: readonly string[]): string {
  return roles
    .map((role) => {
      const key = `desk.role.${role}`;
      return isKey(key) ? t(key) : role;
    })
    .join(' · ');
}

/** Who acted, as a fact names it (`ana@t1`): the person, or the device where nobody was logged in. */
export function actorName(
  actor: string,
  staff: readonly { staff: string; name: string }[],
): string {
  const [who = actor] = actor.split('@');
  if (who === 'node') return t('desk.safety.node');
  return staff.find((person) => person.staff === who)?.name ?? who;
}

/** Who acted and, where that was somebody else, who allowed it. */
export function whoText(
  actor: string,
  approver: string,
  staff: readonly { staff: string; name: string }[],
): string {
  const name = actorName(actor, staff);
  if (!approver || actorName(approver, staff) === name) return name;
  return t('desk.people.allowed', { name, approver: actorName(approver, staff) });
}
