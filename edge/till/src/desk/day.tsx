// One law: a day is written as the person's language writes days, whatever the machine's browser speaks.
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { formatDay, t } from '../i18n';
import { IconButton } from '../ui';

const DAY_MS = 86_400_000;

/** The day some days after another, both as ISO dates. */
export function dayAfter(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);
}

function pick(field: HTMLInputElement | null): void {
  try {
    field?.showPicker();
  } catch {
    field?.focus(); // a browser without a picker of its own: the days are typed
  }
}

/** Chooses a day (ISO) or, empty, all days; the days before and after are one press away. */
export function DayField(props: {
  label: string;
  value: string;
  /** Where one begins who has chosen all days. */
  today: string;
  onChange: (day: string) => void;
}): JSX.Element {
  const { value, today, onChange } = props;
  const field = useRef<HTMLInputElement>(null);
  const text = value ? formatDay(value) : t('desk.day.all');
  return (
    <div class="field">
      <span class="field__label" aria-hidden="true">
        {props.label}
      </span>
      <div class="day" role="group" aria-label={props.label}>
        <IconButton
          icon="next"
          class="day__before"
          label={t('desk.day.before')}
          onPress={() => onChange(dayAfter(value || today, -1))}
        />
        <button
          type="button"
          class="day__value num"
          aria-label={`${props.label}: ${text}`}
          onClick={() => pick(field.current)}
        >
          {text}
        </button>
        <input
          ref={field}
          class="day__native"
          type="date"
          tabIndex={-1}
          aria-hidden="true"
          value={value || today}
          onInput={(event) => event.currentTarget.value && onChange(event.currentTarget.value)}
        />
        <IconButton
          icon="next"
          label={t('desk.day.after')}
          disabled={value === today}
          onPress={() => onChange(dayAfter(value || today, value ? 1 : 0))}
        />
        <IconButton
          icon="close"
          label={t('desk.day.all')}
          disabled={value === ''}
          onPress={() => onChange('')}
        />
      </div>
    </div>
  );
}
