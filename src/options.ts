/** Every option of a call and of a client, typed once. Composes what other files define; decides nothing. */
import { Auth } from "./auth/auth.ts";
import { BasicAuth } from "./auth/basic.ts";
import { FunctionAuth } from "./auth/function.ts";
import type { Cookies, CookiesInit } from "./cookies.ts";
import { argumentError } from "./errors.ts";
import type { HeadersInit } from "./headers.ts";
import type { ParamsInit } from "./params.ts";
import type { BodyOptions, Progress, Request, RequestExtensions } from "./request.ts";
import type { Response } from "./response.ts";
import type { DefaultEncoding } from "./text.ts";
import type { TimeoutInit } from "./timeouts.ts";
import type { Transport } from "./transports/transport.ts";

/** How to authenticate: user name and password for Basic, an auth flow, or a function that edits the request. */
export type AuthInit =
  | readonly [username: string, password: string]
  | Auth
  | ((request: Request) => Request | void | Promise<Request | void>);

/** Called before each exchange; may edit the request, or return another one, or the response to use instead. */
export type RequestHook = (
  request: Request,
) => Request | Response | void | Promise<Request | Response | void>;

/** Called after each exchange, body unread; may return another response. */
export type ResponseHook = (response: Response) => Response | void | Promise<Response | void>;

/** Called once with the error that a call is about to reject with. */
export type ErrorHook = (error: unknown) => void | Promise<void>;

/** Functions that see every exchange, redirects and auth legs included. They run in order; one that throws rejects the call. */
export interface Hooks {
  request?: readonly RequestHook[];
  response?: readonly ResponseHook[];
  error?: readonly ErrorHook[];
}

/** Somewhere to write lines to, such as `console`. */
export interface Logger {
  debug?(message: string): void;
  info?(message: string): void;
  warn?(message: string): void;
  error?(message: string): void;
}

/** What a client and a call have in common; what the call says counts. `undefined` inherits, `null` switches off. */
export interface SharedOptions {
  /** Appended to the URL's own query. A call's key replaces the client's same key; null removes it. */
  params?: ParamsInit;
  /** A call's header replaces the client's of that name; null removes it. */
  headers?: HeadersInit | globalThis.Headers;
  /** How to authenticate. null switches off the client's auth and the URL's userinfo. Default none. */
  auth?: AuthInit | null;
  /** Milliseconds by phase. Default 10_000 for connect, read, write and pool, no total; null waits for ever. */
  timeout?: TimeoutInit;
  /** Whether to follow redirects. Default true. */
  followRedirects?: boolean;
  /** How many redirects to follow; an integer of 0 or more. Default 20. */
  maxRedirects?: number;
  /** Reject with `HTTPStatusError` on 4xx and 5xx, or where the function returns true. Default false. */
  raiseForStatus?: boolean | ((status: number) => boolean);
  /** A call's hooks run after the client's. */
  hooks?: Hooks;
  /** Decoded bytes that a body read to memory may have. Default 268_435_456 (256 MiB); null lifts the bound. */
  maxResponseSize?: number | null;
  /** Passed to the platform's fetch: `credentials`, `mode`, `cache`, `keepalive`, ... */
  fetchOptions?: RequestInit;
}

/** The options of one call. */
export interface RequestOptions extends SharedOptions, BodyOptions {
  /** Cookies for this call's first origin only; they are not kept. */
  cookies?: Readonly<Record<string, string>> | null;
  /** Aborts the call; it then rejects with the signal's reason. */
  signal?: AbortSignal | null;
  /** For the transport: `trace`, `target`, `sni_hostname`. */
  extensions?: RequestExtensions;
  /** Told how far the request's body has come. */
  onUploadProgress?: (progress: Progress) => void;
  /** Told how far the response's body has come. */
  onDownloadProgress?: (progress: Progress) => void;
}

/** The options of a client. */
export interface ClientOptions extends SharedOptions {
  /** Relative URLs are appended to its path and cannot leave it. http or https. Default none (in browsers the document). */
  baseUrl?: string | URL | null;
  /** The jar, or cookies to start with. Default an empty jar. */
  cookies?: CookiesInit | Cookies;
  /** Names of headers that may follow a redirect to another origin, beyond the safe ones. Default none. */
  redirectHeaders?: readonly string[];
  /** What carries the requests. Default the platform's own. */
  transport?: Transport;
  /** Transports by URL pattern, most specific first: `all://`, `https://`, `https://host`, `all://*.host`, `all://host:8080`. null is the default transport. */
  mounts?: Readonly<Record<string, Transport | null>>;
  /** Short for `transport: new FetchTransport({ fetch })`. */
  fetch?: typeof globalThis.fetch;
  /** Charset of text without a declared one; a function may detect it. Default "utf-8". */
  defaultEncoding?: DefaultEncoding;
  /** Gets one line an exchange at `info`, headers at `debug`; secrets are hidden. Default none. */
  logger?: Logger | null;
}

