// A stream cut anywhere gives the same events; one that broke goes on after the last it gave.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backoff } from '../../src/data/backoff';
import { EventParser, Events } from '../../src/data/events';
import type { ApiPort } from '../../src/data/ports';

const STREAM =
  ': hello\n\nid: a:1\nevent: scan\ndata: {"text":"1"}\n\nevent: sync\r\ndata: {"unsynced":\r\ndata: 3}\r\n\r\ndata: x\r\r';
const WANTED = [
  { id: 'a:1', name: 'scan', data: '{"text":"1"}' },
  { id: 'a:1', name: 'sync', data: '{"unsynced":\n3}' },
  { id: 'a:1', name: 'message', data: 'x' },
];

function parse(pieces: readonly string[]) {
  const parser = new EventParser();
  return [...pieces, '\n'].flatMap((piece) => parser.push(piece));
}

describe('the stream', () => {
  it('is read whole', () => {
    expect(parse([STREAM])).toEqual(WANTED);
  });

  it('is read the same however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
        const places = [0, ...cuts, STREAM.length].sort((one, two) => one - two);
        const pieces = places.slice(1).map((to, at) => STREAM.slice(places[at], to));
        expect(parse(pieces)).toEqual(WANTED);
      }),
    );
  });

  it('is taken up again after the last event', async () => {
    const asked: (string | undefined)[] = [];
    const bodies = [
      'id: a:1\nevent: print\ndata: {"job":"1"}\n\n',
      'id: a:2\nevent: print\ndata: {"job":"2"}\n\n',
    ];
    const heard: string[] = [];
    const faults: unknown[] = [];
    const api = {
      raw: async (
        _method: string,
        _path: string,
        _body: unknown,
        options: { headers: Record<string, string> },
      ) => {
        asked.push(options.headers['last-event-id']);
        const body = bodies.shift();
        if (body === undefined) events.stop();
        return new Response(body ?? '');
      },
    } as unknown as ApiPort;
    const events = new Events({
      api,
      backoff: new Backoff(1, 2, () => 0),
      onOpen: () => undefined,
      onClose: () => undefined,
      onFault: (error) => faults.push(error),
    });
    events.on('print', () => {
      throw new Error('a listener at fault');
    });
    events.on('print', ({ job }) => heard.push(job));
    await events.run();
    expect(asked).toEqual([undefined, 'a:1', 'a:2']);
    expect(heard).toEqual(['1', '2']);
    expect(faults).toHaveLength(2);
  });
});

describe('waiting', () => {
  it('grows, has a limit, and starts again after a success', () => {
    const backoff = new Backoff(100, 1000, () => 1);
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });

  it('never is the same for two tills', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (chance) => {
        const waited = new Backoff(100, 1000, () => chance).next();
        expect(waited).toBeGreaterThanOrEqual(50);
        expect(waited).toBeLessThanOrEqual(100);
      }),
    );
  });
});
