/** One `Set-Cookie` value taken apart (RFC 6265bis section 5.6). Keeps nothing, and judges no scope. */
import { trimBlanks } from "../grammar.ts";

/** A cookie as its response wrote it. */
export interface SetCookie {
  /** May be empty: a pair without "=" is all value. */
  name: string;
  value: string;
  /** Attributes by name in lower case, "" where they have no value (`secure`, `httponly`); no prototype. */
  attributes: Record<string, string>;
}

// RFC 6265bis section 5.6: a longer pair drops the cookie, a longer attribute value drops the attribute.
const LONGEST_PAIR = 4096;
const LONGEST_ATTRIBUTE = 1024;

/**
 * Reads a `Set-Cookie` value as browsers do: quotes belong to the value, of two attributes with one name the last counts.
 * Undefined where RFC 6265bis says to ignore it: control characters, neither name nor value, more than 4096
 * characters in both. Throws nothing.
 */
export function readSetCookie(text: string): SetCookie | undefined {
  // HTAB is the one control character that may stand.
  if (/[^\t -~\x80-\uffff]/.test(text)) return undefined;
  const [[name, value], ...rest] = text.split(";").map(pair) as [Pair, ...Pair[]];
  const [cookie, content] = value === undefined ? ["", name] : [name, value];
  const length = cookie.length + content.length;
  if (length === 0 || length > LONGEST_PAIR) return undefined;
  const attributes: Record<string, string> = Object.create(null);
  for (const [key, given = ""] of rest) {
    if (key && given.length <= LONGEST_ATTRIBUTE) attributes[key.toLowerCase()] = given;
  }
  return { name: cookie, value: content, attributes };
}

type Pair = [name: string, value: string | undefined];

function pair(text: string): Pair {
  const at = text.indexOf("=");
  return at < 0
    ? [trimBlanks(text), undefined]
    : [trimBlanks(text.slice(0, at)), trimBlanks(text.slice(at + 1))];
}
