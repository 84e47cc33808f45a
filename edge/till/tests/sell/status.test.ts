// @vitest-environment happy-dom
// The bar tells what is cut and how much waits for it.
import { expect, it } from 'vitest';
import { linkWay, nodeWay } from '../../src/sell/status';

it('is calm while everything is there', () => {
  expect(nodeWay('up').mood).toBe('ok');
  expect(linkWay('up', 0).mood).toBe('ok');
});

it('says how many facts wait, and warns only when the link is cut', () => {
  expect(linkWay('up', 7)).toMatchObject({ mood: 'plain', text: '7 unsynced' });
  const cut = linkWay('down', 7);
  expect(cut.mood).toBe('warn');
  expect(cut.text).toContain('7');
  expect(linkWay('', 0).mood).toBe('plain');
  expect(linkWay('none', 7)).toMatchObject({ mood: 'plain', text: 'A store on its own' });
});

it('says that selling goes on without the node', () => {
  expect(nodeWay('down')).toMatchObject({ mood: 'warn', text: 'Node away, selling goes on' });
  expect(nodeWay('unknown').mood).toBe('plain');
});
