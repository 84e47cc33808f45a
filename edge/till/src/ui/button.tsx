// One law: a button says in words what it does and which key does it too; how it looks says how much
// hangs on it.
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icons';

interface ButtonProps {
  /** `primary`: the one next step; `danger`: can't be undone; `warning`: leads to a danger. */
  kind?: 'plain' | 'primary' | 'quiet' | 'danger' | 'warning' | undefined;
  size?: 'm' | 'l' | 'xl' | undefined;
  icon?: IconName | undefined;
  /** The key that does the same, shown on it. */
  shortcut?: string | undefined;
  block?: boolean | undefined;
  disabled?: boolean | undefined;
  /** Something is under way: shows a spinner and takes no press. */
  busy?: boolean | undefined;
  pressed?: boolean | undefined;
  submit?: boolean | undefined;
  label?: string | undefined;
  class?: string | undefined;
  onPress?: (() => void) | undefined;
  children?: ComponentChildren;
}

/** A button. Its words say what happens; `shortcut` says which key does it too. */
export function Button(props: ButtonProps): JSX.Element {
  const { kind = 'plain', size = 'm', icon, shortcut, block, busy } = props;
  const classes = ['btn', `btn--${kind}`, `btn--${size}`];
  if (block) classes.push('btn--block');
  if (props.class) classes.push(props.class);
  return (
    <button
      type={props.submit ? 'submit' : 'button'}
      class={classes.join(' ')}
      disabled={props.disabled || busy}
      aria-busy={busy}
      aria-pressed={props.pressed}
      aria-label={props.label}
      aria-keyshortcuts={shortcut}
      onClick={() => props.onPress?.()}
    >
      {busy ? <span class="spinner" /> : icon && <Icon name={icon} />}
      {props.children}
      {shortcut && <kbd>{shortcut}</kbd>}
    </button>
  );
}

/** A button that is only a picture; `label` says in words what it does. */
export function IconButton(props: {
  icon: IconName;
  label: string;
  kind?: ButtonProps['kind'];
  pressed?: boolean | undefined;
  disabled?: boolean | undefined;
  class?: string | undefined;
  onPress: () => void;
}): JSX.Element {
  const { kind = 'quiet' } = props;
  return (
    <button
      type="button"
      class={`btn btn--icon btn--${kind} ${props.class ?? ''}`}
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      onClick={props.onPress}
    >
      <Icon name={props.icon} />
    </button>
  );
}
