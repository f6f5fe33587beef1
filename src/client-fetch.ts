/** A client behind the interface of `fetch`, for whatever accepts one. Translates; sends nothing itself. */
import type { BodyInit } from "./body.ts";
import type { RequestOptions } from "./options.ts";
import type { Response } from "./response.ts";

/** How a client streams a call. */
export type Stream = (method: string, url: string | URL, options: RequestOptions) => Promise<Response>;

/**
 * One call of Fetch's shape: never rejects for a status, streams the body, resolves to a native `Response`.
 * The body of a `Request` is read to memory first, so that it can answer a challenge or a redirect.
 */
export async function clientFetch(
  stream: Stream,
  input: string | URL | globalThis.Request,
  init: RequestInit = {},
): Promise<globalThis.Response> {
  const native = typeof input === "object" && "headers" in input ? input : undefined;
  // Keys that this code does not know belong to the platform's fetch (`dispatcher`, `cf`, `next`, ...).
  const {
    method,
    headers,
    body,
    redirect,
    signal,
    window: _window,
    duplex: _duplex,
    ...rest
  } = init as RequestInit & {
    duplex?: string;
  };
  const mode = redirect ?? native?.redirect ?? "follow";
  const content = body ?? (await readBody(native));
  const response = await stream(method ?? native?.method ?? "GET", native?.url ?? (input as string | URL), {
    headers: (headers ?? native?.headers ?? []) as Headers,
    ...(content !== undefined && content !== null && { body: content as BodyInit }),
    ...((signal ?? native?.signal) && { signal: (signal ?? native?.signal) as AbortSignal }),
    followRedirects: mode === "follow",
    raiseForStatus: false,
    fetchOptions: rest as RequestInit,
  });
  if (mode === "error" && (response.isRedirect || response.redirected)) {
    await response.close();
    throw new TypeError(`Cannot complete ${response.request}: it was redirected, and redirect is "error"`);
  }
  return response.toFetchResponse();
}

async function readBody(request: globalThis.Request | undefined): Promise<Uint8Array | undefined> {
  if (!request || request.method === "GET" || request.method === "HEAD") return undefined;
  const bytes = new Uint8Array(await request.clone().arrayBuffer());
  return bytes.length > 0 ? bytes : undefined;
}
