/** The body of a request: what it is, how long, and whether it can be sent again. Sends nothing. */
import { argumentError, StreamConsumedError } from "./errors.ts";
import { snapshot } from "./snapshot.ts";
import {
  type ByteSource,
  type Chunk,
  collect,
  fromBytes,
  fromIterable,
  fromReadableStream,
  isA,
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
  /** The whole as a Blob, where the platform can read it itself. */
  readonly blob: Blob | null;
  readonly #length: number | null;
  readonly #replayable: boolean;
  readonly #open: (() => ByteSource) | undefined;
  #bytes: Uint8Array<ArrayBuffer> | null;
  #current: ByteSource | undefined;
  #reading: Promise<Uint8Array | null> | undefined;

  constructor(init: BodyParts) {
    const { type, length, replayable, bytes, blob, open } = snapshot(init);
    this.type = type ?? null;
    this.blob = blob ?? null;
    this.#length = blob?.size ?? length ?? null;
    this.#replayable = replayable ?? true;
    this.#bytes = bytes ?? null;
    this.#open = open;
  }

  /** The bytes, where they are in memory. */
  get bytes(): Uint8Array<ArrayBuffer> | null {
    return this.#bytes;
  }

  /** How many bytes, or null where only the end will tell. */
  get length(): number | null {
    return this.#bytes?.length ?? this.#length;
  }

  /** True when it can be sent again, after a challenge or a redirect. */
  get replayable(): boolean {
    return this.#replayable || this.#bytes !== null;
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
    return (this.#current = this.#start());
  }

  /** All of it, in memory, where it stays: from then on it can be replayed. */
  async read(): Promise<Uint8Array<ArrayBuffer>> {
    if (!this.#bytes) {
      this.#reading ??= collect(this.open(), Number.POSITIVE_INFINITY);
      try {
        this.#bytes = (await this.#reading) as Uint8Array<ArrayBuffer>;
      } finally {
        this.#reading = undefined;
      }
    }
    return this.#bytes;
  }

  /** Releases a body that will not be sent (any more). Never rejects. */
  async cancel(reason?: unknown): Promise<void> {
    if (!this.replayable) this.#current ??= this.#start();
    await this.#current?.cancel(reason);
  }

  toJSON(): unknown {
    return { type: this.type, length: this.length };
  }

  #start(): ByteSource {
    if (this.#bytes) return fromBytes(this.#bytes);
    return this.#open ? this.#open() : fromReadableStream((this.blob as Blob).stream());
  }
}

/**
 * Makes a body of anything that `body` accepts, except `FormData`, whose boundary must be known first (see multipart.ts).
 * @throws {TypeError} when it is nothing that can be sent.
 */
export function toBody(init: BodyInit): Body {
  if (typeof init === "string") return new Body({ bytes: toBytes(init), type: "text/plain;charset=UTF-8" });
  if (ArrayBuffer.isView(init) || isA(init, "ArrayBuffer")) return new Body({ bytes: toBytes(init) });
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
  if (typeof init === "object" && init !== null && !isA(init, "FormData")) {
    if (Symbol.asyncIterator in init) return new Body({ replayable: false, open: () => fromIterable(init) });
    if (Symbol.iterator in init) {
      // An iterator returns itself and is spent after one pass; a list starts anew each time.
      const replayable = (init[Symbol.iterator]() as unknown) !== init;
      return new Body({ replayable, open: () => fromIterable(init as Iterable<Chunk>) });
    }
  }
  throw argumentError(
    `Cannot send body: must be a string, bytes, Blob, URLSearchParams, stream, iterable, function or a whole FormData: ${
      init === null ? "null" : typeof init
    }; for objects use json or data`,
  );
}

/** The JSON text of a value. @throws {TypeError} when it has none: a function, a bigint, a circle, too many levels. */
export function fromJSON(value: unknown): Body {
  let cause: unknown;
  try {
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return new Body({ bytes: toBytes(text), type: "application/json" });
  } catch (error) {
    cause = error;
  }
  throw Object.assign(argumentError(`Cannot send json: the value has no JSON form: ${typeof value}`), {
    cause,
  });
}

/** A source that asks the function only when the first byte is wanted. */
function fromFunction(make: () => BodyInit | Promise<BodyInit>): ByteSource {
  let source: Promise<ByteSource> | undefined;
  return {
    read: async () => (await (source ??= (async () => toBody(await make()).open())())).read(),
    cancel: async (reason) => (await source?.catch(() => undefined))?.cancel(reason),
  };
}
