/** What the calls of a client share, and how one call is made of it: its settings, its deadline, its body. */
import { platform } from "#platform";
import type { Auth } from "./auth/auth.ts";
import { toAuth } from "./auth/init.ts";
import { authenticateWith } from "./authenticate.ts";
import { ClientClosedError, TotalTimeoutError, UnsupportedError } from "./errors.ts";
import { type Trip, travel } from "./exchange.ts";
import { Headers } from "./headers.ts";
import {
  checkRequestOptions,
  type Hooks,
  mergeHooks,
  type RequestOptions,
  type SharedOptions,
} from "./options.ts";
import type { ParamsInit } from "./params.ts";
import { MAX_RESPONSE_SIZE } from "./payload.ts";
import { reporter } from "./progress.ts";
import { Request } from "./request.ts";
import type { Response } from "./response.ts";
import { snapshot } from "./snapshot.ts";
import type { DefaultEncoding } from "./text.ts";
import { mergeTimeouts, type Timeouts } from "./timeouts.ts";
import { staysOnOrigin } from "./url.ts";
import { VERSION } from "./version.ts";
import { Watch } from "./watch.ts";

/** Defaults that apply where a call says nothing. */
type Inherited = Pick<
  SharedOptions,
  "followRedirects" | "maxRedirects" | "raiseForStatus" | "maxResponseSize"
>;

/** The options of `send()`: those of a call without what makes the request itself. */
export interface SendOptions
  extends Omit<RequestOptions, "params" | "headers" | "json" | "data" | "files" | "body" | "extensions"> {
  /** Hand over the live body instead of reading it. Default false. */
  stream?: boolean;
}

/** What calls share. */
export interface Session extends Pick<Trip, "transport" | "nextHop" | "log"> {
  headers: Headers;
  params: ParamsInit | null;
  auth: Auth | null;
  timeouts: Timeouts;
  closed: boolean;
  readonly base: URL | null;
  readonly hooks: Hooks;
  readonly inherited: Inherited;
  readonly fetchOptions: RequestInit | undefined;
  readonly defaultEncoding: DefaultEncoding | undefined;
  readonly redirectHeaders: readonly string[];
  /** The headers of the session that may go to another origin than the base's. */
  safeHeaders(): Headers;
  /** The jar, where this runtime lets a client have one. */
  cookies(): Trip["cookies"];
}

type Settings = Inherited & SendOptions;

/** The request that a call with these arguments would send. */
export function buildRequest(
  session: Session,
  method: string,
  url: string | URL,
  options?: RequestOptions,
): Request {
  const own = snapshot(options);
  checkRequestOptions(own);
  return new Request(method, url, own as RequestOptions & Record<string, unknown>, {
    base: session.base,
    headersFor: (to) => (isHome(session, to) ? session.headers.clone() : session.safeHeaders()),
    paramsFor: (to) => (isHome(session, to) ? session.params : null),
  });
}

/**
 * Makes a request and sends it, and reads the body unless it stays live.
 * @param make makes the request, which from then on belongs to this call; what it throws is an error of the call
 */
export async function send(
  session: Session,
  make: () => Request,
  options: SendOptions = {},
): Promise<Response> {
  let { hooks } = session;
  let request: Request | undefined;
  let watch: Watch | undefined;
  let live = false;
  try {
    const made = make();
    request = made;
    const settings = layer(session.inherited, made.given.settings, options);
    hooks = mergeHooks(hooks, settings.hooks);
    if (session.closed) {
      throw new ClientClosedError(`Cannot send ${made}: the client is closed`, { request });
    }
    const timeouts = mergeTimeouts(settings.timeout, session.timeouts);
    const trip = plan(session, made, settings, hooks);
    instruct(session, made, settings, timeouts, trip);
    const signal = settings.signal ?? made.signal;
    const work = async (): Promise<Response> => {
      const response = await travel(made, trip);
      live = options.stream === true;
      return receive(session, response, settings, live ? (watch?.end ?? noop) : undefined);
    };
    if (!signal && timeouts.total === null) return await work();
    watch = new Watch(signal);
    watch.arm(timeouts.total, (ms) => totalTimeout(made, ms));
    made.signal = watch.signal;
    watch.signal.throwIfAborted();
    return await watch.race(work(), (late) => late.close());
  } catch (error) {
    live = false;
    // An unsent body is released: its source may hold a file or a connection.
    await request?.body?.cancel(error);
    for (const hook of hooks.error ?? []) await hook(error);
    throw error;
  } finally {
    if (!live) watch?.end();
  }
}

