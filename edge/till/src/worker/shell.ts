// The shell is kept whole or not at all: a revision's files come together and go together.

const PREFIX = 'till-';
const BASE = '/till/';
/** Older revisions that are kept. */
const KEPT = 2;

/** What the shell needs of the browser. */
export interface ShellContext {
  readonly caches: CacheStorage;
  readonly fetch: (request: Request | string, init?: RequestInit) => Promise<Response>;
  readonly revision: string;
  /** Paths below `/till/`. */
  readonly files: readonly string[];
}

/** The built till, kept for when the node cannot be reached. */
export class Shell {
  constructor(private readonly context: ShellContext) {}

  private get name(): string {
    return PREFIX + this.context.revision;
  }

  /** Fetches every file of this revision; rejects, keeping nothing, if one is missing. */
  async install(): Promise<void> {
    const { caches, files, fetch } = this.context;
    await caches.delete(this.name);
    const cache = await caches.open(this.name);
    try {
      await Promise.all(
        files.map(async (file) => {
          const response = await fetch(BASE + file, { cache: 'reload', redirect: 'error' });
          if (!response.ok) throw new Error(`${file}: ${response.status}`);
          await cache.put(BASE + file, response);
        }),
      );
    } catch (error) {
      await caches.delete(this.name);
      throw error;
    }
  }

  /** Drops the files of old revisions, but of those that another window may still be running. */
  async activate(): Promise<void> {
    const { caches } = this.context;
    const others = (await caches.keys()).filter(
      (key) => key.startsWith(PREFIX) && key !== this.name,
    );
    await Promise.all(others.slice(0, -KEPT).map((key) => caches.delete(key)));
  }

  /** Whether a request is the shell's to answer; the API never is. */
  owns(method: string, url: string, origin: string): boolean {
    const { origin: from, pathname } = new URL(url);
    return (
      method === 'GET' &&
      from === origin &&
      pathname.startsWith(BASE) &&
      pathname !== `${BASE}sw.js`
    );
  }

  /**
   * Answers from what is kept; a place inside the till is its one page. What only an older revision
   * has is for a window that was opened with it.
   */
  async respond(request: Request): Promise<Response> {
    const { caches, fetch } = this.context;
    const cache = await caches.open(this.name);
    const wanted =
      request.mode === 'navigate' ? `${BASE}index.html` : new URL(request.url).pathname;
    return (await cache.match(wanted)) ?? (await caches.match(wanted)) ?? fetch(request);
  }
}
