/** One listener for each signal, however many exchanges it may abort. */

/** Who is told when the signal aborts. */
export interface Abortable {
  aborted(reason: unknown): void;
}

/**
 * Everybody who waits for one signal. Facts: Node warns of a leak at the eleventh listener of a signal (22 and later),
 * and one signal for a batch of requests is common.
 */
class Fan {
  readonly waiting: Set<Abortable> = new Set();
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  handleEvent(): void {
    const all = [...this.waiting];
    this.waiting.clear();
    for (const one of all) one.aborted(this.#signal.reason);
  }
}

const fans: WeakMap<AbortSignal, Fan> = new WeakMap();

/** Tells `one` when the signal aborts. */
export function listen(signal: AbortSignal, one: Abortable): void {
  let fan = fans.get(signal);
  if (!fan) fans.set(signal, (fan = new Fan(signal)));
  if (fan.waiting.size === 0) signal.addEventListener("abort", fan, { once: true });
  fan.waiting.add(one);
}

/** Stops telling; the last to leave takes the listener away. */
export function unlisten(signal: AbortSignal, one: Abortable): void {
  const fan = fans.get(signal);
  if (fan?.waiting.delete(one) && fan.waiting.size === 0) signal.removeEventListener("abort", fan);
}
