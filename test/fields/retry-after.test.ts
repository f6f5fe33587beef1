import { expect, test } from "vitest";
import { parseRetryAfter } from "../../src/fields/retry-after.ts";
import { HOSTILE, PIECES, texts } from "./random.ts";

const NOW = Date.parse("1999-12-31T23:59:00Z");

test.each([
  // RFC 9110 section 10.2.3
  ["120", 120_000],
  ["Fri, 31 Dec 1999 23:59:59 GMT", 59_000],
  ["Friday, 31-Dec-99 23:59:59 GMT", 59_000],
  ["Fri Dec 31 23:59:59 1999", 59_000],
  ["0", 0],
  ["00", 0],
  ["007", 7000],
  [" 5\t", 5000],
  ["Fri, 31 Dec 1999 23:59:00 GMT", 0],
  ["2147483648", 2_147_483_648_000],
  ["2147483649", 2_147_483_648_000],
  ["99999999999999999999999999", 2_147_483_648_000],
  ["9".repeat(10_000), 2_147_483_648_000],
])("parseRetryAfter reads %j as %d milliseconds", (text, expected) => {
  expect(parseRetryAfter(text, NOW)).toBe(expected);
});

test.each([
  "",
  " ",
  "-1",
  "-0",
  "+1",
  "1.5",
  "1.0",
  ".5",
  "1e3",
  "0x10",
  "0b1",
  "1_000",
  "1,000",
  "1, 2",
  "1 2",
  "1s",
  "NaN",
  "Infinity",
  "null",
  "\u0661",
  "\uff11\uff12\uff10",
  "\u00b2",
  "\u00a05",
  "5\n",
  '"5"',
  "Fri, 31 Dec 1999 23:58:59 GMT",
  "Sun, 06 Nov 1994 08:49:37 GMT",
  "Fri, 31 Dec 1999 23:59:59 PST",
  "2000-01-01T00:00:00Z",
  "tomorrow",
])("parseRetryAfter gives undefined for %j", (text) => {
  expect(parseRetryAfter(text, NOW)).toBeUndefined();
});

test("parseRetryAfter measures from the present by itself", () => {
  expect(parseRetryAfter("Fri, 31 Dec 9999 23:59:59 GMT")).toBeGreaterThan(0);
  expect(parseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT")).toBeUndefined();
});

test("parseRetryAfter is total, and never gives a negative or infinite wait", () => {
  for (const text of [...texts(9, 5000, [...PIECES, "12", "99999999999"], 6), ...HOSTILE]) {
    const wait = parseRetryAfter(text, NOW);
    expect(wait === undefined || (wait >= 0 && Number.isFinite(wait))).toBe(true);
  }
});
