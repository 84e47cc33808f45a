// One law: stock work is a few jobs, each with one page, one picture and one line that says what it is.
import type { Key } from '../i18n';
import type { IconName } from '../ui';

/** A job of the stock area. */
export interface Job {
  readonly path: string;
  readonly icon: IconName;
  readonly title: Key;
  readonly text: Key;
}

/** All jobs, the most frequent first. */
export const JOBS: readonly Job[] = [
  { path: 'lookup', icon: 'search', title: 'stock.lookup.title', text: 'stock.lookup.text' },
  { path: 'receive', icon: 'box', title: 'stock.receive.title', text: 'stock.receive.text' },
  { path: 'counts', icon: 'list', title: 'stock.counts.title', text: 'stock.counts.text' },
  { path: 'send', icon: 'next', title: 'stock.send.title', text: 'stock.send.text' },
  { path: 'transit', icon: 'inbox', title: 'stock.transit.title', text: 'stock.transit.text' },
  { path: 'write-off', icon: 'trash', title: 'stock.writeOff.title', text: 'stock.writeOff.text' },
  { path: 'labels', icon: 'tag', title: 'stock.labels.title', text: 'stock.labels.text' },
  { path: 'worklist', icon: 'warn', title: 'stock.worklist.title', text: 'stock.worklist.text' },
];
