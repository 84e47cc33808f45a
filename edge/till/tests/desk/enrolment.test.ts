// One law: a token is found in what surrounds it, and nothing else is taken for one.
import { describe, expect, it } from 'vitest';
import { pasted } from '../../src/desk/enrolment';

const TOKEN = `evd_${'Ab-_9'.repeat(8)}xyz`;

describe('a pasted token', () => {
  it('is found alone, in a line, in an address and in JSON', () => {
    for (const text of [
      TOKEN,
      `  ${TOKEN}\n`,
      `t1 (till): ${TOKEN}`,
      `https://node.local/till/#token=${TOKEN}`,
      JSON.stringify({ token: TOKEN }),
    ]) {
      expect(pasted(text)).toEqual({ kind: 'token', token: TOKEN });
    }
  });

  it('says what it is instead', () => {
    expect(pasted('  ').kind).toBe('empty');
    expect(pasted(TOKEN.slice(0, 20)).kind).toBe('cut');
    expect(pasted(`evs_${'a'.repeat(43)}`).kind).toBe('session');
    expect(pasted('4006381333931').kind).toBe('other');
  });
});
