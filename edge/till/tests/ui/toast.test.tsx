// One law: bad news stays, but not once it is no longer true.
// @vitest-environment happy-dom
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, it } from 'vitest';
import { clearToasts, showToast, ToastHost, withdrawToast } from '../../src/ui/toast';

afterEach(() => {
  clearToasts();
  render(null, document.body);
});

it('takes back what is no longer true and nothing else', () => {
  act(() => render(<ToastHost />, document.body));
  act(() => {
    showToast({ bad: true, text: 'No paper' });
    showToast({ bad: true, text: 'Nothing to pay yet' });
  });
  act(() => withdrawToast('Nothing to pay yet'));
  expect([...document.querySelectorAll('.toast__text')].map((one) => one.textContent)).toEqual([
    'No paper',
  ]);
});
