// One law: whatever the node or the network says, a person reads what happened and what to do next.
import { ApiProblem, TillProblem, Unreachable } from '../data/api';
import { locale, problemText, t } from '../i18n';

/** A failure in words. */
export interface Failure {
  readonly title: string;
  readonly text: string;
  /** The node could not be reached: nothing was refused, trying again later is right. */
  readonly unreachable: boolean;
  /** The problem's stable code; empty where there is none. */
  readonly code: string;
}

/** A refusal in the language of who reads it; the node's titles are English. */
function spoken(problem: ApiProblem): { title: string; text: string } {
  const title = locale.value === 'en' ? problem.title : t('desk.failure.failed');
  return { title, text: problemText(problem) };
}

/** Put an error into words. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Unreachable) {
    return {
      title: t('desk.failure.unreachable'),
      text: t('desk.failure.unreachableText'),
      unreachable: true,
      code: error.code,
    };
  }
  if (error instanceof ApiProblem) {
    const { title, text } = spoken(error);
    return { title, text, unreachable: false, code: error.code };
  }
  return {
    title: t('desk.failure.failed'),
    text: t('desk.failure.failedText'),
    unreachable: false,
    code: error instanceof TillProblem ? error.code : '',
  };
}
