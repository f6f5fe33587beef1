/** Builds `Cookie` header values from what callers give. Knows no jar, and no scope. */
import { argumentError } from "./errors.ts";
import { isToken } from "./grammar.ts";
import { show } from "./redact.ts";

/** Cookies by name, or as pairs. */
export type CookiePairs = Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>;

// What curl sends at most; many servers refuse header fields over 8 KiB.
const MAX_HEADER_BYTES = 8190;
const MAX_HEADER_COOKIES = 150;

/**
 * The pairs of a record (own properties only) or of an iterable, checked.
 * @throws {TypeError} when a name is no token (RFC 6265bis section 4.1.1), or a value is no string, begins or
 * ends with a blank, or holds a control character, a semicolon or a character beyond U+00FF. The message
 * never shows a value.
 */
export function checkCookies(cookies: CookiePairs): [name: string, value: string][] {
  if (typeof cookies !== "object" || cookies === null) {
    throw argumentError(
      `Cannot read cookies: must be a record or pairs: ${cookies === null ? "null" : typeof cookies}`,
    );
  }
  const pairs = Symbol.iterator in cookies ? [...cookies] : Object.entries(cookies);
  return pairs.map((pair) => {
    if (!Array.isArray(pair))
      throw argumentError("Cannot read cookies: each pair must be a list of name and value");
    const [name, value] = pair as [string, string];
    if (typeof name !== "string" || !isToken(name)) {
      throw argumentError(`Cannot use cookie: name must be a token: ${show(name)}`);
    }
    const why = flaw(value);
    if (why) throw argumentError(`Cannot use cookie ${show(name)}: value must ${why}`);
    return [name, value];
  });
}

/**
 * What is wrong with a value; undefined when nothing is.
 *
 * Rule: more than section 4.1.1 lets servers write (blanks, commas, quotes, backslashes and Latin-1 are
 * common), but nothing that would arrive as something else: section 5.6 drops cookies with control
 * characters, cuts at a semicolon and trims blanks.
 */
function flaw(value: unknown): string | undefined {
  if (typeof value !== "string") return "be a string";
  if (/[\0-\x1f\x7f]/.test(value)) return "not contain control characters";
  if (value.includes(";")) return "not contain a semicolon";
  if (/[^\0-\xff]/.test(value)) return "not contain characters beyond U+00FF; percent-encode them";
  return value.startsWith(" ") || value.endsWith(" ") ? "not begin or end with a blank" : undefined;
}

/**
 * The `Cookie` value that sends these cookies, in their order; "" for none.
 * @throws {TypeError} as {@link checkCookies} does.
 */
export function cookieHeader(cookies: CookiePairs): string {
  return joinCookies(checkCookies(cookies));
}

/** Pairs as a `Cookie` value (RFC 6265bis section 5.8.3). A cookie without a name is its value alone. */
export function joinCookies(pairs: readonly (readonly [name: string, value: string])[]): string {
  return pairs.map(([name, value]) => (name ? `${name}=${value}` : value)).join("; ");
}

/**
 * Two `Cookie` values as one: what the jar has, then what the caller gave.
 *
 * Rule: the caller's cookies are all sent, and replace those of the jar with the same name. The jar's fill
 * what room they leave, 150 cookies and 8190 bytes in all; the jar's order (longest path, then oldest)
 * decides which of them go.
 */
export function mergeCookies(kept: string, given: string): string {
  if (!kept) return given;
  const own = given ? given.split("; ") : [];
  const names = new Set(own.map(nameOf));
  const sent: string[] = [];
  // Header text holds one byte a character. Each further pair costs two bytes more, for "; ".
  let room = MAX_HEADER_BYTES - given.length;
  for (const pair of kept.split("; ")) {
    if (names.has(nameOf(pair))) continue;
    room -= pair.length + (own.length + sent.length > 0 ? 2 : 0);
    if (room < 0 || own.length + sent.length >= MAX_HEADER_COOKIES) break;
    sent.push(pair);
  }
  return [...sent, ...own].join("; ");
}

function nameOf(pair: string): string {
  return pair.slice(0, Math.max(0, pair.indexOf("=")));
}
