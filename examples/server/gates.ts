/** Gates hold an answer back until a test lets it go. One release lets one waiter pass, whoever comes first. */
export class Gates {
  #permits = new Map<string, number>();
  #waiters = new Map<string, Set<() => void>>();

  /** Calls `onPass` once the gate lets it through, at once where a permit is left. Returns how to give up. */
  pass(name: string, onPass: () => void): () => void {
    const permits = this.#permits.get(name) ?? 0;
    if (permits > 0) {
      this.#permits.set(name, permits - 1);
      queueMicrotask(onPass);
      return () => {};
    }
    const waiters = this.#waiters.get(name) ?? new Set();
    this.#waiters.set(name, waiters.add(onPass));
    return () => {
      waiters.delete(onPass);
      if (waiters.size === 0) this.#waiters.delete(name);
    };
  }

  /** Lets `times` waiters pass, now or later. Returns how many passed now. */
  release(name: string, times = 1): number {
    const passing = [...(this.#waiters.get(name) ?? [])].slice(0, times);
    const left = times - passing.length;
    if (left > 0) this.#permits.set(name, (this.#permits.get(name) ?? 0) + left);
    for (const onPass of passing) onPass();
    return passing.length;
  }
}
