/** Waiting that an abort ends at once. */

/**
 * The promise, or the signal's reason as soon as it aborts.
 * @param release gets what the promise brings when nobody waits for it any more
 */
export async function untilAborted<T>(
  signal: AbortSignal | undefined,
  promise: T | Promise<T>,
  release?: (late: T) => unknown,
): Promise<T> {
  if (!signal) return promise;
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, aborted]);
  } catch (error) {
    // A late result is released; a late failure has nobody left to hear it.
    Promise.resolve(promise).then(release, () => undefined);
    // What the abort made others throw may be another error; the reason is the truth.
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
