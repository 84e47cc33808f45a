// One law: a quantity is stepped by one piece, or typed in its unit, and stays within its bounds.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatQuantity, isPieces, t } from '../i18n';
import { AmountPad, Button, Dialog, IconButton } from '../ui';

/** Shows a quantity with less and more beside it; a press on the figure opens a keypad. */
export function Quantity(props: {
  name: string;
  unit: string;
  value: number;
  most: number;
  onChange: (value: number) => void;
}): JSX.Element {
  const { unit, value, most } = props;
  const [typing, setTyping] = useState(false);
  const step = isPieces(unit) ? 1 : most;
  return (
    <div class="measure" role="group" aria-label={props.name}>
      <IconButton
        icon="minus"
        kind="plain"
        label={t('desk.quantity.less', { name: props.name })}
        disabled={value <= 0}
        onPress={() => props.onChange(Math.max(value - step, 0))}
      />
      <button
        type="button"
        class="measure__value num"
        aria-label={t('desk.quantity.type', { name: props.name, n: value })}
        onClick={() => setTyping(true)}
      >
        {formatQuantity(value, unit)}
      </button>
      <IconButton
        icon="plus"
        kind="plain"
        label={t('desk.quantity.more', { name: props.name })}
        disabled={value >= most}
        onPress={() => props.onChange(Math.min(value + step, most))}
      />
      {typing && (
        <QuantityDialog
          {...props}
          onClose={() => setTyping(false)}
          onChange={(typed) => {
            setTyping(false);
            props.onChange(typed);
          }}
        />
      )}
    </div>
  );
}

/** Asks for a quantity on a keypad, in base units. */
export function QuantityDialog(props: {
  name: string;
  unit: string;
  value: number;
  most: number;
  onChange: (value: number) => void;
  onClose: () => void;
}): JSX.Element {
  const [typed, setTyped] = useState<number | null>(null);
  const enter = (): void => props.onChange(Math.min(typed ?? props.value, props.most));
  return (
    <Dialog
      title={props.name}
      onClose={props.onClose}
      foot={
        <Button kind="primary" size="l" onPress={enter}>
          {t('ui.ok')}
        </Button>
      }
    >
      <AmountPad
        label={t('desk.quantity.label')}
        value={typed}
        suggested={props.value}
        extra="000"
        format={(value) => formatQuantity(value, props.unit)}
        onChange={setTyped}
        onEnter={enter}
      />
    </Dialog>
  );
}
