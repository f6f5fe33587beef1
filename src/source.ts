/**
 * Bytes that arrive one piece at a time. The shape every body takes inside: pulled, never pushed,
 * so that a reader who stops reading stops the writer. Not a public stream type.
 */

import { argumentError } from "./errors.ts";
import { snapshot } from "./snapshot.ts";

/** A body in transit. `read` is never called while an earlier `read` is pending. */
export interface ByteSource {
  /** The next bytes, or null at the end. Rejects with the fault that ended the body. */
  read(): Promise<Uint8Array | null>;
  /** Gives up and releases what the source holds. May be called twice; never rejects. */
  cancel(reason?: unknown): Promise<void>;
  /** All that is left in one piece; null, and cancelled, once it is more than `limit` bytes. */
  collect?(limit: number): Promise<Uint8Array | null>;
  /** The same body before content decoding, to be used instead of `read`. */
  raw?(): ByteSource;
  /** Bytes off the wire so far, where the source knows. */
  readonly received?: number;
}

/** A piece of a body as callers may give it. */
export type Chunk = string | ArrayBuffer | ArrayBufferView;

const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder();

/** Built-in kinds are told by tag, since `instanceof` fails across realms; or by class, since older workerd has no tags. */
export function isA(value: unknown, ...tags: string[]): boolean {
  const own = Object.prototype.toString.call(value).slice(8, -1);
  return tags.some((tag) => {
    const kind: unknown = globalThis[tag as keyof typeof globalThis];
    return tag === own || (own === "Object" && typeof kind === "function" && value instanceof kind);
  });
}

/** False for text with half of a surrogate pair, which has no UTF-8: encoders replace it without a word. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/**
 * UTF-8 bytes of a string; views and buffers as they are, never copied.
 * @throws {TypeError} for anything else, and for text with half of a surrogate pair.
 */
export function toBytes(chunk: unknown): Uint8Array<ArrayBuffer> {
  if (typeof chunk === "string") {
    if (!isWellFormed(chunk)) throw argumentError("Cannot send text: it holds half of a surrogate pair");
    return encoder.encode(chunk);
  }
  if (chunk instanceof Uint8Array) return chunk as Uint8Array<ArrayBuffer>;
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength);
  }
  if (isA(chunk, "ArrayBuffer")) return new Uint8Array(chunk as ArrayBuffer);
  throw argumentError(
    `Cannot send a chunk of a body: must be a string or bytes: ${chunk === null ? "null" : typeof chunk}`,
  );
}

/** A source of one piece. */
export function fromBytes(bytes: Uint8Array): ByteSource {
  let rest: Uint8Array | null = bytes.length > 0 ? bytes : null;
  return {
    read() {
      const piece = rest;
      rest = null;
      return Promise.resolve(piece);
    },
    cancel() {
      rest = null;
      return Promise.resolve();
    },
  };
}

/** Reads a WHATWG stream through a reader, since WebKit's streams cannot be iterated. */
export function fromReadableStream(stream: ReadableStream<unknown>): ByteSource {
  let reader: ReadableStreamDefaultReader<unknown> | undefined;
  return {
    async read() {
      reader ??= stream.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return null;
        const bytes = toBytes(value);
        if (bytes.length > 0) return bytes;
      }
    },
    async cancel(reason) {
      try {
        await (reader ?? stream).cancel(reason);
      } catch {
        // A stream that already failed has nothing left to release.
      }
    },
  };
}

/** Reads any iterable of strings and bytes. */
export function fromIterable(iterable: Iterable<unknown> | AsyncIterable<unknown>): ByteSource {
  let iterator: Iterator<unknown> | AsyncIterator<unknown> | undefined;
  let done = false;
  const start = (): Iterator<unknown> | AsyncIterator<unknown> =>
    Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
  return {
    async read() {
      while (!done) {
        iterator ??= start();
        const step = await iterator.next();
        if (step.done) {
          done = true;
          break;
        }
        const bytes = toBytes(await step.value);
        if (bytes.length > 0) return bytes;
      }
      return null;
    },
    async cancel() {
      if (done) return;
      done = true;
      try {
        iterator ??= start();
        // Not awaited: a generator that waits for something for ever would hold up whoever gives it up.
        Promise.resolve(iterator.return?.()).catch(() => undefined);
      } catch {
        // The iterator failed while it was being closed: nothing is left to release.
      }
    },
  };
}

/** The rest of a source in one piece; null, and the source cancelled, once over `limit` bytes. */
export async function collect(source: ByteSource, limit: number): Promise<Uint8Array | null> {
  if (source.collect) return source.collect(limit);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (let piece = await source.read(); piece; piece = await source.read()) {
    size += piece.length;
    if (size > limit) {
      await source.cancel();
      return null;
    }
    pieces.push(piece);
  }
  return concat(pieces, size);
}

/** Joins pieces; a single piece is returned as it is. */
export function concat(pieces: readonly Uint8Array[], size: number): Uint8Array {
  if (pieces.length === 1) return pieces[0] as Uint8Array;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/** The source as a WHATWG stream, read only as far as its consumer asks. */
export function toReadableStream(source: ByteSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    snapshot<UnderlyingDefaultSource<Uint8Array<ArrayBuffer>>>({
      async pull(controller) {
        const bytes = await source.read();
        if (bytes) controller.enqueue(bytes as Uint8Array<ArrayBuffer>);
        else controller.close();
      },
      cancel: (reason) => source.cancel(reason),
    }),
    { highWaterMark: 0 },
  );
}

/** The pieces of a source as they come, or gathered and cut to `size` bytes each. Stopping early releases it. */
export async function* iterate(
  open: () => ByteSource,
  size?: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const source = open();
  let gathered: Uint8Array[] = [];
  let length = 0;
  try {
    for (let piece = await source.read(); piece; piece = await source.read()) {
      if (size === undefined) {
        yield piece as Uint8Array<ArrayBuffer>;
        continue;
      }
      gathered.push(piece);
      length += piece.length;
      if (length < size) continue;
      const whole = concat(gathered, length) as Uint8Array<ArrayBuffer>;
      let at = 0;
      for (; length - at >= size; at += size) yield whole.subarray(at, at + size);
      gathered = at < length ? [whole.subarray(at)] : [];
      length -= at;
    }
    if (length > 0) yield concat(gathered, length) as Uint8Array<ArrayBuffer>;
  } finally {
    await source.cancel();
  }
}
