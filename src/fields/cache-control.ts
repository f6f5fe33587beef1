/** `Cache-Control` (RFC 9111 section 5.2) to a record. Stores nothing, and judges no freshness. */
import {
  accept,
  atEnd,
  type Cursor,
  isToken,
  scan,
  scanQuoted,
  scanToken,
  skipBlanks,
  trimBlanks,
} from "../grammar.ts";

/** What a directive can hold: set, seconds, the argument of an unknown one, field names in lower case. */
export type CacheControlValue = true | number | string | string[];

/** The directives present, by camelCase name; no prototype. Times are whole seconds, at most 2^31. */
export interface CacheControl {
  maxAge?: number;
  sMaxage?: number;
  /** `true` without a number: any staleness will do. */
  maxStale?: number | true;
  minFresh?: number;
  staleWhileRevalidate?: number;
  staleIfError?: number;
  /** A list when it is about these fields only. */
  noCache?: true | string[];
  /** A list when it is about these fields only. */
  private?: true | string[];
  noStore?: true;
  noTransform?: true;
  onlyIfCached?: true;
  mustRevalidate?: true;
  mustUnderstand?: true;
  proxyRevalidate?: true;
  public?: true;
  immutable?: true;
  [extension: string]: CacheControlValue | undefined;
}

interface Directive {
  /** Undefined without "=". */
  argument: string | undefined;
  /** Something in it that the grammar does not have: an unclosed quote, text behind the argument. */
  malformed: boolean;
}

/** Gives the value of a directive, from what an earlier one of that name gave. */
type Reading = (
  directive: Directive,
  earlier: CacheControlValue | undefined,
) => CacheControlValue | undefined;

// RFC 9111 section 1.2.2: a time that cannot be represented, or is longer than this, is this.
const LONGEST_SECONDS = 2 ** 31;

// *Strategy*: of every doubt, the side on which less is stored and for a shorter time.
const seconds: Reading = (directive, earlier) =>
  Math.min(toSeconds(directive) ?? 0, typeof earlier === "number" ? earlier : LONGEST_SECONDS);
// The one time of which more is stricter.
const leastSeconds: Reading = (directive, earlier) =>
  Math.max(toSeconds(directive) ?? LONGEST_SECONDS, typeof earlier === "number" ? earlier : 0);
const optionalSeconds: Reading = (directive, earlier) =>
  directive.argument === undefined && !directive.malformed ? (earlier ?? true) : seconds(directive, earlier);
const restriction: Reading = () => true;
const permission: Reading = ({ argument, malformed }, earlier) =>
  argument === undefined && !malformed ? true : earlier;
const fieldNames: Reading = ({ argument = "", malformed }, earlier = []) => {
  const names = argument.split(",").map(trimBlanks).filter(Boolean);
  if (malformed || names.length === 0 || !names.every(isToken) || !Array.isArray(earlier)) return true;
  for (const name of names) earlier.push(name.toLowerCase());
  return earlier;
};
const extension: Reading = ({ argument }, earlier) => earlier ?? argument ?? true;

const READINGS: ReadonlyMap<string, Reading> = /* @__PURE__ */ new Map<string, Reading>([
  // RFC 9111 section 5.2
  ["max-age", seconds],
  ["s-maxage", seconds],
  ["max-stale", optionalSeconds],
  ["min-fresh", leastSeconds],
  ["no-cache", fieldNames],
  ["private", fieldNames],
  ["no-store", restriction],
  ["no-transform", restriction],
  ["only-if-cached", restriction],
  ["must-revalidate", restriction],
  ["must-understand", restriction],
  ["proxy-revalidate", restriction],
  ["public", permission],
  // RFC 5861 sections 3 and 4
  ["stale-while-revalidate", seconds],
  ["stale-if-error", seconds],
  // RFC 8246 section 2
  ["immutable", permission],
]);

/**
 * Reads a `Cache-Control` value of a request or a response. Arguments are taken as token or quoted-string.
 *
 * Malformed values are read in the strictest way: a time that is no number is 0, of several the shortest counts
 * (`minFresh`: the longest), a list of field names that cannot be read is `true`, a flag with a stray argument is set
 * when it forbids and left out when it permits. Unknown directives are kept; of several the first counts.
 * Throws nothing.
 */
export function parseCacheControl(text: string | null | undefined): CacheControl {
  const found: CacheControl = Object.create(null);
  const cursor: Cursor = { text: text ?? "", at: 0 };
  for (;;) {
    scan(cursor, /[, \t]+/y);
    if (atEnd(cursor)) return found;
    const name = scanToken(cursor).toLowerCase();
    const directive = scanDirective(cursor);
    if (!name) continue;
    const key = camelCase(name);
    const value = (READINGS.get(name) ?? extension)(directive, found[key]);
    if (value !== undefined) found[key] = value;
  }
}

/** Reads what follows the name, up to the comma or the end. */
function scanDirective(cursor: Cursor): Directive {
  skipBlanks(cursor);
  let argument: string | undefined;
  let malformed = false;
  // Blanks around "=" are not in the grammar, but the meaning is plain.
  if (accept(cursor, "=")) {
    skipBlanks(cursor);
    const start = cursor.at;
    if (cursor.text[start] === '"') {
      argument = scanQuoted(cursor);
      // An unclosed quote must not hide a "no-store" behind it: go on as if it were no quote.
      if (argument === undefined) cursor.at = start;
    } else {
      argument = scanToken(cursor);
      malformed = argument === "";
    }
    skipBlanks(cursor);
  }
  if (scan(cursor, /[^,]+/y) !== "") malformed = true;
  return { argument, malformed };
}

function toSeconds({ argument = "", malformed }: Directive): number | undefined {
  return malformed || !/^[0-9]+$/.test(argument) ? undefined : Math.min(Number(argument), LONGEST_SECONDS);
}

// Only "-" before a letter goes: two different names never get one key.
function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
