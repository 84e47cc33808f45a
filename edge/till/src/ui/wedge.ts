// One law: a keyboard wedge is told from a person by rhythm alone, and by nothing else: characters
// closer together than a hand can type are a scan, whatever has the focus.

/** Two characters of one scan are never further apart. */
export const SCAN_GAP_MS = 35;
/** Fewer characters are somebody rolling over the keys, not a scan; serial numbers can be this short. */
export const SCAN_LENGTH = 3;
/** As many are a scan even where no Enter confirms it. */
const UNENDED_LENGTH = 8;
/** How long after a scan that was taken without its Enter that Enter may still come. */
const LATE_END_MS = 250;
const MAX_LENGTH = 512;
/** What separates GS1 elements; wedges send it as Ctrl+] . */
const GROUP_SEPARATOR = '\u001d';

/** One key as the browser reports it, reduced to what the rhythm needs. */
export interface KeyStroke {
  key: string;
  at_ms: number;
  ctrl: boolean;
  alt: boolean;
  /** Held down: a repeating key is quick, but never a scanner. */
  repeat: boolean;
  composing: boolean;
}

/** What a stroke turned out to be. */
export type Heard =
  | { kind: 'character'; character: string; first: boolean }
  | { kind: 'scan'; text: string }
  | { kind: 'other' };

/** The characters that came so far in one rhythm. */
export interface Rhythm {
  text: string;
  last_ms: number;
}

/** Nothing heard yet. */
export const SILENCE: Rhythm = { text: '', last_ms: Number.NEGATIVE_INFINITY };

function character(stroke: KeyStroke): string | null {
  if (stroke.composing || stroke.repeat) return null;
  if (stroke.ctrl) return stroke.key === ']' ? GROUP_SEPARATOR : null;
  if (stroke.alt) return null;
  return [...stroke.key].length === 1 ? stroke.key : null;
}

/**
 * Hear one stroke after what came before.
 *
 * A character continues the rhythm or starts a new one (`first`). Enter or Tab straight after at
 * least `SCAN_LENGTH` characters ends a scan. Keys like Shift, that scanners press in between, leave
 * the rhythm as it is.
 */
export function hear(rhythm: Rhythm, stroke: KeyStroke): [Rhythm, Heard] {
  if (stroke.key === 'Shift' || stroke.key === 'Control' || stroke.key === 'CapsLock') {
    return [rhythm, { kind: 'other' }];
  }
  const together = stroke.at_ms - rhythm.last_ms <= SCAN_GAP_MS;
  if (stroke.key === 'Enter' || stroke.key === 'Tab') {
    const scanned = together && rhythm.text.length >= SCAN_LENGTH;
    return [SILENCE, scanned ? { kind: 'scan', text: rhythm.text } : { kind: 'other' }];
  }
  const typed = character(stroke);
  if (typed === null) return [SILENCE, { kind: 'other' }];
  const text = (together ? rhythm.text + typed : typed).slice(0, MAX_LENGTH);
  return [
    { text, last_ms: stroke.at_ms },
    { kind: 'character', character: typed, first: !together },
  ];
}

/**
 * Say what the rhythm was, once `SCAN_GAP_MS` passed without another stroke: some scanners send no
 * Enter. It needs more characters than with one, because nothing else confirms it.
 */
export function fellSilent(rhythm: Rhythm): string | null {
  return rhythm.text.length >= UNENDED_LENGTH ? rhythm.text : null;
}

/** Whether a stroke is only the late end of a scan that was taken at `taken_ms`: it presses nothing. */
export function endsLate(stroke: KeyStroke, taken_ms: number): boolean {
  const isEnd = stroke.key === 'Enter' || stroke.key === 'Tab';
  return isEnd && stroke.at_ms - taken_ms <= LATE_END_MS;
}
