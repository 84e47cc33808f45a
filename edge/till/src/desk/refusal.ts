// One law: whoever is not let in is told why and what to do, in the same words everywhere.
import type { LoginRefusal } from '../data/ports';
import { isKey, problemLine, problemText, t } from '../i18n';

/** Whole minutes until a time, at least 1. */
export function minutesUntil(until_ms: number, now_ms: number): number {
  return Math.max(Math.ceil((until_ms - now_ms) / 60_000), 1);
}

/** Why nobody was let in. */
export function refusalText(refusal: LoginRefusal, now_ms: number): string {
  switch (refusal.code) {
    case 'wrong-pin':
      return refusal.left > 0
        ? t('desk.refusal.wrongPinLeft', { n: refusal.left })
        : t('desk.refusal.wrongPin');
    case 'locked':
      return t('desk.refusal.locked', { n: minutesUntil(refusal.untilMs, now_ms) });
    case 'unknown-here':
      return t('desk.refusal.unknownHere');
    case 'insecure-context':
      return t('desk.refusal.insecure');
    case 'problem': {
      if (refusal.problem) return problemText(refusal.problem);
      const key = `desk.problem.${refusal.detail}`;
      return isKey(key) ? t(key) : problemLine(refusal.detail);
    }
  }
}
