/** The client: holds defaults, builds requests, reads bodies. How a request travels is in exchange.ts. */
import { platform } from "#platform";
import { untilAborted } from "./abort.ts";
import type { Auth } from "./auth/auth.ts";
import { BasicAuth } from "./auth/basic.ts";
import { clientFetch } from "./client-fetch.ts";
import { cookieHeader } from "./cookie-header.ts";
import type { Cookies } from "./cookies.ts";
import { Deadline } from "./deadline.ts";
import { argumentError, ClientClosedError, UnsupportedError } from "./errors.ts";
import { type Trip, travel } from "./exchange.ts";
import { Headers } from "./headers.ts";
import {
  type ClientOptions,
  checkClientOptions,
  checkRequestOptions,
  type Hooks,
  mergeHooks,
  type RequestOptions,
  toAuth,
} from "./options.ts";
import { mergeParams, type ParamsInit } from "./params.ts";
import { MAX_RESPONSE_SIZE } from "./payload.ts";
import { reporter } from "./progress.ts";
import { redactUrl } from "./redact.ts";
import { isSafeHeader, MAX_REDIRECTS } from "./redirects.ts";
import { Request, type RequestDefaults } from "./request.ts";
import type { Response } from "./response.ts";
import { ResponsePromise } from "./response-promise.ts";
import { snapshot } from "./snapshot.ts";
import { asyncDispose } from "./symbols.ts";
import { mergeTimeouts, type TimeoutInit, type Timeouts } from "./timeouts.ts";
import { DefaultTransport } from "./transports/default.ts";
import { FetchTransport } from "./transports/fetch.ts";
import { MountTransport } from "./transports/mount.ts";
import type { Transport } from "./transports/transport.ts";
import { resolveUrl, staysOnOrigin } from "./url.ts";
import { VERSION } from "./version.ts";

/** The options of `send()`: those of a call without what makes the request itself. */
export interface SendOptions
  extends Omit<RequestOptions, "params" | "headers" | "json" | "data" | "files" | "body" | "extensions"> {
  /** Hand over the live body instead of reading it. Default false. */
  stream?: boolean;
}

/**
 * Sends requests with shared defaults, cookies and connections.
 * @throws {TypeError} when an option does not exist or has the wrong kind.
 * @throws {InvalidURLError} when `baseUrl` is not absolute. @throws {UnsupportedError} when this runtime cannot do what an option asks.
 */
export class Client {
  /** Defaults under each request's headers. */
  headers: Headers;
  /** Defaults under each request's query. */
  params: ParamsInit | null;
  readonly #options: ClientOptions;
  readonly #base: URL | null;
  readonly #transport: Transport;
  readonly #ownsTransport: boolean;
  readonly #hooks: Hooks;
  readonly #defaults: RequestDefaults;
  #auth: Auth | null;
  #timeouts: Timeouts;
  #cookies: Cookies | undefined;
  #closed = false;

