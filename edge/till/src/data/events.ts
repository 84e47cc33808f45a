// Nothing the node tells is missed: the stream resumes after the last event it gave.
import type { Backoff } from './backoff';
import type { ApiPort, EventsPort } from './ports';
import type { TillEvents } from './wire';

/** One event as it was sent. */
export interface ServerEvent {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

/** Cuts a stream of text into events (WHATWG HTML, 9.2.6); bytes may be split anywhere. */
export class EventParser {
  private rest = '';
  private id = '';
  private name = '';
  private data: string[] = [];

  /** Takes more text; gives the events that are complete. */
  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    this.rest += text;
    // A carriage return at the end may be half of a line end.
    const whole = this.rest.endsWith('\r') ? this.rest.slice(0, -1) : this.rest;
    const lines = whole.split(/\r\n|\n|\r/);
    this.rest = (lines.pop() ?? '') + this.rest.slice(whole.length);
    for (const line of lines) {
      if (line === '') {
        if (this.data.length > 0)
          events.push({ id: this.id, name: this.name || 'message', data: this.data.join('\n') });
        this.name = '';
        this.data = [];
      } else this.field(line);
    }
    return events;
  }

  private field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'id') this.id = value;
    else if (name === 'event') this.name = value;
    else if (name === 'data') this.data.push(value);
  }
}

type Handler = (data: never) => void;

/** What the stream needs of the rest. */
export interface EventsContext {
  readonly api: ApiPort;
  readonly backoff: Backoff;
  readonly onOpen: () => void;
  readonly onClose: () => void;
  readonly onFault: (error: unknown) => void;
  /** No byte for this long: the connection is dead, though nobody said so. */
  readonly silenceMs?: number;
}

/** The node's news for this till. */
export class Events implements EventsPort {
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly ended = new AbortController();
  private lastId = '';

  constructor(private readonly context: EventsContext) {}

  on<K extends keyof TillEvents>(name: K, handler: (data: TillEvents[K]) => void): () => void {
    const known = this.handlers.get(name) ?? new Set<Handler>();
    this.handlers.set(name, known.add(handler as Handler));
    return () => known.delete(handler as Handler);
  }

  /** Listens until `stop`, again and again. */
  async run(): Promise<void> {
    const { signal } = this.ended;
    while (!signal.aborted) {
      try {
        await this.listen();
      } catch (error) {
        if (!signal.aborted) this.context.onFault(error);
      }
      if (signal.aborted) return;
      this.context.onClose();
      await pause(this.context.backoff.next(), signal);
    }
  }

  /** Ends listening. */
  stop(): void {
    this.ended.abort();
  }

  /** Hands out an event; a handler that throws stops nobody. */
  emit(event: ServerEvent): void {
    let data: never;
    try {
      data = JSON.parse(event.data) as never;
    } catch (error) {
      this.context.onFault(error);
      return;
    }
    for (const handler of [...(this.handlers.get(event.name) ?? [])]) {
      try {
        handler(data);
      } catch (error) {
        this.context.onFault(error);
      }
    }
  }

  private async listen(): Promise<void> {
    const cut = new AbortController();
    const signal = AbortSignal.any([cut.signal, this.ended.signal]);
    const response = await this.context.api.raw('GET', '/till/events', undefined, {
      as: 'device',
      signal,
      timeoutMs: 0x7fffffff,
      headers: this.lastId ? { 'last-event-id': this.lastId } : {},
    });
    if (!response.ok || response.body === null) throw new Error(`events: ${response.status}`);
    this.context.onOpen();
    this.context.backoff.reset();
    const parser = new EventParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let silence = setTimeout(() => cut.abort(), this.context.silenceMs ?? 40_000);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(() => cut.abort(), this.context.silenceMs ?? 40_000);
        for (const event of parser.push(value)) {
          if (event.id) this.lastId = event.id;
          this.emit(event);
        }
      }
    } finally {
      clearTimeout(silence);
    }
  }
}

/** Waits, or less if the signal comes. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
