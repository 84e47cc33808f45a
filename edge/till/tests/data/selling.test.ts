// A finished sale is on disk before anybody is told; a reload goes on where it was left.
import { describe, expect, it } from 'vitest';
import { add, product, TEA } from '../core/fixtures';
import { problem, world, written } from './fixtures';

const CASH = { type: 'tender', kind: 'cash', amountMinor: 1000 } as const;

describe('a sale', () => {
  it('is written with its number and the empty basket in one step, and delivered', async () => {
    const { till, node, db } = await world();
    node.on('PUT /till/sales/*', () => ({ status: 201, body: {} }));
    till.selling.dispatch(add(TEA));
    till.selling.dispatch(CASH);
    const done = await till.selling.finish();
    expect([done.receipt, done.changeMinor]).toEqual(['t1-900-000001', 501]);
    expect(await written(db)).toMatchObject({ id: '', lines: [] });
    expect(till.device.state.value?.nextNumber).toBe(2);
    expect((await till.outbox.entries()).map((one) => one.path)).toEqual([
      `/till/sales/${done.id}`,
    ]);
    await till.outbox.flush();
    expect(till.outbox.state.value).toMatchObject({ waiting: 0, stranded: 0 });
    expect((await till.outbox.finished()).map((one) => [one.id, one.delivered])).toEqual([
      [done.id, true],
    ]);
    const sent = node.asked.find((one) => one.method === 'PUT');
    expect(sent?.headers.authorization).toBe('Bearer evd_x');
    expect(sent?.body).toEqual(done.document);
  });

  it('numbers without gaps, over reloads too', async () => {
    const { till, reload } = await world();
    const numbers: string[] = [];
    for (const open of [async () => till, reload, reload]) {
      const here = await open();
      here.selling.dispatch(add(TEA));
      here.selling.dispatch(CASH);
      numbers.push((await here.selling.finish()).receipt);
    }
    expect(numbers).toEqual(['t1-900-000001', 't1-900-000002', 't1-900-000003']);
  });

  it('goes on after a reload, with the same id', async () => {
    const { till, reload, db } = await world();
    till.selling.dispatch(add(TEA, 3));
    const { id } = till.selling.basket.value;
    await expect.poll(() => written(db)).toMatchObject({ id });
    const again = await reload();
    expect(again.selling.basket.value).toEqual(till.selling.basket.value);
  });

  it('is asked to be written down, commit and all, before the caller goes on', async () => {
    const { till } = await world();
    const said: string[] = [];
    const { put } = IDBObjectStore.prototype;
    const { commit } = IDBTransaction.prototype;
    IDBObjectStore.prototype.put = function (value, ...key) {
      said.push(`put ${(value as { lines?: unknown[] }).lines?.length}`);
      return put.call(this, value, ...key);
    };
    IDBTransaction.prototype.commit = function () {
      said.push('commit');
      commit.call(this);
    };
    try {
      till.selling.dispatch(add(TEA));
      till.selling.dispatch(add(product('OTHER', 100)));
      expect(said).toEqual(['put 1', 'commit', 'put 2', 'commit']);
    } finally {
      IDBObjectStore.prototype.put = put;
      IDBTransaction.prototype.commit = commit;
    }
  });

  it('is not finished when it is not covered, and uses no number', async () => {
    const { till } = await world();
    till.selling.dispatch(add(TEA, 3));
    till.selling.dispatch(CASH);
    await expect(till.selling.finish()).rejects.toMatchObject({ code: 'tender-short' });
    expect(till.device.state.value?.nextNumber).toBe(1);
    expect(await till.outbox.entries()).toEqual([]);
    expect(till.selling.basket.value.lines).toHaveLength(1);
  });

  it('leaves no trace in training', async () => {
    const { till } = await world();
    till.selling.training.value = true;
    till.selling.dispatch(add(TEA));
    till.selling.dispatch(CASH);
    expect(await till.selling.finish()).toMatchObject({ training: true, receipt: 'TRAINING' });
    expect(await till.outbox.entries()).toEqual([]);
    expect(till.device.state.value?.nextNumber).toBe(1);
  });

  it('goes straight to the node when the browser cannot write, and is not done if neither can', async () => {
    const { till, node, db } = await world();
    node.on('PUT /till/sales/*', () => ({ status: 201, body: {} }));
    till.selling.dispatch(add(TEA));
    till.selling.dispatch(CASH);
    await expect.poll(() => written(db)).toMatchObject({ tenders: [{}] });
    const add2 = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    try {
      node.down = true;
      await expect(till.selling.finish()).rejects.toMatchObject({ code: 'not-safe' });
      expect(till.watch.storage.value.problem).toBe('full');
      expect(till.selling.basket.value.lines).toHaveLength(1);
      node.down = false;
      const done = await till.selling.finish();
      expect(done.handedOver).toBe(true);
      expect(node.count(`PUT /till/sales/${done.id}`)).toBe(1);
      expect(till.device.state.value?.nextNumber).toBe(2);
    } finally {
      IDBObjectStore.prototype.add = add2;
    }
  });

  it('is booked on the shift of the drawer, kept over a reload', async () => {
    const { till, reload } = await world();
    await till.selling.setShift({ drawer: 't1', number: 7 });
    const again = await reload();
    again.selling.dispatch(add(TEA));
    again.selling.dispatch(CASH);
    const { document } = await again.selling.finish();
    expect([document.drawer, document.shift, document.business_day]).toEqual([
      't1',
      7,
      '2026-11-18',
    ]);
  });
});

