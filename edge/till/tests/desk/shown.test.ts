// One law: what the desk makes of its data is true at the edges too: nothing, too much, and nonsense.
// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import type { Product } from '../../src/core/types';
import { ApiProblem, Unreachable } from '../../src/data/api';
import type { PresenceState, StorageState, Till } from '../../src/data/ports';
import { skewText } from '../../src/desk/about';
import { added, backLines, backMinor, unnumbered } from '../../src/desk/blind';
import { countsOf, isUnclear, onPaper } from '../../src/desk/close';
import { amountOf } from '../../src/desk/count';
import { dayAfter } from '../../src/desk/day';
import { conditionOf } from '../../src/desk/devices';
import { amountOf as amountMoved, textOf, titleOf } from '../../src/desk/documents';
import { failureOf } from '../../src/desk/failure';
import { actorName, initials, whoText } from '../../src/desk/people';
import { reportPath } from '../../src/desk/receipts';
import { partsOf } from '../../src/desk/refund-split';
import { minutesUntil, refusalText } from '../../src/desk/refusal';
import { movedMinor, turnoverOf } from '../../src/desk/report-view';
import { above } from '../../src/desk/route';
import { placesOf } from '../../src/desk/safety';

const UP: PresenceState = { node: 'up', link: 'up', unsynced: 3, sinceMs: 0 };
const DISK: StorageState = { persistent: true, usageBytes: 1, quotaBytes: 2, problem: '' };

describe('amounts that are typed', () => {
  it('are minor units, or nothing that could be meant otherwise', () => {
    expect(['12.5', '12,50', '', ' 7 ', '0.05'].map((text) => amountOf(text, 2))).toEqual([
      1250, 1250, 0, 700, 5,
    ]);
    expect(['1.234', '-1', '1e3', '1.2.3', 'x'].map((text) => amountOf(text, 2))).toEqual(
      Array(5).fill(null),
    );
    expect([amountOf('500', 0), amountOf('5.0', 0)]).toEqual([500, null]);
  });

  it('are sent for what was counted, cash always', () => {
    const draft = {
      id: 'c',
      counted: { 2000: 2, 5: 1 },
      others: { card: '10', voucher: '' },
      note: '',
    };
    expect(countsOf(draft, ['card', 'voucher'], 2)).toEqual([
      { kind: 'cash', counted_minor: 4005 },
      { kind: 'card', counted_minor: 1000 },
    ]);
  });
});

describe('a count', () => {
  it('asks for no paper of what leaves none in the drawer', () => {
    expect(onPaper(['cash', 'card', 'exchange', 'gift', 'points', 'voucher'])).toEqual([
      'card',
      'voucher',
    ]);
  });

  it('is not finished while something typed is no amount', () => {
    const draft = { id: 'c', counted: {}, others: { card: '1.234' }, note: '' };
    expect(isUnclear(draft, 2)).toBe(true);
    expect(isUnclear({ ...draft, others: { card: '', voucher: '12,5' } }, 2)).toBe(false);
  });
});

describe('a report', () => {
  it('has a column that adds up to the net', () => {
    const tally = (count: number, minor: number): { count: number; minor: number } => ({
      count,
      minor,
    });
    const rows = turnoverOf({
      sales: tally(3, 744),
      returns: tally(3, 387),
      voids: tally(0, 0),
      net_minor: 357,
    });
    expect(rows.map((row) => [row.count, row.minor])).toEqual([
      [3, 744],
      [3, -387],
      [0, 0],
      [null, 357],
    ]);
  });

  it('shows what leaves the drawer with a minus, and nothing for a no-sale', () => {
    const moved = (['pay_in', 'pay_out', 'drop', 'no_sale'] as const).map((kind) =>
      movedMinor({ kind, amount_minor: kind === 'no_sale' ? 0 : 700 }),
    );
    expect(moved).toEqual([700, -700, -700, null]);
  });
});

