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
}

const FILES = ['index.html', 'assets/a-1.js'];

function shell(caches: Caches, revision: string, fetched: (path: string) => Response) {
  return new Shell({
    caches: caches as unknown as CacheStorage,
    fetch: async (request) => fetched(typeof request === 'string' ? request : request.url),
    revision,
    files: FILES,
  });
}

const page = (path: string) => new Response(`file ${path}`);
const navigation = (url: string) => ({ mode: 'navigate', url, method: 'GET' }) as Request;

describe('the shell', () => {
  it('keeps every file, and drops the revision before', async () => {
    const caches = new Caches();
    await shell(caches, 'one', page).install();
    const two = shell(caches, 'two', page);
    await two.install();
    expect(await caches.keys()).toEqual(['till-one', 'till-two']);
    await two.activate();
    expect([...(caches.kept.get('till-two')?.keys() ?? [])]).toEqual(
      FILES.map((file) => `/till/${file}`),
    );
    expect(await caches.keys()).toEqual(['till-two']);
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
