// The till's parts, put together once; everything that runs by itself is started here.
import { uuid7 } from '../core/ids';
import { Api } from './api';
import { Backoff } from './backoff';
import { Catalogue, startThread } from './catalogue';
import { Device } from './device';
import { Events } from './events';
import { Held } from './held';
import { type Db, openDatabase } from './idb';
import { Outbox } from './outbox';
import { Pins } from './pins';
import { Pledges } from './pledges';
import type { Till } from './ports';
import { Presence } from './presence';
import { Selling } from './selling';
import { Sessions } from './session';
import { Setup } from './setup';
import type { Thread } from './thread';
import { Watch } from './watch';

const SETTLE_MS = 5_000;

/** What a till needs of the browser; tests hand in their own. */
export interface Surroundings {
  readonly db: Db;
  readonly fetch: typeof fetch;
  readonly base: string;
  readonly nowMs: () => number;
  readonly steadyMs: () => number;
  readonly random: () => number;
  readonly randomBytes: (count: number) => Uint8Array<ArrayBuffer>;
  readonly subtle: SubtleCrypto | undefined;
  readonly locks: LockManager | undefined;
  readonly storage: StorageManager | undefined;
  readonly mark: Storage | undefined;
  readonly thread: Thread;
}

/** All parts, for those who start and stop them. */
export interface Parts extends Till {
  readonly device: Device;
  readonly session: Sessions;
  readonly setup: Setup;
  readonly catalogue: Catalogue;
  readonly selling: Selling;
  readonly outbox: Outbox;
  readonly presence: Presence;
  readonly events: Events;
  readonly held: Held;
  readonly pledges: Pledges;
  readonly watch: Watch;
}

/** The till of this browser, open and running. */
export async function openTill(): Promise<Till> {
  const till = assemble(await browser());
  await load(till);
  run(till);
  return till;
}

async function browser(): Promise<Surroundings> {
  const thread = startThread(); // it reads the catalogue while the rest is opened
  return {
    db: await openDatabase(),
    fetch: (input, init) => globalThis.fetch(input, init),
    base: '/api/v1',
    nowMs: Date.now,
    steadyMs: () => performance.now(),
    random: Math.random,
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    subtle: globalThis.isSecureContext ? crypto.subtle : undefined,
    locks: navigator.locks,
    storage: navigator.storage,
    mark: globalThis.localStorage,
    thread,
  };
}

/** Puts the parts together; nothing runs yet. */
export function assemble(around: Surroundings): Parts {
  const { db, nowMs, random } = around;
  const newId = () => uuid7(nowMs(), around.randomBytes(10));
  const operator = (): string => session.current.peek()?.staff ?? '';
  const nodeIsDown = () => presence.state.peek().node === 'down';
  const api = new Api({
    base: around.base,
    fetch: around.fetch,
    deviceToken: () => device.token,
    personToken: () => session.current.peek()?.token ?? '',
  });
  const watch = new Watch(around);
  const onFull = () => watch.full();
  const device = new Device(
    db,
    () => api,
    () => enrolled(parts),
  );
  const setup = new Setup(db, api, nowMs);
  const favourites = () =>
    setup.rules.peek().keyPages.flatMap((page) => page.keys.map((key) => key.sku));
  const catalogue = new Catalogue(around.thread, () => device.token, favourites);
  const presence = new Presence({
    ...{ api, nowMs },
    onNodeTime: (nodeMs, seenMs) => watch.nodeTime(nodeMs, seenMs),
    onUp: () => nodeIsBack(parts),
  });
  const outbox = new Outbox({
    ...{ db, api, nowMs, newId, operator, locks: around.locks },
    backoff: new Backoff(500, 30_000, random),
    onSeen: (up) => presence.seen(up),
  });
  const session = new Sessions({
    ...{ db, api, nowMs, newId, nodeIsDown },
    pins: new Pins({ db, nowMs, subtle: around.subtle, random: around.randomBytes }),
    setup: () => setup.document.peek(),
    audit: (entry) => outbox.audit(entry),
  });
  const selling = new Selling({
    ...{ db, api, device, setup, outbox, catalogue, nowMs, newId, operator, nodeIsDown, onFull },
    ...{ locks: around.locks, mark: around.mark, onWrote: () => watch.wrote() },
  });
  const name = () => device.state.peek()?.till ?? '';
  const held = new Held({ db, api, selling, nowMs, newId, operator, nodeIsDown, till: name });
  const pledges = new Pledges({ db, api, selling, newId, operator });
  const events = new Events({
    ...{ api, backoff: new Backoff(500, 5_000, random) },
    onOpen: () => presence.seen(true),
    onClose: () => void presence.check(),
    onFault: () => undefined, // presence tells whether the node is there
  });
  const told = { api, device, session, setup, catalogue, selling, outbox, presence, events };
  const parts: Parts = { ...told, held, pledges, watch, newId, nowMs };
  listen(parts);
  return parts;
}

/** Reads everything that is kept. */
export async function load(till: Parts): Promise<void> {
  const [enrolledBefore] = await Promise.all([
    till.device.load(),
    till.setup.load(),
    till.session.load(),
    till.outbox.load(),
    till.selling.load(),
  ]);
  await till.watch.start(enrolledBefore);
  await till.pledges.load();
  void till.catalogue.open();
}

/** Starts everything that runs by itself. */
export function run(till: Parts): void {
  void till.presence.run();
  void till.outbox.run();
  till.watch.run();
  setInterval(() => settle(till), SETTLE_MS);
  if (till.device.token !== '') void till.events.run();
}

function enrolled(till: Parts): void {
  till.watch.enrolled();
  void till.events.run();
  nodeIsBack(till);
}

function nodeIsBack(till: Parts): void {
  if (till.device.token === '') return;
  till.outbox.ring();
  void till.setup.refresh().catch(() => undefined); // what is kept holds
  void till.catalogue.update().catch(() => undefined); // the catalogue tells its problem itself
  void till.held.sync().catch(() => undefined); // they stay here
  settle(till);
}

/** Gives back what was redeemed and not booked, while the node is there. */
function settle(till: Parts): void {
  if (till.presence.state.peek().node !== 'up') return;
  void till.pledges.settle().catch(() => undefined); // the next time
}

function listen({ events, presence, catalogue, setup, session }: Parts): void {
  setup.document.subscribe((document) => {
    if (document) void session.keepOnly(document.staff).catch(() => undefined); // next time
  });
  events.on('sync', ({ unsynced, link }) => presence.synced(unsynced, link));
  events.on('catalogue', () => {
    void catalogue.update().catch(() => undefined); // the catalogue tells its problem itself
    void setup.refresh().catch(() => undefined); // what is kept holds
  });
}
