import { expect, test } from "vitest";
import { parseHTTPDate } from "../../src/fields/date.ts";
import { DATES, NO_DATES, RFC_9110 } from "../vectors/dates.ts";
import { HOSTILE, random, texts } from "./random.ts";

const NOW = Date.parse("2024-06-15T12:00:00Z");

test.each(RFC_9110)("parseHTTPDate reads the three formats of RFC 9110: %s", (text) => {
  expect(parseHTTPDate(text, NOW)?.toISOString()).toBe("1994-11-06T08:49:37.000Z");
});

test.each(DATES)("parseHTTPDate reads %j as %s", (text, iso) => {
  // toISOString writes years below 1000 with four digits too.
  expect(parseHTTPDate(text, NOW)?.toISOString()).toBe(iso);
});

test.each(NO_DATES)("parseHTTPDate gives undefined for %j", (text) => {
  expect(parseHTTPDate(text, NOW)).toBeUndefined();
});

test("parseHTTPDate takes a two-digit year more than 50 years ahead for the one in the past", () => {
  const year = (digits: string, now: string) =>
    parseHTTPDate(`Sunday, 06-Nov-${digits} 08:49:37 GMT`, Date.parse(now))?.getUTCFullYear();
  expect(year("94", "2024-06-15T00:00:00Z")).toBe(1994);
  expect(year("24", "2024-06-15T00:00:00Z")).toBe(2024);
  expect(year("23", "2024-06-15T00:00:00Z")).toBe(2023);
  expect(year("25", "2024-06-15T00:00:00Z")).toBe(2025);
  expect(year("73", "2024-06-15T00:00:00Z")).toBe(2073);
  expect(year("75", "2024-06-15T00:00:00Z")).toBe(1975);
  // 50 years to the second.
  expect(year("74", "2024-11-06T08:49:37Z")).toBe(2074);
  expect(year("74", "2024-11-06T08:49:36Z")).toBe(1974);
  // Over the end of a century, both ways.
  expect(year("05", "2099-01-01T00:00:00Z")).toBe(2105);
  expect(year("99", "2000-01-01T00:00:00Z")).toBe(1999);
  expect(year("00", "1999-12-31T00:00:00Z")).toBe(2000);
});

test("parseHTTPDate judges 29 February by the year that it is in", () => {
  const now = Date.parse("2001-01-01T00:00:00Z");
  expect(parseHTTPDate("Tuesday, 29-Feb-00 00:00:00 GMT", now)?.toISOString()).toBe(
    "2000-02-29T00:00:00.000Z",
  );
  expect(parseHTTPDate("Tuesday, 29-Feb-01 00:00:00 GMT", now)).toBeUndefined();
});

test("parseHTTPDate knows the current year by itself", () => {
  const soon = new Date(Date.now() + 40 * 365 * 86_400_000).getUTCFullYear();
  const digits = String(soon % 100).padStart(2, "0");
  expect(parseHTTPDate(`Sunday, 06-Nov-${digits} 08:49:37 GMT`)?.getUTCFullYear()).toBe(soon);
});

test("parseHTTPDate gives back every moment in each of its formats", () => {
  const next = random(7);
  for (let round = 0; round < 1000; round++) {
    // 1980 to 2060 lie within 50 years of now.
    const date = new Date(Date.UTC(1980 + next(80), next(12), 1 + next(31), next(24), next(60), next(60)));
    const [weekday = "", day = "", month = "", year = "", time = ""] = date.toUTCString().split(/,? /);
    const long = date.toLocaleDateString("en-US", { weekday: "long", timeZone: "UTC" });
    for (const text of [
      `${weekday}, ${day} ${month} ${year} ${time} GMT`,
      `${long}, ${day}-${month}-${year.slice(2)} ${time} GMT`,
      `${weekday} ${month} ${day.replace(/^0/, " ")} ${time} ${year}`,
    ]) {
      expect(parseHTTPDate(text, NOW)?.getTime(), text).toBe(date.getTime());
    }
  }
});

test("parseHTTPDate is total", () => {
  const pieces = [
    "Sun",
    "Sunday",
    ", ",
    " ",
    "06",
    "6",
    "Nov",
    "-",
    "1994",
    "94",
    "08:49:37",
    " GMT",
    "99",
    "é",
  ];
  for (const text of [...texts(8, 20_000, pieces, 12), ...HOSTILE]) {
    const date = parseHTTPDate(text, NOW);
    expect(date === undefined || Number.isFinite(date.getTime())).toBe(true);
  }
  expect(parseHTTPDate("Sunday, 06-Nov-94 08:49:37 GMT", Number.NaN)).toBeUndefined();
});
