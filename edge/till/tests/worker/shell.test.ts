// The shell is kept whole, given without a network, and never in the way of the API.
import { describe, expect, it } from 'vitest';
import { Shell } from '../../src/worker/shell';

class Caches {
  readonly kept = new Map<string, Map<string, Response>>();

  async open(name: string) {
    const files = this.kept.get(name) ?? new Map<string, Response>();
    this.kept.set(name, files);
    return {
      put: async (path: string, response: Response) => void files.set(path, response),
      match: async (path: string) => files.get(path)?.clone(),
    };
  }

  async delete(name: string) {
    return this.kept.delete(name);
  }

  async keys() {
    return [...this.kept.keys()];
  }

  async match(path: string) {
    return [...this.kept.values()]
      .find((files) => files.has(path))
      ?.get(path)
      ?.clone();
  }
}

const FILES = ['index.html', 'assets/a-1.js'];

function shell(
  caches: Caches,
  revision: string,
  fetched: (path: string) => Response,
  files: readonly string[] = FILES,
) {
  return new Shell({
    caches: caches as unknown as CacheStorage,
    fetch: async (request) => fetched(typeof request === 'string' ? request : request.url),
    revision,
    files,
  });
}

const page = (path: string) => new Response(`file ${path}`);
const navigation = (url: string) => ({ mode: 'navigate', url, method: 'GET' }) as Request;

describe('the shell', () => {
  it('keeps every file, and drops revisions that nobody can be running', async () => {
    const caches = new Caches();
    for (const revision of ['one', 'two', 'three']) await shell(caches, revision, page).install();
    const four = shell(caches, 'four', page);
    await four.install();
    expect(await caches.keys()).toEqual(['till-one', 'till-two', 'till-three', 'till-four']);
    await four.activate();
    expect([...(caches.kept.get('till-four')?.keys() ?? [])]).toEqual(
      FILES.map((file) => `/till/${file}`),
    );
    expect(await caches.keys()).toEqual(['till-two', 'till-three', 'till-four']);
  });

  it('gives a window its own files though another one has taken up a newer revision', async () => {
    const caches = new Caches();
    await shell(caches, 'one', page, ['index.html', 'assets/lazy-1.js']).install();
    const two = shell(caches, 'two', (path) => new Response('', { status: path ? 503 : 200 }));
    const made = shell(caches, 'two', page, ['index.html', 'assets/lazy-2.js']);
    await made.install();
    await made.activate();
    const lazy = { mode: 'cors', url: 'http://store/till/assets/lazy-1.js' } as Request;
    expect(await (await two.respond(lazy)).text()).toBe('file /till/assets/lazy-1.js');
  });

  it('keeps nothing of a revision that is not whole', async () => {
    const caches = new Caches();
    const broken = shell(
      caches,
      'two',
      (path) => new Response('', { status: path.endsWith('js') ? 503 : 200 }),
    );
    await expect(broken.install()).rejects.toThrow('assets/a-1.js: 503');
    expect(await caches.keys()).toEqual([]);
  });

  it('opens any place of the till without a network', async () => {
    const made = shell(new Caches(), 'one', page);
    await made.install();
    const answer = await made.respond(navigation('http://store/till/desk/shift'));
    expect(await answer.text()).toBe('file /till/index.html');
  });

  it('owns the files of the till alone', () => {
    const made = shell(new Caches(), 'one', page);
    const owns = (path: string, method = 'GET') =>
      made.owns(method, `http://store${path}`, 'http://store');
    expect(['/till/', '/till/desk', '/till/assets/a-1.js'].map((path) => owns(path))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['/api/v1/status', '/till/sw.js', '/'].map((path) => owns(path))).toEqual([
      false,
      false,
      false,
    ]);
    expect(owns('/till/', 'POST')).toBe(false);
    expect(made.owns('GET', 'http://other/till/', 'http://store')).toBe(false);
  });
});
