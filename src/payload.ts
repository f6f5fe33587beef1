/** The body of a response, in memory or on its way: who may read it, how far, and when it is over. */
import { type BodyInit, toBody } from "./body.ts";
import {
  type ErrorContext,
  isHTTPError,
  ResponseTooLargeError,
  StreamClosedError,
  StreamConsumedError,
} from "./errors.ts";
import { fromFormData } from "./multipart.ts";
import { type ByteSource, concat, fromBytes, isA, toReadableStream } from "./source.ts";

/** How a body is bounded and watched. */
export interface BodyPolicy {
  /** Bytes that reading to memory may take; null for no bound. */
  memory: number | null;
  /** Bytes that streaming may yield; null for no bound. */
  stream: number | null;
  /** Told of the bytes so far, each time some arrive. */
  progress?: ((received: number) => void) | undefined;
  /** Called once, when the body has ended, failed or been released. */
  done?: (() => void) | undefined;
}

// 256 MiB: far beyond any JSON document, and below what a small server has.
export const MAX_RESPONSE_SIZE = 268_435_456;

/** Whose body it is, for messages. */
interface Owner {
  readonly label: string;
  readonly context: ErrorContext;
}

/** A body that is read once from its source, or as often as wanted from memory. */
export class Payload {
  policy: BodyPolicy = { memory: MAX_RESPONSE_SIZE, stream: null };
  /** The Content-Type that the body brought along. */
  readonly type: string | null = null;
  content: Uint8Array<ArrayBuffer> | undefined;
  #source: ByteSource | undefined;
  #claimed = false;
  #closed = false;
  #reading: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #counted = 0;
  readonly #owner: () => Owner;

  constructor(body: BodyInit | ByteSource | null | undefined, owner: () => Owner) {
    this.#owner = owner;
    if (body === null || body === undefined) this.content = new Uint8Array(0);
    else if (isSource(body)) this.#source = body;
    else {
      const made = isA(body, "FormData") ? fromFormData(body as FormData) : toBody(body);
      if (made.bytes) this.content = made.bytes;
      else this.#source = made.open();
      this.type = made.type;
    }
  }

  /** True once a live body was streamed or released. */
  get used(): boolean {
    return !this.content && (this.#claimed || this.#closed);
  }

  /** Bytes off the wire so far; undefined for an encoded body whose source does not know. */
  received(encoded: boolean): number | undefined {
    return this.#source?.received ?? (encoded ? undefined : (this.content?.length ?? this.#counted));
  }

  /** True when the bytes before decoding can still be had. */
  get hasRaw(): boolean {
    return this.#source?.raw !== undefined && !this.used;
  }

  /** All of it, in memory. */
  async read(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.content) {
      const { memory } = this.policy;
      if (memory !== null && this.content.length > memory) throw this.tooLarge(memory);
      return this.content;
    }
    this.#reading ??= this.#collect();
    return this.#reading;
  }

  /** Claims the live body; a body in memory can be claimed again. */
  take(raw = false): ByteSource {
    if (this.content) return fromBytes(this.content);
    this.#claim();
    if (raw) this.#source = this.#source?.raw?.() ?? this.#source;
    return { read: () => this.#next(this.policy.stream), cancel: () => this.close() };
  }

  /** A stream that claims the body when it is first read. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let source: ByteSource | undefined;
    return toReadableStream({
      read: async () => (source ??= this.take()).read(),
      cancel: () => this.close(),
    });
  }

  /** Gives up what was not read. A body in memory stays. */
  async close(): Promise<void> {
    if (this.content || this.#closed) return;
    this.#closed = true;
    await this.#source?.cancel();
    this.#end();
  }

  #claim(): void {
    const { label, context } = this.#owner();
    if (this.#claimed) {
      throw new StreamConsumedError(`Cannot read the body of ${label}: it was read before`, context);
    }
    if (this.#closed) throw this.#released();
    this.#claimed = true;
  }

  async #collect(): Promise<Uint8Array<ArrayBuffer>> {
    this.#claim();
    const { memory, progress } = this.policy;
    const source = this.#source as ByteSource;
    let whole: Uint8Array;
    if (source.collect && !progress) whole = await this.#guard(source, () => this.#all(source, memory));
    else {
      const pieces: Uint8Array[] = [];
      for (let piece = await this.#next(memory); piece; piece = await this.#next(memory)) pieces.push(piece);
      whole = concat(pieces, this.#counted);
    }
    this.content = plain(whole);
    this.#end();
    return this.content;
  }

  async #all(source: ByteSource, limit: number | null): Promise<Uint8Array> {
    const whole = await source.collect?.(limit ?? Number.POSITIVE_INFINITY);
    if (this.#closed) throw this.#released();
    if (!whole) throw this.tooLarge(limit as number);
    return whole;
  }

  #next(limit: number | null): Promise<Uint8Array | null> {
    const source = this.#source as ByteSource;
    return this.#guard(source, async () => {
      const piece = this.#closed ? null : await source.read();
      // A body that was closed under its reader is no shorter body.
      if (this.#closed) throw this.#released();
      if (!piece) {
        this.#end();
        return null;
      }
      this.#counted += piece.length;
      this.policy.progress?.(this.#counted);
      if (limit !== null && this.#counted > limit) throw this.tooLarge(limit);
      return plain(piece);
    });
  }

  /** Whatever fails, the source is released, and an error of ours knows its exchange. */
  async #guard<T>(source: ByteSource, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      void source.cancel(error);
      this.#end();
      if (isHTTPError(error)) {
        const { context } = this.#owner();
        error.request ??= context.request;
        error.response ??= context.response;
      }
      throw error;
    }
  }

  #released(): StreamClosedError {
    const { label, context } = this.#owner();
    return new StreamClosedError(`Cannot read the body of ${label}: it was released unread`, context);
  }

  /** The error for a body, or a part of it, over its bound. */
  tooLarge(limit: number): ResponseTooLargeError {
    const { label, context } = this.#owner();
    return new ResponseTooLargeError(
      `Cannot read the body of ${label}: it is larger than maxResponseSize: ${limit}`,
      context,
    );
  }

  #end(): void {
    const { done } = this.policy;
    this.policy.done = undefined;
    done?.();
  }
}

function isSource(body: BodyInit | ByteSource): body is ByteSource {
  return typeof body === "object" && "read" in body && "cancel" in body;
}

/** Node's Buffers differ from other bytes: their `slice` shares memory. */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return (
    bytes.constructor === Uint8Array
      ? bytes
      : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  ) as Uint8Array<ArrayBuffer>;
}
