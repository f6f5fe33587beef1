/**
 * How a request travels, from the client's hands to the transport and back:
 *
 *     travel        one pass per redirect hop        redirects.ts says where to go next
 *     authenticate  one auth flow per hop            auth/*.ts yields requests, gets responses (authenticate.ts)
 *     exchange      one request, one response        hooks, cookies, transport, cookies, hooks
 *
 * Rule: the redirect loop is outside, the auth flow inside, because a challenge belongs to one request target.
 */

import { platform } from "#platform";
import { isHTTPError } from "./errors.ts";
import type { Hooks } from "./options.ts";
import type { CookieStore, NextHop, RedirectRules } from "./platform/types.ts";
import { Request } from "./request.ts";
import { Response } from "./response.ts";
import type { Transport } from "./transports/transport.ts";
import { staysOnOrigin } from "./url.ts";

/** What one call travels with. */
export interface Trip extends RedirectRules {
  readonly transport: Transport;
  /** Runs the auth flow of one hop; absent where the call has none. */
  readonly authenticate: Authenticate | undefined;
  readonly hooks: Hooks;
  readonly cookies: CookieStore | undefined;
  /** The cookies of this call alone: a header value, or a jar to read them from. */
  readonly ownCookies: string | Pick<CookieStore, "header">;
  /** False when the call goes elsewhere than the client's base: then the client's own cookies stay home. */
  readonly atHome: boolean;
  /** Decides where a redirect leads; absent where the platform follows by itself. */
  readonly nextHop: NextHop | undefined;
  readonly log: Log | undefined;
}

/** One request, one response. */
export type Send = (request: Request) => Promise<Response>;

/** Sends one hop with its auth flow (authenticate.ts). Every response but the last goes to history. */
export type Authenticate = (request: Request, send: Send, history: Response[]) => Promise<Response>;

/** Who is told of each exchange. */
export interface Log {
  response(response: Response): void;
  failure(request: Request, error: unknown, elapsed: number): void;
}

/** Sends a request wherever redirects lead and returns the response at the end, body unread. */
export async function travel(first: Request, trip: Trip): Promise<Response> {
  const history: Response[] = [];
  const send: Send = (request) => exchange(request, first, trip, history);
  let request = first;
  for (let hops = 0; ; hops++) {
    const response = await (trip.authenticate?.(request, send, history) ?? send(request));
    response.redirected ||= hops > 0;
    let next: Request | null | undefined;
    try {
      next = trip.nextHop?.(request, response, hops, trip);
    } catch (error) {
      await response.close();
      throw error;
    }
    if (!next) return response;
    await response.close();
    history.push(response);
    request = next;
  }
}

/** One request, one response. */
async function exchange(
  given: Request,
  first: Request,
  trip: Trip,
  history: readonly Response[],
): Promise<Response> {
  const { hooks, cookies, log, transport } = trip;
  let request = hooks.request?.length ? given.clone() : given;
  // A Cookie header of the caller's replaces the jar on the first hop; ours, of an earlier leg, is written anew.
  const byHand = history.every((earlier) => !earlier.isRedirect) && first.headers.has("cookie");
  if (!byHand) request.headers.delete("cookie");
  let response: Response | undefined;
  for (const hook of hooks.request ?? []) {
    const made = await hook(request);
    if (made instanceof Request) request = made;
    else if (made instanceof Response) response ??= made;
    if (response) break;
  }
  const started = performance.now();
  if (!response) {
    if (!request.headers.has("cookie")) {
      const local = !request.extensions.crossOrigin && staysOnOrigin(first.url, request.url);
      const kept = cookies?.header(request.url, local && trip.atHome);
      const { ownCookies } = trip;
      const own = local
        ? typeof ownCookies === "object"
          ? ownCookies.header(request.url, true)
          : ownCookies
        : "";
      const value = platform.cookies?.merge(
        (typeof kept === "object" ? await kept : kept) ?? "",
        typeof own === "object" ? await own : own,
      );
      if (value) request.headers.set("Cookie", value);
    }
    try {
      response = await transport.handleRequest(request);
    } catch (error) {
      if (isHTTPError(error)) error.request ??= request;
      log?.failure(request, error, performance.now() - started);
      throw error;
    }
    const lines = cookies && response.headers.getSetCookie();
    if (lines?.length) await cookies?.store(request.url, lines);
  }
  response.elapsed = performance.now() - started;
  response.request = request;
  response.history = history.slice();
  log?.response(response);
  return afterHooks(response, hooks);
}

async function afterHooks(response: Response, hooks: Hooks): Promise<Response> {
  let current = response;
  for (const hook of hooks.response ?? []) {
    let made: Response | void;
    try {
      made = await hook(current);
    } catch (error) {
      await current.close();
      throw error;
    }
    if (!(made instanceof Response) || made === current) continue;
    await current.close();
    made.request = current.request;
    made.history = current.history;
    made.elapsed = current.elapsed;
    current = made;
  }
  return current;
}
