// One law: whoever waits sees that they wait, whoever failed sees why, and a late answer is nobody's.
// @vitest-environment happy-dom
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import type { Counted } from '../../src/core/denominations';
import { Unreachable } from '../../src/data/api';
import { CashCount } from '../../src/desk/count';
import { Loaded, useLoad } from '../../src/desk/load';

const place = document.createElement('div');
document.body.append(place);

afterEach(() => {
  render(null, place);
});

/** Answers that come when the test says so. */
function later<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (e: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

function Shown(props: { name: string; ask: () => Promise<string> }) {
  const [load, again] = useLoad(props.name, props.ask);
  return (
    <Loaded load={load} again={again}>
      {(value) => <p class="value">{value}</p>}
    </Loaded>
  );
}

describe('what is asked of the node', () => {
  it('waits in its place, then is shown', async () => {
    const answer = later<string>();
    await act(() => render(<Shown name="a" ask={() => answer.promise} />, place));
    expect(place.querySelector('[role=status]')).not.toBeNull();
    await act(async () => answer.resolve('seven'));
    expect(place.querySelector('.value')?.textContent).toBe('seven');
  });

  it('drops the answer to an older question', async () => {
    const [first, second] = [later<string>(), later<string>()];
    await act(() => render(<Shown name="a" ask={() => first.promise} />, place));
    await act(() => render(<Shown name="b" ask={() => second.promise} />, place));
    await act(async () => second.resolve('new'));
    await act(async () => first.resolve('old'));
    expect(place.querySelector('.value')?.textContent).toBe('new');
  });

  it('says why it failed and asks again when told to', async () => {
    const answers = [later<string>(), later<string>()];
    let asked = 0;
    const ask = (): Promise<string> => {
      asked += 1;
      return answers[asked - 1]!.promise;
    };
    await act(() => render(<Shown name="a" ask={ask} />, place));
    await act(async () => answers[0]!.reject(new Unreachable(null)));
    expect(place.textContent).toContain('does not answer');
    await act(async () => place.querySelector('button')!.click());
    await act(async () => answers[1]!.resolve('here'));
    expect(place.querySelector('.value')?.textContent).toBe('here');
    expect(asked).toBe(2);
  });
});

describe('a count of cash', () => {
  it('takes pieces, refuses nonsense, and Enter goes to the next field', async () => {
    let counted: Counted = {};
    const change = (next: Counted): void => {
      counted = next;
    };
    const draw = () =>
      act(() =>
        render(
          <CashCount currency="EUR" exponent={2} counted={counted} onChange={change} />,
          place,
        ),
      );
    await draw();
    const fields = [...place.querySelectorAll<HTMLInputElement>('.count__field')];
    const type = async (at: number, text: string): Promise<void> => {
      fields[at]!.value = text;
      fields[at]!.dispatchEvent(new Event('input', { bubbles: true }));
      await draw();
    };
    await type(3, '4');
    await type(4, 'x');
    expect(counted).toEqual({ 5000: 4 });
    expect(fields[4]!.value).toBe('');
    expect(place.querySelector('.count__total')?.textContent).toContain('200');
    fields[3]!.focus();
    fields[3]!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    expect(document.activeElement).toBe(fields[4]);
  });
});
