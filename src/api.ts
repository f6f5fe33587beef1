/** One call each: the functions of a client that keeps nothing but its connections. */
import { Client } from "./client.ts";
import type { RequestOptions } from "./options.ts";
import type { Response } from "./response.ts";
import type { ResponsePromise } from "./response-promise.ts";
import { DefaultTransport } from "./transports/default.ts";
import type { Transport } from "./transports/transport.ts";

let shared: Transport | undefined;

/** A client without cookies or state, on the connections that all these functions share. */
function client(): Client {
  shared ??= new DefaultTransport();
  return new Client({ transport: shared });
}

/** Sends a request with any method. */
export function request(method: string, url: string | URL, options?: RequestOptions): ResponsePromise {
  return client().request(method, url, options);
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
export function stream(method: string, url: string | URL, options?: RequestOptions): Promise<Response> {
  return client().stream(method, url, options);
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
