// A scan is told from typing by rhythm, whatever the characters are.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  fellSilent,
  type Heard,
  hear,
  type KeyStroke,
  type Rhythm,
  SCAN_GAP_MS,
  SCAN_LENGTH,
  SILENCE,
} from '../../src/ui/wedge';

const stroke = (key: string, at_ms: number, more: Partial<KeyStroke> = {}): KeyStroke => ({
  key,
  at_ms,
  ctrl: false,
  alt: false,
  repeat: false,
  composing: false,
  ...more,
});

function hearAll(strokes: readonly KeyStroke[]): { rhythm: Rhythm; heard: Heard[] } {
  const heard: Heard[] = [];
  let rhythm = SILENCE;
  for (const one of strokes) {
    const [next, what] = hear(rhythm, one);
    rhythm = next;
    heard.push(what);
  }
  return { rhythm, heard };
}

const scansOf = (heard: readonly Heard[]): string[] =>
  heard.flatMap((one) => (one.kind === 'scan' ? [one.text] : []));

const codes = fc.string({
  minLength: SCAN_LENGTH,
  maxLength: 60,
  unit: fc.constantFrom(...'0123456789ABCXYZabc-./:?=&()'.split('')),
});
const quick = fc.integer({ min: 0, max: SCAN_GAP_MS });
const slow = fc.integer({ min: SCAN_GAP_MS + 1, max: 2000 });

it('takes quick characters and Enter as one scan, with Shift pressed in between', () => {
  fc.assert(
    fc.property(
      codes,
      fc.infiniteStream(quick),
      fc.constantFrom('Enter', 'Tab'),
      (code, gaps, end) => {
        let at = 1000;
        const next = (): number => {
          at += gaps.next().value as number;
          return at;
        };
        const strokes = [...code].flatMap((key) => {
          const time = next();
          return [stroke('Shift', time), stroke(key, time)];
        });
        const { heard, rhythm } = hearAll([...strokes, stroke(end, next())]);
        expect(scansOf(heard)).toEqual([code]);
        expect(rhythm).toEqual(SILENCE);
      },
    ),
  );
});

it('never takes typing for a scan', () => {
  fc.assert(
    fc.property(codes, fc.infiniteStream(slow), (text, gaps) => {
      let at = 0;
      const strokes = [...text, 'Enter'].map((key) => {
        at += gaps.next().value as number;
        return stroke(key, at);
      });
      const { heard } = hearAll(strokes);
      expect(scansOf(heard)).toEqual([]);
      expect(heard.filter((one) => one.kind === 'character').every((one) => one.first)).toBe(true);
    }),
  );
});

it('does not take what was typed before a scan into it', () => {
  const { heard } = hearAll([
    stroke('x', 0),
    ...[...'4711'].map((key, at) => stroke(key, 500 + at)),
    stroke('Enter', 504),
  ]);
  expect(scansOf(heard)).toEqual(['4711']);
});

it('reads Ctrl+] as the separator of GS1 elements', () => {
  const keys = ['1', '0', 'A', '1', ']', '2', '1', 'B'];
  const strokes = keys.map((key, at) => stroke(key, at, { ctrl: key === ']' }));
  const { heard } = hearAll([...strokes, stroke('Enter', 9)]);
  expect(scansOf(heard)).toEqual(['10A1\u001d21B']);
});

it('takes a key held down, a composition and a shortcut for no scan', () => {
  for (const more of [{ repeat: true }, { composing: true }, { alt: true }, { ctrl: true }]) {
    const { heard } = hearAll([
      ...Array.from({ length: 9 }, (_, at) => stroke('5', at, more)),
      stroke('Enter', 10),
    ]);
    expect(scansOf(heard)).toEqual([]);
  }
});

it('takes a long enough burst without Enter for a scan once it fell silent', () => {
  const burst = (text: string) => hearAll([...text].map((key, at) => stroke(key, at))).rhythm;
  expect(fellSilent(burst('4006381333931'))).toBe('4006381333931');
  expect(fellSilent(burst('4711'))).toBeNull();
});

it('takes a short serial number for a scan, and two keys rolled over for typing', () => {
  const fast = (text: string) =>
    hearAll([...text, 'Enter'].map((key, at) => stroke(key, at))).heard;
  expect(scansOf(fast('AB7'))).toEqual(['AB7']);
  expect(scansOf(fast('20'))).toEqual([]);
});
