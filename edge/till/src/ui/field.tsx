// One law: a field says what it wants above, what is wrong with it below, and shows both to who
// listens instead of looking.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icons';

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  icon?: IconName | undefined;
  /** Beside the input: a unit, a button. */
  after?: ComponentChildren;
}

function Frame(
  props: FieldProps & { id: string; notes: string; children: ComponentChildren },
): JSX.Element {
  return (
    <div class={`field ${props.error ? 'field--bad' : ''}`}>
      <label class="field__label" for={props.id}>
        {props.label}
      </label>
      <div class="field__box">
        {props.icon && <Icon name={props.icon} />}
        {props.children}
        {props.after}
      </div>
      <div id={props.notes} aria-live="polite">
        {props.error ? (
          <span class="field__error">
            <Icon name="warn" size={18} />
            {props.error}
          </span>
        ) : (
          props.hint && <span class="field__hint">{props.hint}</span>
        )}
      </div>
    </div>
  );
}

/** A line of text. `onInput` hears every change. */
export function TextField(
  props: FieldProps & {
    value: string;
    onInput: (value: string) => void;
    onEnter?: (() => void) | undefined;
    type?: 'text' | 'search' | 'password' | 'tel' | 'email' | 'date' | 'url' | undefined;
    mode?: 'text' | 'numeric' | 'decimal' | 'none' | undefined;
    autofocus?: boolean | undefined;
    placeholder?: string | undefined;
    max_length?: number | undefined;
  },
): JSX.Element {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const wants = props.autofocus ?? false;
  useEffect(() => {
    if (wants) field.current?.focus();
  }, [wants]);
  return (
    <Frame {...props} id={id} notes={`${id}-notes`}>
      <input
        ref={field}
        id={id}
        type={props.type ?? 'text'}
        inputMode={props.mode ?? 'text'}
        value={props.value}
        placeholder={props.placeholder}
        maxLength={props.max_length}
        autoComplete="off"
        spellcheck={false}
        aria-invalid={props.error !== undefined}
        aria-describedby={`${id}-notes`}
        data-autofocus={props.autofocus || undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.isComposing || !props.onEnter) return;
          event.preventDefault();
          props.onEnter();
        }}
      />
    </Frame>
  );
}

/** Several lines of text. */
export function TextArea(
  props: FieldProps & { value: string; onInput: (value: string) => void; rows?: number },
): JSX.Element {
  const id = useId();
  return (
    <Frame {...props} id={id} notes={`${id}-notes`}>
      <textarea
        id={id}
        rows={props.rows ?? 3}
        value={props.value}
        aria-describedby={`${id}-notes`}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </Frame>
  );
}

/** One of several, when they are too many for `Choices`. */
export function SelectField(
  props: FieldProps & {
    value: string;
    options: readonly { value: string; label: string }[];
    onChange: (value: string) => void;
  },
): JSX.Element {
  const id = useId();
  return (
    <Frame {...props} id={id} notes={`${id}-notes`}>
      <select
        id={id}
        value={props.value}
        aria-describedby={`${id}-notes`}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

function step(event: KeyboardEvent): void {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const here = event.currentTarget as HTMLElement;
  if (!by) return;
  const all = [...here.querySelectorAll<HTMLElement>('[role=radio], [role=tab]')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const wanted = all[(at + by + all.length) % all.length];
  event.preventDefault();
  event.stopPropagation();
  wanted?.focus();
  wanted?.click();
}

/** One of a few, all in sight. */
export function Choices(props: {
  label: string;
  /** The label is shown above, not only read aloud. */
  show_label?: boolean | undefined;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}): JSX.Element {
  const id = useId();
  const chosen = props.options.some((option) => option.value === props.value);
  return (
    <div class="field">
      <span id={id} class={props.show_label ? 'field__label' : 'only-heard'}>
        {props.label}
      </span>
      <div class="choices" role="radiogroup" aria-labelledby={id} onKeyDown={step}>
        {props.options.map((option, index) => (
          <button
            key={option.value}
            type="button"
            role="radio"
            class="choice"
            aria-checked={option.value === props.value}
            tabIndex={option.value === props.value || (!chosen && index === 0) ? 0 : -1}
            onClick={() => props.onChange(option.value)}
          >
            {option.label}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Pages of one place, one shown at a time. */
export function Tabs(props: {
  label: string;
  value: string;
  tabs: readonly { value: string; label: string; badge?: number | undefined }[];
  onChange: (value: string) => void;
}): JSX.Element {
  return (
    <div class="tabs" role="tablist" aria-label={props.label} onKeyDown={step}>
      {props.tabs.map((tab) => (
        <button
          key={tab.value}
          type="button"
          role="tab"
          class="tab"
          aria-selected={tab.value === props.value}
          tabIndex={tab.value === props.value ? 0 : -1}
          onClick={() => props.onChange(tab.value)}
        >
          {tab.label}
          {tab.badge ? <span class="badge num">{tab.badge}</span> : null}
        </button>
      ))}
    </div>
  );
}

/** Something that is on or off, at once. */
export function Switch(props: {
  label: string;
  hint?: string | undefined;
  on: boolean;
  onChange: (on: boolean) => void;
}): JSX.Element {
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={props.on}
      onClick={() => props.onChange(!props.on)}
    >
      <span>
        <span class="item__title">{props.label}</span>
        {props.hint && <span class="item__text"> {props.hint}</span>}
      </span>
      <span class="switch__track">
        <span class="switch__knob" />
      </span>
    </button>
  );
}
