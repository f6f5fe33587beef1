/**
 * One request and its response over undici's dispatcher: from the socket that takes the request to the last byte of
 * the body. The only file that knows undici's handler interface.
 *
 * Facts: this is the older of the two interfaces (`onConnect`, `onHeaders`, ...), which undici calls without a wrapper and
 * with the header fields as they came. It measured 4 % more requests a second than the newer one, which undici builds
 * from it and which sorts the fields into an object first.
 */
import type { Socket } from "node:net";
import type { Dispatcher } from "undici";
import type { Body } from "../body.ts";
import {
  ConnectTimeoutError,
  ReadError,
  ReadTimeoutError,
  RemoteProtocolError,
  StreamClosedError,
  type TimeoutError,
  WriteTimeoutError,
} from "../errors.ts";
import { reporter } from "../progress.ts";
import type { PhaseTimeouts, Request } from "../request.ts";
import { Response } from "../response.ts";
import { type ByteSource, fromBytes } from "../source.ts";
import { decodeSource } from "./node-decode.ts";
import { type Stage, toError } from "./node-errors.ts";
import { type Head, readFields, toHead } from "./node-head.ts";
import { Incoming } from "./node-incoming.ts";
import type { Lane, Pool } from "./node-pool.ts";
import { type Abortable, listen, unlisten } from "./node-signals.ts";
import { Upload, type UploadHost } from "./node-upload.ts";
import { type Phase, Watch, type Watched } from "./node-watch.ts";

// curl and Node allow thousands; no honest response comes near this.
const MAX_FIELDS = 256;
// A server may send hints and say that it is busy, but not for ever.
const MAX_INFORMATIONAL = 16;
// Larger bodies go out in slices, so that a peer that stops reading is noticed.
const MAX_AT_ONCE = 64 * 1024;
// How long the rest of an unwanted body may take before its connection is given up.
const DRAIN_TIME = 1000;

// RFC 9110 section 9.2.2, and RFC 10008 for QUERY.
const IDEMPOTENT: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "PUT",
  "DELETE",
  "QUERY",
]);
// How a connection ends that the server had closed while it was idle.
const STALE: ReadonlySet<unknown> = new Set([
  "UND_ERR_SOCKET",
  "ECONNRESET",
  "EPIPE",
  "ECONNABORTED",
  "ETIMEDOUT",
]);

const WAITS: Readonly<
  Record<Phase, readonly [new (...args: ConstructorParameters<typeof TimeoutError>) => Error, string, string]>
> = {
  connect: [ConnectTimeoutError, "connect for", "no connection"],
  write: [WriteTimeoutError, "send", "the server took no bytes"],
  read: [ReadTimeoutError, "read the response to", "the server sent nothing"],
};

/** Sends a request over a connection of the pool. */
export function exchange(pool: Pool, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    new Exchange(pool, request, resolve, reject).start();
  });
}

class Exchange extends Incoming implements Watched, Abortable, UploadHost {
  readonly #pool: Pool;
  readonly #request: Request;
  readonly #resolve: (response: Response) => void;
  readonly #reject: (error: unknown) => void;
  readonly #watch: Watch = new Watch(this);
  readonly #timeout: Partial<PhaseTimeouts>;
  #head: Head | undefined;
  #lane: Lane | undefined;
  #upload: Upload | undefined;
  #breakOff: ((error: Error) => void) | undefined;
  #stage: Stage = "connect";
  // Whether the connection had served before, a byte of a response has come, its head is complete, all is over.
  #reused = false;
  #answered = false;
  #headed = false;
  #over = false;
  #resent = false;
  #framed = false;
  #informational = 0;
  #sent = 0;
  #report: ((sent: number) => void) | undefined;
  #sourceFault: { readonly error: unknown } | undefined;

  constructor(
    pool: Pool,
    request: Request,
    resolve: (response: Response) => void,
    reject: (error: unknown) => void,
  ) {
    super();
    this.#pool = pool;
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timeout = request.extensions.timeout ?? {};
  }

