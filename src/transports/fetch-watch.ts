/** Watches one fetch: whoever aborts it, and whether it is silent for too long. One timer at a time. */

/** Makes the error of a silence that lasted `ms`. */
export type MakeTimeout = (ms: number) => Error;

/** Ends a fetch for a reason of ours. The platform's own error for that end is then of no interest. */
export class FetchWatch {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #failed: Promise<never>;
  #reject: (reason: unknown) => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(outer: AbortSignal | undefined) {
    this.#failed = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    this.#failed.catch(() => undefined);
    this.#outer = outer;
    outer?.addEventListener("abort", this.#onAbort);
  }

  /** For the platform's fetch. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts to wait for a sign of life, at most `ms`; null waits for ever. */
  arm(ms: number | null, makeTimeout: MakeTimeout): void {
    this.disarm();
    if (ms === null || this.#over) return;
    this.#timer = setTimeout(() => this.fail(makeTimeout(ms)), ms);
  }

  disarm(): void {
    clearTimeout(this.#timer);
  }

  /** Ends the fetch: whatever waits in `race` rejects with the reason. */
  fail(reason: unknown): void {
    if (this.#over) return;
    this.end();
    this.#reject(reason);
    this.#controller.abort(reason);
  }

  /** The promise of the platform, or the reason for which the fetch was ended, whichever is first. */
  async race<T>(promise: Promise<T>): Promise<T> {
    try {
      return await Promise.race([this.#failed, promise]);
    } catch (error) {
      // The platform's error may win by a tick; the reason is the truth (engines name aborts as they like).
      if (this.#controller.signal.aborted) throw await this.#failed.catch((reason: unknown) => reason);
      throw error;
    }
  }

  /** Stops watching. */
  end(): void {
    this.#over = true;
    this.disarm();
    this.#outer?.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => this.fail(this.#outer?.reason);
}
