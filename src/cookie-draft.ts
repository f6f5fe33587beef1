/** A cookie as a response or a caller describes it, before any rule has looked at it. Judges no scope. */
import { checkCookies } from "./cookie-header.ts";
import { argumentError } from "./errors.ts";
import type { SetCookie } from "./fields/set-cookie.ts";
import { show } from "./redact.ts";
import { snapshot } from "./snapshot.ts";

/** RFC 6265bis section 5.6.7; other values of the attribute mean that none was given. */
export type SameSite = "strict" | "lax" | "none";

/** The attributes of a cookie that is set by hand. */
export interface CookieOptions {
  /**
   * Sent to this host and to those below it. Default none: then to the origin that each call names, and to no
   * other.
   */
  domain?: string | undefined;
  /** Begins with "/"; sent to this path and to those below it. Default "/". */
  path?: string | undefined;
  /** When it ends. Default with the session; at most 400 days from now. */
  expires?: Date | undefined;
  /** How long it lives, in seconds, as in `Set-Cookie`; goes before `expires`. 0 or less removes it. */
  maxAge?: number | undefined;
  /** Sent over https only (and to this machine). Default false. */
  secure?: boolean | undefined;
  /** Kept, and without effect: there are no scripts of pages. Default false. */
  httpOnly?: boolean | undefined;
  /** Kept, and without effect: there are no sites; "none" needs `secure`. Default none. */
  sameSite?: SameSite | undefined;
  /** With a domain: that host alone, none below it. Default false. */
  hostOnly?: boolean | undefined;
}

/** A cookie that someone wants kept. */
export interface CookieDraft {
  name: string;
  value: string;
  /** "" for the host itself, and for nobody else. */
  domain: string;
  /** "" for the default path of the URL. */
  path: string;
  /** Milliseconds since the epoch; Infinity until the session ends. */
  expires: number;
  secure: boolean;
  httpOnly: boolean;
  sameSite: SameSite | undefined;
  partitioned: boolean;
}

// RFC 6265bis section 5.5: "The limit SHOULD NOT be greater than 400 days (34560000 seconds)".
const MAX_LIFETIME = 34_560_000_000;

/** A `Set-Cookie` value as a draft. */
export function draftOf(
  { name, value, attributes }: SetCookie,
  now: number,
  parseDate: (text: string) => Date | undefined,
): CookieDraft {
  const { domain = "", path = "", expires = "", "max-age": maxAge = "", samesite = "" } = attributes;
  // Section 5.6.2: digits, perhaps after one "-"; anything else is as if it were not there.
  const seconds = /^-?\d+$/.test(maxAge) ? Number(maxAge) : undefined;
  return {
    name,
    value,
    domain: domain.replace(/^\./, "").toLowerCase(),
    path: path.startsWith("/") ? path : "",
    expires: expiry(now, seconds, parseDate(expires)),
    secure: attributes.secure !== undefined,
    httpOnly: attributes.httponly !== undefined,
    sameSite: sameSiteOf(samesite.toLowerCase()),
    partitioned: attributes.partitioned !== undefined,
  };
}

/**
 * What a caller sets as a draft, and the host it is for; undefined for whatever origin a call names.
 * @throws {TypeError} when the name, the value or an option is wrong, or there is no such option.
 */
export function draftByHand(
  name: string,
  value: string,
  options: CookieOptions | undefined,
  now: number,
): { draft: CookieDraft; host: string | undefined } {
  checkCookies([[name, value]]);
  const given = snapshot(options);
  const fail = (why: string) => argumentError(`Cannot set cookie ${show(name)}: ${why}`);
  const { domain, path = "/", expires, maxAge, secure, httpOnly, sameSite, hostOnly, ...rest } = given;
  for (const key of Object.keys(rest)) throw fail(`there is no option ${show(key)}`);
  const host = typeof domain === "string" ? hostNamed(domain) : undefined;
  if (domain !== undefined && host === undefined) throw fail(`domain must be a host name: ${show(domain)}`);
  if (!/^\/[^;\0-\x1f\x7f-\uffff]*$/.test(path))
    throw fail(`path must begin with "/" and be ASCII: ${show(path)}`);
  if (expires !== undefined && !(expires instanceof Date && Number.isFinite(expires.getTime()))) {
    throw fail("expires must be a valid Date");
  }
  if (maxAge !== undefined && (typeof maxAge !== "number" || Number.isNaN(maxAge))) {
    throw fail(`maxAge must be a number of seconds: ${show(maxAge)}`);
  }
  if (sameSite !== undefined && sameSiteOf(sameSite) === undefined) {
    throw fail(`sameSite must be "strict", "lax" or "none": ${show(sameSite)}`);
  }
  for (const [key, flag] of Object.entries({ secure, httpOnly, hostOnly })) {
    if (flag !== undefined && typeof flag !== "boolean")
      throw fail(`${key} must be true or false: ${show(flag)}`);
  }
  const draft: CookieDraft = {
    name,
    value,
    domain: hostOnly ? "" : (host ?? ""),
    path,
    expires: expiry(now, maxAge, expires),
    secure: secure === true,
    httpOnly: httpOnly === true,
    sameSite,
    partitioned: false,
  };
  return { draft, host };
}

function sameSiteOf(text: string): SameSite | undefined {
  return text === "strict" || text === "lax" || text === "none" ? text : undefined;
}

/**
 * When a cookie ends: `Max-Age` goes before `Expires` (section 5.7 step 6), and none lives longer than the
 * limit.
 */
function expiry(now: number, maxAge: number | undefined, expires: Date | undefined): number {
  if (maxAge === undefined && expires === undefined) return Infinity;
  const end = maxAge === undefined ? Number(expires) : maxAge > 0 ? now + maxAge * 1000 : -Infinity;
  return Math.min(end, now + MAX_LIFETIME);
}

/** The host that a caller means by a domain; undefined when it is none. IPv6 with or without brackets. */
export function hostNamed(domain: string): string | undefined {
  const bare = domain.replace(/^\./, "");
  if (/[\s/?#@%\\]|\]./.test(bare)) return undefined;
  try {
    return hostOf(new URL(`http://${bare.includes(":") && !bare.startsWith("[") ? `[${bare}]` : bare}/`));
  } catch {
    return undefined;
  }
}

/**
 * The host that cookies of this URL belong to (section 5.1.2): IDNA done by `URL`, no brackets, a final dot
 * kept.
 */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
