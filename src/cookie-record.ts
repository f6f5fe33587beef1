/** Kept cookies as callers name and see them. Changes none. */
import { hostNamed, type SameSite } from "./cookie-draft.ts";
import { expiryOf, type KeptCookie } from "./cookie-rules.ts";
import { CookieConflictError } from "./errors.ts";
import { show } from "./redact.ts";

/** Which cookies are meant. */
export interface CookieFilter {
  /** The exact domain, with or without a leading dot. Default any. */
  domain?: string | undefined;
  /** The exact path. Default any. */
  path?: string | undefined;
}

/** One cookie, as it is kept. */
export interface CookieRecord {
  readonly name: string;
  readonly value: string;
  /** Undefined for a cookie that was set without one. */
  readonly domain: string | undefined;
  readonly path: string;
  /** Undefined for one that ends with the session. */
  readonly expires: Date | undefined;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite | undefined;
  /** Whether hosts below the domain do not get it. */
  readonly hostOnly: boolean;
}

/** The test for a filter and a name; what is not given fits all. */
export function matcher(filter: CookieFilter | undefined, name?: string): (cookie: KeptCookie) => boolean {
  const { domain, path } = filter ?? {};
  const host = domain === undefined ? undefined : (hostNamed(domain) ?? domain);
  return (cookie) =>
    (name === undefined || cookie.key === name) &&
    (host === undefined || cookie.domain === host) &&
    (path === undefined || (cookie.path ?? "/") === path);
}

/**
 * The one cookie of this name, or undefined. Where domain and path are both given nothing more can tell two
 * apart (one is for the host alone, one for hosts below it too), and it is the older one, which is sent
 * first.
 * @throws {CookieConflictError} when there are several; the message names their domains and paths.
 */
export function choose(
  name: string,
  filter: CookieFilter | undefined,
  found: readonly KeptCookie[],
): KeptCookie | undefined {
  if (found.length > 1 && (filter?.domain === undefined || filter.path === undefined)) {
    const places = found.map(({ domain, path }) => `${domain ?? "(no domain) "}${path}`).join(", ");
    throw new CookieConflictError(
      `Cannot choose among ${found.length} cookies named ${show(name)}: give a domain or path: ${show(places)}`,
    );
  }
  return found[0];
}

/** What a caller sees of a cookie. */
export function recordOf(cookie: KeptCookie): CookieRecord {
  const expires = expiryOf(cookie);
  return {
    name: cookie.key,
    value: cookie.value,
    domain: cookie.domain ?? undefined,
    path: cookie.path ?? "/",
    expires: expires === Infinity ? undefined : new Date(expires),
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    sameSite: cookie.sameSite as SameSite | undefined,
    hostOnly: cookie.hostOnly !== false,
  };
}
