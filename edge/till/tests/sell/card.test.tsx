// One law: no charge is begun that the node cannot hear of; one that has begun is waited for.
// @vitest-environment happy-dom
import { signal } from '@preact/signals';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Till } from '../../src/data/ports';
import { TillProvider } from '../../src/sell/context';
import { CardPay } from '../../src/sell/pay/card';
import { add, basket, priced, rules, TEA } from '../core/fixtures';

const place = document.createElement('div');
document.body.append(place);
const node = signal('up');
const charge = signal<unknown>(null);
const sold = basket(add(TEA));

/** A till with a terminal at its node, and a basket to pay. */
const till = {
  api: { get: () => new Promise(() => undefined) },
  events: { on: () => () => undefined },
  pledges: { charge },
  presence: {
    state: {
      get value() {
        return { node: node.value };
      },
    },
  },
  selling: { basket: signal(sold), priced: signal(priced(sold)), training: signal(false) },
  setup: {
    rules: signal(rules()),
    document: signal({ devices: [{ name: 'terminal', category: 'CAT' }] }),
  },
} as unknown as Till;

const said = (): string => place.textContent ?? '';

beforeEach(() => {
  node.value = 'up';
  charge.value = null;
  act(() =>
    render(
      <TillProvider value={till}>
        <CardPay />
      </TillProvider>,
      place,
    ),
  );
});
afterEach(() => act(() => render(null, place)));

it('charges by the terminal while the node is there, by hand while it is away', async () => {
  expect(said()).toContain('Charge €4.99');
  await act(() => {
    node.value = 'down';
  });
  expect(said()).toContain('The node is away and cannot reach the terminal: type €4.99');
  expect(said()).toContain('€4.99 approved');
});

it('waits for a charge that has begun, though the node is away', async () => {
  await act(() => {
    charge.value = { id: 'p1', kind: 'charge', sale: 's1', key: '', amount: 499 };
    node.value = 'down';
  });
  expect(said()).not.toContain('approved');
  expect(place.querySelector('button')).toBeNull();
});
