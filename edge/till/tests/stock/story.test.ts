// One law: every story ends at the figure it explains.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Part, storyOf } from '../../src/stock/story';

const part = (kind: string, value: number, sign: number, author = 's0001-n7'): Part => ({
  kind,
  author,
  value,
  sign,
});

describe('why is this 7?', () => {
  it('tells it in order, with what it came to by then', () => {
    const story = storyOf([
      part('sold', 30, -1),
      part('received', 20, 1),
      part('opening', 15, 1),
      part('returned', 2, 1),
      part('granted', 4, 0),
      part('written_off', 0, -1),
    ]);
    expect(story.chapters).toEqual([
      { kind: 'opening', moved: 15, total: 15 },
      { kind: 'received', moved: 20, total: 35 },
      { kind: 'sold', moved: -30, total: 5 },
      { kind: 'returned', moved: 2, total: 7 },
    ]);
    expect(story.on_hand).toBe(7);
    expect(story.rights.granted).toBe(4);
  });

  it('adds up what several lives of the node counted', () => {
    const story = storyOf([part('sold', 3, -1, 's0001-n7'), part('sold', 4, -1, 's0001-n8')]);
    expect(story.chapters).toEqual([{ kind: 'sold', moved: -7, total: -7 }]);
  });

  it('ends at the sum of its parts, also with kinds it has no place for', () => {
    const any = fc.record({
      kind: fc.constantFrom('opening', 'sold', 'counted_up', 'from_a_later_version', 'granted'),
      author: fc.constantFrom('a', 'b'),
      value: fc.nat(1_000_000),
      sign: fc.constantFrom(-1, 0, 1),
    });
    fc.assert(
      fc.property(fc.array(any), (parts) => {
        const story = storyOf(parts);
        expect(story.on_hand).toBe(parts.reduce((sum, one) => sum + one.sign * one.value, 0));
        expect(story.chapters.at(-1)?.total ?? 0).toBe(story.on_hand);
      }),
    );
  });
});
