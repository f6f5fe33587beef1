/** A block of header fields (RFC 9112 section 5) to pairs. Reads no start line, no body and no chunk. */
import { RemoteProtocolError } from "../errors.ts";
import { isFieldValue, isToken, trimBlanks } from "../grammar.ts";
import { show } from "../redact.ts";

/** Characters in a line, its end not counted: 64 KiB, four times what Node takes for a whole block. */
export const MAX_LINE_LENGTH = 65_536;
/** Fields in a block: more than any honest response has, and few enough to look through one by one. */
export const MAX_FIELDS = 256;

/**
 * Reads a header block: `name ":" OWS value OWS` on each line, in order and with the case as it came. Lines end with
 * CR LF, or LF alone as RFC 9112 section 2.2 allows. An empty line ends the block; what follows it is not read.
 *
 * Stricter than the RFC lets a client be: folded lines (obs-fold, section 5.2) and control characters are errors.
 * @throws {RemoteProtocolError} for a line without a colon, with a blank before it, with a name that is no token or a
 * value that is no field value, for a folded line, one over 64 KiB, and more than 256 fields. The message names the line
 * and the field, never the value.
 */
export function parseHeaderBlock(text: string): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf("\n", start);
    const next = feed < 0 ? text.length : feed;
    const line = text.slice(start, feed > start && text[feed - 1] === "\r" ? feed - 1 : next);
    if (line === "") break;
    if (pairs.length >= MAX_FIELDS) fail(pairs.length + 1, `a block holds at most ${MAX_FIELDS} fields`);
    pairs.push(parseLine(line, pairs.length + 1));
    start = next + 1;
  }
  return pairs;
}

function parseLine(line: string, number: number): [string, string] {
  if (line.length > MAX_LINE_LENGTH)
    fail(number, `a line holds at most ${MAX_LINE_LENGTH} characters: ${line.length}`);
  if (line.startsWith(" ") || line.startsWith("\t")) fail(number, "folded lines are not allowed");
  const colon = line.indexOf(":");
  // Without a colon it may be the second half of a folded secret, so the line itself is not shown.
  if (colon < 0) fail(number, "no colon");
  const name = line.slice(0, colon);
  // Section 5.1: a blank before the colon has led to requests and responses taken for others.
  if (name !== trimBlanks(name)) fail(number, `blank before the colon: ${show(name.slice(0, 40))}`);
  if (!isToken(name)) fail(number, `name must be a token: ${show(name.slice(0, 20))}`);
  const value = trimBlanks(line.slice(colon + 1));
  if (!isFieldValue(value))
    fail(number, `value holds a character that is not allowed: ${show(name.slice(0, 40))}`);
  return [name, value];
}

function fail(line: number, reason: string): never {
  throw new RemoteProtocolError(`Cannot read header line ${line}: ${reason}`);
}
