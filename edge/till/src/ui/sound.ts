// One law: a sound tells the hands what the eyes may miss; it never carries news alone.
import { signal } from '@preact/signals';
import { remember, remembered } from './preferences';

/** Whether the till is silent. */
export const muted = signal(false);

/** What can be heard: a good scan, a refused one, one that has to wait behind a dialog. */
export type Sound = 'ok' | 'refused' | 'waiting';

/** Each sound as notes: frequency in Hz, start and length in milliseconds. */
const NOTES: Record<Sound, ReadonlyArray<readonly [number, number, number]>> = {
  ok: [[1320, 0, 70]],
  refused: [
    [311, 0, 140],
    [233, 160, 220],
  ],
  waiting: [
    [660, 0, 80],
    [660, 120, 80],
  ],
};

const LOUDNESS = 0.12;
/** Making the first sound takes a tenth of a second: it is made after the start, not at a scan. */
const WARM_MS = 1_000;
let audio: AudioContext | null = null;

/** Take the remembered loudness; called once at start. */
export function startSound(): void {
  muted.value = remembered('muted') === 'yes';
  setTimeout(() => {
    if (!muted.value && typeof AudioContext !== 'undefined') note(context(), 440, 0, 50, 0);
  }, WARM_MS);
}

/** Silence the till or let it be heard again. */
export function chooseMuted(silent: boolean): void {
  muted.value = silent;
  remember('muted', silent ? 'yes' : 'no');
}

/** Play a sound; a browser without audio, or one nobody has touched yet, stays silent. */
export function play(sound: Sound): void {
  if (muted.value || typeof AudioContext === 'undefined') return;
  const sounding = context();
  if (sounding.state === 'suspended') void sounding.resume();
  for (const [frequency, start, length] of NOTES[sound])
    note(sounding, frequency, start, length, LOUDNESS);
}

function context(): AudioContext {
  audio ??= new AudioContext();
  return audio;
}

function note(
  context: AudioContext,
  frequency: number,
  start: number,
  length: number,
  loudness: number,
): void {
  const at = context.currentTime + start / 1000;
  const end = at + length / 1000;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loudness, at + 0.008);
  gain.gain.setValueAtTime(loudness, end - 0.02);
  gain.gain.linearRampToValueAtTime(0, end);
  const tone = context.createOscillator();
  tone.frequency.value = frequency;
  tone.connect(gain).connect(context.destination);
  tone.start(at);
  tone.stop(end);
}
