// What the node refuses is read in the till's language; with the numbers and names it is about.
import { afterEach, beforeAll, expect, it } from 'vitest';
import { ApiProblem } from '../../src/data/api';
import { failureOf } from '../../src/desk/failure';
import { refusalText } from '../../src/desk/refusal';
import { currency, loadRefusals, locale, problemLine, problemText, timezone } from '../../src/i18n';
import { failureText } from '../../src/sell/refused';

const problem = (code: string) =>
  new ApiProblem({ code, title: 'Title', status: 409, detail: 'Own words.' });

beforeAll(loadRefusals);
afterEach(() => {
  locale.value = 'en';
  currency.value = { code: 'EUR', exponent: 2 };
  timezone.value = undefined;
});

const told = {
  code: 'out-of-stock',
  message: 'TEA: 3 can be sold and 4 are asked for; count the shelf if the goods are there',
  case: 'sell',
  values: { sku: 'TEA', free_quantity: 1300, wanted_quantity: 4 },
};

it('is told with its numbers and names', () => {
  expect(problemText(told)).toBe(
    'TEA: 1,300 can be sold and 4 are asked for; count the shelf if the goods are there.',
  );
  locale.value = 'zh';
  expect(problemText(told)).toBe('TEA：可售 1,300，需要 4。若货架上有货，请先盘点。');
});

it('writes money, times, words and places as the language does', () => {
  currency.value = { code: 'CNY', exponent: 2 };
  timezone.value = 'Asia/Shanghai';
  const short = {
    code: 'rights-short',
    message: '',
    case: 'gift-cut-off-known',
    values: {
      card: '****Z2QX',
      here_minor: 1250,
      wanted_minor: 2000,
      elsewhere_minor: 500,
      known_ms: Date.UTC(2026, 10, 22, 1, 5),
    },
  };
  expect(problemText(short)).toContain('¥12.50 of gift card ****Z2QX can be spent here');
  locale.value = 'zh';
  expect(problemText(short)).toContain('礼品卡 ****Z2QX 在本店可用 ¥12.50，需要 ¥20.00。');
  expect(problemText(short)).toContain('截至 2026年11月22日 09:05 有 ¥5.00');
  const empty = { code: 'bad-field', message: '', case: 'empty', values: {} };
  expect(problemText({ ...empty, field: 'lines[2].serials' })).toBe('请填写第 3 行的序列号。');
  expect(problemText({ ...empty, field: 'reason' })).toBe('请填写原因。');
  const state = { payment: 'p1', state: 'reversed' };
  expect(
    problemText({ code: 'not-now', message: '', case: 'settled-payment', values: state }),
  ).toBe('付款 p1 已撤销，无需确认。');
});

it('is in the words that a device brings along', () => {
  const device = {
    code: 'device-lost',
    message: 'the scale does not answer',
    case: 'said',
    values: { en: 'the scale does not answer', zh: '秤没有应答' },
  };
  expect(problemText(device)).toBe('the scale does not answer');
  locale.value = 'zh';
  expect(problemText(device)).toBe('秤没有应答');
  expect(problemText({ ...device, values: { en: 'it smokes' } })).toContain('设备无响应');
});

it('of an unknown case is in the node’s words in English, and in ours in Chinese', () => {
  const bare = (code: string, message: string) => problemText({ code, message });
  expect(bare('out-of-stock', 'TEA: 3 can be sold')).toBe('TEA: 3 can be sold');
  locale.value = 'zh';
  expect(bare('out-of-stock', 'TEA: 3 can be sold')).toBe('库存不足。');
  expect(bare('device-new-reason', 'it smokes')).toContain('设备');
  expect(bare('of-tomorrow', 'Do this.')).toBe('Do this.');
});

it('is said so wherever it is shown', () => {
  locale.value = 'zh';
  expect(failureText(problem('store-failed'))).toContain('节点未能写入');
  expect(failureOf(problem('store-failed')).text).toContain('节点未能写入');
  expect(refusalText({ code: 'problem', detail: 'store-failed: Own words.' }, 0)).toContain('写入');
  expect(problemLine('unreachable: The node does not answer.')).toContain('节点没有应答');
  expect(problemLine('the disk broke')).toBe('the disk broke');
});

it('is not said with its code', () => {
  expect(problemLine('store-failed: Own words.')).toBe('Own words.');
});
