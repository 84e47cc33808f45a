// One law: a drawer is counted blind: nothing on this page says what is expected.
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import {
  type Counted,
  countedMinor,
  denominations,
  piecesOf,
  withPieces,
} from '../core/denominations';
import { formatMoney, t } from '../i18n';
import { Money, TextField } from '../ui';

/** Coins and notes with a field each, the first ready to be typed into; the sum stands beside every one. */
export function CashCount(props: {
  currency: string;
  exponent: number;
  counted: Counted;
  onChange: (counted: Counted) => void;
}): JSX.Element {
  const all = denominations(props.currency, props.exponent);
  const fields = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => fields.current?.querySelector<HTMLElement>('.count__field')?.focus(), []);
  const group = (form: 'note' | 'coin'): JSX.Element => (
    <fieldset class="count card">
      <legend>{t(form === 'note' ? 'desk.count.notes' : 'desk.count.coins')}</legend>
      {all
        .filter((piece) => piece.form === form)
        .map(({ minor }) => (
          <Pieces key={minor} minor={minor} counted={props.counted} onChange={props.onChange} />
        ))}
    </fieldset>
  );
  return (
    <div>
      <div ref={fields} class="counts">
        {group('note')}
        {group('coin')}
      </div>
      <p class="count__total" aria-live="polite">
        <span>{t('desk.count.cash')}</span>
        <strong>
          <Money minor={countedMinor(props.counted)} />
        </strong>
      </p>
    </div>
  );
}

function Pieces(props: {
  minor: number;
  counted: Counted;
  onChange: (counted: Counted) => void;
}): JSX.Element {
  const { minor, counted } = props;
  const pieces = counted[minor] ?? 0;
  return (
    <label class="count__row">
      <span class="num count__piece">{formatMoney(minor)}</span>
      <span aria-hidden="true">×</span>
      <input
        class="count__field num"
        inputMode="numeric"
        autoComplete="off"
        value={pieces === 0 ? '' : String(pieces)}
        aria-label={t('desk.count.pieces', { piece: formatMoney(minor) })}
        onFocus={(event) => event.currentTarget.select()}
        onInput={(event) => {
          const said = piecesOf(event.currentTarget.value);
          if (said === null) event.currentTarget.value = pieces === 0 ? '' : String(pieces);
          else props.onChange(withPieces(counted, minor, said));
        }}
        onKeyDown={next}
      />
      <span class="num count__sum">{pieces ? formatMoney(minor * pieces) : ''}</span>
    </label>
  );
}

/** Enter and the arrows go to the next field, as on paper. */
function next(event: KeyboardEvent): void {
  const by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !(event.currentTarget instanceof HTMLInputElement)) return;
  event.preventDefault();
  const all = [...document.querySelectorAll<HTMLInputElement>('.count__field')];
  all[all.indexOf(event.currentTarget) + by]?.focus();
}

/** What was typed as an amount in the store's currency (`12.50`, `12,5`); null while it is none. */
export function amountOf(text: string, exponent: number): number | null {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return 0;
  const found = /^(\d{1,9})(?:\.(\d*))?$/.exec(trimmed);
  const decimals = found?.[2] ?? '';
  if (!found || decimals.length > exponent) return null;
  return Number(`${found[1]}${decimals.padEnd(exponent, '0')}`);
}

/** An amount typed as text, for forms with several of them. */
export function AmountField(props: {
  label: string;
  text: string;
  exponent: number;
  onInput: (text: string) => void;
}): JSX.Element {
  const bad = amountOf(props.text, props.exponent) === null;
  return (
    <TextField
      label={props.label}
      mode="decimal"
      value={props.text}
      error={bad ? t('desk.count.noAmount') : undefined}
      onInput={props.onInput}
    />
  );
}