describe('holding', () => {
  it('keeps a basket here while the node is away, and hands it over later', async () => {
    const { till, node } = await world();
    node.on('PUT /till/held/*', () => ({ body: {} }));
    till.selling.dispatch(add(TEA));
    const { id } = till.selling.basket.value;
    node.down = true;
    expect(await till.held.hold('Mrs Li')).toMatchObject({ id, here: true, totalMinor: 499 });
    expect(till.selling.basket.value.lines).toEqual([]);
    expect((await till.held.list()).map((one) => one.label)).toEqual(['Mrs Li']);
    node.down = false;
    await till.held.sync();
    expect(node.count(`PUT /till/held/${id}`)).toBe(1);
    const there = {
      id,
      label: 'Mrs Li',
      total_minor: 499,
      lines: 1,
      held_by: 'ana@t2',
      held_ms: 5,
    };
    node.on('GET /till/held', () => ({ body: { held: [there] } }));
    expect(await till.held.list()).toEqual([
      {
        id,
        label: 'Mrs Li',
        totalMinor: 499,
        lines: 1,
        operator: 'ana',
        till: 't2',
        atMs: 5,
        here: false,
      },
    ]);
  });

  it('recalls into an empty hand only, with the same sale', async () => {
    const { till, node } = await world();
    node.down = true;
    till.presence.seen(false);
    till.selling.dispatch(add(TEA));
    const held = await till.held.hold('');
    till.selling.dispatch(add(product('X', 5)));
    await expect(till.held.recall(held.id)).rejects.toMatchObject({ code: 'basket-not-empty' });
    till.selling.dispatch({ type: 'clear' });
    await till.held.recall(held.id);
    expect(till.selling.basket.value).toMatchObject({ id: held.id, lines: [{ sku: 'TEA' }] });
    expect(await till.held.list()).toEqual([]);
  });

  it('lets a held basket be looked into, wherever it is, and takes nothing', async () => {
    const { till, node } = await world();
    node.down = true;
    till.presence.seen(false);
    till.selling.dispatch(add(TEA));
    const here = await till.held.hold('');
    expect((await till.held.look(here.id)).lines).toHaveLength(1);
    expect(await till.held.list()).toHaveLength(1);
    node.down = false;
    const basket = JSON.stringify({ lines: [], exchange: { returnId: 'r1', amountMinor: 129 } });
    node.on('GET /till/held/*', () => ({ body: { basket } }));
    expect((await till.held.look('h9')).exchange).toEqual({ returnId: 'r1', amountMinor: 129 });
  });

  it('tells when another till was first', async () => {
    const { till, node } = await world();
    node.on('POST /till/held/*/recall', () => problem(409, 'held-taken'));
    await expect(till.held.recall('h1')).rejects.toMatchObject({ code: 'held-taken' });
  });

  it('asks the node for a basket that it may have, though no answer came', async () => {
    const { till, node } = await world();
    till.selling.dispatch(add(TEA));
    const { id } = till.selling.basket.value;
    node.on('PUT /till/held/*', () => 'gone');
    await till.held.hold('');
    await expect(till.held.recall(id)).rejects.toMatchObject({ code: 'held-unsure' });
    node.on('PUT /till/held/*', () => problem(409, 'held-taken'));
    node.on('POST /till/held/*/recall', () => problem(409, 'held-taken'));
    await expect(till.held.recall(id)).rejects.toMatchObject({ code: 'held-taken' });
    expect(till.selling.basket.value.lines).toEqual([]);
    expect(await till.held.list().catch(() => [])).toEqual([]);
    const holds = node.asked.filter((one) => one.method === 'PUT').map((one) => one.body);
    expect(new Set(holds.map((body) => (body as { hold: string }).hold)).size).toBe(1);
  });

  it('puts a basket aside again whose recall was cut short', async () => {
    const { till, node, reload } = await world();
    till.selling.dispatch(add(TEA));
    const basket = JSON.stringify(till.selling.basket.value);
    const { id } = till.selling.basket.value;
    till.selling.dispatch({ type: 'clear' });
    node.on('POST /till/held/*/recall', () => 'gone'); // the node did it, and nobody heard
    await expect(till.held.recall(id)).rejects.toMatchObject({ code: 'unreachable' });
    const again = await reload();
    node.on('POST /till/held/*/recall', () => ({ body: { label: 'Li', total_minor: 5, basket } }));
    node.on('PUT /till/held/*', () => ({ body: {} }));
    await again.held.sync();
    const sent = node.asked.findLast((one) => one.method === 'PUT')?.body;
    expect(sent).toMatchObject({ label: 'Li', total_minor: 5, basket });
    await again.held.sync();
    expect(node.count(`PUT /till/held/${id}`)).toBe(1);
  });
});

