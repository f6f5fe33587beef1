/** `Retry-After` (RFC 9110 section 10.2.3): how long to wait. Does not wait, and knows no cap. */
import { trimBlanks } from "../grammar.ts";
import { parseHTTPDate } from "./date.ts";

// RFC 9111 section 1.2.2: seconds beyond 2^31 are taken for 2^31, 68 years. Whoever sets a timer needs its own cap.
const LONGEST_SECONDS = 2 ** 31;

/**
 * Reads a `Retry-After` value: whole seconds, or a date in one of the three formats.
 *
 * @param now When it is, in milliseconds; a date is measured from here.
 * @returns Milliseconds, 0 or more. Undefined for a date in the past and for everything that is neither (negative,
 * fractional, hexadecimal, a list, digits that are not ASCII). Throws nothing.
 */
export function parseRetryAfter(
  text: string | null | undefined,
  now: number = Date.now(),
): number | undefined {
  const value = trimBlanks(text ?? "");
  if (/^[0-9]+$/.test(value)) return Math.min(Number(value), LONGEST_SECONDS) * 1000;
  const date = parseHTTPDate(value, now);
  return date && date.getTime() >= now ? date.getTime() - now : undefined;
}
