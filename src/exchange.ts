/**
 * How a request travels, from the client's hands to the transport and back:
 *
 *     travel        one pass per redirect hop        redirects.ts says where to go next
 *     authenticate  one auth flow per hop            auth/*.ts yields requests, gets responses
 *     exchange      one request, one response        hooks, cookies, transport, cookies, hooks
 *
 * Rule: the redirect loop is outside, the auth flow inside, because a challenge belongs to one request target.
 */

import { platform } from "#platform";
import type { Auth } from "./auth/auth.ts";
import { AuthError, argumentError, isHTTPError, TooManyRedirectsError } from "./errors.ts";
import type { Hooks } from "./options.ts";
import type { CookieStore } from "./platform/types.ts";
import type { followUp } from "./redirects.ts";
import { Request } from "./request.ts";
import { Response } from "./response.ts";
import type { Transport } from "./transports/transport.ts";
import { staysOnOrigin } from "./url.ts";

/** What one call travels with. */
export interface Trip {
  readonly transport: Transport;
  readonly auth: Auth | null;
  readonly hooks: Hooks;
  readonly followRedirects: boolean;
  readonly maxRedirects: number;
  readonly redirectHeaders: readonly string[];
  readonly cookies: CookieStore | undefined;
  /** The cookies of this call alone, as a header value. */
  readonly ownCookies: string;
  /** False when the call goes elsewhere than the client's base: then the client's own cookies stay home. */
  readonly atHome: boolean;
  /** Decides where a redirect leads; absent where the platform follows by itself. */
  readonly followUp: typeof followUp | undefined;
  readonly log: Log | undefined;
}

/** Who is told of each exchange. */
export interface Log {
  response(response: Response): void;
  failure(request: Request, error: unknown, elapsed: number): void;
}

// RFC 7616 needs two legs, three with a stale nonce; a token refresh in between makes five.
const MAX_AUTH_LEGS = 6;

/** Sends a request wherever redirects lead and returns the response at the end, body unread. */
export async function travel(first: Request, trip: Trip): Promise<Response> {
  const history: Response[] = [];
  let request = first;
  for (let hops = 0; ; hops++) {
    const response = await authenticate(request, first, trip, history);
    response.redirected ||= hops > 0;
    if (!response.isRedirect || !trip.followUp) return response;
    if (!trip.followRedirects) {
      response.nextRequest = whereTo(request, response, trip);
      return response;
    }
    try {
      if (hops === trip.maxRedirects) {
        throw new TooManyRedirectsError(
          `Cannot follow the redirect of ${response.request}: more than maxRedirects: ${trip.maxRedirects}`,
          { request: response.request, response, history: [...history, response] },
        );
      }
      request = trip.followUp(request, response, trip.redirectHeaders, response.request.url) as Request;
    } finally {
      await response.close();
    }
    history.push(response);
  }
}

/** Runs the auth flow of one hop. Every response but the last goes to history. */
async function authenticate(
  request: Request,
  first: Request,
  trip: Trip,
  history: Response[],
): Promise<Response> {
  const { auth } = trip;
  if (!auth || (auth.scope !== "any" && request.extensions.crossOrigin))
    return exchange(request, first, trip, history);
  if (auth.requiresRequestBody) await request.read();
  // The flow edits a copy, so that the next hop starts from what the caller gave.
  const flow = auth.authFlow(request.clone());
  try {
    let step = await flow.next();
    for (let legs = 1; !step.done; legs++) {
      if (!(step.value instanceof Request)) {
        throw argumentError(
          `Cannot authenticate ${request}: the auth flow must yield a Request: ${typeof step.value}`,
        );
      }
      if (legs > MAX_AUTH_LEGS) {
        throw new AuthError(
          `Cannot authenticate ${request}: the auth flow took more than ${MAX_AUTH_LEGS} legs`,
          { request },
        );
      }
      const response = await exchange(step.value, first, trip, history);
      try {
        if (auth.requiresResponseBody) await response.read();
        step = await flow.next(response);
      } catch (error) {
        await response.close();
        throw error;
      }
      if (step.done) return response;
      await response.close();
      history.push(response);
    }
  } finally {
    await flow.return();
  }
  throw new AuthError(`Cannot authenticate ${request}: the auth flow yielded no request`, { request });
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
      const value = platform.cookies?.merge(
        (typeof kept === "object" ? await kept : kept) ?? "",
        local ? trip.ownCookies : "",
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

/** Where the redirect would lead, for `nextRequest`; undefined where it cannot be followed. */
function whereTo(request: Request, response: Response, trip: Trip): Request | undefined {
  try {
    return trip.followUp?.(request, response, trip.redirectHeaders, response.request.url) ?? undefined;
  } catch {
    return undefined;
  }
}
