// Rings up what it reads, a JSON document a line, by the till's own core: for tests outside of it.
import { createInterface } from 'node:readline';
import { EMPTY_BASKET, reduce } from '../../src/core/basket';
import { Memory, price } from '../../src/core/pricing';
import { parseRules } from '../../src/core/rules';
import { sell } from '../../src/core/sale';
import { settle } from '../../src/core/tenders';
import type { Basket, BasketEvent, Rules } from '../../src/core/types';
import type { SetupDocument } from '../../src/data/wire';

interface Asked {
  readonly setup: SetupDocument;
  readonly events: readonly BasketEvent[];
  /** Coins of cash beyond what is due, which come back as change. */
  readonly over: number;
  /** What a card pays first, at most the total. */
  readonly card?: number;
}

const AT_MS = Date.UTC(2026, 10, 18, 11, 0);
const BOOKING = {
  life: 5,
  number: 1,
  drawer: 't1',
  shift: 0,
  businessDay: '2026-11-18',
  atMs: AT_MS,
  operator: '',
  detached: false,
};
const ID = '0190aaaa-0000-7000-8000-000000000001';
const memory = new Memory();

function ring(events: readonly BasketEvent[], rules: Rules): Basket {
  const context = { rules, nowMs: AT_MS, newId: () => ID };
  return events.reduce((basket, event) => reduce(basket, event, context).basket, EMPTY_BASKET);
}

function answer({ setup, events, over, card = 0 }: Asked): unknown {
  const rules = parseRules(setup);
  const basket = ring(events, rules);
  const priced = price(basket, { rules, atMs: AT_MS, language: 'en' }, memory);
  const tender = (kind: string, amountMinor: number) =>
    ({ key: kind, kind, amountMinor, reference: '' }) as const;
  const first = card > 0 ? [tender('card', Math.min(card, priced.totalMinor))] : [];
  const { dueCashMinor } = settle(priced.totalMinor, first, rules);
  const cash = tender('cash', dueCashMinor + over * rules.coinMinor);
  const taken = cash.amountMinor > 0 || rules.coinMinor > 1;
  const paid = { ...basket, tenders: taken ? [...first, cash] : first };
  const sold = sell(paid, priced, rules, BOOKING);
  const lines = priced.lines.map((one) => [one.amountMinor, one.taxMinor, one.discountMinor]);
  return { sold, lines, taxes: priced.taxes, total: priced.totalMinor };
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
