// One law: every key of the page is heard here first, once: a scan goes to the scan queue, a shortcut
// to the uppermost layer that knows it, and everything else to whatever has the focus.
import { signal } from '@preact/signals';
import { options as drawing } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import {
  endsLate,
  fellSilent,
  type Heard,
  hear,
  type KeyStroke,
  type Rhythm,
  SCAN_GAP_MS,
  SILENCE,
} from './wedge';

/**
 * A key and what it does: `key` is like `F2`, `Enter`, `?`, `ctrl+k`, or, where nothing more exact is
 * known, `digit` for any of 0–9 and `character` for any character.
 */
export interface Shortcut {
  key: string;
  /** What the overlay says it does; without one it isn't listed. */
  label?: string | undefined;
  run: (key: string) => void;
  /** Also while somebody types into a field (F-keys always do). */
  evenTyping?: boolean | undefined;
}

interface Layer {
  shortcuts: readonly Shortcut[];
  modal: boolean;
  /** Which was drawn first: what is inside something is drawn after it. */
  order: number;
}

let layersDrawn = 0;

const layers = signal<readonly Layer[]>([]);
let onScan: (text: string) => void = () => {};

/** Everything that a key does now, uppermost first, as the overlay shows it. */
export function activeShortcuts(): Shortcut[] {
  const found: Shortcut[] = [];
  for (const shortcut of hearing().flatMap((layer) => layer.shortcuts)) {
    if (shortcut.label && !found.some((other) => other.key === shortcut.key)) found.push(shortcut);
  }
  return found;
}

/**
 * Let keys do something while a component is on the page.
 *
 * A modal layer hides the ones below it: behind a dialog no shortcut acts.
 */
export function useKeys(shortcuts: readonly Shortcut[], options: { modal?: boolean } = {}): void {
  const layer = useRef<Layer | null>(null);
  if (layer.current === null) {
    layersDrawn += 1;
    layer.current = { shortcuts, modal: options.modal ?? false, order: layersDrawn };
  }
  const mine = layer.current;
  mine.shortcuts = shortcuts;
  // Before the first picture of it: whoever sees it may press at once.
  useLayoutEffect(() => {
    layers.value = [...layers.peek(), mine].sort((one, two) => one.order - two.order);
    return () => {
      layers.value = layers.peek().filter((other) => other !== mine);
    };
  }, [mine]);
}

const isField = (target: EventTarget | null): target is HTMLInputElement | HTMLTextAreaElement =>
  (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type)) ||
  target instanceof HTMLTextAreaElement;

const actsByItself = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, a[href], select, summary') !== null;

function named(event: KeyboardEvent): string {
  return event.ctrlKey || event.metaKey ? `ctrl+${event.key.toLowerCase()}` : event.key;
}

const WILD: Readonly<Record<string, RegExp>> = { digit: /^[0-9]$/u, character: /^.$/u };
const EVEN_TYPING = /^(F\d+|Escape|ctrl\+.+)$/;

/** The layers that may hear a key: down to the uppermost modal one. */
function hearing(): readonly Layer[] {
  const all = [...layers.value].reverse();
  const modal = all.findIndex((layer) => layer.modal);
  return modal < 0 ? all : all.slice(0, modal + 1);
}

/** Run what a key means: exactly in the uppermost layer that knows it, else where any key will do. */
function dispatch(key: string, typing: boolean): boolean {
  const all = hearing().flatMap((layer) => layer.shortcuts);
  const heard = all.filter((one) => !typing || one.evenTyping || EVEN_TYPING.test(key));
  const known =
    heard.find((one) => one.key === key) ?? heard.find((one) => WILD[one.key]?.test(key));
  if (known) drawn(() => known.run(key));
  return known !== undefined;
}

/**
 * Do what a key means and draw what it changed at once: the key that comes with it, or straight after
 * it, must act on that (keys are held back for a rhythm and then come together).
 */
function drawn(run: () => void): void {
  const before = drawing.debounceRendering;
  let draw: (() => void) | undefined;
  drawing.debounceRendering = (process) => {
    draw = process;
  };
  try {
    run();
  } finally {
    if (before) drawing.debounceRendering = before;
    else delete drawing.debounceRendering;
    draw?.();
  }
}

