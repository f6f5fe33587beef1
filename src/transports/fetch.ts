/** The platform's fetch, or any other that keeps to the Fetch standard, as a transport. */
import { platform } from "#platform";
import type { Body } from "../body.ts";
import {
  argumentError,
  ClientClosedError,
  ReadTimeoutError,
  RemoteProtocolError,
  UnsupportedError,
  WriteTimeoutError,
} from "../errors.ts";
import { checkFraming } from "../framing.ts";
import { Headers } from "../headers.ts";
import { withProgress } from "../progress.ts";
import type { Request } from "../request.ts";
import { Response } from "../response.ts";
import { snapshot } from "../snapshot.ts";
import { type ByteSource, fromReadableStream } from "../source.ts";
import { FetchWatch } from "./fetch-watch.ts";
import type { Transport } from "./transport.ts";

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
      exchange = new FetchExchange(request);
      return await exchange.send(this.#fetch ?? globalThis.fetch);
    } catch (error) {
      exchange?.watch.end();
      // Nothing more of the body will be sent; a body that was never opened is released as well.
      await request.body?.cancel(error);
      throw error;
    }
  }

  /** Later requests are refused. The platform keeps its connections. */
  async close(): Promise<void> {
    this.#closed = true;
  }
}

/** Refuses what this fetch would get wrong without a word. */
function refuse(request: Request): void {
  const { method, body, headers } = request;
  const fail = (what: string, way: string): never => {
    throw new UnsupportedError(`Cannot send ${request}: ${platform.name} cannot ${what}; ${way}`, {
      request,
    });
  };
  if (/^(?:TRACE|TRACK)$/.test(method) || platform.refusesMethod?.(method)) {
    fail(`send the method ${method} with fetch`, "use NodeTransport on Node");
  }
  if (body && (method === "GET" || method === "HEAD")) {
    fail(`send a body with ${method}`, "use QUERY or POST");
  }
  for (const [name] of platform.refusesHeader ? headers.raw : []) {
    if (platform.refusesHeader?.(name.toLowerCase())) {
      fail(`send the header ${name}`, "leave it to the platform");
    }
  }
  if (body && !body.bytes && !body.blob && !platform.can.streamRequest) {
    fail("stream a request body", "read it into a Blob or bytes first");
  }
  checkFraming(request);
}

/** One call of fetch and the body that it brings. */
class FetchExchange {
  readonly watch: FetchWatch;
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
    this.watch = new FetchWatch(request.signal);
  }

  async send(fetch: typeof globalThis.fetch): Promise<Response> {
    const request = this.#request;
    const { method, headers, body, extensions } = request;
    const init: Record<string, unknown> = {
      ...extensions.fetchOptions,
      ...platform.fetchInit?.(request),
      method,
      headers: headers.raw.filter(
        ([name]) => name.toLowerCase() !== "content-length" || body?.length === null,
      ),
      redirect: platform.can.manualRedirect ? "manual" : (extensions.redirect ?? "follow"),
      signal: this.watch.signal,
    };
    this.#waitForHead();
    if (body) this.#attach(body, init);
    let native: globalThis.Response;
    try {
      native = await this.watch.race(fetch(request.url.href, init as RequestInit));
    } catch (error) {
      throw this.#classify(error, "head");
    }
    this.watch.disarm();
    return this.#toResponse(native);
  }

  #attach(body: Body, init: Record<string, unknown>): void {
    const progress = this.#request.extensions.onUploadProgress;
    if (!progress || !platform.can.streamRequest) {
      init["body"] = body.bytes ?? body.blob;
      if (init["body"]) return;
    }
    init["body"] = this.#upload(progress ? withProgress(body.open(), body.length, progress) : body.open());
    init["duplex"] = "half";
  }

  /** The body as a stream. If its source fails, the fetch is ended first: a server may not take a part for the whole. */
  #upload(source: ByteSource): ReadableStream<Uint8Array> {
    const { write } = this.#request.extensions.timeout ?? { write: null };
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          this.watch.disarm();
          try {
            const bytes = await source.read();
            if (bytes) {
              controller.enqueue(bytes);
              this.watch.arm(write, (ms) => this.#timeout(WriteTimeoutError, "the server took no bytes", ms));
            } else {
              controller.close();
              this.#waitForHead();
            }
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
    const declared = coding ? null : headers.get("content-length");
    const { read } = this.#request.extensions.timeout ?? { read: null };
    let received = 0;
    const source: ByteSource = {
      read: async () => {
        this.watch.arm(read, (ms) => this.#timeout(ReadTimeoutError, "the server sent nothing", ms));
        let bytes: Uint8Array | null;
        try {
          bytes = await this.watch.race(inner.read());
        } catch (error) {
          await inner.cancel();
          throw this.#classify(error, "body");
        }
        this.watch.disarm();
        received += bytes?.length ?? 0;
        if (bytes) return bytes;
        this.watch.end();
        if (declared && received < Number(declared)) {
          throw new RemoteProtocolError(
            `Cannot read the response to ${this.#request}: it ended after ${received} of ${declared} bytes`,
            { request: this.#request },
          );
        }
        return null;
      },
      cancel: async (reason) => {
        this.watch.end();
        await inner.cancel(reason);
      },
    };
    return (coding && platform.decode?.(coding, source)) || source;
  }

  #waitForHead(): void {
    const { read } = this.#request.extensions.timeout ?? { read: null };
    this.watch.arm(read, (ms) => this.#timeout(ReadTimeoutError, "no response came", ms));
  }

  #timeout(Kind: typeof ReadTimeoutError, what: string, ms: number): Error {
    return new Kind(`Cannot complete ${this.#request}: ${what} for ${ms} ms`, { request: this.#request });
  }

  #classify(error: unknown, phase: "head" | "body"): unknown {
    // What ended the watch is the reason, and no error of the platform's.
    if (this.watch.signal.aborted) return error;
    this.watch.end();
    return platform.classify(error, phase, this.#request);
  }
}
