// After a failure the next try waits twice as long, up to a limit, and never in step with others.

/** Waiting times that grow. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly firstMs: number,
    private readonly limitMs: number,
    private readonly random: () => number,
  ) {}

  /** How long to wait after one more failure: half of the step at least, all of it at most. */
  next(): number {
    const step = Math.min(this.limitMs, this.firstMs * 2 ** Math.min(this.failures++, 20));
    return step / 2 + (step / 2) * this.random();
  }

  /** It worked. */
  reset(): void {
    this.failures = 0;
  }
}
