/** One timer for all phases of an exchange. Knows time, not HTTP. */

/** What is awaited. */
export type Phase = "connect" | "write" | "read";

/** Who is told, once, that a phase took longer than its limit. */
export interface Watched {
  timedOut(phase: Phase, limit: number): void;
}

// Timers are 32-bit: what is larger would fire at once.
const MAX_DELAY = 2 ** 31 - 1;

/**
 * Watches for silence.
 *
 * Strategy: a sign of life only notes the time; the timer, when it fires, sees how much is left and sleeps for the rest.
 * So a busy exchange sets one timer, not one for each piece. A limit is never cut short, as Node's timers may
 * fire up to a millisecond early, and overrun by no more than the timer's own delay.
 */
export class Watch {
  readonly #watched: Watched;
  #phase: Phase = "connect";
  #limit: number | null = null;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #stopped = false;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** From now on `phase` may be silent for `limit` milliseconds; null or undefined: for ever. */
  expect(phase: Phase, limit: number | null | undefined): void {
    this.#phase = phase;
    this.#limit = this.#stopped ? null : (limit ?? null);
    if (this.#limit === null) return;
    this.#since = performance.now();
    if (this.#timer === undefined) this.#arm(this.#limit);
    else if (this.#due > this.#since + this.#limit) {
      clearTimeout(this.#timer);
      this.#arm(this.#limit);
    }
  }

  /** A sign of life. */
  touch(): void {
    if (this.#limit !== null) this.#since = performance.now();
  }

  /** Nothing is awaited of the peer. */
  rest(): void {
    this.#limit = null;
  }

  /** The end: no timer is left behind, and none is set again. */
  stop(): void {
    this.#stopped = true;
    this.#limit = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(delay: number): void {
    const whole = Math.min(Math.ceil(delay), MAX_DELAY);
    this.#due = performance.now() + whole;
    this.#timer = setTimeout(fire, whole, this);
  }

  /** Called by the timer. */
  fire(): void {
    this.#timer = undefined;
    // A process that was busy comes to its timers before it comes to the bytes that have arrived meanwhile.
    if (this.#limit !== null && !this.#sleep()) setImmediate(judge, this);
  }

  /** Called when the bytes have been looked at. */
  judge(): void {
    if (this.#limit !== null && !this.#sleep()) this.#watched.timedOut(this.#phase, this.#limit);
  }

  /** Sleeps for what is left of the limit; false when nothing is. */
  #sleep(): boolean {
    const rest = this.#since + (this.#limit ?? 0) - performance.now();
    if (rest > 0 && this.#timer === undefined) this.#arm(rest);
    return rest > 0;
  }
}

function fire(watch: Watch): void {
  watch.fire();
}

function judge(watch: Watch): void {
  watch.judge();
}
