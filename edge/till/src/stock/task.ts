// One law: an entry of the worklist is said in the reader's language, from its code and its values.
import { formatMoney, formatPercent, formatQuantity, isKey, t } from '../i18n';
import type { WorkItem } from './wire';

/** How a kind of entry is called. */
export function kindText(kind: string): string {
  const key = `stock.work.${kind}`;
  return isKey(key) ? t(key) : kind;
}

function written(name: string, value: string | number, unit: string): string {
  if (typeof value === 'string') return value || '–';
  if (name.endsWith('_minor')) return formatMoney(value);
  if (name.endsWith('quantity')) return formatQuantity(value, unit);
  return name.endsWith('_ppm') ? formatPercent(value) : String(value);
}

/** What an entry says, quantities in its product's unit; a newer node's own words where none are here. */
export function taskText(item: WorkItem, unit: string): string {
  const key = `stock.task.${item.code}`;
  if (!isKey(key)) return item.detail;
  const values = Object.entries(item.told).map(([name, value]) => [
    name,
    name === 'tender' && isKey(`desk.tender.${value}`)
      ? t(`desk.tender.${value}` as Parameters<typeof t>[0])
      : written(name, value, unit),
  ]);
  return t(key, Object.fromEntries(values) as Record<string, string>);
}
