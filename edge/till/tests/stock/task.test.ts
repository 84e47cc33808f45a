// What the node puts on the worklist is read in the till's language, in the product's own unit.
import { afterEach, expect, it } from 'vitest';
import { locale } from '../../src/i18n';
import { kindText, taskText } from '../../src/stock/task';
import type { WorkItem } from '../../src/stock/wire';

const item = (code: string, told: WorkItem['told'], kind = 'damaged'): WorkItem => ({
  number: 1,
  at_ms: 0,
  kind,
  sku: 'RICE',
  document: null,
  detail: 'as the node says it',
  code,
  told,
});

afterEach(() => {
  locale.value = 'en';
});

it('says a quantity in the unit of its product', () => {
  const odd = item('over-order', { came_quantity: 1250, expected_quantity: 1000, order: 'PO 7' });
  expect(taskText(odd, 'g')).toBe('1.250 kg came, 1.000 kg were ordered (PO 7).');
  locale.value = 'zh';
  expect(taskText(odd, 'g')).toBe('到货 1.250 kg，订购 1.000 kg（PO 7）。');
});

it('says money, rates and tenders as they are shown elsewhere', () => {
  expect(taskText(item('tax', { sold_ppm: 70_000, rate_ppm: 190_000 }), 'piece')).toBe(
    'Taxed at 7%, the rate is 19%.',
  );
  const lost = item('not-refunded', { refund_minor: 500, tender: 'gift' });
  expect(taskText(lost, 'piece')).toContain('5.00 refunded to Gift card');
  locale.value = 'zh';
  expect(taskText(lost, 'piece')).toContain('礼品卡');
});

it('leaves a sheet without a title a dash, and what it cannot say to the node', () => {
  expect(taskText(item('count', { sheet: '' }), 'piece')).toContain('(–)');
  expect(taskText(item('of-tomorrow', {}), 'piece')).toBe('as the node says it');
  expect(kindText('of-tomorrow')).toBe('of-tomorrow');
});
