// Commands arrive in order and once, whatever the node and the network do in between.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problem, world } from './fixtures';

function command(id: string) {
  return { id, kind: 'other', method: 'PUT', path: `/till/cash/${id}`, body: { id } } as const;
}

describe('the outbox', () => {
  it('keeps what could not be sent, over a reload', async () => {
    const { till, node, reload } = await world();
    node.down = true;
    await till.outbox.put(command('a'));
    await till.outbox.put(command('b'));
    await till.outbox.flush();
    expect(till.outbox.state.value).toMatchObject({ waiting: 2, sending: false });
    expect(till.outbox.state.value.problem).not.toBe('');
    node.down = false;
    node.on('PUT /till/cash/*', () => ({ body: {} }));
    const again = await reload();
    await again.outbox.flush();
    expect(again.outbox.state.value).toMatchObject({ waiting: 0, problem: '' });
    expect(node.asked.filter((one) => one.method === 'PUT').map((one) => one.path)).toEqual([
      '/till/cash/a',
      '/till/cash/b',
    ]);
  });

  it('takes a command once', async () => {
    const { till } = await world();
    await till.outbox.put(command('a'));
    await till.outbox.put(command('a'));
    expect(till.outbox.state.value.waiting).toBe(1);
  });

  it('hands what is refused to the quarantine, and sends the rest', async () => {
    const { till, node } = await world();
    node.on('PUT /till/cash/*', ({ path }) =>
      path.endsWith('bad') ? problem(422, 'invalid') : {},
    );
    node.on('POST /till/stranded', () => ({ status: 201, body: {} }));
    for (const id of ['bad', 'good']) await till.outbox.put(command(id));
    await till.outbox.flush();
    expect(till.outbox.state.value).toMatchObject({ waiting: 0, stranded: 1 });
    const stranded = node.asked.find((one) => one.path === '/till/stranded');
    expect(stranded?.body).toEqual({
      id: 'bad',
      document: JSON.stringify({ method: 'PUT', path: '/till/cash/bad', body: { id: 'bad' } }),
      problem: 'invalid: Because of invalid.',
    });
    expect(node.count('PUT /till/cash/good')).toBe(1);
  });

  it('keeps what even the quarantine refuses, without stopping the rest', async () => {
    const { till, node } = await world();
    node.on('PUT /till/cash/*', ({ path }) =>
      path.endsWith('bad') ? problem(422, 'invalid') : {},
    );
    for (const id of ['bad', 'good']) await till.outbox.put(command(id));
    await till.outbox.flush();
    expect((await till.outbox.entries()).map((one) => one.id)).toEqual(['bad']);
    expect(node.count('PUT /till/cash/good')).toBe(1);
  });

  it('waits where the node asks for patience or does not know the till', async () => {
    const { till, node } = await world();
    for (const [status, code] of [
      [503, 'overloaded'],
      [401, 'not-authenticated'],
      [500, 'internal'],
    ] as const) {
      node.on('PUT /till/cash/*', () => problem(status, code));
      await till.outbox.put(command('a'));
      await till.outbox.flush();
      expect(till.outbox.state.value).toMatchObject({ waiting: 1, stranded: 0 });
    }
    expect(node.count('POST /till/stranded')).toBe(0);
  });

  it('signs audit entries with who works and when', async () => {
    const { till } = await world();
    await till.outbox.audit({
      action: 'reprint',
      subject: 's',
      reason: '',
      approver: '',
      detail: '',
    });
    const [entry] = await till.outbox.entries();
    expect(entry?.body).toMatchObject({
      entries: [{ action: 'reprint', id: entry?.id, operator: '' }],
    });
  });

  it('loses nothing and keeps the order, however often connections break', async () => {
    const fate = fc.constantFrom('fine', 'gone', 'done but gone', 'busy');
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 30 }), async (fates) => {
        const { till, node } = await world();
        const carriedOut: string[] = [];
        let at = 0;
        node.on('PUT /till/cash/*', ({ path }) => {
          const now = fates[at++] ?? 'fine';
          if (now === 'gone') return 'gone';
          if (now === 'busy') return problem(503, 'overloaded');
          if (!carriedOut.includes(path)) carriedOut.push(path);
          return now === 'fine' ? {} : 'gone';
        });
        const ids = ['a', 'b', 'c', 'd', 'e'];
        for (const id of ids) await till.outbox.put(command(id));
        for (let tries = 0; tries < 40 && till.outbox.state.value.waiting > 0; tries++)
          await till.outbox.flush();
        expect(till.outbox.state.value.waiting).toBe(0);
        expect(carriedOut).toEqual(ids.map((id) => `/till/cash/${id}`));
      }),
      { numRuns: 30 },
    );
  });
});
