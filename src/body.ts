/** The body of a request: what it is, how long, and whether it can be sent again. Sends nothing. */
import { argumentError, StreamConsumedError } from "./errors.ts";
import {
  type ByteSource,
  type Chunk,
  collect,
  fromBytes,
  fromIterable,
  fromReadableStream,
  isArrayBuffer,
  toBytes,
} from "./source.ts";

/** What a body can be given as. A function is called for each time that the body is sent. */
export type BodyInit =
  | Chunk
  | Blob
  | FormData
  | URLSearchParams
  | ReadableStream<unknown>
  | Iterable<Chunk>
  | AsyncIterable<Chunk>
  | (() => BodyInit | Promise<BodyInit>);

interface BodyParts {
  type?: string | null;
  length?: number | null;
  replayable?: boolean;
  bytes?: Uint8Array<ArrayBuffer>;
  blob?: Blob;
  open?: () => ByteSource;
}

/** A body that can be opened: once if it is a stream, as often as needed otherwise. */
export class Body {
  /** The Content-Type that goes with it, or null. */
  readonly type: string | null;
  /** Bytes, or null where only the end will tell. */
  readonly length: number | null;
  /** True when it can be sent again, after a challenge or a redirect. */
  readonly replayable: boolean;
  /** The bytes, where they are in memory. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  /** The whole as a Blob, where the platform can read it itself. */
  readonly blob: Blob | null;
  readonly #open: () => ByteSource;
  #current: ByteSource | undefined;

  constructor(parts: BodyParts) {
    const bytes = parts.bytes ?? null;
    this.bytes = bytes;
    this.blob = parts.blob ?? null;
    this.type = parts.type ?? null;
    this.length = bytes?.length ?? parts.blob?.size ?? parts.length ?? null;
    this.replayable = parts.replayable ?? true;
    this.#open =
      parts.open ?? (() => (bytes ? fromBytes(bytes) : fromReadableStream((this.blob as Blob).stream())));
  }

  /** True once a body that cannot be replayed has been opened. */
  get consumed(): boolean {
    return !this.replayable && this.#current !== undefined;
  }

  /**
   * Starts the body from its beginning.
   * @throws {StreamConsumedError} when it is a one-shot stream that was opened before.
   */
  open(): ByteSource {
    if (this.consumed) {
      throw new StreamConsumedError(
        "Cannot send the body again: it is a stream that can be read once; give a function that returns a new stream",
      );
    }
    this.#current = this.#open();
    return this.#current;
  }

  /** All of it, in memory. */
  async read(): Promise<Uint8Array<ArrayBuffer>> {
    return this.bytes ?? ((await collect(this.open(), Number.POSITIVE_INFINITY)) as Uint8Array<ArrayBuffer>);
  }

  /** Releases a body that will not be sent (any more). Never rejects. */
  async cancel(reason?: unknown): Promise<void> {
    if (this.replayable && !this.#current) return;
    this.#current ??= this.#open();
    await this.#current.cancel(reason);
  }

  toJSON(): unknown {
    return { type: this.type, length: this.length };
  }
}

/** Built-in kinds are told by tag: `instanceof` fails across realms. */
export function isA(value: unknown, ...tags: string[]): boolean {
  return tags.includes(Object.prototype.toString.call(value).slice(8, -1));
}

/**
 * Makes a body of anything that `body` accepts, except `FormData` (see multipart.ts).
 * @throws {TypeError} when it is nothing that can be sent.
 */
export function toBody(init: BodyInit): Body {
  if (typeof init === "string") return new Body({ bytes: toBytes(init), type: "text/plain;charset=UTF-8" });
  if (ArrayBuffer.isView(init) || isArrayBuffer(init)) return new Body({ bytes: toBytes(init) });
  if (isA(init, "URLSearchParams")) {
    return new Body({
      bytes: toBytes(String(init)),
      type: "application/x-www-form-urlencoded;charset=UTF-8",
    });
  }
  if (isA(init, "Blob", "File")) return new Body({ blob: init as Blob, type: (init as Blob).type || null });
  if (isA(init, "ReadableStream")) {
    return new Body({ replayable: false, open: () => fromReadableStream(init as ReadableStream) });
  }
  if (typeof init === "function") return new Body({ open: () => fromFunction(init) });
  if (typeof init === "object" && init !== null) {
    if (Symbol.asyncIterator in init) return new Body({ replayable: false, open: () => fromIterable(init) });
    if (Symbol.iterator in init) {
      // An iterator returns itself and is spent after one pass; a list starts anew each time.
      const replayable = (init[Symbol.iterator]() as unknown) !== init;
      return new Body({ replayable, open: () => fromIterable(init as Iterable<Chunk>) });
    }
  }
  throw argumentError(
    `Cannot send body: must be a string, bytes, Blob, FormData, URLSearchParams, stream, iterable or function: ${
      init === null ? "null" : typeof init
    }; for objects use json or data`,
  );
}

/** A source that asks the function only when the first byte is wanted. */
function fromFunction(make: () => BodyInit | Promise<BodyInit>): ByteSource {
  let source: Promise<ByteSource> | undefined;
  return {
    read: async () => (await (source ??= (async () => toBody(await make()).open())())).read(),
    cancel: async (reason) => (await source?.catch(() => undefined))?.cancel(reason),
  };
}
