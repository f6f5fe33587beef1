/** `Content-Type` (RFC 9110 section 8.3): a media type and its parameters. Chooses no decoder. */
import { isToken, scanParameters, trimBlanks } from "../grammar.ts";

/** A media type taken apart. */
export interface ContentType {
  /** `type/subtype`, in lower case. */
  type: string;
  /** Names in lower case, values with quotes undone; no prototype. The first of two with one name counts. */
  parameters: Record<string, string>;
}

/**
 * Reads a `Content-Type` value (RFC 9110 section 8.3.1) with the leniency of browsers (WHATWG MIME Sniffing section
 * 4.4): malformed parameters are left out. Undefined when there is no `type/subtype`. Throws nothing.
 */
export function parseContentType(given: string | null | undefined): ContentType | undefined {
  const text = given ?? "";
  const end = text.indexOf(";");
  const type = trimBlanks(end < 0 ? text : text.slice(0, end));
  const slash = type.indexOf("/");
  if (!isToken(type.slice(0, Math.max(slash, 0))) || !isToken(type.slice(slash + 1))) return undefined;
  return { type: type.toLowerCase(), parameters: scanParameters({ text, at: 0 }) };
}
