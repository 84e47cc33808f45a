// One law: whatever refuses (the basket, the node, the network), the cashier reads one sentence that
// ends with the next step.
import type { Refused } from '../core/types';
import { ApiProblem } from '../data/api';
import { formatMoney, isKey, problemText, t } from '../i18n';

const AMOUNTS = new Set(['due', 'over', 'coin']);

/** Why the basket stays as it was. */
export function refusedText(refused: Refused): string {
  const key = `sell.refused.${refused.code}`;
  if (!isKey(key)) return t('sell.refused.other', { code: refused.code });
  const values = Object.entries(refused.values ?? {}).map(([name, value]) => [
    name,
    AMOUNTS.has(name) ? formatMoney(Number(value)) : value,
  ]);
  return t(key, Object.fromEntries(values) as Record<string, string>);
}

interface Failure {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly cause?: unknown;
}

// A code of ours is a word; what the browser throws has numbers.
const isRefused = (cause: unknown): cause is Refused =>
  typeof cause === 'object' && cause !== null && typeof (cause as Failure).code === 'string';

/** Why something that was asked of the data layer or the node did not work. */
export function failureText(error: unknown): string {
  const failure = (error ?? {}) as Failure;
  if (failure.name === 'Unreachable') return t('sell.failed.unreachable');
  if (failure.name === 'QuotaExceededError') return t('sell.storage.full');
  if (error instanceof ApiProblem) return problemText(error) || t('sell.failed.other');
  const code = failure.code ?? (isRefused(failure.cause) ? failure.cause.code : undefined);
  if (code !== undefined && isKey(`sell.refused.${code}`)) {
    const values = failure.values ?? {};
    return refusedText(isRefused(failure.cause) ? failure.cause : { code, values });
  }
  return failure.detail || failure.message || t('sell.failed.other');
}

/** Whether the node could not be reached, so that nothing was refused. */
export const isUnreachable = (error: unknown): boolean =>
  ((error ?? {}) as Failure).name === 'Unreachable';
