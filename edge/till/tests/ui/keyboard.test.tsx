// @vitest-environment happy-dom
// Keys reach the uppermost layer that knows them; scans leave no trace in the field that has the focus.
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { activeShortcuts, type Shortcut, startKeyboard, useKeys } from '../../src/ui/keyboard';

const scanned: string[] = [];
const ran: string[] = [];
let stop: () => void = () => {};
let now = 0;

beforeEach(() => {
  vi.useFakeTimers();
  scanned.length = 0;
  ran.length = 0;
  document.body.innerHTML =
    '<div id="root"></div><input id="field" value="before"><button id="b">b</button>';
  stop = startKeyboard((text) => scanned.push(text));
});

afterEach(() => {
  act(() => render(null, document.getElementById('root')!));
  stop();
  vi.useRealTimers();
});

/** Press a key as a browser would: what nobody prevents goes into the field that has the focus. */
function press(key: string, gap_ms: number, more: KeyboardEventInit = {}): boolean {
  now += gap_ms;
  vi.advanceTimersByTime(gap_ms);
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  Object.defineProperty(event, 'timeStamp', { value: now });
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(event);
  if (!event.defaultPrevented && target instanceof HTMLInputElement && [...key].length === 1) {
    target.value += key;
    target.dispatchEvent(new Event('input', { bubbles: true }));
  }
  return event.defaultPrevented;
}

const type = (text: string, gap_ms: number): void => {
  for (const key of text) press(key, gap_ms);
};

function Layer(props: { keys: readonly string[]; name: string; modal?: boolean }): null {
  const shortcuts: Shortcut[] = props.keys.map((key) => ({
    key,
    label: `${props.name} ${key}`,
    run: (pressed) => ran.push(`${props.name} ${pressed}`),
  }));
  useKeys(shortcuts, { modal: props.modal ?? false });
  return null;
}

const show = (...layers: preact.JSX.Element[]): void => {
  act(() => render(layers, document.getElementById('root')!));
};

it('gives a key to the uppermost layer that knows it', () => {
  show(
    <Layer key="1" name="page" keys={['F4', 'F7', 'character', '?']} />,
    <Layer key="2" name="panel" keys={['F4', 'digit']} />,
  );
  press('F4', 500);
  press('F7', 500);
  press('5', 500);
  press('?', 500);
  press('x', 500);
  vi.advanceTimersByTime(100);
  expect(ran).toEqual(['panel F4', 'page F7', 'panel 5', 'page ?', 'page x']);
  expect(activeShortcuts().map((one) => one.key)).toEqual(['F4', 'digit', 'F7', 'character', '?']);
});

it('lets nothing below a dialog act, and hears the keypad inside it', () => {
  show(
    <Layer key="1" name="page" keys={['F4', 'F7']} />,
    <Layer key="2" name="dialog" keys={['Escape']} modal />,
    <Layer key="3" name="pad" keys={['digit', 'Enter']} />,
  );
  for (const key of ['F4', 'F7', '7', 'Enter', 'Escape']) press(key, 500);
  vi.advanceTimersByTime(100);
  expect(ran).toEqual(['pad 7', 'pad Enter', 'dialog Escape']);
  expect(activeShortcuts().map((one) => one.key)).toEqual(['digit', 'Enter', 'Escape']);
});

it('takes a scan as one and gives none of its keys to the layers', () => {
  show(<Layer name="page" keys={['digit', 'character', 'Enter']} />);
  type('4006381333931', 5);
  press('Enter', 5);
  vi.advanceTimersByTime(100);
  expect(scanned).toEqual(['4006381333931']);
  expect(ran).toEqual([]);
});

/** Press a key on a page that was too busy to let its timers run meanwhile. */
function pressBusy(key: string, gap_ms: number): boolean {
  now += gap_ms - 1;
  return press(key, 1);
}

it('loses no scan where its Enter comes late, and lets that Enter press nothing', () => {
  show(<Layer name="page" keys={['digit', 'Enter']} />);
  for (const late of [pressBusy, press]) {
    type('4006381333931', 5);
    expect(late('Enter', 120)).toBe(true);
    press('Enter', 400);
  }
  expect(scanned).toEqual(['4006381333931', '4006381333931']);
  expect(ran).toEqual(['page Enter', 'page Enter']);
});

it('keeps two scans apart on a page too busy to hear the pause between them', () => {
  type('4006381333931', 5);
  pressBusy('9', 200);
  type('520001000584', 5);
  press('Enter', 5);
  expect(scanned).toEqual(['4006381333931', '9520001000584']);
});

it('leaves a field as it was before a scan typed into it', () => {
  const field = document.getElementById('field') as HTMLInputElement;
  field.focus();
  type('4006381333931', 5);
  expect(press('Enter', 5)).toBe(true);
  expect(field.value).toBe('before');
  expect(document.activeElement).toBe(field);
  expect(scanned).toEqual(['4006381333931']);
});

it('leaves what a person types to the field, but F-keys act', () => {
  show(<Layer name="page" keys={['digit', 'F2', '-']} />);
  const field = document.getElementById('field') as HTMLInputElement;
  field.focus();
  type(' 12-', 80);
  press('F2', 80);
  vi.advanceTimersByTime(100);
  expect(field.value).toBe('before 12-');
  expect(ran).toEqual(['page F2']);
});

it('takes a scanner without Enter once it fell silent', () => {
  type('4006381333931', 3);
  vi.advanceTimersByTime(100);
  expect(scanned).toEqual(['4006381333931']);
});

it('leaves Enter to the button that has the focus', () => {
  show(<Layer name="page" keys={['Enter']} />);
  document.getElementById('b')!.focus();
  expect(press('Enter', 500)).toBe(false);
  expect(ran).toEqual([]);
});

it('lets a press by pointer leave the focus where it is', () => {
  const press = new MouseEvent('mousedown', { bubbles: true, cancelable: true });
  document.getElementById('b')!.dispatchEvent(press);
  expect(press.defaultPrevented).toBe(true);
  const other = new MouseEvent('mousedown', { bubbles: true, cancelable: true });
  document.getElementById('field')!.dispatchEvent(other);
  expect(other.defaultPrevented).toBe(false);
});

it('hears a decision once, however long its key is held down', () => {
  show(<Layer key="a" keys={['Enter', 'ArrowDown']} name="page" />);
  press('Enter', 500);
  for (let again = 0; again < 3; again += 1) press('Enter', 40, { repeat: true });
  press('ArrowDown', 500);
  press('ArrowDown', 40, { repeat: true });
  expect(ran).toEqual(['page Enter', 'page ArrowDown', 'page ArrowDown']);
});

it('takes digits that come together, and the Enter straight after them, one after the other', () => {
  const entered: number[] = [];
  const Amount = () => {
    const [value, setValue] = useState(0);
    useKeys([
      { key: 'digit', run: (digit) => setValue(value * 10 + Number(digit)) },
      { key: 'Enter', run: () => entered.push(value) },
    ]);
    return null;
  };
  show(<Amount key="amount" />);
  type('12', 10);
  vi.advanceTimersByTime(100);
  type('3', 10);
  press('Enter', 10);
  expect(entered).toEqual([123]);
});
