/** Content codings undone with DecompressionStream, for runtimes without zlib. It has no br, so nor has this. */
import { DecodeError } from "../errors.ts";
import type { Request } from "../request.ts";
import { type ByteSource, fromReadableStream, toReadableStream } from "../source.ts";

const FORMATS: ReadonlyMap<string, CompressionFormat> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
]);

// As in the transport that has zlib.
const MAX_CODINGS = 5;

/** The source, decoded; itself where a coding is not known. Reading throws a {@link DecodeError} for what is corrupt. */
export function inflateSource(codings: string, source: ByteSource, request: Request): ByteSource {
  const names = codings
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name && name !== "identity");
  if (names.includes("br") || names.length > MAX_CODINGS) {
    const why = names.includes("br")
      ? "br in a chain needs node:zlib"
      : `more than ${MAX_CODINGS} content codings`;
    return failing(source, new DecodeError(`Cannot decode the body of ${request}: ${why}`, { request }));
  }
  if (names.length === 0 || !names.every((name) => FORMATS.has(name))) return source;
  return names.reduceRight((inner, name) => inflate(name, inner, source, request), source);
}

function inflate(name: string, inner: ByteSource, wire: ByteSource, request: Request): ByteSource {
  let fault: { readonly error: unknown } | undefined;
  let decoded: ByteSource | null | undefined;
  const open = async (): Promise<ByteSource | null> => {
    const first = await inner.read();
    // An empty body is empty whatever its coding.
    if (!first) return null;
    let next: Uint8Array | null = first;
    const watched: ByteSource = {
      async read() {
        const piece = next;
        next = null;
        if (piece) return piece;
        try {
          return await inner.read();
        } catch (error) {
          fault = { error };
          throw error;
        }
      },
      cancel: (reason) => inner.cancel(reason),
    };
    const format =
      name === "deflate" && !isZlib(first) ? "deflate-raw" : (FORMATS.get(name) as CompressionFormat);
    return fromReadableStream(toReadableStream(watched).pipeThrough(new DecompressionStream(format)));
  };
  return {
    async read() {
      if (decoded === undefined) decoded = await open();
      try {
        return (await decoded?.read()) ?? null;
      } catch (error) {
        if (fault) throw fault.error;
        throw new DecodeError(
          `Cannot decode the body of ${request}: its ${name} coding is corrupt or cut short`,
          {
            request,
            cause: error,
          },
        );
      }
    },
    cancel: (reason) => (decoded ?? inner).cancel(reason),
    raw: () => wire,
    get received() {
      return wire.received as number;
    },
  };
}

function failing(source: ByteSource, error: Error): ByteSource {
  return {
    async read() {
      await source.cancel();
      throw error;
    },
    cancel: (reason) => source.cancel(reason),
    raw: () => source,
  };
}

// RFC 1950 section 2.2; what is not that is raw deflate, which some send.
function isZlib([method = 0, flags = 0]: Uint8Array): boolean {
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
}
