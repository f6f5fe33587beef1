/**
 * Decides which cookies are kept, and which are sent where (RFC 6265bis sections 5.1, 5.7 and 5.8). Keeps and
 * sends none.
 *
 * *Facts*: tough-cookie 6 brings the public suffix list, the date grammar and the store interface, but its
 * own rules stray from RFC 6265bis: an insecure response replaces Secure cookies, prefixes count in one
 * spelling only, a line is cut at a control character instead of dropped, a value ending in U+00A0 loses it,
 * `Path=/a%20b` is never matched, and `Max-Age` starts anew with each use. So the rules stand here, and its
 * jar is asked for none of them. (test/cookie-gaps.test.ts holds all of it.)
 */
import { type CookieDraft, hostOf } from "./cookie-draft.ts";
import { isFieldValue } from "./grammar.ts";

/** What the rules need to know of a cookie that is kept. tough-cookie's `Cookie` is one. */
export interface KeptCookie {
  key: string;
  value: string;
  /**
   * Without a leading dot. Null for one given by hand without a domain: who keeps it knows where it belongs.
   */
  domain: string | null;
  path: string | null;
  secure: boolean;
  httpOnly: boolean;
  sameSite: string | undefined;
  hostOnly: boolean | null;
  expires: Date | "Infinity" | null;
  /** Seconds after `lastAccessed`, in cookies that a caller's jar stored by itself. Ours have `expires`. */
  maxAge: number | "Infinity" | "-Infinity" | null;
  creation: Date | "Infinity" | null;
  creationIndex: number;
  lastAccessed: Date | "Infinity" | null;
}

/** A cookie that may be kept. */
export type AcceptedCookie = Omit<CookieDraft, "partitioned"> & { hostOnly: boolean; pathIsDefault: boolean };

/** What curl reads of one response; the rest is ignored. */
export const MAX_PER_RESPONSE = 50;
/** Chrome's and Firefox's bound on one domain. */
export const MAX_PER_DOMAIN = 180;
/** RFC 6265bis section 6.1: at least this many in all. */
export const MAX_IN_ALL = 3000;

// Step 4, for name and value together, in bytes; header text holds one a character.
const MAX_PAIR = 4096;

/**
 * The cookie as it may be kept, or why it may not (section 5.7).
 *
 * SameSite decides nothing further here: a client without pages has no site for cookies, all it does is
 * first-party.
 * @param known the cookies that are kept: all of them for an insecure URL, else those of the host and above
 * @param isPublicSuffix whether everyone may register names below this domain
 */
export function judge(
  draft: CookieDraft,
  url: URL,
  known: readonly KeptCookie[],
  now: number,
  isPublicSuffix: (domain: string) => boolean,
): AcceptedCookie | string {
  const { partitioned, ...cookie } = draft;
  const host = hostOf(url);
  const path = draft.path || defaultPath(url.pathname);
  let domain = draft.domain.replace(/^\[(.*)\]$/, "$1");

  // Steps 2 and 4. Step 3, control characters, is done where drafts are made.
  if (draft.name.length + draft.value.length === 0) return "it has neither name nor value";
  if (draft.name.length + draft.value.length > MAX_PAIR)
    return `name and value are longer than ${MAX_PAIR} bytes`;

  // Steps 9 and 10; step 8, other than ASCII, matches no host. A public suffix, an address or a lone name can be nobody's common domain, only a host.
  if (domain.endsWith(".")) return "its domain ends with a dot";
  if (domain && !matchesDomain(host, domain)) return "its domain does not cover the host";
  if (domain && (isAddress(host) || isPublicSuffix(domain))) {
    if (domain !== host) return "its domain is a public suffix";
    domain = "";
  }
  const hostOnly = domain === "";
  if (hostOnly) domain = host;

  // Steps 13 and 16, "leave secure cookies alone": who can forge http must not shadow what https set.
  if (!isTrustworthy(url)) {
    if (draft.secure) return "it is Secure, and the URL is not";
    const shadows = (other: KeptCookie) =>
      other.secure &&
      other.key === draft.name &&
      isAlive(other, now) &&
      (matchesDomain(domain, other.domain ?? "") || matchesDomain(other.domain ?? "", domain)) &&
      matchesPath(path, other.path ?? "/");
    if (known.some(shadows)) return "a Secure cookie of this name exists, and the URL is not secure";
  }
  // Step 19.
  if (draft.sameSite === "none" && !draft.secure) return "SameSite=None needs Secure";

  // Steps 20 to 22, in any spelling. A nameless cookie is sent as its value, which must not pass for such a
  // name.
  const prefix = /^__(?:secure|host)-/i.exec(draft.name || draft.value)?.[0].toLowerCase();
  if (prefix && !draft.name) return "it has no name, and its value begins like one with a prefix";
  if (prefix && !draft.secure) return `the prefix ${prefix} needs Secure`;
  if (prefix === "__host-" && !(hostOnly && draft.path === "/"))
    return "the prefix __host- needs Path=/ and no Domain";

  // CHIPS: kept apart by top-level site, which this client has not; never kept as if it were for all sites.
  if (partitioned) return "it is Partitioned, which is not supported";

  return { ...cookie, domain, path, hostOnly, pathIsDefault: !draft.path };
}

