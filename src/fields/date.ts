/** `HTTP-date` (RFC 9110 section 5.6.7) to `Date`. Reads no other notation, and no local time. */
import { trimBlanks } from "../grammar.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

// Sun, 06 Nov 1994 08:49:37 GMT
const IMF_FIXDATE =
  /^(?:mon|tue|wed|thu|fri|sat|sun), (?<day>\d\d) (?<month>[a-z]{3}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) gmt$/i;
// Sunday, 06-Nov-94 08:49:37 GMT
const RFC850_DATE =
  /^(?:mon|tues|wednes|thurs|fri|satur|sun)day, (?<day>\d\d)-(?<month>[a-z]{3})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) gmt$/i;
// Sun Nov  6 08:49:37 1994; where something has squeezed the blanks, one before the day will do.
const ASCTIME_DATE =
  /^(?:mon|tue|wed|thu|fri|sat|sun) (?<month>[a-z]{3}) (?<day> ?\d|\d\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/i;

/**
 * Reads a date in any of the three formats: IMF-fixdate, RFC 850, asctime. Case is not regarded (RFC 9111 section 4.2
 * asks that of caches), nor whether the day of the week fits the date. A leap second is the second after it.
 *
 * @param now When it is, in milliseconds: a two-digit year is the one in the past when it would otherwise lie more
 * than 50 years ahead.
 * @returns Undefined for anything else, a day that the month does not have included. Throws nothing.
 */
export function parseHTTPDate(text: string | null | undefined, now: number = Date.now()): Date | undefined {
  const trimmed = trimBlanks(text ?? "");
  // No format is longer than "Wednesday, 09-Nov-94 08:49:37 GMT".
  if (trimmed.length > 33) return undefined;
  const groups = (IMF_FIXDATE.exec(trimmed) ?? RFC850_DATE.exec(trimmed) ?? ASCTIME_DATE.exec(trimmed))
    ?.groups;
  if (!groups) return undefined;
  const { day = "", month = "", year = "", time = "" } = groups;
  if (year.length === 4) return dateOf(Number(year), month, day, time);

  const current = new Date(now).getUTCFullYear();
  const ahead = current + ((Number(year) - (current % 100) + 100) % 100);
  const date = dateOf(ahead, month, day, time);
  return date && date.getTime() <= new Date(now).setUTCFullYear(current + 50)
    ? date
    : dateOf(ahead - 100, month, day, time);
}

function dateOf(year: number, month: string, day: string, time: string): Date | undefined {
  const [hour = 0, minute = 0, second = 0] = time.split(":").map(Number);
  // "second" goes to 60 for a leap second, which only the last minute of a day has.
  if (hour > 23 || minute > 59 || second > (hour === 23 && minute === 59 ? 60 : 59)) return undefined;
  const date = new Date(0);
  // Not Date.UTC, which takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, MONTHS.indexOf(month.toLowerCase()), Number(day));
  // A month or a day that does not exist has moved the date to another day.
  if (date.getUTCDate() !== Number(day) || MONTHS[date.getUTCMonth()] !== month.toLowerCase())
    return undefined;
  date.setUTCHours(hour, minute, second);
  return date;
}
