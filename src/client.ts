/** The client: holds what its calls share and hands each to session.ts. How a request travels is in exchange.ts. */
import { platform } from "#platform";
import type { Auth } from "./auth/auth.ts";
import { toAuth } from "./auth/init.ts";
import { clientFetch } from "./client-fetch.ts";
import type { Cookies } from "./cookies.ts";
import { argumentError, InvalidURLError } from "./errors.ts";
import type { Headers } from "./headers.ts";
import { logTo } from "./log.ts";
import {
  type ClientOptions,
  checkClientOptions,
  checkRequestOptions,
  mergeHooks,
  type RequestOptions,
} from "./options.ts";
import { mergeParams, type ParamsInit } from "./params.ts";
import { redactUrl } from "./redact.ts";
import { isSafeHeader, nextHop, readRedirectHeaders } from "./redirects.ts";
import { Request } from "./request.ts";
import type { Response } from "./response.ts";
import { ResponsePromise } from "./response-promise.ts";
import { buildRequest, defaultHeaders, noCookies, type SendOptions, type Session, send } from "./session.ts";
import { Closable } from "./shown.ts";
import { snapshot } from "./snapshot.ts";
import { mergeTimeouts, type TimeoutInit, type Timeouts } from "./timeouts.ts";
import { DefaultTransport } from "./transports/default.ts";
import { FetchTransport } from "./transports/fetch.ts";
import { MountTransport } from "./transports/mount.ts";
import type { Transport } from "./transports/transport.ts";
import { resolveUrl } from "./url.ts";

// What makes a request cannot be given when it is made already.
const MAKINGS = ["params", "headers", "json", "data", "files", "body", "extensions"];

/**
 * Sends requests with shared defaults, cookies and connections.
 * @throws {TypeError} when an option does not exist or has the wrong kind.
 * @throws {InvalidURLError} when `baseUrl` is not absolute.
 * @throws {UnsupportedError} when this runtime cannot do what an option asks.
 */
export class Client extends Closable {
  readonly #session: Session;
  readonly #options: ClientOptions;
  readonly #ownsTransport: boolean;
  #cookies: Cookies | undefined;

