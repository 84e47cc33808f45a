// Money asked for is never taken without being booked or given back, whatever is cut in between.
import { describe, expect, it } from 'vitest';
import { add, TEA } from '../core/fixtures';
import { problem, world, written } from './fixtures';

const REDEEM = 'POST /till/entitlements/*/redeem';
const REVERSE = 'POST /till/entitlements/*/reverse';
const gift = (id: string) =>
  ({ type: 'tender', kind: 'gift', amountMinor: 100, reference: `gift:G ${id}` }) as const;
const paid = { type: 'tender', kind: 'card', amountMinor: 499, reference: 'cat 1' } as const;

async function selling() {
  const here = await world();
  here.till.selling.dispatch(add(TEA));
  await here.till.selling.saveWith(async () => undefined);
  return here;
}

describe('rights', () => {
  it('are spent and booked, and nothing is left to settle', async () => {
    const { till, node, db } = await selling();
    node.on(REDEEM, () => ({ status: 201, body: {} }));
    await till.pledges.redeem('gift:G', 100, gift);
    expect(await db.getAll('pledges')).toEqual([]);
    expect(await written(db)).toMatchObject({ tenders: [{ kind: 'gift' }] });
    await till.pledges.settle();
    expect(node.asked.filter((one) => one.path.endsWith('/reverse'))).toEqual([]);
  });

  it('are asked for under the same id again when no answer came', async () => {
    const { till, node } = await selling();
    node.on(REDEEM, () => 'gone');
    await expect(till.pledges.redeem('gift:G', 100, gift)).rejects.toThrow('does not answer');
    node.on(REDEEM, () => ({ body: {} }));
    await till.pledges.redeem('gift:G', 100, gift);
    const [first, second] = node.asked.filter((one) => one.path.endsWith('/redeem'));
    expect(second?.body).toEqual(first?.body);
    expect(till.selling.basket.value.tenders).toHaveLength(1);
  });

  it('go back when the page was left before they were booked', async () => {
    const { till, node, reload, db } = await selling();
    node.on(REDEEM, () => 'gone'); // the node did it
    await expect(till.pledges.redeem('gift:G', 100, gift)).rejects.toThrow('does not answer');
    const again = await reload();
    node.on(REDEEM, () => ({ body: {} }));
    node.on(REVERSE, () => 'gone');
    await expect(again.pledges.settle()).rejects.toThrow('does not answer');
    node.on(REVERSE, () => ({ body: {} }));
    await again.pledges.settle();
    await again.pledges.settle();
    const [once, twice, ...more] = node.asked.filter((one) => one.path.endsWith('/reverse'));
    expect(twice?.body).toEqual(once?.body);
    expect(more).toEqual([]);
    expect(await db.getAll('pledges')).toEqual([]);
    expect(again.selling.basket.value.tenders).toEqual([]);
  });

  it('that cannot be booked pay for nothing, whatever was scanned meanwhile', async () => {
    const { till, node, db } = await selling();
    node.on(REDEEM, () => ({ body: {} }));
    node.on(REVERSE, () => ({ body: {} }));
    const full = IDBObjectStore.prototype.delete;
    IDBObjectStore.prototype.delete = () => {
      till.selling.dispatch(add(TEA));
      throw new DOMException('full', 'QuotaExceededError');
    };
    try {
      await expect(till.pledges.redeem('gift:G', 100, gift)).rejects.toThrow('full');
    } finally {
      IDBObjectStore.prototype.delete = full;
    }
    const { lines, tenders } = till.selling.basket.value;
    expect([lines.map((line) => line.quantity), tenders]).toEqual([[2], []]);
    await expect.poll(() => written(db)).toEqual(till.selling.basket.value);
    await till.pledges.settle();
    expect(node.asked.filter((one) => one.path.endsWith('/reverse'))).toHaveLength(1);
  });

  it('that the node refuses were not spent', async () => {
    const { till, node, db } = await selling();
    node.on(REDEEM, () => problem(409, 'rights-short'));
    await expect(till.pledges.redeem('gift:G', 100, gift)).rejects.toMatchObject({
      code: 'rights-short',
    });
    expect(await db.getAll('pledges')).toEqual([]);
  });

  it('taken out of the basket go back, though the node is away now', async () => {
    const { till, node } = await selling();
    node.on(REDEEM, () => ({ body: {} }));
    await till.pledges.redeem('gift:G', 100, gift);
    const [tender] = till.selling.basket.value.tenders;
    const key = tender?.key ?? '';
    const id = tender?.reference.split(' ')[1] ?? '';
    node.down = true;
    await till.pledges.giveBack('gift:G', id, { type: 'remove-tender', key });
    expect(till.selling.basket.value.tenders).toEqual([]);
    node.down = false;
    node.on(REVERSE, () => ({ body: {} }));
    await till.pledges.settle();
    const sent = node.asked.find((one) => one.path.endsWith('/reverse'));
    expect(sent?.body).toMatchObject({ redeemed_id: id });
  });
});

describe('a card', () => {
  it('is charged under an id that a reload knows, and booked once', async () => {
    const { till, reload, db } = await selling();
    const begun = await till.pledges.beginCharge(499);
    const again = await reload();
    const pledge = again.pledges.charge.value;
    expect(pledge).toEqual(begun);
    if (pledge === null) throw new Error('forgotten');
    const booked = await Promise.all([
      again.pledges.book(pledge, paid),
      again.pledges.book(pledge, paid),
    ]);
    expect(booked).toEqual([true, false]);
    expect(again.selling.basket.value.tenders).toHaveLength(1);
    expect(again.pledges.charge.value).toBeNull();
    const kept = { basket: await written(db), open: await db.count('pledges') };
    expect(kept).toMatchObject({ basket: { tenders: [{ kind: 'card' }] }, open: 0 });
  });

  it('is never settled by itself: a person sees how it ended', async () => {
    const { till, node } = await selling();
    await till.pledges.beginCharge(499);
    const before = node.asked.length;
    await till.pledges.settle();
    expect(node.asked).toHaveLength(before);
    expect(till.pledges.charge.value).not.toBeNull();
  });
});

describe('a reversal', () => {
  it('is meant once, outlives a reload and is sent by nobody else', async () => {
    const { till, node, reload, db } = await selling();
    const first = await till.pledges.beginReversal('s1', 'charge', 499);
    const again = await reload();
    expect(await again.pledges.beginReversal('s1', 'charge', 499)).toEqual(first);
    expect(again.pledges.reversals('s1')).toEqual([first]);
    expect(again.pledges.reversals('s2')).toEqual([]);
    expect(again.pledges.charge.value).toBeNull();
    const before = node.asked.length;
    await again.pledges.settle();
    expect(node.asked).toHaveLength(before);
    await again.pledges.drop(first);
    expect(await db.count('pledges')).toBe(0);
    const next = await again.pledges.beginReversal('s1', 'charge', 499);
    expect(next.id).not.toBe(first.id);
  });
});
