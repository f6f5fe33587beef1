/** Watches one piece of work: whoever aborts it, and whether it takes too long. One timer at a time. */

/** Ends work for a reason of ours. What the work itself then throws is of no interest. */
export class Watch {
  readonly #controller = new AbortController();
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
    this.#controller.abort(reason);
  }

  /** What the work brings, or the reason for which it was ended; what comes too late is released. */
  async race<T>(work: T | Promise<T>, release?: (late: T) => unknown): Promise<T> {
    const { signal } = this;
    let onAbort = (): void => undefined;
    try {
      signal.throwIfAborted();
      return await new Promise<T>((resolve, reject) => {
        onAbort = () => reject(signal.reason);
        signal.addEventListener("abort", onAbort);
        Promise.resolve(work).then(resolve, reject);
      });
    } catch (error) {
      Promise.resolve(work).then(release, () => undefined);
      // The work's own error may win by a tick; the reason is the truth (engines name aborts as they like).
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener("abort", onAbort);
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
