/** Every option of a call and of a client, typed once. Composes what other files define; decides nothing. */
import type { AuthInit } from "./auth/init.ts";
import type { Cookies, CookiesInit } from "./cookies.ts";
import { argumentError } from "./errors.ts";
import type { HeadersInit } from "./headers.ts";
import type { ParamsInit } from "./params.ts";
import { show } from "./redact.ts";
import type { BodyOptions, Progress, Request, RequestExtensions } from "./request.ts";
import type { Response } from "./response.ts";
import { snapshot } from "./snapshot.ts";
import type { DefaultEncoding } from "./text.ts";
import type { TimeoutInit } from "./timeouts.ts";
import type { Transport } from "./transports/transport.ts";

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
  /** Cookies for this call's first origin only, by name or from a jar; what the server sets is not put there. */
  cookies?: CookiesInit | Cookies | null;
  /** Aborts the call; it then rejects with the signal's reason. */
  signal?: AbortSignal | null;
  /** For `NodeTransport`: `target` is sent as the request target, `sni_hostname` names the host in TLS. */
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

// Rule: each option with the kinds it may have, by the first letter of `typeof`; 0 is null. No kinds: its reader judges.
const SHARED =
  "params headers auth timeout cookies followRedirects:b maxRedirects:i raiseForStatus:bf hooks:o maxResponseSize:n0 fetchOptions:o";
const REQUEST = `${SHARED} json data files body signal:o0 extensions:o onUploadProgress:f onDownloadProgress:f`;
const CLIENT = `${SHARED} baseUrl:so0 redirectHeaders:l transport:o mounts:o fetch:f defaultEncoding:sf logger:o0`;
const HOOKS = "request:l response:l error:l";
const KINDS: Record<string, string> = {
  b: "true or false",
  n: "a number of 0 or more",
  i: "an integer of 0 or more",
  f: "a function",
  o: "an object",
  l: "a list",
  s: "a string",
  0: "null",
};

/** Rejects what is no option of a call, or has the wrong kind. @throws {TypeError} that names it. */
export function checkRequestOptions(options: object): void {
  check(options, REQUEST, "a request");
}

/** Rejects what is no option of a client, or has the wrong kind. @throws {TypeError} that names it. */
export function checkClientOptions(options: object): void {
  check(options, CLIENT, "a client");
}

function check(options: object, rules: string, owner: string): void {
  const known = tableOf(rules);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!known.has(name)) {
      const meant = [...known.keys()].find((candidate) => looksLike(name, candidate));
      const hint = meant ? `; did you mean "${meant}"?` : "";
      throw argumentError(`Cannot use option "${name}": not an option of ${owner}${hint}`);
    }
    const kinds = known.get(name);
    const label = rules === HOOKS ? `hooks.${name}` : `option "${name}"`;
    const kind = kindsOf(value);
    if (!kinds) continue;
    const fits = Array.from(kind).some((letter) => kinds.includes(letter));
    if (!fits || (typeof value === "number" && !(value >= 0))) {
      const expected = Array.from(kinds, (letter) => KINDS[letter]).join(" or ");
      throw argumentError(`Cannot use ${label}: must be ${expected}: ${what(value)}`);
    }
    if (name === "hooks") check(value as Hooks, HOOKS, "hooks");
    if (rules === HOOKS && !(value as unknown[]).every((hook) => typeof hook === "function")) {
      throw argumentError(`Cannot use hooks.${name}: must be a list of functions`);
    }
  }
}

// Read once: every call is checked.
const tables: Map<string, Map<string, string | undefined>> = /* @__PURE__ */ new Map();

/** The kinds of each option, by name. */
function tableOf(rules: string): Map<string, string | undefined> {
  let table = tables.get(rules);
  if (!table) {
    table = new Map(rules.split(" ").map((rule) => rule.split(":") as [string, string | undefined]));
    tables.set(rules, table);
  }
  return table;
}

/** The letters of {@link KINDS} that a value answers to. */
function kindsOf(value: unknown): string {
  if (value === null) return "0";
  if (Array.isArray(value)) return "lo";
  return Number.isInteger(value) ? "in" : (typeof value).slice(0, 1);
}

/** A value as a message may show it: functions and objects by their kind alone. */
function what(value: unknown): string {
  return typeof value === "string"
    ? show(value)
    : typeof value === "object" || typeof value === "function"
      ? typeof value
      : String(value);
}

/** True when two names differ by at most two letters, wherever these stand. */
function looksLike(name: string, candidate: string): boolean {
  let rest = candidate.toLowerCase();
  let extra = 0;
  for (const letter of name.toLowerCase()) {
    const shorter = rest.replace(letter, "");
    if (shorter === rest) extra++;
    rest = shorter;
  }
  return rest.length + extra <= 2;
}

/** Both lists of hooks, the client's first. */
export function mergeHooks(base: Hooks | undefined, more: Hooks | undefined): Hooks {
  const [first, last] = [snapshot(base), snapshot(more)];
  const both = <T>(one: readonly T[] = [], other: readonly T[] = []): readonly T[] => [...one, ...other];
  return {
    request: both(first.request, last.request),
    response: both(first.response, last.response),
    error: both(first.error, last.error),
  };
}
