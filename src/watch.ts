/** Watches one piece of work: whoever aborts it, and whether it takes too long. One timer at a time. */

/** Ends work for a reason of ours. What the work itself then throws is of no interest. */
export class Watch {
  // Made when somebody asks for the signal: engines take their time for one.
  #controller: AbortController | undefined;
  #failure: { readonly reason: unknown } | undefined;
  readonly #waiting: Set<(reason: unknown) => void> = new Set();
  readonly #outer: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  /** @param outer a signal that ends the work with its reason */
  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer;
    if (outer?.aborted) this.#follow();
    else outer?.addEventListener("abort", this.#follow);
  }

  /** Aborts, with the reason, when the work is to end. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#failure) this.#controller.abort(this.#failure.reason);
    }
    return this.#controller.signal;
  }

  /** Waits at most `ms` from now on, instead of what was armed before; null waits for ever. */
  arm(ms: number | null, makeError: (ms: number) => Error): void {
    clearTimeout(this.#timer);
    if (ms !== null && !this.#over) this.#timer = setTimeout(() => this.fail(makeError(ms)), ms);
  }

  disarm(): void {
    clearTimeout(this.#timer);
  }

  /** Ends the work, also what is left of it when it is watched no more: `race` rejects with the reason. */
  fail(reason: unknown): void {
    this.end();
    if (this.#failure) return;
    this.#failure = { reason };
    this.#controller?.abort(reason);
    for (const reject of this.#waiting) reject(reason);
  }

  /** What the work brings, or the reason for which it was ended; what comes too late is released. */
  async race<T>(work: T | Promise<T>, release?: (late: T) => unknown): Promise<T> {
    let onFail = (_: unknown): void => undefined;
    try {
      if (this.#failure) throw this.#failure.reason;
      return await new Promise<T>((resolve, reject) => {
        onFail = reject;
        this.#waiting.add(reject);
        Promise.resolve(work).then(resolve, reject);
      });
    } catch (error) {
      Promise.resolve(work).then(release, () => undefined);
      // The work's own error may win by a tick; the reason is the truth (engines name aborts as they like).
      throw this.#failure ? this.#failure.reason : error;
    } finally {
      this.#waiting.delete(onFail);
    }
  }

  /** Stops watching. */
  readonly end = (): void => {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#follow);
  };

  readonly #follow = (): void => this.fail(this.#outer?.reason);
}
