/** A response: Fetch's interface over a body that is in memory or still on its way. */
import { type BodyInit, fromJSON } from "./body.ts";
import {
  argumentError,
  DecodeError,
  type ErrorContext,
  HTTPStatusError,
  ResponseNotReadError,
  UnsupportedError,
  ValidationError,
} from "./errors.ts";
import { parseContentType } from "./fields/content-type.ts";
import { isFieldValue } from "./grammar.ts";
import { Headers } from "./headers.ts";
import { type BodyPolicy, Payload } from "./payload.ts";
import { show } from "./redact.ts";
import type { Request } from "./request.ts";
import { ResponseHead, type ResponseInit } from "./response-head.ts";
import type { StandardSchema } from "./schema.ts";
import { snapshot } from "./snapshot.ts";
import { type ByteSource, concat, fromReadableStream, iterate, toReadableStream } from "./source.ts";
import { reasonPhrase } from "./status.ts";
import { type DefaultEncoding, decoderFor, detectEncoding, LineSplitter, textDecoder } from "./text.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A response of a server, or one made by hand for a test. */
export class Response extends ResponseHead {
  /** Every earlier response of the call, oldest first: redirects and auth legs. */
  history: readonly Response[] = [];
  /** Milliseconds from sending to the end of the headers. */
  elapsed = 0;
  /** The request that following this redirect would send, when it was not followed. */
  nextRequest: Request | undefined = undefined;
  /** The charset for text without a declared one: a label, or a function of the bytes. Default "utf-8". */
  defaultEncoding: DefaultEncoding = "utf-8";
  #request: Request | undefined;
  #payload: Payload;
  #body: ReadableStream<Bytes> | null | undefined;
  #encoding: string | undefined;

  constructor(body?: BodyInit | ByteSource | null, init?: ResponseInit) {
    super(init);
    this.#body = body === null || body === undefined ? null : undefined;
    this.#payload = this.#hold(body);
    const { type } = this.#payload;
    if (type && !this.headers.has("content-type")) this.headers.set("Content-Type", type);
  }

  /** A response whose body is the JSON text of `value`. */
  static json(value: unknown, init?: ResponseInit): Response {
    const own = snapshot(init);
    const { bytes, type } = fromJSON(value);
    const headers = new Headers({ "Content-Type": type }).merge(own.headers);
    return new Response(bytes, { ...own, headers });
  }

