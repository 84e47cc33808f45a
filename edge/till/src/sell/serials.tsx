// One law: a serial number that the books don't have here is pointed out at the scan; the goods are in
// somebody's hand, so that the person at the till decides, and no sale waits long for an answer.
import { says } from '../core/basket';
import type { Product } from '../core/types';
import type { Till } from '../data/ports';
import { formatDateTime, inLanguage, t } from '../i18n';
import type { SerialState } from '../stock/wire';
import { play } from '../ui';
import { ask } from './ask';
import { type AfterStop, StopDialog } from './questions';

const PATIENCE_MS = 1_000;

/** What the books say; null where nobody can be asked, or nothing is odd. */
async function oddState(till: Till, product: Product, serial: string): Promise<SerialState | null> {
  if (till.presence.state.value.node !== 'up') return null;
  const query = new URLSearchParams({ sku: product.sku, serial });
  try {
    const found = await till.api.get<SerialState>(`/stock/serials?${query}`, {
      as: 'device',
      timeoutMs: PATIENCE_MS,
    });
    const odd = found.state === 'gone' || (found.state === 'unknown' && says(product, 'serial'));
    return odd ? found : null;
  } catch {
    return null;
  }
}

function explained(found: SerialState): string {
  const [last] = found.moves;
  if (found.state === 'unknown' || !last) return t('stock.serial.unknown');
  const what = [last.text, last.partner].filter(Boolean).join(' · ');
  return t('stock.serial.gone', { when: formatDateTime(last.at_ms), what });
}

/** Ask about serial numbers that are not here by the books; false: not sold. */
export async function serialsPassed(
  till: Till,
  product: Product,
  serials: readonly string[],
): Promise<boolean> {
  for (const serial of serials) {
    const found = await oddState(till, product, serial);
    if (!found) continue;
    play('refused');
    const next = await ask<AfterStop>((answer) => (
      <StopDialog
        title={t('stock.serial.title', { serial })}
        subject={inLanguage(product.names)}
        text={explained(found)}
        steps={[
          { value: 'leave', label: t('stock.serial.leave'), primary: true },
          { value: 'override', label: t('stock.serial.sell') },
        ]}
        answer={answer}
      />
    ));
    if (next !== 'override') return false;
  }
  return true;
}
