/** The platform's fetch, or any other that keeps to the Fetch standard, as a transport. */
import { platform } from "#platform";
import type { Body } from "../body.ts";
import {
  argumentError,
  ClientClosedError,
  DecodeError,
  isHTTPError,
  ReadTimeoutError,
  StreamClosedError,
  UnsupportedError,
  WriteTimeoutError,
} from "../errors.ts";
import { checkFraming } from "../framing.ts";
import { Headers } from "../headers.ts";
import { withProgress } from "../progress.ts";
import type { PhaseTimeouts, Request } from "../request.ts";
import { Response } from "../response.ts";
import { snapshot } from "../snapshot.ts";
import { type ByteSource, fromReadableStream } from "../source.ts";
import { Watch } from "../watch.ts";
import type { Transport } from "./transport.ts";

// Beyond these a chain of codings serves only to expand without end.
const MAX_CODINGS = 5;

// As much of a body as a socket takes at once.
const PIECE = 65_536;

// Milliseconds in which a short body that nobody wants should have come.
const DRAIN = 50;

/** What a `FetchTransport` can be made with. */
export interface FetchTransportOptions {
  /** Any function of Fetch's shape. Default `globalThis.fetch`, looked up for each request. */
  fetch?: typeof globalThis.fetch;
}

/**
 * Sends requests through a fetch. The platform decides about connections and decoding; what it would do silently
 * wrong is refused or put right here.
 *
 * Of the timeouts only `read` and `write` can be seen from here: until the headers, `read` counts from the start.
 */
export class FetchTransport implements Transport {
  readonly #fetch: typeof globalThis.fetch | undefined;
  #closed = false;

  constructor(options?: FetchTransportOptions) {
    const { fetch, ...unknown } = snapshot(options);
    const [name] = Object.keys(unknown);
    if (name) throw argumentError(`Cannot use option "${name}": not an option of FetchTransport`);
    if (fetch !== undefined && typeof fetch !== "function") {
      throw argumentError(`Cannot use option "fetch": must be a function: ${typeof fetch}`);
    }
    this.#fetch = fetch;
  }