/** True when this cookie goes along with a request to this URL (section 5.8.3). */
export function isSentTo(url: URL, cookie: KeptCookie, now: number): boolean {
  const host = hostOf(url);
  // A store that forgot the host-only flag must not widen a cookie's scope, so only a clear false does.
  const inScope =
    cookie.hostOnly === false ? matchesDomain(host, cookie.domain ?? "") : cookie.domain === host;
  return (
    (inScope || cookie.domain === null) &&
    matchesPath(url.pathname, cookie.path ?? "/") &&
    (!cookie.secure || isTrustworthy(url)) &&
    isAlive(cookie, now) &&
    // What was loaded from a file has passed no rule; it must not become two cookies, or two headers.
    isFieldValue(cookie.key + cookie.value) &&
    !(cookie.key + cookie.value).includes(";")
  );
}

/** Sorts cookies as they are sent: longer paths first, then older ones (section 5.8.3 step 2). */
export function byPathThenAge(a: KeptCookie, b: KeptCookie): number {
  return (b.path ?? "/").length - (a.path ?? "/").length || byAge(a, b);
}

/** Sorts older cookies first. */
export function byAge(a: KeptCookie, b: KeptCookie): number {
  return timeOf(a.creation) - timeOf(b.creation) || a.creationIndex - b.creationIndex;
}

function timeOf(date: Date | "Infinity" | null): number {
  return date instanceof Date ? date.getTime() : 0;
}

/**
 * Which cookies must go so that at most `limit` are left (section 5.7, "remove excess cookies"): expired
 * ones, then the oldest that are not Secure, then the oldest. So a flood of insecure cookies pushes out no
 * secure one.
 */
export function surplus<T extends KeptCookie>(cookies: readonly T[], limit: number, now: number): T[] {
  if (cookies.length <= limit) return [];
  const rank = (cookie: T) => (isAlive(cookie, now) ? (cookie.secure ? 2 : 1) : 0);
  const order = cookies.toSorted((a, b) => rank(a) - rank(b) || byAge(a, b));
  return order.slice(0, cookies.length - limit);
}

/** When a kept cookie ends, in milliseconds since the epoch. */
export function expiryOf({ expires, maxAge, lastAccessed }: KeptCookie): number {
  if (typeof maxAge === "number") return timeOf(lastAccessed) + maxAge * 1000;
  if (maxAge !== null) return maxAge === "Infinity" ? Infinity : -Infinity;
  return expires instanceof Date ? expires.getTime() : Infinity;
}

/** True until a cookie has expired. */
export function isAlive(cookie: KeptCookie, now: number): boolean {
  return expiryOf(cookie) > now;
}

/** Section 5.1.3: equal, or below it at a dot, and then no address. */
export function matchesDomain(host: string, domain: string): boolean {
  return host === domain || (domain !== "" && host.endsWith(`.${domain}`) && !isAddress(host));
}

// URL writes every IPv4 address with four numbers, and no name ends in a number.
function isAddress(host: string): boolean {
  return host.includes(":") || /\.\d+$/.test(host);
}

/** Section 5.1.4, on the path as it is sent: `%61` is not `a`. */
export function matchesPath(path: string, cookiePath: string): boolean {
  return path === cookiePath || path.startsWith(cookiePath.endsWith("/") ? cookiePath : `${cookiePath}/`);
}

/** Section 5.1.4: up to, but without, the last slash. */
function defaultPath(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/**
 * True where `Secure` cookies may be set and sent: https, and this machine itself, as browsers and
 * tough-cookie have it, so that what runs in production runs in development. What goes to the loopback
 * interface crosses no network, unless someone sends it through a proxy.
 */
function isTrustworthy(url: URL): boolean {
  const { protocol, hostname } = url;
  return (
    protocol === "https:" ||
    hostname.endsWith(".localhost") ||
    /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname)
  );
}
