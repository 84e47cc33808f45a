// One law: what the node refuses is said in the reader's language, from its code, its case and its
// values; how a value is written follows from its name. The node's own words are the last resort.
import { filled, isKey, t } from '.';
import { formatDateTime, formatMoney, formatNumber } from './formats';
import { locale } from './locale';

/** A refusal of the node. */
export interface Refusal {
  readonly code: string;
  /** Its own words, in English. */
  readonly message: string;
  readonly field?: string | undefined;
  readonly case?: string | undefined;
  readonly values?: Readonly<Record<string, string | number>> | undefined;
}

let refusals: Record<string, Readonly<Record<string, unknown>>> | undefined;

/** Fetch the words of all refusals, once. */
export async function loadRefusals(): Promise<void> {
  refusals ??= (await import('./refusals')).REFUSALS;
}

/** The words of a key, in the language chosen now. */
function refusalWords(key: string): string | undefined {
  if (!refusals) void loadRefusals().catch(() => undefined); // the general words do meanwhile
  const words = refusals?.[locale.value] ?? {};
  return Object.hasOwn(words, key) ? String(words[key]) : undefined;
}

/** Name the place of a request, such as `lines[2].quantity`. */
function fieldText(field: string): string {
  const [, index, name = ''] = /^(?:\w+\[(\d+)\]\.)?(.+)$/.exec(field) ?? [];
  const key = `desk.field.${name}`;
  const named = isKey(key) ? t(key) : t('desk.field.other', { field });
  if (index === undefined || !isKey(key)) return named;
  return t('desk.field.ofLine', { n: Number(index) + 1, name: named });
}

function written(name: string, value: string | number): string {
  if (typeof value === 'string') {
    return refusalWords(`problem.word.${name}.${value}`) ?? value;
  }
  if (name.endsWith('_minor')) return formatMoney(value);
  return name.endsWith('_ms') ? formatDateTime(value) : formatNumber(value);
}

/** English of the node is a clause; a person reads a sentence. */
const sentence = (text: string, template: string): string =>
  locale.value !== 'en' || text === ''
    ? text
    : `${template.startsWith('{') ? text.charAt(0) : text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** Say a problem of the node in the reader's language. */
export function problemText(problem: Refusal): string {
  const { code, message, field = '', values = {} } = problem;
  const said = values[locale.value];
  if (problem.case === 'said' && typeof said === 'string') return said;
  const exact = refusalWords(`problem.${code}.${problem.case}`);
  if (exact !== undefined) {
    const told = Object.entries(values).map(([name, value]) => [name, written(name, value)]);
    const all = { field: fieldText(field), ...Object.fromEntries(told) } as Record<string, string>;
    return sentence(filled(exact, all), exact);
  }
  if (locale.value === 'en' && message !== '') return message;
  const known = `desk.problem.${code}`;
  const key = isKey(known) || !code.startsWith('device-') ? known : 'desk.problem.device-failed';
  return isKey(key) ? t(key) : message;
}

/** Say a problem that was kept as `code: words`. */
export function problemLine(line: string): string {
  const [, code = '', message = line] = /^([a-z-]+): (.+)$/s.exec(line) ?? [];
  return problemText({ code, message });
}