  async handleRequest(request: Request): Promise<Response> {
    let exchange: FetchExchange | undefined;
    try {
      request.signal?.throwIfAborted();
      if (this.#closed)
        throw new ClientClosedError("Cannot send a request: the transport is closed", { request });
      refuse(request);
      exchange = new FetchExchange(request, !this.#fetch && !platform.fetchReplaced?.());
      return await exchange.send(this.#fetch ?? globalThis.fetch);
    } catch (error) {
      exchange?.watch.end();
      // Nothing more of the body will be sent. Not awaited: a generator that hangs would hang this as well.
      void request.body?.cancel(error);
      throw error;
    }
  }

  /** Later requests are refused. The platform keeps its connections. */
  async close(): Promise<void> {
    this.#closed = true;
  }
}

const REDIRECT_RULES = ["maxRedirects", "redirectHeaders"] as const;

/** Refuses what this fetch would get wrong without a word. */
function refuse(request: Request): void {
  const { method, body, headers, extensions } = request;
  const fail = (what: string, way: string): never => {
    throw new UnsupportedError(`Cannot send ${request}: ${platform.name} cannot ${what}; ${way}`, {
      request,
    });
  };
  if (/^TRAC[EK]$/.test(method) || platform.refusesMethod?.(method)) {
    fail(`send the method ${method} with fetch`, "use NodeTransport on Node");
  }
  if (body && (method === "GET" || method === "HEAD")) {
    fail(`send a body with ${method}`, "use QUERY or POST");
  }
  for (const [name, value] of platform.refusesHeader ? headers.raw : []) {
    if (platform.refusesHeader?.(name.toLowerCase(), value)) {
      fail(`send the header ${name} as it is`, "leave it to the platform");
    }
  }
  for (const name of ["target", "sni_hostname"]) {
    if (extensions[name] !== undefined)
      fail(`use extensions.${name} with fetch`, "use NodeTransport on Node");
  }
  for (const name of platform.can.manualRedirect || extensions.redirect === "manual" ? [] : REDIRECT_RULES) {
    if (extensions[name] !== undefined) {
      fail(`keep to ${name}`, "leave it out: the platform follows redirects by itself, 20 at most");
    }
  }
  if (body && !body.bytes && !body.blob && !platform.can.streamRequest) {
    fail("stream a request body", "read it into a Blob or bytes first");
  }
  checkFraming(request);
}

/** One call of fetch and the body that it brings. */
class FetchExchange {
  readonly watch: Watch;
  readonly #request: Request;
  /** True for the platform's own fetch, whose ways are known. */
  readonly #native: boolean;
  #answered = false;

  constructor(request: Request, native: boolean) {
    this.#request = request;
    this.#native = native;
    this.watch = new Watch(request.signal);
  }

  async send(fetch: typeof globalThis.fetch): Promise<Response> {
    const request = this.#request;
    const { method, headers, body, extensions } = request;
    // Without a prototype: fetch reads inherited members too.
    const init: Record<string, unknown> = snapshot({
      ...extensions.fetchOptions,
      ...(this.#native && platform.fetchInit?.(request)),
      method,
      headers: headers.raw.filter(([name]) => name.toLowerCase() !== "content-length"),
      redirect: platform.can.manualRedirect ? "manual" : (extensions.redirect ?? "follow"),
      signal: this.watch.signal,
    });
    if (body) this.#attach(body, init);
    else this.#waitForHead();
    let native: globalThis.Response;
    try {
      // A fetch made by hand may throw at once, or answer although it was aborted.
      const answer = (async () => fetch(request.url.href, init as RequestInit))();
      native = await this.watch.race(answer, (late) => late.body?.cancel().catch(() => undefined));
    } catch (error) {
      throw this.#classify(error, "head");
    }
    this.#answered = true;
    this.watch.disarm();
    return this.#toResponse(native);
  }

  #attach(body: Body, init: Record<string, unknown>): void {
    const { onUploadProgress } = this.#request.extensions;
    const whole = body.bytes ?? body.blob;
    if (whole && !(onUploadProgress && platform.can.streamRequest)) {
      init.body = whole;
      this.#waitForHead(body.length as number);
      return;
    }
    const source = body.open();
    init.body = this.#upload(onUploadProgress ? withProgress(source, body.length, onUploadProgress) : source);
    init.duplex = "half";
    this.#waitForHead();
  }

  /** The body as a stream. If its source fails, the fetch is ended first: a server may not take a part for the whole. */
  #upload(source: ByteSource): ReadableStream<Uint8Array> {
    const write = this.#limits?.write ?? null;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          // Once there is an answer the silence that counts is that of the response.
          if (!this.#answered) this.watch.disarm();
          try {
            const bytes = await source.read();
            if (bytes) controller.enqueue(bytes);
            else controller.close();
            if (this.#answered) return;
            if (bytes)
              this.watch.arm(write, (ms) => this.#timeout(WriteTimeoutError, "the server took no bytes", ms));
            else this.#waitForHead();
          } catch (error) {
            this.watch.fail(error);
            controller.error(error);
          }
        },
        cancel: (reason) => source.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  #toResponse(native: globalThis.Response): Response {
    const { status, statusText, redirected } = native;
    const headers = Headers.fromRaw(native.headers as Iterable<[string, string]>);
    const bare = this.#request.method === "HEAD" || status === 204 || status === 205 || status === 304;
    if (bare) native.body?.cancel().catch(() => undefined);
    const source = bare || !native.body ? null : this.#download(native.body, headers);
    if (!source) this.watch.end();
    const url = native.url.split("#", 1)[0] as string;
    return new Response(source, { status, statusText, headers, url, redirected });
  }

  #download(stream: ReadableStream<Uint8Array>, headers: Headers): ByteSource {
    const inner = fromReadableStream(stream);
    const coding = headers.get("content-encoding");
    let received = 0;
    let over = false;
    const read = async (): Promise<Uint8Array | null> => {
      const limit = this.#limits?.read ?? null;
      this.watch.arm(limit, (ms) => this.#timeout(ReadTimeoutError, "the server sent nothing", ms));
      let bytes: Uint8Array | null;
      try {
        bytes = await this.watch.race(inner.read());
      } catch (error) {
        over = true;
        void inner.cancel(error);
        throw this.#classify(error, "body");
      }
      this.watch.disarm();
      received += bytes?.length ?? 0;
      if (!bytes) {
        over = true;
        this.watch.end();
      }
      return bytes;
    };
    const cancel = async (reason: unknown): Promise<void> => {
      if (over) return;
      over = true;
      const released = new StreamClosedError(`Cannot read the body of ${this.#request}: it was released`, {
        request: this.#request,
      });
      // What is short and on its way is read off, which keeps the connection; the rest is not worth waiting for.
      if (Number(headers.get("content-length") ?? Infinity) <= PIECE) {
        this.watch.arm(DRAIN, () => released);
        try {
          while (await this.watch.race(inner.read()));
          this.watch.end();
          return;
        } catch {
          // It was too slow, or broke.
        }
      }
      // Aborted as well: Firefox keeps the connection of a body that is only cancelled.
      this.watch.fail(reason ?? released);
      await inner.cancel(reason);
    };
    const wire: ByteSource = {
      read,
      cancel,
      raw: () => wire,
      get received() {
        return received;
      },
    };
    if (!coding) return wire;
    const decoded = platform.decode?.(coding, wire, this.#request, this.#native);
    if (decoded) return decoded;
    // The fetch decodes, so that neither the raw bytes nor their number can be seen.
    return { read: coding.split(",").length > MAX_CODINGS ? () => this.#refuse(cancel) : read, cancel };
  }

  /** Ends a body that names more codings than anyone has a use for. */
  async #refuse(cancel: (reason: unknown) => Promise<void>): Promise<never> {
    const error = new DecodeError(
      `Cannot decode the body of ${this.#request}: more than ${MAX_CODINGS} content codings`,
      { request: this.#request },
    );
    await cancel(error);
    throw error;
  }

  get #limits(): PhaseTimeouts | undefined {
    return this.#request.extensions.timeout;
  }

  /** Nothing tells how far a body has come that fetch sends by itself, so each piece of it may take the write timeout. */
  #waitForHead(unseen = 0): void {
    const { read, write } = this.#limits ?? { read: null, write: null };
    const pieces = Math.floor(unseen / PIECE);
    const limit = read === null || (pieces && write === null) ? null : read + pieces * (write ?? 0);
    this.watch.arm(limit, (ms) => this.#timeout(ReadTimeoutError, "no response came", ms));
  }

  #timeout(Kind: typeof ReadTimeoutError, what: string, ms: number): Error {
    return new Kind(`Cannot complete ${this.#request}: ${what} for ${ms} ms`, { request: this.#request });
  }

  #classify(error: unknown, phase: "head" | "body"): unknown {
    // What ended the watch is the reason, and no error of the platform's.
    if (this.watch.signal.aborted || isHTTPError(error)) return error;
    this.watch.end();
    return platform.classify(error, phase, this.#request);
  }
}