describe('two windows of one till', () => {
  it('sell in turn: the one that was opened last writes, the other takes nothing', async () => {
    const { till, reload, db } = await world();
    till.selling.dispatch(add(TEA));
    await expect.poll(() => written(db)).toMatchObject({ lines: [{}] });
    const other = await reload();
    other.selling.dispatch(add(product('X', 5)));
    till.selling.dispatch(CASH);
    await expect(till.selling.finish()).rejects.toMatchObject({ code: 'sold-elsewhere' });
    expect(till.selling.owner.value).toBe('elsewhere');
    expect(till.selling.dispatch(add(TEA))).toMatchObject({ refused: { code: 'sold-elsewhere' } });
    await expect(till.pledges.beginCharge(5)).rejects.toMatchObject({ code: 'sold-elsewhere' });
    other.selling.dispatch(CASH);
    expect((await other.selling.finish()).document.lines.map((one) => one.sku)).toEqual([
      'TEA',
      'X',
    ]);
    await till.selling.takeOver();
    expect(till.selling.basket.value.lines).toEqual([]);
    till.selling.dispatch(add(TEA));
    till.selling.dispatch(CASH);
    expect((await till.selling.finish()).receipt).toBe('t1-900-000002');
    expect(await till.outbox.entries()).toHaveLength(2);
  });

  it('cannot put aside what the other sells', async () => {
    const { till, reload } = await world();
    till.selling.dispatch(add(TEA));
    await till.selling.saveWith(async () => undefined);
    const other = await reload();
    await expect(till.held.hold('')).rejects.toMatchObject({ code: 'sold-elsewhere' });
    expect(await till.held.list().catch(() => [])).toEqual([]);
    expect(other.selling.basket.value.lines).toHaveLength(1);
  });
});

describe('a browser store that is full', () => {
  async function whenFull(work: () => Promise<void>): Promise<void> {
    const { add: add2, put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.add = IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    await work().finally(() => Object.assign(IDBObjectStore.prototype, { add: add2, put }));
  }

  it('hands the same document over until an answer comes, and numbers on after a reload', async () => {
    const kept = new Map<string, string>();
    const mark = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const { till, node, clock, reload, db } = await world(true, { mark: mark as Storage });
    till.selling.dispatch(add(TEA));
    till.selling.dispatch(CASH);
    await till.selling.saveWith(async () => undefined);
    await whenFull(async () => {
      node.on('PUT /till/sales/*', () => 'gone');
      await expect(till.selling.finish()).rejects.toMatchObject({ code: 'not-safe' });
      clock.nowMs += 5_000;
      node.on('PUT /till/sales/*', () => ({ body: {} }));
      expect((await till.selling.finish()).receipt).toBe('t1-900-000001');
    });
    const [first, second] = node.asked.filter((one) => one.method === 'PUT');
    expect(second?.body).toEqual(first?.body);
    expect(await written(db)).toMatchObject({ lines: [{}] });
    const again = await reload();
    expect(again.selling.basket.value.lines).toEqual([]);
    again.selling.dispatch(add(TEA));
    again.selling.dispatch(CASH);
    expect((await again.selling.finish()).receipt).toBe('t1-900-000002');
  });
});
