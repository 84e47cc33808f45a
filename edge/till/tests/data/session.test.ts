// Without the node only those are known who logged in here lately, and guessing is stopped.
import { describe, expect, it } from 'vitest';
import { NOON, SETUP } from '../core/fixtures';
import { problem, type World, world } from './fixtures';

const HOUR = 3_600_000;
const STAFF = [
  { staff: 'ana', name: 'Ana', roles: ['cashier'] },
  { staff: 'ben', name: 'Ben', roles: ['manager'] },
];

async function shop(given = {}): Promise<World> {
  const made = await world(true, given);
  made.node.on('GET /till/setup', () => ({
    body: { ...SETUP, staff: STAFF },
    headers: { etag: '"2"' },
  }));
  made.node.on('POST /staff/login', ({ body }) => {
    const { staff, pin } = body as { staff: string; pin: string };
    const person = STAFF.find((one) => one.staff === staff);
    if (!person || pin !== '4711') return problem(401, 'not-authenticated');
    return { body: { ...person, token: `evs_${staff}`, expires_ms: NOON + 12 * HOUR } };
  });
  await made.till.setup.refresh();
  return made;
}

async function loggedIn(staff: string, given = {}): Promise<World> {
  const made = await shop(given);
  await made.till.session.login(staff, '4711');
  await expect
    .poll(
      async () => (await made.till.session.people()).find((one) => one.staff === staff)?.offline,
      { timeout: 20_000 },
    )
    .toBe(true);
  await made.till.session.logout();
  made.node.down = true;
  return made;
}

describe('logging in', () => {
  it('goes by the node while it is there', async () => {
    const { till, node } = await shop();
    expect(await till.session.login('ana', '0000')).toEqual({ code: 'wrong-pin', left: -1 });
    expect(await till.session.login('ana', '4711')).toMatchObject({
      token: 'evs_ana',
      detached: false,
    });
    node.on('GET /x', () => ({ body: {} }));
    await till.api.get('/x');
    await till.api.get('/x', { as: 'device' });
    const tokens = node.asked
      .filter((one) => one.path === '/x')
      .map((one) => one.headers.authorization);
    expect(tokens).toEqual(['Bearer evs_ana', 'Bearer evd_x']);
  });

  it('works without the node for twelve hours after, and no longer', async () => {
    const { till, clock } = await loggedIn('ana');
    clock.nowMs += 11 * HOUR;
    expect(await till.session.login('ana', '4711')).toMatchObject({
      staff: 'ana',
      token: '',
      detached: true,
    });
    clock.nowMs += HOUR;
    expect(await till.session.login('ana', '4711')).toEqual({ code: 'unknown-here' });
    clock.nowMs = NOON - HOUR;
    expect(await till.session.login('ana', '4711')).toEqual({ code: 'unknown-here' });
  });

  it('knows nobody who never logged in here', async () => {
    const { till } = await loggedIn('ana');
    expect(await till.session.login('ben', '4711')).toEqual({ code: 'unknown-here' });
  });

  it('locks after five wrong PINs, over a reload, and opens again', async () => {
    const { till, clock, reload } = await loggedIn('ana');
    const tries = await Promise.all(
      Array.from({ length: 5 }, () => till.session.login('ana', '1')),
    );
    const locked = { code: 'locked', untilMs: clock.nowMs + HOUR / 4 };
    expect(tries.map((one) => ('left' in one ? one.left : one))).toEqual([4, 3, 2, 1, locked]);
    const again = await reload();
    expect(await again.session.login('ana', '4711')).toEqual(locked);
    clock.nowMs += HOUR / 4;
    expect(await again.session.login('ana', '4711')).toMatchObject({ staff: 'ana' });
  });

  it('is locked without the node too where the node has locked, over a reload', async () => {
    const { till, node, clock, reload } = await loggedIn('ana');
    node.down = false;
    const detail = 'Too many wrong PINs: try again later.';
    const refusal = {
      status: 429,
      body: { code: 'too-many-tries', title: '', status: 429, detail, values: { minutes: 7 } },
    };
    node.on('POST /staff/login', () => refusal);
    const locked = { code: 'locked', untilMs: clock.nowMs + 7 * 60_000 };
    expect(await till.session.login('ana', '0')).toEqual(locked);
    node.down = true;
    expect(await till.session.login('ana', '4711')).toEqual(locked);
    const again = await reload();
    expect(await again.session.login('ana', '4711')).toEqual(locked);
    clock.nowMs += 7 * 60_000;
    expect(await again.session.login('ana', '4711')).toMatchObject({ staff: 'ana' });
  });

  it('keeps nothing weaker where the page is not secure', async () => {
    const { till, node, db } = await shop({ subtle: undefined });
    await till.session.login('ana', '4711');
    expect(till.session.canKeepPins).toBe(false);
    expect(await db.getAll('people')).toEqual([]);
    node.down = true;
    expect(await till.session.login('ana', '4711')).toEqual({ code: 'insecure-context' });
  });

  it('keeps no PIN in the clear', async () => {
    const { db } = await loggedIn('ana');
    expect(JSON.stringify(await db.getAll('people'))).not.toContain('4711');
  });

  it('forgets who has left', async () => {
    const { till, node } = await loggedIn('ana');
    node.down = false;
    node.on('GET /till/setup', () => ({
      body: { ...SETUP, staff: [STAFF[1]] },
      headers: { etag: '"3"' },
    }));
    await till.setup.refresh();
    node.down = true;
    await expect.poll(() => till.session.login('ana', '4711')).toEqual({ code: 'unknown-here' });
  });
});

describe('approving', () => {
  const asked = { action: 'discount', subject: 's', reason: 'r', detail: '20 %', pin: '4711' };

  it('without the node takes a manager who was here, and leaves a trace', async () => {
    const { till } = await loggedIn('ben');
    expect(await till.session.approve({ ...asked, staff: 'ben' })).toEqual({
      approver: 'ben',
      name: 'Ben',
      detached: true,
    });
    const [entry] = await till.outbox.entries();
    expect(entry?.body).toMatchObject({
      entries: [{ action: 'approval-detached', approver: 'ben', detail: 'discount: 20 %' }],
    });
  });

  it('takes no cashier for a manager', async () => {
    const { till } = await loggedIn('ana');
    expect(await till.session.approve({ ...asked, staff: 'ana' })).toMatchObject({
      code: 'problem',
    });
    expect(await till.outbox.entries()).toEqual([]);
  });
});
