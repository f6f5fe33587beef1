/** Tells how far a body has come. Looks at bytes passing by; changes none. */
import type { Progress } from "./request.ts";
import type { ByteSource } from "./source.ts";

/** A function to call with the bytes so far; it reports them with their rate. */
export function reporter(
  total: number | null | undefined,
  report: (progress: Progress) => void,
): (bytes: number) => void {
  const started = performance.now();
  return (transferred) => {
    const seconds = (performance.now() - started) / 1000;
    const rate = seconds > 0 ? Math.round(transferred / seconds) : 0;
    report({ transferred, rate, ...(typeof total === "number" && { total }) });
  };
}

/** The source, reporting each piece that is read from it. */
export function withProgress(
  source: ByteSource,
  total: number | null,
  report: (progress: Progress) => void,
): ByteSource {
  const tell = reporter(total, report);
  let transferred = 0;
  return {
    async read() {
      const bytes = await source.read();
      if (bytes) tell((transferred += bytes.length));
      return bytes;
    },
    cancel: (reason) => source.cancel(reason),
  };
}