  start(): void {
    const request = this.#request;
    const { signal } = request;
    try {
      signal?.throwIfAborted();
      this.#head = toHead(request);
    } catch (error) {
      disposeOf(request.body, error);
      this.#reject(error);
      return;
    }
    if (signal) listen(signal, this);
    // What may not be sent twice is not sent at once on a connection whose last response has just been read: the server
    // may have closed it behind that, which the event loop will know when it has turned once more.
    if (IDEMPOTENT.has(request.method) || !this.#pool.hasIdle(request.url)) this.#dispatch(false);
    else setImmediate(() => this.#dispatch(false));
  }

  #dispatch(fresh: boolean): void {
    if (this.#over) return;
    const { body, url, extensions, method } = this.#request;
    const { path, headers, declared } = this.#head as Head;
    let content: Uint8Array | Upload | null = null;
    let fields = headers;
    if (body && body.length !== 0) {
      if (body.bytes && body.bytes.length <= MAX_AT_ONCE) content = body.bytes;
      else {
        try {
          content = this.#upload = new Upload(body.bytes ? fromBytes(body.bytes) : body.open(), this);
        } catch (error) {
          this.#fail(error);
          return;
        }
        const length = body.length ?? declared;
        if (length !== undefined) fields = [...headers, "Content-Length", String(length)];
      }
      const { onUploadProgress } = extensions;
      if (onUploadProgress) this.#report = reporter(body.length, onUploadProgress);
    }
    const sni = typeof extensions.sni_hostname === "string" ? extensions.sni_hostname : undefined;
    const lane = this.#pool.take(url, sni, fresh, this);
    this.#lane = lane;
    this.#stage = "connect";
    this.#watch.expect("connect", this.#timeout.connect);
    lane.client.dispatch(
      {
        method: method as "GET",
        path,
        headers: fields,
        // undici takes any iterable; its types name fewer.
        body: content as Uint8Array | null,
        blocking: false,
        servername: sni ?? url.hostname,
      } as Parameters<typeof lane.client.dispatch>[0],
      this as unknown as Dispatcher.DispatchHandler,
    );
  }

  // --- undici's handler: the request ---

  /** The request is put on a connection. */
  onConnect(breakOff: (error?: Error) => void): void {
    this.#breakOff = breakOff;
    this.#reused = (this.#lane as Lane).enter();
    this.#stage = "write";
    this.#watch.rest();
  }

  onBodySent(piece: Uint8Array): void {
    this.#sent += piece.length;
    try {
      this.#report?.(this.#sent);
    } catch (error) {
      // The caller's own function: what it throws comes out as it is.
      this.#fail(error);
    }
  }

  onRequestSent(): void {
    this.#stage = this.#headed ? "body" : "read";
    if (!this.#headed) this.#watch.expect("read", this.#timeout.read);
  }

  get socket(): Socket | undefined {
    return this.#lane?.socket;
  }

  sourceAwaited(): void {
    if (!this.#headed) this.#watch.rest();
  }

  peerAwaited(): void {
    if (!this.#headed) this.#watch.expect("write", this.#timeout.write);
  }

  sourceFailed(error: unknown): void {
    this.#sourceFault = { error };
    // Now, and not when undici learns of it: until then the upload could be taken for complete.
    this.#fail(error);
  }

  // --- undici's handler: the response ---

  /** Bytes came, whatever they are. */
  stirred(): void {
    if (this.#stage !== "write") this.#watch.touch();
  }

  onResponseStarted(): void {
    this.#answered = true;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, statusText: string): boolean {
    const request = this.#request;
    if (status < 200) {
      if (++this.#informational > MAX_INFORMATIONAL) {
        this.#refuse(`more than ${MAX_INFORMATIONAL} informational responses`);
      }
      return true;
    }
    if (raw.length > 2 * MAX_FIELDS) {
      this.#refuse(`more than ${MAX_FIELDS} header fields`);
      return true;
    }
    const { headers, length, codings, framed } = readFields(raw);
    this.#framed = framed;
    this.#headed = true;
    this.#watch.rest();
    if (this.#stage === "read") this.#stage = "body";
    this.open(resume, length);
    const empty = request.method === "HEAD" || status === 204 || status === 304;
    let source: ByteSource | null = empty ? null : this;
    if (source && codings) source = decodeSource(codings, source, request);
    const url = hrefOf(request.url);
    this.#resolve(new Response(source, { status, statusText, headers, url, httpVersion: "HTTP/1.1" }));
    return true;
  }

  onComplete(): void {
    if (this.#over) return;
    const lane = this.#lane as Lane;
    if (lane.cut && !this.#framed) {
      this.#fail(
        new ReadError(
          `Cannot read the response to ${this.#request}: the server ended TLS without saying so, and the body may be cut short`,
          { request: this.#request },
        ),
      );
      return;
    }
    const early = this.#stage === "write";
    this.#settle();
    // An answer before the end of the upload: undici breaks this connection, and the rest of the body is not wanted.
    if (early) {
      this.#pool.drop(lane);
      void this.#upload?.stop(undefined);
    } else {
      this.#pool.release(lane);
    }
    this.end();
  }

  onError(error: Error): void {
    if (this.#over) return;
    if (this.#mayResend(error)) this.#resend();
    else this.#fail(this.#sourceFault ? this.#sourceFault.error : toError(error, this.#stage, this.#request));
  }

  // --- the ends that are not in order ---

  timedOut(phase: Phase, limit: number): void {
    if (this.discarding) {
      this.abandon();
      return;
    }
    const [kind, action, what] = WAITS[phase];
    const request = this.#request;
    this.#fail(
      new kind(`Cannot ${action} ${request}: ${what} for timeout.${phase}: ${limit} ms`, { request }),
    );
  }

  aborted(reason: unknown): void {
    this.#fail(reason, true);
  }

  /** What the server sent is more than it may. */
  #refuse(what: string): void {
    const request = this.#request;
    this.#fail(new RemoteProtocolError(`Cannot read the response to ${request}: ${what}`, { request }));
  }

  /** The connection may have been closed by the server while it was idle: then nothing of the request was done. */
  #mayResend(error: unknown): boolean {
    const { method, body } = this.#request;
    return (
      this.#reused &&
      !this.#answered &&
      !this.#resent &&
      !this.#sourceFault &&
      IDEMPOTENT.has(method) &&
      (body?.replayable ?? true) &&
      STALE.has((error as { code?: unknown }).code)
    );
  }

  #resend(): void {
    this.#resent = true;
    this.#breakOff = undefined;
    this.#sent = 0;
    void this.#upload?.stop(undefined);
    this.#upload = undefined;
    this.#pool.drop(this.#lane as Lane);
    this.#dispatch(true);
  }

  #fail(error: unknown, drop = false): void {
    if (this.#over) return;
    this.#giveUp(error);
    if (this.#headed) this.breakOff(error, drop);
    else {
      this.#reject(error);
      // A body that was not even opened.
      if (!this.#upload) disposeOf(this.#request.body, error);
    }
  }

  /** Breaks the connection, whatever it is doing. */
  #giveUp(reason: unknown): void {
    this.#settle();
    // First the socket, then the source: a source that ends because it was cancelled must not end the upload in order.
    this.#breakOff?.(new Error("The exchange was given up"));
    if (this.#lane) this.#pool.drop(this.#lane);
    void this.#upload?.stop(reason);
  }

  #settle(): void {
    this.#over = true;
    this.#watch.stop();
    const { signal } = this.#request;
    if (signal) unlisten(signal, this);
  }

  // --- what the reader of the body asks for ---

  protected override expect(): void {
    this.#watch.expect("read", this.#timeout.read);
  }

  protected override rest(): void {
    this.#watch.rest();
  }

  protected override drain(): void {
    this.#watch.expect("read", Math.min(this.#timeout.read ?? DRAIN_TIME, DRAIN_TIME));
  }

  protected override abandon(): void {
    if (!this.#over) this.#giveUp(undefined);
  }

  protected override closedError(): Error {
    const request = this.#request;
    return new StreamClosedError(`Cannot read the body of ${request}: it was released`, { request });
  }
}

/** Without the fragment, which no server sees. */
function hrefOf({ href, hash }: URL): string {
  return hash === "" ? href : href.slice(0, -hash.length);
}

/** Releases a body that will not be sent, unless an earlier call is sending it, or it can be opened again anyway. */
function disposeOf(body: Body | null, reason: unknown): void {
  if (body && !body.replayable && !body.consumed) void body.cancel(reason);
}