  /** The request that led here. @throws {TypeError} on a response made by hand that answers none. */
  get request(): Request {
    if (this.#request) return this.#request;
    throw argumentError("Cannot give the request: the response was made by hand and answers none");
  }

  set request(request: Request) {
    this.#request = request;
    if (!this.url) this.url = request.url.href.split("#", 1)[0] as string;
  }

  /** Bytes off the wire so far; undefined where the platform decoded them out of sight. */
  get numBytesDownloaded(): number | undefined {
    return this.#payload.received(this.#isEncoded);
  }

  /** Returns the response for 1xx to 3xx. @throws {HTTPStatusError} for 4xx and 5xx. */
  raiseForStatus(): this {
    if (this.isError) throw this.statusError();
    return this;
  }

  /** The error that this status stands for. */
  statusError(): HTTPStatusError {
    const reason = this.statusText || reasonPhrase(this.status);
    const status = reason ? `${this.status} ${show(reason).slice(1, -1)}` : this.status;
    return new HTTPStatusError(
      `Cannot accept the response to ${this.#label}: status is ${status}`,
      this.#context,
    );
  }

  // The body in memory

  /** The body in memory. @throws {ResponseNotReadError} while it is on its way; `read()` fetches it. */
  get content(): Bytes {
    if (this.#payload.content) return this.#payload.content;
    throw new ResponseNotReadError(
      `Cannot give the body of ${this.#label}: call read() first`,
      this.#context,
    );
  }

  /**
   * Reads the body to memory; from then on every method can be called again.
   * @throws {ResponseTooLargeError} when it has more bytes than `maxResponseSize`.
   * @throws {StreamConsumedError} when it was streamed before. @throws {StreamClosedError} when it was released.
   */
  read(): Promise<Bytes> {
    return this.#payload.read();
  }

  /** The body as text: charset by byte order mark, header or `defaultEncoding`, unless `encoding` was assigned. */
  async text(): Promise<string> {
    const bytes = await this.read();
    return this.#decoder(bytes, this.defaultEncoding).decode(bytes);
  }

  /**
   * The body as JSON; with a Standard Schema, validated.
   * @throws {DecodeError} when it is not JSON. @throws {ValidationError} when the schema refuses it.
   */
  json<T = unknown>(): Promise<T>;
  json<T>(schema: StandardSchema<T>): Promise<T>;
  async json(schema?: StandardSchema): Promise<unknown> {
    const standard = schema?.["~standard"];
    if (schema !== undefined && typeof standard?.validate !== "function")
      throw argumentError(`Cannot validate: must be a Standard Schema: ${typeof schema}`);
    const bytes = await this.read();
    const text = this.#decoder(bytes, "utf-8").decode(bytes);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // The runtime's error is no cause to keep: it may quote the body at any length.
      const excerpt = text ? `it starts with ${show(text.slice(0, 60))}` : "it is empty";
      throw new DecodeError(`Cannot parse the body of ${this.#label} as JSON: ${excerpt}`, this.#context);
    }
    const result = standard ? await standard.validate(value) : { value };
    if (!result.issues) return result.value;
    throw new ValidationError(
      `Cannot accept the body of ${this.#label}: ${show(result.issues[0]?.message ?? "the schema refuses it")}`,
      { ...this.#context, issues: result.issues },
    );
  }

  /** A copy of the body's bytes, the caller's to change or transfer; `content` is the original. */
  async bytes(): Promise<Bytes> {
    return (await this.read()).slice();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.read()], { type: this.headers.get("content-type") ?? "" });
  }

  /** The fields of a form. @throws {DecodeError} when the body is none. */
  async formData(): Promise<FormData> {
    const type = this.headers.get("content-type") ?? "";
    const bytes = await this.read();
    try {
      const init = snapshot<globalThis.ResponseInit>({ headers: { "content-type": type } });
      return await new globalThis.Response(bytes, init).formData();
    } catch (cause) {
      throw new DecodeError(`Cannot parse the body of ${this.#label} as form data: ${show(type)}`, {
        ...this.#context,
        cause,
      });
    }
  }

  // The body on its way

  /** The live body as a WHATWG stream; null where there is none. */
  get body(): ReadableStream<Bytes> | null {
    if (this.#body === undefined) this.#body = this.#payload.stream();
    return this.#body;
  }

  /** True once a live body was streamed or released. A body in memory is never used up. */
  get bodyUsed(): boolean {
    return this.#payload.used;
  }

  /** The decoded bytes as they come, or in pieces of `chunkSize` bytes (the last may be shorter). */
  iterBytes(options?: { chunkSize?: number }): AsyncGenerator<Bytes, void, undefined> {
    if (typeof options === "number") throw argumentError(`Cannot iterate: give { chunkSize: ${options} }`);
    const size = snapshot(options).chunkSize;
    if (size !== undefined && !(Number.isInteger(size) && size > 0)) {
      throw argumentError(`Cannot iterate: chunkSize must be a positive integer: ${String(size)}`);
    }
    return iterate(() => this.#payload.take(), size);
  }

  /** The text as it comes; a character is never split. */
  async *iterText(): AsyncGenerator<string, void, undefined> {
    let decoder: TextDecoder | undefined;
    let start: Bytes = new Uint8Array(0);
    for await (const piece of this.iterBytes()) {
      let bytes = piece;
      if (!decoder) {
        // A byte order mark has up to three bytes.
        bytes = start = concat([start, piece], start.length + piece.length) as Bytes;
        if (start.length < 3) continue;
        decoder = this.#decoder(start, this.defaultEncoding);
      }
      const text = decoder.decode(bytes, { stream: true });
      if (text) yield text;
    }
    const last = decoder ? decoder.decode() : this.#decoder(start, this.defaultEncoding).decode(start);
    if (last) yield last;
  }

  /** The lines of the text, without their ends (LF, CR LF or CR). @throws {ResponseTooLargeError} for an endless line. */
  async *iterLines(): AsyncGenerator<string, void, undefined> {
    const limit = this.#payload.policy.memory ?? Number.POSITIVE_INFINITY;
    const splitter = new LineSplitter();
    for await (const text of this.iterText()) {
      yield* splitter.push(text);
      if (splitter.pending > limit) throw this.#payload.tooLarge(limit);
    }
    yield* splitter.end();
  }

  /**
   * The bytes as they were sent, before decoding.
   * @throws {UnsupportedError} when the body is encoded and only its decoded bytes can be seen.
   */
  iterRaw(): AsyncGenerator<Bytes, void, undefined> {
    if (this.#isEncoded && !this.#payload.hasRaw && !this.#payload.used) {
      throw new UnsupportedError(
        `Cannot give the raw bytes of ${this.#label}: they were decoded before they could be seen; use iterBytes`,
        this.#context,
      );
    }
    return iterate(() => this.#payload.take(true));
  }

  /** Releases the connection. A body in memory stays readable. */
  close(): Promise<void> {
    return this.#payload.close();
  }

  /** A second response with the same body. A live body is split, which buffers what the slower one has not read. */
  clone(): Response {
    const { status, statusText, url, redirected, httpVersion } = this;
    const { content } = this.#payload;
    const { memory, stream } = this.#payload.policy;
    let other: Bytes | ByteSource | null = this.#body === null ? null : (content ?? null);
    if (!content) {
      const [left, right] = toReadableStream(this.#payload.take()).tee();
      this.#payload = this.#hold(fromReadableStream(left));
      this.#body = undefined;
      other = fromReadableStream(right);
    }
    const headers = this.headers.clone();
    const copy = new Response(other, { status, statusText, headers, url, redirected, httpVersion });
    copy.#request = this.#request;
    copy.bound({ memory, stream });
    this.bound({ memory, stream });
    copy.#encoding = this.#encoding;
    const { history, elapsed, nextRequest, defaultEncoding } = this;
    return Object.assign(copy, { history, elapsed, nextRequest, defaultEncoding });
  }

  /** Sets how the body is bounded and watched. For the client. */
  bound(policy: BodyPolicy): void {
    this.#payload.policy = policy;
  }

  // Text

  /** The charset of `text()`: what was assigned, else the declared one, else the default where that is a label. */
  get encoding(): string | undefined {
    const { defaultEncoding } = this;
    return (
      this.#encoding ?? this.#charset ?? (typeof defaultEncoding === "string" ? defaultEncoding : undefined)
    );
  }

  /** @throws {TypeError} for a label that the runtime does not know. */
  set encoding(label: string | undefined) {
    if (label !== undefined && !decoderFor(label))
      throw argumentError(`Cannot use encoding: not a label of the Encoding standard: ${show(label)}`);
    this.#encoding = label;
  }

  /** What the body itself says of its charset: BOM, header, `<meta>` or XML declaration, then its bytes. */
  async detectEncoding(): Promise<string> {
    return detectEncoding(await this.read(), this.#charset);
  }

  /** A native response with the same head and the live body. */
  toFetchResponse(): globalThis.Response {
    const { status, statusText, headers, url, redirected } = this;
    if (status < 200 || status > 599) {
      throw new UnsupportedError(
        `Cannot make a fetch response of ${this.#label}: status ${status} has none`,
        this.#context,
      );
    }
    const bare = this.#body === null || status === 204 || status === 205 || status === 304;
    const native = new globalThis.Response(bare ? null : (this.#payload.content ?? this.body), {
      status,
      // A native response refuses other reasons, which servers do send.
      statusText: isFieldValue(statusText) ? statusText : "",
      headers: headers.raw,
    });
    return Object.defineProperties(native, { url: { value: url }, redirected: { value: redirected } });
  }

  /** The head as it may be shown. */
  toJSON(): unknown {
    return { status: this.status, statusText: this.statusText, request: this.#label, headers: this.headers };
  }

  override toString(): string {
    return `${this.#label} ${this.status}`;
  }

  get #label(): string {
    return this.#request ? String(this.#request) : "a response";
  }

  get #context(): ErrorContext & { request: Request; response: Response } {
    return { request: this.#request as Request, response: this };
  }

  get #charset(): string | undefined {
    return parseContentType(this.headers.get("content-type") ?? "")?.parameters.charset;
  }

  get #isEncoded(): boolean {
    return !/^(?:identity)?$/i.test(this.headers.get("content-encoding") ?? "");
  }

  #decoder(start: Bytes, fallback: DefaultEncoding): TextDecoder {
    return decoderFor(this.#encoding) ?? textDecoder(start, this.#charset, fallback);
  }

  #hold(body: BodyInit | ByteSource | null | undefined): Payload {
    return new Payload(body, () => ({ label: this.#label, context: this.#context }));
  }
}