  constructor(options?: ClientOptions, parent?: Client) {
    super();
    const own = snapshot(options);
    checkClientOptions(own);
    if (own.transport && own.fetch)
      throw argumentError("Cannot use both transport and fetch: give one of them");
    const base = parent ? parent.#session : undefined;
    const all = Object.assign(snapshot(parent ? parent.#options : undefined), own);
    this.#options = all;
    this.#ownsTransport = !base || own.transport !== undefined || own.fetch !== undefined;
    this.#session = {
      headers: (base?.headers.clone() ?? defaultHeaders()).merge(own.headers),
      params: mergeLayers(base?.params, own.params),
      auth: own.auth === undefined && base ? base.auth : readAuth(own.auth),
      timeouts: mergeTimeouts(own.timeout, base?.timeouts),
      closed: false,
      base: own.baseUrl === undefined && base ? base.base : readBase(own.baseUrl),
      hooks: mergeHooks(base?.hooks, own.hooks),
      inherited: {
        followRedirects: all.followRedirects,
        maxRedirects: all.maxRedirects,
        raiseForStatus: all.raiseForStatus,
        maxResponseSize: all.maxResponseSize,
      } as Session["inherited"],
      fetchOptions: all.fetchOptions,
      defaultEncoding: all.defaultEncoding,
      redirectHeaders: readRedirectHeaders(all.redirectHeaders),
      transport: openTransport(own, base?.transport),
      nextHop,
      log: all.logger ? logTo(all.logger) : undefined,
      safeHeaders: () => {
        const headers = this.headers.clone();
        headers.keep((key) => isSafeHeader(key));
        return headers;
      },
      cookies: () => this.#jar(),
    };
    if (own.cookies !== undefined) this.cookies = own.cookies as Cookies;
    else if (parent) this.#cookies = parent.#jar();
  }

  /** Defaults under each request's headers. */
  get headers(): Headers {
    return this.#session.headers;
  }

  set headers(headers: ClientOptions["headers"]) {
    this.#session.headers = defaultHeaders().merge(headers);
  }

  /** Defaults under each request's query. */
  get params(): ParamsInit | null {
    return this.#session.params;
  }

  set params(params: ParamsInit | null) {
    this.#session.params = mergeLayers(null, params ?? undefined);
  }

  /** How requests authenticate that say nothing else. */
  get auth(): Auth | null {
    return this.#session.auth;
  }

  set auth(init: ClientOptions["auth"]) {
    this.#session.auth = readAuth(init);
  }

  /** The limits of time of requests that say nothing else, in milliseconds. */
  get timeout(): Timeouts {
    return { ...this.#session.timeouts };
  }

  set timeout(init: TimeoutInit) {
    this.#session.timeouts = mergeTimeouts(init, this.#session.timeouts);
  }

  /** The cookie jar. @throws {UnsupportedError} where the platform keeps cookies itself. */
  get cookies(): Cookies {
    const jar = this.#jar();
    if (jar) return jar;
    throw noCookies();
  }

  set cookies(init: ClientOptions["cookies"]) {
    if (!platform.cookies) throw noCookies();
    this.#cookies = platform.cookies.open(init) as Cookies;
  }

  /** Sends a request with any method. */
  request(method: string, url: string | URL, options?: RequestOptions): ResponsePromise {
    return ResponsePromise.from(() => send(this.#session, () => this.buildRequest(method, url, options)));
  }

  get(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request("GET", url, options);
  }

  head(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request("HEAD", url, options);
  }

  options(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request("OPTIONS", url, options);
  }

  post(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request("POST", url, options);
  }

  put(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request("PUT", url, options);
  }

  patch(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request("PATCH", url, options);
  }

  delete(url: string | URL, options?: RequestOptions): ResponsePromise {
    return this.request("DELETE", url, options);
  }

  /** Sends a request and hands over the live body; dispose of the response with `await using`. */
  async stream(method: string, url: string | URL, options?: RequestOptions): Promise<Response> {
    return send(this.#session, () => this.buildRequest(method, url, options), { stream: true });
  }

  /** The request that a call with these arguments would send. */
  buildRequest(method: string, url: string | URL, options?: RequestOptions): Request {
    return buildRequest(this.#session, method, url, options);
  }

  /** Sends a request that was built before. The request itself stays as it is and can be sent again. */
  send(request: Request, options?: SendOptions): ResponsePromise {
    const own = snapshot(options);
    const copy = (): Request => {
      if (!(request instanceof Request)) {
        throw argumentError("Cannot send: must be a Request, as buildRequest() makes it");
      }
      checkSendOptions(own, request);
      return request.clone();
    };
    return ResponsePromise.from(() => send(this.#session, copy, own));
  }

  /** The client as a `fetch` of the Fetch standard, for any library that accepts one. Can be called unbound. */
  readonly fetch: typeof globalThis.fetch = (input, init) =>
    clientFetch((method, url, options) => this.stream(method, url, options), input as string, init);

  /** A client with other options on top, which shares connections and cookies with this one. */
  extend(options?: ClientOptions): Client {
    return new Client(options, this);
  }

  /**
   * Closes connections; every later call rejects with `ClientClosedError`. A client made by `extend` closes only
   * what it was given itself.
   */
  async close(): Promise<void> {
    if (this.#session.closed) return;
    this.#session.closed = true;
    if (this.#ownsTransport) await this.#session.transport.close?.();
  }

  override toString(): string {
    return `Client ${JSON.stringify(this)}`;
  }

  toJSON(): unknown {
    const { base, headers } = this.#session;
    return { baseUrl: base && redactUrl(base), headers };
  }

  #jar(): Cookies | undefined {
    this.#cookies ??= platform.cookies?.open(undefined) as Cookies | undefined;
    return this.#cookies;
  }
}

function openTransport(own: ClientOptions, inherited: Transport | undefined): Transport {
  if (own.transport && typeof own.transport.handleRequest !== "function")
    throw argumentError('Cannot use option "transport": it must have handleRequest()');
  const transport =
    own.transport ??
    (own.fetch ? new FetchTransport({ fetch: own.fetch }) : (inherited ?? new DefaultTransport()));
  return own.mounts ? new MountTransport(transport, own.mounts) : transport;
}

function checkSendOptions({ stream: _, ...own }: SendOptions, request: Request): void {
  for (const name of MAKINGS) {
    if (Object.hasOwn(own, name))
      throw argumentError(`Cannot use option "${name}": the request is built already`);
  }
  checkRequestOptions(own);
  checkRequestOptions(request.given.settings);
}

function readBase(baseUrl: ClientOptions["baseUrl"]): URL | null {
  if (baseUrl === undefined || baseUrl === null || baseUrl === "") return null;
  if (!/^\s*[a-z][a-z\d+.-]*:\/\//i.test(String(baseUrl)) && !globalThis.document) {
    throw new InvalidURLError(
      `Cannot use baseUrl ${redactUrl(String(baseUrl))}: must be absolute, such as https://api.example.com/v1/`,
    );
  }
  const base = resolveUrl(baseUrl);
  base.hash = "";
  return base;
}

function mergeLayers(base: ParamsInit | null | undefined, more: ParamsInit | undefined): ParamsInit | null {
  if (more === undefined) return base ?? null;
  // As text they can be read again and again, whatever they were given as.
  return mergeParams(base, more);
}

function readAuth(init: ClientOptions["auth"]): Auth | null {
  return init === undefined || init === null ? null : toAuth(init);
}
