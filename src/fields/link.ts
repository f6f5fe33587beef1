/** `Link` (RFC 8288 section 3): relations to other resources. Resolves no URL. */
import {
  accept,
  atEnd,
  type Cursor,
  scan,
  scanQuoted,
  scanToken,
  skipBlanks,
  skipMember,
  trimBlanks,
} from "../grammar.ts";
import { decodeExtValue } from "./ext-value.ts";

/** One link: its target, its relation types and its other parameters, names in lower case; no prototype. */
export interface Link {
  /** The target as the server wrote it; relative ones are relative to the URL of the response. */
  url: string;
  /** One relation type, or several separated by blanks, as the server wrote them. */
  rel: string;
  [parameter: string]: string;
}

/**
 * Reads a `Link` value. Members that are malformed or name no relation are left out (RFC 8288 section 3.3: `rel` must
 * be present); of two parameters with one name the first counts. A parameter with a star (`title*`) that decodes
 * replaces its plain form and stays under its own name too. Throws nothing.
 */
export function parseLink(text: string | null | undefined): Link[] {
  const links: Link[] = [];
  const cursor: Cursor = { text: text ?? "", at: 0 };
  for (;;) {
    scan(cursor, /[, \t]+/y);
    if (atEnd(cursor)) return links;
    const link = scanLink(cursor);
    if (link?.rel) links.push(link);
    skipMember(cursor);
  }
}

/**
 * The links by relation type, types in lower case; no prototype. A link with several types stands under each, of several
 * links with one type the first counts. Links with an `anchor` speak of another resource (section 3.2) and are left out.
 */
export function linksByRel(links: readonly Link[]): Record<string, Link> {
  const found: Record<string, Link> = Object.create(null);
  for (const link of links) {
    if (link.anchor) continue;
    for (const type of link.rel.toLowerCase().split(/[ \t]+/)) if (type) found[type] ??= link;
  }
  return found;
}

/** Reads one link-value. Undefined when it is malformed. */
function scanLink(cursor: Cursor): Link | undefined {
  if (!accept(cursor, "<")) return undefined;
  const start = cursor.at;
  const url = scan(cursor, /[^<>]+/y);
  if (!accept(cursor, ">")) {
    // No URL holds "<": that is where a later link begins, and this one has no end.
    cursor.at = start;
    return undefined;
  }
  const parameters: Record<string, string> = Object.create(null);
  for (;;) {
    skipBlanks(cursor);
    if (atEnd(cursor) || cursor.text[cursor.at] === ",") break;
    if (!accept(cursor, ";")) return undefined;
    skipBlanks(cursor);
    const name = scanToken(cursor).toLowerCase();
    skipBlanks(cursor);
    let value: string | undefined = "";
    if (accept(cursor, "=")) {
      value = name && scanValue(cursor);
      if (!name || value === undefined) return undefined;
    }
    if (name) parameters[name] ??= value;
  }
  // The relation has no starred form (appendix B.2), and a parameter called "url" must not pass for the target.
  const { rel = "" } = parameters;
  for (const name of Object.keys(parameters)) {
    const decoded = name.endsWith("*") ? decodeExtValue(parameters[name] as string) : undefined;
    if (decoded !== undefined) parameters[name.slice(0, -1)] = decoded;
  }
  return Object.assign(parameters, { url: trimBlanks(url), rel: trimBlanks(rel) });
}

/** Reads a parameter's value: a quoted-string, or all up to the next ";" or "," (RFC 8288 appendix B.3). */
function scanValue(cursor: Cursor): string | undefined {
  skipBlanks(cursor);
  return cursor.text[cursor.at] === '"' ? scanQuoted(cursor) : trimBlanks(scan(cursor, /[^;,"]+/y));
}