type Check = (value: unknown) => boolean;
const isBoolean: Check = (value) => typeof value === "boolean";
const isFunction: Check = (value) => typeof value === "function";
const isObject: Check = (value) => typeof value === "object" && value !== null;
const isAnything: Check = () => true;
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 0;

type Rule = readonly [expected: string, check: Check];
const anything: Rule = ["", isAnything];
const anObject: Rule = ["an object", isObject];
const aFunction: Rule = ["a function", isFunction];

const SHARED: Record<string, Rule> = {
  params: anything,
  headers: anything,
  auth: anything,
  timeout: anything,
  cookies: anything,
  followRedirects: ["true or false", isBoolean],
  maxRedirects: ["an integer of 0 or more", isCount],
  raiseForStatus: ["true, false or a function", (value) => isBoolean(value) || isFunction(value)],
  hooks: anObject,
  maxResponseSize: [
    "a number of bytes or null",
    (value) => value === null || (typeof value === "number" && value >= 0),
  ],
  fetchOptions: anObject,
};

const REQUEST: Record<string, Rule> = {
  ...SHARED,
  json: anything,
  data: anything,
  files: anything,
  body: anything,
  signal: [
    "an AbortSignal",
    (value) => value === null || isFunction((value as AbortSignal)?.addEventListener),
  ],
  extensions: anObject,
  onUploadProgress: aFunction,
  onDownloadProgress: aFunction,
};

const CLIENT: Record<string, Rule> = {
  ...SHARED,
  baseUrl: anything,
  redirectHeaders: ["a list of header names", Array.isArray],
  transport: ["an object with handleRequest()", (value) => isFunction((value as Transport)?.handleRequest)],
  mounts: anObject,
  fetch: aFunction,
  defaultEncoding: ["a label or a function", (value) => typeof value === "string" || isFunction(value)],
  logger: ["an object with log methods, or null", (value) => value === null || isObject(value)],
};

/** Rejects what is no option of a call, or has the wrong kind. @throws {TypeError} that names it. */
export function checkRequestOptions(options: object): void {
  check(options, REQUEST, "a request");
}

/** Rejects what is no option of a client, or has the wrong kind. @throws {TypeError} that names it. */
export function checkClientOptions(options: object): void {
  check(options, CLIENT, "a client");
}

function check(options: object, rules: Record<string, Rule>, owner: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(rules, name)) {
      const meant = nearest(name, Object.keys(rules));
      throw argumentError(
        `Cannot use option "${name}": not an option of ${owner}${meant ? `; did you mean "${meant}"?` : ""}`,
      );
    }
    const [expected, passes] = rules[name] as Rule;
    if (!passes(value))
      throw argumentError(`Cannot use option "${name}": must be ${expected}: ${typeof value}`);
  }
  if (Object.hasOwn(options, "hooks")) checkHooks((options as SharedOptions).hooks);
}

function checkHooks(hooks: Hooks | undefined): void {
  for (const [name, list] of Object.entries(hooks ?? {})) {
    if (name !== "request" && name !== "response" && name !== "error") {
      throw argumentError(`Cannot use hook "${name}": must be one of request, response, error`);
    }
    if (list !== undefined && !(Array.isArray(list) && list.every(isFunction))) {
      throw argumentError(`Cannot use hooks.${name}: must be a list of functions`);
    }
  }
}

/** The name that a typing error most likely meant: the same letters up to two that differ. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  let best: string | undefined;
  let least = 3;
  for (const candidate of names) {
    const cost = distance(lower, candidate.toLowerCase());
    if (cost < least) [best, least] = [candidate, cost];
  }
  return best;
}

/** Levenshtein's distance, one row at a time. Long names are cut: no option is that long. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, char] of [...left.slice(0, 40)].entries()) {
    const next = [index + 1];
    for (let at = 0; at < right.length; at++) {
      next.push(
        Math.min(
          (next[at] as number) + 1,
          (row[at + 1] as number) + 1,
          (row[at] as number) + (right[at] === char ? 0 : 1),
        ),
      );
    }
    row = next;
  }
  return row[right.length] as number;
}

/** The flow that an `auth` option means. @throws {TypeError} when it means none. */
export function toAuth(init: AuthInit | null | undefined): Auth | null {
  if (init === null || init === undefined) return null;
  if (init instanceof Auth || (isObject(init) && "authFlow" in init)) return init as Auth;
  if (Array.isArray(init) && init.length === 2) return new BasicAuth(init[0], init[1]);
  if (typeof init === "function") return new FunctionAuth(init);
  throw argumentError("Cannot use auth: must be [username, password], an Auth, a function or null");
}

/** Both lists of hooks, the client's first. */
export function mergeHooks(base: Hooks | undefined, more: Hooks | undefined): Hooks {
  if (!base || !more) return base ?? more ?? {};
  return {
    request: [...(base.request ?? []), ...(more.request ?? [])],
    response: [...(base.response ?? []), ...(more.response ?? [])],
    error: [...(base.error ?? []), ...(more.error ?? [])],
  };
}
