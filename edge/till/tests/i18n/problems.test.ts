// What the node refuses is read in the till's language; its own words are the last resort in Chinese.
import { afterEach, expect, it } from 'vitest';
import { ApiProblem } from '../../src/data/api';
import { failureOf } from '../../src/desk/failure';
import { refusalText } from '../../src/desk/refusal';
import { locale, problemLine, problemText } from '../../src/i18n';
import { failureText } from '../../src/sell/refused';

const problem = (code: string) =>
  new ApiProblem({ code, title: 'Title', status: 409, detail: 'Own words.' });

afterEach(() => {
  locale.value = 'en';
});

it('is in the node’s words in English, and in ours in Chinese', () => {
  expect(problemText('out-of-stock', 'TEA: 3 can be sold')).toBe('TEA: 3 can be sold');
  locale.value = 'zh';
  expect(problemText('out-of-stock', 'TEA: 3 can be sold')).toBe('库存不足。');
  expect(problemText('device-new-reason', 'it smokes')).toContain('设备');
  expect(problemText('of-tomorrow', 'Do this.')).toBe('Do this.');
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