  constructor(options?: ClientOptions, parent?: Client) {
    const own = snapshot(options);
    checkClientOptions(own);
    if (own.transport && own.fetch)
      throw argumentError("Cannot use both transport and fetch: give one of them");
    this.#options = Object.assign(snapshot(parent ? parent.#options : undefined), own);
    this.#base = own.baseUrl === undefined && parent ? parent.#base : readBase(own.baseUrl);
    this.headers = (parent?.headers.clone() ?? defaultHeaders()).merge(own.headers);
    this.params = mergeLayers(parent?.params, own.params);
    this.#auth = own.auth === undefined && parent ? parent.#auth : toAuth(own.auth);
    this.#timeouts = mergeTimeouts(own.timeout, parent ? parent.#timeouts : undefined);
    this.#hooks = mergeHooks(parent ? parent.#hooks : undefined, own.hooks);
    this.#ownsTransport = !parent || own.transport !== undefined || own.fetch !== undefined;
    const transport =
      own.transport ??
      (own.fetch
        ? new FetchTransport({ fetch: own.fetch })
        : parent
          ? parent.#transport
          : new DefaultTransport());
    this.#transport = own.mounts ? new MountTransport(transport, own.mounts) : transport;
    if (own.cookies !== undefined) this.cookies = own.cookies as Cookies;
    else if (parent) this.#cookies = parent.#cookieStore();
    this.#defaults = {
      base: this.#base,
      headersFor: (url) => {
        const headers = this.headers.clone();
        if (!this.#isHome(url)) headers.keep((key) => isSafeHeader(key));
        return headers;
      },
      paramsFor: (url) => (this.#isHome(url) ? this.params : null),
    };
  }

  /** How requests authenticate that say nothing else. */
  get auth(): Auth | null {
    return this.#auth;
  }

  set auth(init: ClientOptions["auth"]) {
    this.#auth = toAuth(init);
  }

  /** The limits of time of requests that say nothing else, in milliseconds. */
  get timeout(): Timeouts {
    return { ...this.#timeouts };
  }

  set timeout(init: TimeoutInit) {
    this.#timeouts = mergeTimeouts(init);
  }

  /** The cookie jar. @throws {UnsupportedError} where the platform keeps cookies itself. */
  get cookies(): Cookies {
    const store = this.#cookieStore();
    if (store) return store;
    throw new UnsupportedError(
      `Cannot use cookies: ${platform.name} keeps them itself; use fetchOptions.credentials to say whether they are sent`,
    );
  }

  set cookies(init: ClientOptions["cookies"]) {
    this.#cookies = platform.openCookies?.(init) as Cookies | undefined;
    if (!this.#cookies) void this.cookies;
  }

  /** Sends a request with any method. */
  request(method: string, url: string | URL, options?: RequestOptions): ResponsePromise {
    return ResponsePromise.from(async () => this.#send(this.buildRequest(method, url, options), {}));
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
    return this.#send(this.buildRequest(method, url, options), { stream: true });
  }

  /** The request that a call with these arguments would send. */
  buildRequest(method: string, url: string | URL, options?: RequestOptions): Request {
    const own = snapshot(options);
    checkRequestOptions(own);
    return new Request(method, url, own as RequestOptions & Record<string, unknown>, this.#defaults);
  }

  /** Sends a request that was built before. The request itself stays as it is and can be sent again. */
  send(request: Request, options?: SendOptions): ResponsePromise {
    return ResponsePromise.from(async () => {
      if (!(request instanceof Request))
        throw argumentError("Cannot send: must be a Request made by buildRequest()");
      const { stream = false, ...own } = snapshot(options);
      checkRequestOptions(own);
      checkRequestOptions(request.given.settings);
      for (const name of ["params", "headers", "json", "data", "files", "body", "extensions"]) {
        if (Object.hasOwn(own, name))
          throw argumentError(`Cannot use option "${name}": the request is built already`);
      }
      return this.#send(request.clone(), { ...own, stream });
    });
  }

  /** The client as a `fetch` of the Fetch standard, for any library that accepts one. Can be called unbound. */
  readonly fetch: typeof globalThis.fetch = (input, init) =>
    clientFetch(
      (method, url, options) => this.stream(method, url, options),
      input as string | URL | globalThis.Request,
      init,
    );

  /** A client with other options on top, which shares connections and cookies with this one. */
  extend(options?: ClientOptions): Client {
    return new Client(options, this);
  }

  /** Closes connections; every later call rejects with `ClientClosedError`. A client made by `extend` closes only what it was given. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#ownsTransport) await this.#transport.close?.();
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }

  toJSON(): unknown {
    return { baseUrl: this.#base && redactUrl(this.#base), headers: this.headers };
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Client ${JSON.stringify(this)}`;
  }

  async #send(request: Request, options: SendOptions): Promise<Response> {
    if (this.#closed)
      throw new ClientClosedError(`Cannot send ${request}: the client is closed`, { request });
    const { followRedirects, maxRedirects, raiseForStatus, maxResponseSize } = this.#options;
    const settings = snapshot<Settings>({
      followRedirects,
      maxRedirects,
      raiseForStatus,
      maxResponseSize,
    } as Settings);
    for (const layer of [request.given.settings, options]) {
      for (const [name, value] of Object.entries(layer))
        if (value !== undefined) settings[name as never] = value as never;
    }
    const hooks = mergeHooks(this.#hooks, settings.hooks);
    const timeouts = mergeTimeouts(settings.timeout, this.#timeouts);
    const trip = this.#plan(request, settings, hooks);
    this.#instruct(request, settings, timeouts, trip);
    request.signal = settings.signal ?? request.signal;
    const deadline = timeouts.total === null ? undefined : new Deadline(request, timeouts.total);
    if (deadline) request.signal = deadline.signal;
    let live = false;
    try {
      request.signal?.throwIfAborted();
      const work = travel(request, trip).then((response) => {
        live = options.stream === true;
        return this.#receive(response, settings, live, deadline);
      });
      return await untilAborted(request.signal, work, (late) => late.close());
    } catch (error) {
      live = false;
      for (const hook of hooks.error ?? []) await hook(error);
      throw error;
    } finally {
      if (!live) deadline?.release();
    }
  }

  /** What the request travels with. */
  #plan(request: Request, settings: Settings, hooks: Hooks): Trip {
    const home = this.#isHome(request.url);
    const cookies = settings.cookies;
    if (cookies && !platform.openCookies) void this.cookies;
    return {
      transport: this.#transport,
      auth: this.#authFor(request, settings.auth, home),
      hooks,
      followRedirects: settings.followRedirects ?? true,
      maxRedirects: settings.maxRedirects ?? MAX_REDIRECTS,
      redirectHeaders: this.#options.redirectHeaders ?? [],
      cookies: this.#cookieStore(),
      ownCookies: cookies ? cookieHeader(cookies) : "",
      atHome: home,
      logger: this.#options.logger ?? null,
    };
  }

  /** The call's auth, else a header of its own, else the client's auth, else the URL's userinfo. */
  #authFor(request: Request, init: RequestOptions["auth"], home: boolean): Auth | null {
    if (init !== undefined) return toAuth(init);
    if (request.hasOwnAuthorization) return null;
    if (this.#auth && home) return this.#auth;
    const { userinfo } = request.given;
    return userinfo && !request.headers.has("authorization") ? new BasicAuth(...userinfo) : null;
  }

  /** What the transport is told. */
  #instruct(request: Request, settings: Settings, timeouts: Timeouts, trip: Trip): void {
    const { extensions } = request;
    const fetchOptions = { ...this.#options.fetchOptions, ...settings.fetchOptions };
    // A challenge would open the browser's login dialog and leave the fetch hanging, unless credentials are omitted.
    if (trip.auth && !platform.can.readChallenge) fetchOptions.credentials ??= "omit";
    extensions.timeout ??= timeouts;
    extensions.redirect = trip.followRedirects ? "follow" : "manual";
    extensions.fetchOptions = fetchOptions;
    if (settings.onUploadProgress) extensions.onUploadProgress = settings.onUploadProgress;
  }

  /** Bounds the body, reads it unless it stays live, and judges the status. */
  async #receive(
    response: Response,
    settings: Settings,
    live: boolean,
    deadline?: Deadline,
  ): Promise<Response> {
    const { maxResponseSize: max, onDownloadProgress: report, raiseForStatus = false } = settings;
    const length = response.headers.has("content-encoding") ? null : response.headers.get("content-length");
    response.defaultEncoding = this.#options.defaultEncoding ?? response.defaultEncoding;
    response.bound({
      memory: max === undefined ? MAX_RESPONSE_SIZE : max,
      stream: max ?? null,
      progress: report && reporter(length === null ? null : Number(length), report),
      done: live ? deadline?.release : undefined,
    });
    const raises =
      typeof raiseForStatus === "function"
        ? raiseForStatus(response.status)
        : raiseForStatus && response.isError;
    if (!live || raises) await response.read();
    if (raises) throw response.statusError();
    return response;
  }

  /** True when a client's own settings may go to this URL: it has no base, or the URL is on the base's origin. */
  #isHome(url: URL): boolean {
    return !this.#base || staysOnOrigin(this.#base, url);
  }

  #cookieStore(): Cookies | undefined {
    this.#cookies ??= platform.openCookies?.(undefined) as Cookies | undefined;
    return this.#cookies;
  }
}

type Settings = Omit<ClientOptions, "cookies"> & RequestOptions;

function readBase(baseUrl: ClientOptions["baseUrl"]): URL | null {
  if (baseUrl === undefined || baseUrl === null || baseUrl === "") return null;
  const base = resolveUrl(baseUrl);
  base.hash = "";
  return base;
}

function defaultHeaders(): Headers {
  const headers = new Headers({ Accept: "*/*" });
  if (platform.can.setAnyHeader) {
    const codings = platform.acceptEncoding();
    if (codings) headers.set("Accept-Encoding", codings);
    headers.set("User-Agent", `saluki/${VERSION}`);
  }
  return headers;
}

function mergeLayers(base: ParamsInit | null | undefined, more: ParamsInit | undefined): ParamsInit | null {
  if (more === undefined) return base ?? null;
  return base === undefined || base === null ? more : mergeParams(base, more);
}
