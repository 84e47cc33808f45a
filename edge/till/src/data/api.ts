// Every request ends in time: with an answer, with the node's own words, or as unreachable.
import type { ApiPort, CallOptions } from './ports';
import type { ProblemDocument } from './wire';

/** A refusal in the node's words; `code` is stable, `message` is its detail. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly field: string;
  readonly case: string;
  readonly values: Readonly<Record<string, string | number>>;

  constructor(document: ProblemDocument) {
    super(document.detail);
    this.name = 'ApiProblem';
    this.code = document.code;
    this.status = document.status;
    this.title = document.title;
    this.field = document.field ?? '';
    this.case = document.case ?? '';
    this.values = document.values ?? {};
  }

  /** Whether the same request may succeed later: the node is busy, restarting or does not know us. */
  get passing(): boolean {
    return this.status >= 500 || [401, 403, 408, 425, 429].includes(this.status);
  }
}

/** The node did not answer in time, or not at all. */
export class Unreachable extends Error {
  readonly code = 'unreachable';

  constructor(cause: unknown) {
    super('The node does not answer. Check its power and the network.', { cause });
    this.name = 'Unreachable';
  }
}

/** Whether what failed may yet be done, or may have been: nobody refused it for good. */
export const isUnsettled = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof ApiProblem && error.passing);

/** What the client needs of the rest of the till. */
export interface ApiContext {
  readonly base?: string;
  readonly fetch?: typeof fetch;
  readonly deviceToken: () => string;
  readonly personToken: () => string;
}

const TIMEOUT_MS = 8_000;

/** The typed client of `/api/v1`. */
export class Api implements ApiPort {
  private readonly base: string;
  private readonly fetch: typeof fetch;

  constructor(private readonly context: ApiContext) {
    this.base = context.base ?? '/api/v1';
    this.fetch = context.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  get<T>(path: string, options?: CallOptions): Promise<T> {
    return this.json('GET', path, undefined, options);
  }

  post<T>(path: string, body: unknown, options?: CallOptions): Promise<T> {
    return this.json('POST', path, body, options);
  }

  put<T>(path: string, body: unknown, options?: CallOptions): Promise<T> {
    return this.json('PUT', path, body, options);
  }

  delete<T>(path: string, options?: CallOptions): Promise<T> {
    return this.json('DELETE', path, undefined, options);
  }

  async blob(path: string, options?: CallOptions): Promise<Blob> {
    const response = await this.raw('GET', path, undefined, options);
    await this.check(response);
    return this.within(response.blob());
  }

  async raw(
    method: string,
    path: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<Response> {
    const person = this.context.personToken();
    const device = this.context.deviceToken();
    const token = options.token ?? (options.as === 'device' ? device : person || device);
    const headers: Record<string, string> = { ...options.headers };
    if (token) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    const init: RequestInit = { method, headers, signal, cache: 'no-store', credentials: 'omit' };
    if (body !== undefined) init.body = JSON.stringify(body);
    try {
      return await this.fetch(this.base + path, init);
    } catch (error) {
      throw new Unreachable(error);
    }
  }

  private async json<T>(
    method: string,
    path: string,
    body: unknown,
    options?: CallOptions,
  ): Promise<T> {
    const response = await this.raw(method, path, body, options);
    await this.check(response);
    if (response.status === 204) return undefined as T;
    const text = await this.within(response.text());
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  private async within<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      throw new Unreachable(error); // the connection broke in the middle of the answer
    }
  }

  private async check(response: Response): Promise<void> {
    if (!response.ok) throw await problemOf(response);
  }
}

/** Reads the problem document of a refused request. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const { status, statusText } = response;
  const plain = {
    code: 'http-error',
    title: statusText,
    status,
    detail: `The node answered ${status}.`,
  };
  try {
    const document = (await response.json()) as Partial<ProblemDocument>;
    return new ApiProblem({ ...plain, ...document, status });
  } catch {
    return new ApiProblem(plain);
  }
}

/** A refusal of the till itself, in a stable code. */
export class TillProblem extends Error {
  constructor(
    readonly code: string,
    readonly values: Readonly<Record<string, string | number>> = {},
    cause?: unknown,
  ) {
    super(code, { cause });
    this.name = 'TillProblem';
  }
}
