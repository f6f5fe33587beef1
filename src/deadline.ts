/** The end of a whole call: its caller's signal and its total time, as one signal. */
import { TotalTimeoutError } from "./errors.ts";
import type { Request } from "./request.ts";

/** Runs from its making until `release()`. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #outer: AbortSignal | undefined;

  constructor(request: Request, total: number) {
    this.#outer = request.signal;
    this.#timer = setTimeout(() => {
      this.release();
      this.#controller.abort(
        new TotalTimeoutError(
          `Cannot complete ${request}: the call took more than timeout.total: ${total} ms`,
          { request },
        ),
      );
    }, total);
    if (this.#outer?.aborted) this.#onAbort();
    else this.#outer?.addEventListener("abort", this.#onAbort);
  }

  /** Aborts at the end of the time, or with the caller's reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops the clock. */
  readonly release = (): void => {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#onAbort);
  };

  readonly #onAbort = (): void => {
    this.release();
    this.#controller.abort(this.#outer?.reason);
  };
}