/** What a field held before a scan began to type into it. */
interface Before {
  field: HTMLInputElement | HTMLTextAreaElement;
  value: string;
  start: number | null;
  end: number | null;
}

function snapshot(target: EventTarget | null): Before | null {
  if (!isField(target)) return null;
  return {
    field: target,
    value: target.value,
    start: target.selectionStart,
    end: target.selectionEnd,
  };
}

function restore(before: Before): void {
  before.field.value = before.value;
  if (before.start !== null) before.field.setSelectionRange(before.start, before.end);
  before.field.dispatchEvent(new Event('input', { bubbles: true }));
}

const strokeOf = (event: KeyboardEvent): KeyStroke => ({
  key: event.key,
  at_ms: event.timeStamp,
  ctrl: event.ctrlKey,
  alt: event.altKey || event.metaKey,
  repeat: event.repeat,
  composing: event.isComposing,
});

/** The ears of the page: one rhythm, the keys held back until it is known, the field it may hit. */
class Ears {
  #rhythm: Rhythm = SILENCE;
  #held: string[] = [];
  #before: Before | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #taken_ms = Number.NEGATIVE_INFINITY;

  readonly listen = (event: KeyboardEvent): void => {
    const stroke = strokeOf(event);
    // Where the page was busy the timer is late: what fell silent before this stroke is whole.
    if (stroke.at_ms - this.#rhythm.last_ms > SCAN_GAP_MS) this.#pause();
    if (endsLate(stroke, this.#taken_ms)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    // A key that is held down decides once: it must not take money and then the next customer.
    if (event.repeat && event.key === 'Enter' && !(event.target instanceof HTMLTextAreaElement)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const [rhythm, heard] = hear(this.#rhythm, stroke);
    this.#rhythm = rhythm;
    if (heard.kind === 'scan') this.#scanned(event, heard.text);
    else if (heard.kind === 'character') this.#character(event, heard);
    else if (!['Shift', 'Control', 'CapsLock'].includes(event.key)) this.#other(event);
  };

  #character(event: KeyboardEvent, heard: Heard & { kind: 'character' }): void {
    if (heard.first) {
      this.#release();
      this.#before = snapshot(event.target);
    }
    if (!isField(event.target) && !(event.target instanceof HTMLSelectElement)) {
      // Space presses the button that has the focus; everything else waits for the rhythm.
      if (event.key === ' ' && heard.first && actsByItself(event.target)) return;
      event.preventDefault();
      this.#held.push(event.ctrlKey ? '' : event.key);
    } else if (event.ctrlKey) event.preventDefault();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#pause(), SCAN_GAP_MS + 5);
  }

  #pause(): void {
    const text = fellSilent(this.#rhythm);
    if (text !== null) this.#taken_ms = this.#rhythm.last_ms;
    this.#rhythm = SILENCE;
    if (text === null) this.#release();
    else this.#take(text);
  }

  #scanned(event: KeyboardEvent, text: string): void {
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#take(text);
  }

  #take(text: string): void {
    clearTimeout(this.#timer);
    if (this.#before) restore(this.#before);
    this.#before = null;
    this.#held = [];
    onScan(text);
  }

  #release(): void {
    clearTimeout(this.#timer);
    const held = this.#held;
    this.#held = [];
    this.#before = null;
    for (const key of held) if (key) dispatch(key, false);
  }

  #other(event: KeyboardEvent): void {
    this.#release();
    if (event.isComposing) return;
    if (['Enter', ' '].includes(event.key) && actsByItself(event.target)) return;
    if (dispatch(named(event), isField(event.target))) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }
}

/** A press acts and leaves the focus where it is, so that the next Enter still goes there. */
function keepFocus(event: MouseEvent): void {
  if (event.target instanceof Element && event.target.closest('button') !== null) {
    event.preventDefault();
  }
}

/** Start to hear the page's keys; `scanned` gets what a wedge typed. Returns how to stop. */
export function startKeyboard(scanned: (text: string) => void): () => void {
  onScan = scanned;
  const ears = new Ears();
  window.addEventListener('keydown', ears.listen, { capture: true });
  window.addEventListener('mousedown', keepFocus, { capture: true });
  return () => {
    window.removeEventListener('keydown', ears.listen, { capture: true });
    window.removeEventListener('mousedown', keepFocus, { capture: true });
  };
}