describe('the list of documents', () => {
  const entry = {
    id: 'd',
    kind: 'audit',
    at_ms: 0,
    till: 't1',
    receipt: 't1-5-000001',
    amount_minor: 0,
    title: 'price-override',
    reason: 'dented',
    actor: 'ana@t1',
    approver: 'ben',
    about: 's',
    detail: '€4.99 → €3.50',
  };

  it('says of an entry of the audit trail who, who allowed it, why, and of what', () => {
    const staff = [
      { staff: 'ana', name: 'Ana' },
      { staff: 'ben', name: 'Ben' },
    ];
    const till = {
      setup: { document: { value: { staff } }, rules: { value: { reasons: {} } } },
    } as unknown as Till;
    expect(textOf(till, entry)).toMatch(
      / · Ana, allowed by Ben · dented · t1-5-000001 · €4\.99 → €3\.50$/,
    );
    expect(whoText('ben@t1', 'ben', staff)).toBe('Ben');
  });

  it('shows an amount only where money moved', () => {
    expect(amountMoved({ ...entry, kind: 'cash', title: 'drop', amount_minor: -5 })).toBe(-5);
    expect(amountMoved({ ...entry, kind: 'cash', title: 'no_sale' })).toBeNull();
    expect(amountMoved(entry)).toBeNull();
  });

  it('goes from day to day across months and years', () => {
    expect([dayAfter('2026-12-31', 1), dayAfter('2028-03-01', -1)]).toEqual([
      '2027-01-01',
      '2028-02-29',
    ]);
  });
});

describe('the clock', () => {
  it('is ahead, behind, or right where only the way of a message differs', () => {
    expect([90_000, -61_000, 1400].map(skewText)).toEqual([
      "90 s ahead of the node's",
      "61 s behind the node's",
      "as the node's",
    ]);
  });
});

describe('a refund', () => {
  const paid = [{ kind: 'card', amount_minor: 500 }];

  it('adds up in every way it can be paid out', () => {
    const sum = (parts: readonly { amount_minor: number }[]): number =>
      parts.reduce((all, part) => all + part.amount_minor, 0);
    for (const way of ['paid', 'card', 'cash', 'split', 'exchange'] as const) {
      expect(sum(partsOf(way, 700, paid, { card: 9_999, voucher: 100 }))).toBe(700);
      expect(partsOf(way, 0, paid, {})).toEqual([]);
    }
    expect(partsOf('exchange', 700, paid, {})).toEqual([{ kind: 'exchange', amount_minor: 700 }]);
  });

  it('is never more than the price of today without a receipt', () => {
    const attributes = {};
    const tea = {
      sku: 'TEA',
      unit: 'pc',
      priceMinor: 499,
      priceQuantity: 1,
      attributes,
    } as Product;
    const flour = {
      sku: 'FLOUR',
      unit: 'g',
      priceMinor: 200,
      priceQuantity: 1000,
      attributes,
    } as Product;
    const list = added(added(added([], tea, 2), tea, 2), flour, 2);
    expect(list.map((back) => [back.quantity, back.price])).toEqual([
      [2, '4.99'],
      [1000, '2.00'],
    ]);
    const [back] = list;
    expect(backMinor(back!, 2)).toBe(998);
    expect(backMinor({ ...back!, price: '5.00' }, 2)).toBeNull();
    expect(backMinor({ ...back!, price: 'x' }, 2)).toBeNull();
  });

  it('without a receipt needs the serial number of whatever goes back on the shelf', () => {
    const attributes = { serial: 'yes' };
    const phone = {
      sku: 'P',
      unit: 'pc',
      priceMinor: 499,
      priceQuantity: 1,
      attributes,
    } as unknown as Product;
    const piece = { lot: '', expiry_day: '', serial: 's1', quantity: 1, damaged: 0 };
    const once = added([], phone, 2, piece);
    expect(added(once, phone, 2, piece)).toBe(once);
    const [back] = added(once, phone, 2);
    expect(unnumbered(back!)).toBe(1);
    expect(unnumbered({ ...back!, restock: false })).toBe(0);
    const same = { sku: 'P', price_minor: 499, price_quantity: 1, restock: true, quantity: 1 };
    expect(backLines(back!, 2)).toEqual([{ ...same, serials: ['s1'] }, same]);
    expect(backMinor(back!, 2)).toBe(998);
  });
});

