// Every pair of colours that the screens put on each other is readable in both themes (WCAG 2.2 AA).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEY_COLORS } from '../../src/core/types';

const CSS = readFileSync(new URL('../../src/ui/tokens.css', import.meta.url), 'utf8');
const TEXT = 4.5;
const SHAPE = 3;

/** Text on ground: 4.5 to 1, 1.4.3. */
const TEXTS = [
  ...['bg', 'surface', 'sunken', 'raised', 'accent-soft', 'warn-soft'].map((on) => ['ink', on]),
  ...['bg', 'surface', 'sunken', 'raised', 'accent-soft'].map((on) => ['ink-2', on]),
  ...['surface', 'bg', 'accent-soft', 'raised'].map((on) => ['accent-ink', on]),
  ...['surface', 'bg', 'raised', 'danger-soft'].map((on) => ['danger-ink', on]),
  ...['surface', 'bg', 'warn-soft'].map((on) => ['warn-ink', on]),
  ...['surface', 'bg', 'ok-soft', 'accent-soft'].map((on) => ['ok-ink', on]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-press'],
  ['on-danger', 'danger'],
  ['on-training', 'training'],
  ['surface', 'ink'],
  ...KEY_COLORS.flatMap((color) => [
    ['ink', `key-${color}`],
    ['ink-2', `key-${color}`],
  ]),
] as [string, string][];

/** Borders of controls, focus rings and pictures on what is beside them: 3 to 1, 1.4.11. */
const SHAPES = [
  ...['bg', 'surface', 'sunken', 'raised'].map((on) => ['line-strong', on]),
  ...['bg', 'surface', 'accent-soft', 'raised'].map((on) => ['focus', on]),
  ...['bg', 'surface', 'sunken', 'accent-soft'].map((on) => ['accent', on]),
  ...['surface', 'bg'].map((on) => ['danger', on]),
  ...KEY_COLORS.flatMap((color) => [
    [`edge-${color}`, `key-${color}`],
    [`edge-${color}`, 'bg'],
  ]),
] as [string, string][];

function tokens(theme: string): Map<string, string> {
  const start = CSS.indexOf(`:root[data-theme="${theme}"]`);
  const block = CSS.slice(start, CSS.indexOf('}', start));
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1]!, m[2]!]));
}

/** Relative luminance of sRGB, WCAG 2.2. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, two: string): number {
  const [low, high] = [luminance(one), luminance(two)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

it('measures contrast as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

describe.each(['light', 'dark'])('the %s theme', (theme) => {
  const colours = tokens(theme);

  it.each(TEXTS)('has readable %s on %s', (text, ground) => {
    expect(contrast(colours.get(text)!, colours.get(ground)!)).toBeGreaterThanOrEqual(TEXT);
  });

  it.each(SHAPES)('shows %s beside %s', (shape, ground) => {
    expect(contrast(colours.get(shape)!, colours.get(ground)!)).toBeGreaterThanOrEqual(SHAPE);
  });

  it('names the same colours as the other', () => {
    expect([...colours.keys()]).toEqual([...tokens('light').keys()]);
  });
});
