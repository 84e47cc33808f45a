// Who works here is what the node says; without it, what the node said of them a short while ago.
import { type ReadonlySignal, signal } from '@preact/signals';
import { mayApprove } from '../core/approval';
import { ApiProblem, Unreachable } from './api';
import type { Db } from './idb';
import type { Pins } from './pins';
import type {
  ApiPort,
  Approval,
  ApprovalRequest,
  LoginRefusal,
  OutboxPort,
  Session,
  SessionPort,
} from './ports';
import type { LoginReply, SetupDocument, StaffEntry } from './wire';

const KEY = 'session';
const DETACHED_MS = 12 * 3_600_000;
const PATIENCE_MS = 3_000;

/** What sessions need of the rest. */
export interface SessionContext {
  readonly db: Db;
  readonly api: ApiPort;
  readonly pins: Pins;
  readonly nowMs: () => number;
  readonly setup: () => SetupDocument | null;
  readonly nodeIsDown: () => boolean;
  readonly audit: OutboxPort['audit'];
  readonly newId: () => string;
}

/** People at this till. */
export class Sessions implements SessionPort {
  private readonly kept = signal<Session | null>(null);
  readonly current: ReadonlySignal<Session | null> = this.kept;

  constructor(private readonly context: SessionContext) {}

  get canKeepPins(): boolean {
    return this.context.pins.possible;
  }

  /** Who was logged in when the page was left, if that still holds. */
  async load(): Promise<void> {
    const known = (await this.context.db.get('meta', KEY)) as Session | undefined;
    this.kept.value = known && known.expiresMs > this.context.nowMs() ? known : null;
  }

  /** Forgets the PINs of those who are on the staff no more. */
  async keepOnly(staff: readonly StaffEntry[]): Promise<void> {
    await this.context.pins.keepOnly(new Set(staff.map((one) => one.staff)));
  }

  async people(): Promise<readonly (StaffEntry & { readonly offline: boolean })[]> {
    const known = await this.context.pins.known();
    const staff = this.context.setup()?.staff ?? [];
    return staff.map((one) => ({ ...one, offline: known.has(one.staff) }));
  }

  async login(staff: string, pin: string): Promise<Session | LoginRefusal> {
    if (this.context.nodeIsDown()) return this.loginDetached(staff, pin);
    try {
      const reply = await this.context.api.post<LoginReply>(
        '/staff/login',
        { staff, pin },
        { as: 'device', timeoutMs: PATIENCE_MS },
      );
      const { token, name, roles, expires_ms: expiresMs } = reply;
      await this.begin({ staff: reply.staff, name, roles, token, expiresMs, detached: false });
      void this.context.pins.keep(reply, pin).catch(() => undefined); // works without, until an outage
      return this.kept.peek() as Session;
    } catch (error) {
      if (error instanceof Unreachable) return this.loginDetached(staff, pin);
      return this.refused(staff, error);
    }
  }

  private async loginDetached(staff: string, pin: string): Promise<Session | LoginRefusal> {
    const person = await this.context.pins.check(staff, pin);
    if ('code' in person) return person;
    const { name, roles } = person;
    const expiresMs = this.context.nowMs() + DETACHED_MS;
    const session = { staff, name, roles, token: '', expiresMs, detached: true };
    await this.begin(session);
    return session;
  }

  private async begin(session: Session): Promise<void> {
    this.kept.value = session;
    await this.context.db.put('meta', session, KEY).catch(() => undefined); // a full disk stops nobody
  }

  async logout(): Promise<void> {
    const session = this.kept.peek();
    this.kept.value = null;
    await this.context.db.delete('meta', KEY);
    if (session?.token)
      void this.context.api
        .post('/staff/logout', {}, { token: session.token })
        .catch(() => undefined); // it ends by itself
  }

  async approve(asked: ApprovalRequest): Promise<Approval | LoginRefusal> {
    if (this.context.nodeIsDown()) return this.approveDetached(asked);
    try {
      const body = { id: this.context.newId(), ...asked };
      const reply = await this.context.api.post<{ approver: string; name: string }>(
        '/till/approvals',
        body,
        { timeoutMs: PATIENCE_MS },
      );
      const { approver, name } = reply;
      void this.context.pins.keep(this.entry(approver, name), asked.pin).catch(() => undefined);
      return { approver, name, detached: false };
    } catch (error) {
      if (error instanceof Unreachable) return this.approveDetached(asked);
      return this.refused(asked.staff, error);
    }
  }

  /** Reads a refusal; that somebody is locked holds without the node and over a reload too. */
  private async refused(staff: string, error: unknown): Promise<LoginRefusal> {
    const refusal = refusalOf(error, this.context.nowMs());
    if (refusal.code === 'locked')
      await this.context.pins.lock(staff, refusal.untilMs).catch(() => undefined); // a full disk
    return refusal;
  }

  private async approveDetached(asked: ApprovalRequest): Promise<Approval | LoginRefusal> {
    const person = await this.context.pins.check(asked.staff, asked.pin);
    if ('code' in person) return person;
    if (!mayApprove(person.roles)) return { code: 'problem', detail: 'not-allowed' };
    const { subject, reason, action, detail } = asked;
    await this.context.audit({
      action: 'approval-detached',
      subject,
      reason,
      approver: person.staff,
      detail: detail === '' ? action : `${action}: ${detail}`,
    });
    return { approver: person.staff, name: person.name, detached: true };
  }

  private entry(staff: string, name: string): StaffEntry {
    const known = this.context.setup()?.staff.find((one) => one.staff === staff);
    return { staff, name, roles: known?.roles ?? [] };
  }
}

function refusalOf(error: unknown, nowMs: number): LoginRefusal {
  if (!(error instanceof ApiProblem)) throw error;
  if (error.code === 'too-many-tries') {
    const minutes = Number(error.values.minutes ?? 15);
    return { code: 'locked', untilMs: nowMs + minutes * 60_000 };
  }
  if (error.status === 401 || error.code === 'wrong-pin') return { code: 'wrong-pin', left: -1 };
  return { code: 'problem', detail: `${error.code}: ${error.message}`, problem: error };
}
