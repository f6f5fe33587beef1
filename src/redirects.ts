/** Decides whether, and with which request, to follow a redirect (RFC 9110 section 15.4, Fetch "HTTP-redirect fetch"). Sends nothing. */
import {
  argumentError,
  RemoteProtocolError,
  StreamConsumedError,
  TooManyRedirectsError,
  UnsupportedProtocolError,
} from "./errors.ts";
import { isToken } from "./grammar.ts";
import type { RedirectRules } from "./platform/types.ts";
import { redactUrl } from "./redact.ts";
import type { Request } from "./request.ts";
import type { Response } from "./response.ts";
import { staysOnOrigin, takeUserinfo } from "./url.ts";

// Longer ones are refused by most servers, so that a Location of this length is an attack or a mistake.
const MAX_LOCATION_LENGTH = 65_535;

// Strategy: an allow-list. What another site may see is known; which headers hold secrets never is (X-Api-Key, ...).
const SAFE = /^(?:accept|accept-.*|user-agent|range|if-.*|cache-control|content-.*)$/;

/** The option `redirectHeaders`. @throws {TypeError} when it is no list of header names. */
export function readRedirectHeaders(names: readonly string[] = []): readonly string[] {
  if (Array.isArray(names) && names.every((name) => typeof name === "string" && isToken(name)))
    return [...names];
  throw argumentError('Cannot use option "redirectHeaders": must be a list of header names');
}

/** True for request headers that say nothing about who asks. */
export function isSafeHeader(key: string, extra: readonly string[] = []): boolean {
  return SAFE.test(key) || extra.some((name) => name.toLowerCase() === key);
}

/**
 * The request of the next hop, or null where the chain ends. What was not followed is left in `nextRequest`.
 * @param request the hop as the call made it, before auth edited it
 * @throws {TooManyRedirectsError} when `rules.maxRedirects` hops were followed already. Else as {@link followUp}.
 */
export function nextHop(
  request: Request,
  response: Response,
  hops: number,
  rules: RedirectRules,
): Request | null {
  if (!response.isRedirect) return null;
  const { request: sent } = response;
  if (!rules.followRedirects) {
    try {
      response.nextRequest = followUp(request, response, rules.redirectHeaders, sent.url) ?? undefined;
    } catch {
      // A redirect that leads nowhere is only an error for whoever follows it.
    }
    return null;
  }
  if (hops >= rules.maxRedirects) {
    throw new TooManyRedirectsError(
      `Cannot follow the redirect of ${sent}: more than maxRedirects: ${rules.maxRedirects}`,
      { request: sent, response, history: [...response.history, response] },
    );
  }
  return followUp(request, response, rules.redirectHeaders, sent.url);
}

/**
 * The request that follows this redirect, or null when the response is none.
 *
 * Rule: 303 becomes GET unless it answers HEAD; 301 and 302 turn POST into GET; everything else stays. On a change of
 * origin only safe headers go along, and what was dropped stays dropped, because the next hop starts from here.
 * @param request the hop as the caller's call made it, before auth edited it
 * @param redirectHeaders names that the caller allows beyond the safe ones
 * @param from the URL that answered; another than the request's where an auth flow went elsewhere
 * @throws {RemoteProtocolError} when Location is given twice, empty, too long or unparsable.
 * @throws {UnsupportedProtocolError} when Location is not http or https.
 * @throws {StreamConsumedError} when the body must be sent again and cannot be.
 */
export function followUp(
  request: Request,
  response: Response,
  redirectHeaders: readonly string[] = [],
  from: URL = request.url,
): Request | null {
  if (!response.isRedirect) return null;
  const { status } = response;
  const next = request.clone();
  next.url = locate(request, response, from);
  if ((status === 303 && request.method !== "HEAD") || (status < 303 && request.method === "POST")) {
    next.method = "GET";
    next.body = null;
    next.headers.keep((key) => !key.startsWith("content-") && key !== "transfer-encoding");
  } else if (next.body?.consumed) {
    throw new StreamConsumedError(
      `Cannot follow the redirect of ${request}: ${status} asks for the body again, which is a stream that can be read once; give a function that returns a new stream`,
      { request, response },
    );
  }
  // The target was the first hop's; the name for TLS was the first host's.
  delete next.extensions.target;
  // A Cookie header given by hand is for the first hop; the jar speaks for the others.
  next.headers.delete("cookie");
  if (!staysOnOrigin(from, next.url)) {
    next.extensions.crossOrigin = true;
    delete next.extensions.sni_hostname;
    next.headers.keep((key) => isSafeHeader(key, redirectHeaders));
  }
  return next;
}

function locate(request: Request, response: Response, from: URL): URL {
  const context = { request, response };
  const locations = [...new Set(response.headers.getAll("location"))];
  const location = decodeUtf8(locations[0] as string);
  const fail = (why: string): RemoteProtocolError =>
    new RemoteProtocolError(`Cannot follow the redirect of ${request}: ${why}`, context);
  if (locations.length > 1) throw fail("it has several Location fields that differ");
  if (!location.trim()) throw fail("its Location is empty");
  if (location.length > MAX_LOCATION_LENGTH)
    throw fail(`its Location is longer than ${MAX_LOCATION_LENGTH} characters`);
  let url: URL;
  try {
    url = new URL(location, from);
  } catch {
    throw fail(`its Location cannot be parsed: ${redactUrl(location)}`);
  }
  takeUserinfo(url);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new UnsupportedProtocolError(
      `Cannot follow redirect to ${redactUrl(url.href)}: scheme must be http or https`,
      context,
    );
  }
  if (!url.hash) url.hash = request.url.hash;
  return url;
}

/** Header bytes arrive as Latin-1; a Location beyond ASCII is UTF-8 in practice. */
function decodeUtf8(location: string): string {
  if (!/[\x80-\xff]/.test(location)) return location;
  try {
    const bytes = Uint8Array.from(location, (char) => char.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return location;
  }
}
