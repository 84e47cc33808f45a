// Whatever is refused is said in a sentence; no code of the basket is without one.
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { ApiProblem, TillProblem, Unreachable } from '../../src/data/api';
import { isKey, loadRefusals } from '../../src/i18n';
import { failureText, isUnreachable, refusedText } from '../../src/sell/refused';

beforeAll(loadRefusals);

const CORE = new URL('../../src/core/', import.meta.url);

it('has a sentence for every refusal of the basket, its tenders and its sale', () => {
  const files = readdirSync(CORE).filter((name) =>
    ['basket.ts', 'tenders.ts', 'sale.ts'].includes(name),
  );
  const codes = files.flatMap((name) =>
    [
      ...readFileSync(new URL(name, CORE), 'utf8').matchAll(
        /(?:code: |refuse\(basket, )'([a-z-]+)'/g,
      ),
    ].map((found) => found[1]),
  );
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !isKey(`sell.refused.${code}`))).toEqual([]);
});

it('writes amounts as money and says so even of a code it does not know', () => {
  expect(refusedText({ code: 'tender-short', values: { due: 250 } })).toBe(
    '€2.50 is still to be paid. Take it first.',
  );
  expect(refusedText({ code: 'brand-new' })).toContain('brand-new');
});

it('tells what the node refuses, and an unreachable node as such', () => {
  const problem = { title: 'No', status: 409, detail: 'The terminal is asleep: wake it.' };
  expect(failureText(new ApiProblem({ ...problem, code: 'asleep' }))).toBe(problem.detail);
  const taken = { ...problem, code: 'held-taken', case: 'taken', values: { till: 't2' } };
  expect(failureText(new ApiProblem(taken))).toBe(
    'This basket was taken up at t2: list the held ones again.',
  );
  expect(failureText(new TillProblem('basket-empty'))).toContain('Scan something first');
  expect(failureText(new TillProblem('tender-short', { due: 99 }))).toContain('€0.99');
  const away = new Unreachable(new Error('no route'));
  expect(isUnreachable(away)).toBe(true);
  expect(failureText(away)).toContain('try again');
  expect(failureText(undefined)).not.toBe('');
  const full = new DOMException('no room', 'QuotaExceededError');
  expect(failureText(new TillProblem('not-safe', {}, full))).toContain('check the network');
  expect(failureText(full)).toContain('store is full');
});
