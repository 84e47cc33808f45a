// One law: a card gets its money back once: what is owed is begun by itself, and each state has a step.
// @vitest-environment happy-dom
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiProblem } from '../../src/data/api';
import type { Pledge, Till } from '../../src/data/ports';
import type { CardPayment } from '../../src/data/wire';
import { CardsBack } from '../../src/desk/cards-back';

const RETURN = 'r1';
const place = document.createElement('div');
document.body.append(place);

const payment = (changed: Partial<CardPayment>): CardPayment => ({
  id: 'debt',
  kind: 'owed',
  state: 'owed',
  message: { en: '', zh: '' },
  amount_minor: 500,
  charged_minor: 0,
  reverses: 'charge',
  device: 'terminal',
  receipt: null,
  card: 'girocard',
  number: '67**********1234',
  task: 7,
  ...changed,
});
const attempt = (state: string, changed: Partial<CardPayment> = {}): CardPayment =>
  payment({ id: 'p-debt', kind: 'refund', state, reverses: 'debt', task: null, ...changed });

let listed: CardPayment[];
let kept: Pledge[];
let sent: [string, unknown][];
let refusal: ApiProblem | null;

/** A till with a node that lists `listed` and notes what it is asked to do. */
function tillNow(): Till {
  const pledges = {
    reversals: (sale: string) => kept.filter((one) => one.sale === sale),
    beginReversal: async (sale: string, key: string, amount: number) => {
      const same = kept.find((one) => one.key === key);
      const pledge = same ?? ({ id: `p-${key}`, kind: 'reversal', sale, key, amount } as Pledge);
      if (!same) kept.push(pledge);
      return pledge;
    },
    drop: async (pledge: Pledge) => {
      kept = kept.filter(({ id }) => id !== pledge.id);
    },
  };
  const api = {
    get: async () => ({ payments: listed }),
    post: async (path: string, body: unknown) => {
      sent.push([path, body]);
      if (refusal) throw refusal;
      if (path.endsWith('/reverse')) listed = [...listed, attempt('pending')];
      return {};
    },
  };
  return { api, pledges, events: { on: () => () => undefined } } as unknown as Till;
}

const settle = (): Promise<void> => act(async () => await new Promise((done) => setTimeout(done)));

async function show(begin: boolean, busy: (one: boolean) => void = () => undefined) {
  await act(() =>
    render(<CardsBack till={tillNow()} sale={RETURN} owed begin={begin} onBusy={busy} />, place),
  );
  for (let round = 0; round < 4; round += 1) await settle();
}

const button = (name: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll('button')];
  return found.filter((one) => one.textContent?.includes(name)).at(-1)!;
};
const press = async (name: string): Promise<void> => {
  await act(() => button(name).click());
  for (let round = 0; round < 4; round += 1) await settle();
};

beforeEach(() => {
  listed = [payment({})];
  kept = [];
  sent = [];
  refusal = null;
});
afterEach(() => {
  render(null, place);
});

describe('what a return owes a card', () => {
  it('is begun by itself while the customer is here, once, under an id that is kept', async () => {
    const busy: boolean[] = [];
    await show(true, (one) => busy.push(one));
    expect(sent).toEqual([['/till/payments/debt/reverse', { id: 'p-debt' }]]);
    expect(kept.map(({ id }) => id)).toEqual(['p-debt']);
    expect(place.textContent).toContain('Ask the customer for girocard …1234');
    expect(busy.at(-1)).toBe(true);
    await press('Stop');
    expect(sent.at(-1)).toEqual(['/till/payments/p-debt/cancel', {}]);
  });

  it('waits for a press elsewhere, and is sent again under its id after a reload', async () => {
    await show(false);
    expect(sent).toEqual([]);
    expect(place.textContent).toContain('is to go back to girocard …1234');
    kept = [{ id: 'p-debt', kind: 'reversal', sale: RETURN, key: 'debt', amount: 500 } as Pledge];
    render(null, place);
    await show(false);
    expect(sent).toEqual([['/till/payments/debt/reverse', { id: 'p-debt' }]]);
  });

  it('goes to two cards one after the other', async () => {
    listed = [payment({}), payment({ id: 'other', number: '', card: '' })];
    await show(true);
    expect(sent.length).toBe(1);
    listed = [payment({ state: 'reversed', task: null }), listed[1]!, attempt('approved')];
    render(null, place);
    await show(true);
    expect(sent.slice(1)).toEqual([['/till/payments/other/reverse', { id: 'p-other' }]]);
  });

  it('is not tried again while nobody knows, but settled by who looks at the terminal', async () => {
    listed = [payment({}), attempt('unknown')];
    await show(true);
    expect(sent).toEqual([]);
    expect(place.textContent).toContain('Nobody knows whether');
    await press('It went back');
    expect(sent).toEqual([['/till/payments/p-debt/resolve', { charged: true }]]);
  });

  it('that was refused is tried again, or refunded by hand with what the slip says', async () => {
    listed = [payment({}), attempt('declined', { message: { en: 'no refunds', zh: '' } })];
    await show(true);
    expect(sent).toEqual([]);
    expect(place.textContent).toContain('no refunds');
    await press('Refunded by hand');
    const slip = document.querySelector<HTMLInputElement>('[role=dialog] input')!;
    expect(button('Refunded by hand').disabled).toBe(true);
    slip.value = 'T1 0042';
    await act(() => void slip.dispatchEvent(new Event('input', { bubbles: true })));
    await press('Refunded by hand');
    expect(sent).toEqual([
      ['/worklist/7/close', { note: 'Refunded at the terminal by hand: T1 0042' }],
    ]);
  });

  it('keeps no id of what the node refuses', async () => {
    const why = { title: 'none', status: 409, detail: 'no terminal here', code: 'no-device' };
    refusal = new ApiProblem(why);
    await show(true);
    expect(kept).toEqual([]);
    expect(place.textContent).toContain('Refunded by hand');
  });

  it('says when it went back, and shows no charges of a sale that stands', async () => {
    listed = [
      payment({ id: 'charge', kind: 'charge', state: 'approved', reverses: '', task: null }),
      payment({ state: 'reversed', task: null }),
      attempt('approved'),
    ];
    await show(true);
    expect(sent).toEqual([]);
    expect(place.querySelectorAll('.notice').length).toBe(1);
    expect(place.textContent).toContain('went back to girocard …1234');
  });
});