function totalTimeout(request: Request, ms: number): TotalTimeoutError {
  const message = `Cannot complete ${request}: the call took more than timeout.total: ${ms} ms`;
  return new TotalTimeoutError(message, { request });
}

function noop(): void {}

/** The default headers of this runtime. */
export function defaultHeaders(): Headers {
  const headers = new Headers({ Accept: "*/*" });
  if (platform.can.setAnyHeader) {
    const codings = platform.acceptEncoding();
    if (codings) headers.set("Accept-Encoding", codings);
    headers.set("User-Agent", `saluki/${VERSION}`);
  }
  return headers;
}

/** The error for cookies where the platform keeps them. */
export function noCookies(): UnsupportedError {
  return new UnsupportedError(
    `Cannot use cookies: ${platform.name} keeps them itself; use fetchOptions.credentials to say whether they are sent`,
  );
}

/** The later setting counts; undefined says nothing. */
function layer(...layers: object[]): Settings {
  const settings: Record<string, unknown> = Object.create(null);
  for (const given of layers) {
    for (const [name, value] of Object.entries(given)) if (value !== undefined) settings[name] = value;
  }
  return settings as Settings;
}

function plan(session: Session, request: Request, settings: Settings, hooks: Hooks): Trip {
  const atHome = isHome(session, request.url);
  if (settings.cookies && !platform.cookies) throw noCookies();
  return {
    transport: session.transport,
    nextHop: session.nextHop,
    log: session.log,
    authenticate: authFor(session, request, settings.auth, atHome),
    hooks,
    followRedirects: settings.followRedirects ?? true,
    maxRedirects: settings.maxRedirects ?? MAX_REDIRECTS,
    redirectHeaders: session.redirectHeaders,
    cookies: settings.cookies === null ? undefined : session.cookies(),
    ownCookies: (settings.cookies && platform.cookies?.own(settings.cookies)) || "",
    atHome,
  };
}

/** The call's auth, else a header of its own, else the client's auth, else the URL's userinfo. */
function authFor(
  session: Session,
  request: Request,
  given: SendOptions["auth"],
  atHome: boolean,
): Trip["authenticate"] {
  let init = given;
  if (init === undefined && !request.hasOwnAuthorization) {
    init = (atHome && session.auth) || request.given.userinfo;
  }
  return init ? authenticateWith(toAuth(init)) : undefined;
}

/** What the transport is told. */
function instruct(
  session: Session,
  request: Request,
  settings: Settings,
  timeouts: Timeouts,
  trip: Trip,
): void {
  const { extensions } = request;
  const fetchOptions = { ...session.fetchOptions, ...settings.fetchOptions };
  // A challenge would open the browser's login dialog and leave the fetch hanging, unless credentials are omitted.
  if (trip.authenticate && !platform.can.readChallenge) fetchOptions.credentials ??= "omit";
  extensions.timeout ??= timeouts;
  extensions.redirect = trip.followRedirects ? "follow" : "manual";
  extensions.fetchOptions = fetchOptions;
  // Where the platform follows redirects, these cannot be kept to: the transport refuses them.
  if (settings.maxRedirects !== undefined) extensions.maxRedirects = settings.maxRedirects;
  if (session.redirectHeaders.length > 0) extensions.redirectHeaders = session.redirectHeaders;
  if (settings.onUploadProgress) extensions.onUploadProgress = settings.onUploadProgress;
}

/** Bounds the body, reads it unless it stays live (then `done` is called at its end), and judges the status. */
async function receive(
  session: Session,
  response: Response,
  settings: Settings,
  done: (() => void) | undefined,
): Promise<Response> {
  const { maxResponseSize: max, onDownloadProgress: report, raiseForStatus: judge } = settings;
  const { headers, status } = response;
  const length = headers.has("content-encoding") ? null : headers.get("content-length");
  response.defaultEncoding = session.defaultEncoding ?? response.defaultEncoding;
  response.bound({
    memory: max === undefined ? MAX_RESPONSE_SIZE : max,
    stream: max ?? null,
    progress: report && reporter(length === null ? null : Number(length), report),
    done,
  });
  const raises = typeof judge === "function" ? judge(status) : judge && response.isError;
  if (!done || raises) await response.read();
  if (raises) throw response.statusError();
  return response;
}

/** True when a session's own settings may go to this URL: it has no base, or the URL is on the base's origin. */
function isHome({ base }: Session, url: URL): boolean {
  return !base || staysOnOrigin(base, url);
}

/** Browsers and the users of curl expect about this many; Fetch says 20. */
const MAX_REDIRECTS = 20;
