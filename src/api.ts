/** One call each: the functions of a client that keeps nothing but its connections. */
import { platform } from "#platform";
import type { RequestOptions } from "./options.ts";
import type { Response } from "./response.ts";
import { ResponsePromise } from "./response-promise.ts";
import { buildRequest, defaultHeaders, type Session, send } from "./session.ts";
import { mergeTimeouts } from "./timeouts.ts";
import { DefaultTransport } from "./transports/default.ts";

let shared: Session | undefined;

/** What all these functions share: connections, and no state. */
function session(): Session {
  shared ??= {
    headers: defaultHeaders(),
    params: null,
    auth: null,
    timeouts: mergeTimeouts(undefined),
    closed: false,
    base: null,
    hooks: {},
    inherited: {},
    fetchOptions: undefined,
    defaultEncoding: undefined,
    redirectHeaders: [],
    transport: new DefaultTransport(),
    nextHop: platform.nextHop,
    log: undefined,
    safeHeaders: defaultHeaders,
    // A jar for each call: redirects may need one, the next call must not see it.
    cookies: () => platform.cookies?.open(undefined),
  };
  return shared;
}

/** Sends a request with any method. */
export function request(method: string, url: string | URL, options?: RequestOptions): ResponsePromise {
  return ResponsePromise.from(() => send(session(), () => buildRequest(session(), method, url, options)));
}

/** Sends a GET request. */
export function get(url: string | URL, options?: RequestOptions): ResponsePromise {
  return request("GET", url, options);
}

/** Sends a HEAD request. */
export function head(url: string | URL, options?: RequestOptions): ResponsePromise {
  return request("HEAD", url, options);
}

/** Sends an OPTIONS request. */
export function options(url: string | URL, options?: RequestOptions): ResponsePromise {
  return request("OPTIONS", url, options);
}

/** Sends a POST request. */
export function post(url: string | URL, options?: RequestOptions): ResponsePromise {
  return request("POST", url, options);
}

/** Sends a PUT request. */
export function put(url: string | URL, options?: RequestOptions): ResponsePromise {
  return request("PUT", url, options);
}

/** Sends a PATCH request. */
export function patch(url: string | URL, options?: RequestOptions): ResponsePromise {
  return request("PATCH", url, options);
}

/** Sends a DELETE request. */
export function del(url: string | URL, options?: RequestOptions): ResponsePromise {
  return request("DELETE", url, options);
}

/** Sends a request and hands over the live body; dispose of the response with `await using`. */
export async function stream(method: string, url: string | URL, options?: RequestOptions): Promise<Response> {
  return send(session(), () => buildRequest(session(), method, url, options), { stream: true });
}

/** All of these under one name, with `delete` as it should be called. */
export interface Saluki {
  request: typeof request;
  get: typeof get;
  head: typeof head;
  options: typeof options;
  post: typeof post;
  put: typeof put;
  patch: typeof patch;
  del: typeof del;
  delete: typeof del;
  stream: typeof stream;
}

/** A ready client-like object: `saluki.get(url)`. */
const saluki: Saluki = { request, get, head, options, post, put, patch, del, delete: del, stream };
export default saluki;
