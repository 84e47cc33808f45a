// One law: digits go in the same way by finger and by key, and an amount is an integer of minor units
// all along: it fills from the right like on any till.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatMoney, t } from '../i18n';
import { Button } from './button';
import { useKeys } from './keyboard';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
const MOST_DIGITS = 11;

/** Put a digit (or `00`) at the right of a number; one too many changes nothing. */
export function appendDigits(value: number, digits: string, most = MOST_DIGITS): number {
  const next = value * 10 ** digits.length + Number(digits);
  return String(next).length > most ? value : next;
}

interface KeypadProps {
  onDigits: (digits: string) => void;
  onErase: () => void;
  onClear?: (() => void) | undefined;
  /** The key left of zero. */
  extra?: string | undefined;
  onEnter?: (() => void) | undefined;
}

/** Ten digits and erase, heard from the keyboard as well while it is shown. */
export function Keypad(props: KeypadProps): JSX.Element {
  const { onDigits, onErase, onClear, onEnter, extra = '00' } = props;
  useKeys([
    { key: 'digit', run: onDigits },
    { key: 'Backspace', run: onErase },
    ...(onClear ? [{ key: 'Delete', run: onClear }] : []),
    ...(onEnter ? [{ key: 'Enter', run: onEnter }] : []),
  ]);
  const pad = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The button that led here must not answer the Enter that is meant for what is typed now.
    if (document.activeElement instanceof HTMLButtonElement) {
      pad.current?.focus({ preventScroll: true });
    }
  }, []);
  return (
    <div ref={pad} class="keypad" role="group" aria-label={t('ui.keypad')} tabIndex={-1}>
      {DIGITS.map((digit) => (
        <Button key={digit} onPress={() => onDigits(digit)}>
          {digit}
        </Button>
      ))}
      {extra === '' ? <span /> : <Button onPress={() => onDigits(extra)}>{extra}</Button>}
      <Button onPress={() => onDigits('0')}>0</Button>
      <Button icon="erase" label={t('ui.erase')} onPress={onErase} />
    </div>
  );
}

/**
 * An amount with its keypad.
 *
 * `suggested` is shown faintly while nothing was typed and is what `onEnter` then means: the caller
 * takes `value ?? suggested`.
 */
export function AmountPad(props: {
  label: string;
  value: number | null;
  suggested?: number | undefined;
  /** What is suggested was measured: it is shown as what counts. */
  certain?: boolean | undefined;
  onChange: (value: number | null) => void;
  onEnter?: (() => void) | undefined;
  /** How the number reads; money if left out. */
  format?: ((value: number) => string) | undefined;
  extra?: string | undefined;
}): JSX.Element {
  const { value, onChange, format = (minor: number) => formatMoney(minor) } = props;
  const erased = Math.floor((value ?? 0) / 10);
  return (
    <div class="stack">
      <div class="entry" aria-live="polite">
        <span class="entry__label">{props.label}</span>
        <span
          class={`entry__value num ${value === null && !props.certain ? 'entry__value--faint' : ''}`}
        >
          {format(value ?? props.suggested ?? 0)}
        </span>
      </div>
      <Keypad
        extra={props.extra}
        onDigits={(digits) => onChange(appendDigits(value ?? 0, digits))}
        onErase={() => onChange(erased === 0 ? null : erased)}
        onClear={() => onChange(null)}
        onEnter={props.onEnter}
      />
    </div>
  );
}

const MOST_PIN = 12;

/** A PIN: never shown, only counted. `onEnter` when it is complete. */
export function PinPad(props: {
  value: string;
  onChange: (value: string) => void;
  onEnter: () => void;
  busy?: boolean | undefined;
}): JSX.Element {
  const { value, onChange } = props;
  const dots = Math.max(4, value.length);
  return (
    <div class="stack">
      <div class="pin-dots" role="img" aria-label={t('ui.pinDigits', { n: value.length })}>
        {Array.from({ length: dots }, (_, index) => (
          <i key={index} class={index < value.length ? 'on' : ''} />
        ))}
      </div>
      <Keypad
        extra=""
        onDigits={(digits) => value.length < MOST_PIN && onChange(value + digits)}
        onErase={() => onChange(value.slice(0, -1))}
        onClear={() => onChange('')}
        onEnter={() => value && !props.busy && props.onEnter()}
      />
    </div>
  );
}
