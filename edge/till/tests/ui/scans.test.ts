// No scan is lost, none overtakes another, and a dialog that asks holds them back.
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  dropScans,
  holdScans,
  offerScan,
  type Scan,
  scansWaiting,
  takeScans,
} from '../../src/ui/scans';

const stops: (() => void)[] = [];
const taken: string[] = [];
const keep = (stop: () => void): (() => void) => {
  stops.push(stop);
  return stop;
};
const offer = (text: string): void => offerScan({ text, device: '' });
const settle = async (): Promise<void> => {
  for (let at = 0; at < 20; at++) await Promise.resolve();
};

beforeEach(() => {
  taken.length = 0;
});

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  dropScans();
});

it('hands scans over one after the other, in order', async () => {
  let release: () => void = () => {};
  const slow = (scan: Scan): Promise<void> => {
    taken.push(scan.text);
    return new Promise((resolve) => {
      release = resolve;
    });
  };
  keep(takeScans(slow));
  for (const text of ['1', '2', '3']) offer(text);
  await settle();
  expect(taken).toEqual(['1']);
  expect(scansWaiting.value).toBe(2);
  for (const _ of taken.slice(0, 1)) release();
  await settle();
  expect(taken).toEqual(['1', '2']);
  release();
  await settle();
  expect(taken).toEqual(['1', '2', '3']);
  release();
});

it('keeps what comes while a question is open, and goes on after', async () => {
  keep(takeScans((scan) => void taken.push(scan.text)));
  const answered = keep(holdScans());
  offer('a');
  offer('b');
  await settle();
  expect(taken).toEqual([]);
  expect(scansWaiting.value).toBe(2);
  answered();
  answered();
  await settle();
  expect(taken).toEqual(['a', 'b']);
  expect(scansWaiting.value).toBe(0);
});

it('gives a scan to the dialog that wants it, even while the page is busy with an earlier one', async () => {
  keep(
    takeScans((scan) => {
      taken.push(`page ${scan.text}`);
      return new Promise(() => {});
    }),
  );
  offer('first');
  await settle();
  const close = keep(takeScans((scan) => void taken.push(`dialog ${scan.text}`)));
  offer('serial');
  await settle();
  close();
  expect(taken).toEqual(['page first', 'dialog serial']);
});

it('keeps scans that nobody takes yet', async () => {
  offer('early');
  expect(scansWaiting.value).toBe(1);
  keep(takeScans((scan) => void taken.push(scan.text)));
  await settle();
  expect(taken).toEqual(['early']);
  expect(scansWaiting.value).toBe(0);
});