describe('what a person reads', () => {
  it('says why a login failed, and for how long', () => {
    expect(minutesUntil(61_000, 0)).toBe(2);
    expect(minutesUntil(0, 5)).toBe(1);
    expect(refusalText({ code: 'locked', untilMs: 15 * 60_000 }, 0)).toContain('15 minutes');
    expect(refusalText({ code: 'wrong-pin', left: 1 }, 0)).toContain('1 try is left');
    expect(refusalText({ code: 'problem', detail: 'so' }, 0)).toBe('so');
  });

  it('keeps the words of the node, and tells an outage from a refusal', () => {
    const problem = { code: 'no-shift', title: 'No shift', status: 409, detail: 'Open one.' };
    expect(failureOf(new ApiProblem(problem))).toEqual({
      title: 'No shift',
      text: 'Open one.',
      unreachable: false,
      code: 'no-shift',
    });
    expect(failureOf(new Unreachable(null)).unreachable).toBe(true);
    expect(failureOf(new TypeError('x is undefined')).text).not.toContain('undefined');
  });

  it('names people, not numbers', () => {
    expect([initials('Ana Schmidt'), initials('李 明'), initials('  '), initials('Bo')]).toEqual([
      'AS',
      '李',
      '?',
      'B',
    ]);
    const staff = [{ staff: 'ana', name: 'Ana' }];
    const names = ['ana@t1', 't1', 'node'].map((actor) => actorName(actor, staff));
    expect(names).toEqual(['Ana', 't1', "The store's node"]);
  });

  it('names documents by what they are or what was done', () => {
    const entry = {
      id: '',
      at_ms: 0,
      till: '',
      amount_minor: 0,
      reason: '',
      actor: '',
      approver: '',
    };
    const of = (kind: string, title: string, receipt = ''): string =>
      titleOf({ ...entry, about: null, detail: '', kind, title, receipt });
    expect(of('sale', '', 't1-7-000001')).toBe('Sale t1-7-000001');
    expect(of('cash', 'drop')).toBe('Dropped');
    expect(of('audit', 'reprint')).toBe('Printed again');
    expect(of('audit', 'from-a-later-version')).toBe('from-a-later-version');
    expect(of('shift', 'closed')).toBe('Shift closed');
  });
});

describe('states', () => {
  it('of a device: what it complains of, and nothing that is in order', () => {
    expect(conditionOf({ state: 'idle', condition: ['cover-ok', 'paper-ok'] }).mood).toBe('ok');
    const out = conditionOf({ state: 'idle', condition: ['cover-ok', 'paper-empty'] });
    expect(out).toEqual({ mood: 'warn', words: ['paper-empty'] });
    expect(conditionOf({ state: 'error', condition: [] })).toEqual({
      mood: 'danger',
      words: ['error'],
    });
  });

  it('of the three places where work lies', () => {
    const moods = (waiting: number, presence: PresenceState, disk = DISK): string[] =>
      placesOf(waiting, presence, disk).map((place) => place.mood);
    expect(moods(0, UP)).toEqual(['ok', 'ok', 'ok']);
    expect(moods(2, { ...UP, node: 'down' })).toEqual(['warn', 'warn', 'plain']);
    expect(moods(0, { ...UP, link: 'cut' })).toEqual(['ok', 'ok', 'warn']);
    expect(moods(0, { ...UP, link: 'none' })).toEqual(['ok', 'ok', 'plain']);
    expect(moods(0, UP, { ...DISK, problem: 'full' })[0]).toBe('danger');
    expect(placesOf(0, { ...UP, node: 'down' }, DISK)[1]?.waiting).toBeNull();
  });

  it('of addresses: one level up, from the top to selling', () => {
    expect(
      ['', 'shift', 'close', 'reports/x', 'documents/sale/1', 'return', 'return/1'].map(above),
    ).toEqual(['', 'desk', 'desk/shift', 'desk/reports', 'desk/documents', '', 'desk/return']);
    expect(reportPath({ drawer: 'a b', number: 3 }, 'print')).toBe('/till/reports/z/a%20b/3/print');
    expect(reportPath({ drawer: 't1', number: 'x' }, 'receipt', 'pdf')).toContain(
      '/till/reports/x/receipt?drawer=t1&form=pdf',
    );
  });
});
