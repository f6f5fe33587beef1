/**
 * The lexical rules that all header fields share (RFC 9110 sections 5.5 and 5.6). Knows no field by its name.
 *
 * *Rule*: every function here is total, and linear in the length of its text. A pattern is either one character
 * class under one repetition, or anchored (`y`) where the cursor stands, so that no text makes it go back.
 */

/** True for `token = 1*tchar` (RFC 9110 section 5.6.2): a method, a field name, a parameter name. */
export function isToken(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

/**
 * True when every character may stand in a field value (RFC 9110 section 5.5): visible ASCII, SP, HTAB and obs-text
 * up to U+00FF. No other control character, and nothing that has no byte of its own on the wire.
 */
export function isFieldValue(text: string): boolean {
  return !/[^\t -~\x80-\xff]/.test(text);
}

/** Without the SP and HTAB at both ends (OWS of RFC 9110 section 5.6.3). Line breaks and U+00A0 are no blanks. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(char: string | undefined): boolean {
  return char === " " || char === "\t";
}

/**
 * The text as a quoted-string (RFC 9110 section 5.6.4), with `"` and `\` escaped. What a quoted-string cannot hold
 * (CR, LF, NUL, characters beyond Latin-1) is left in; {@link isFieldValue} tells, and `Headers` refuses it.
 */
export function quoteString(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** A text and how far it has been read. The functions below read at `at` and move it. */
export interface Cursor {
  readonly text: string;
  at: number;
}

/** True when nothing is left to read. */
export function atEnd(cursor: Cursor): boolean {
  return cursor.at >= cursor.text.length;
}

/** Reads what a sticky pattern (flag `y`) matches here, or "". */
export function scan(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? "";
  cursor.at += found.length;
  return found;
}

/** Reads one given character, if it is the next. */
export function accept(cursor: Cursor, char: string): boolean {
  if (cursor.text[cursor.at] !== char) return false;
  cursor.at++;
  return true;
}

/** Reads a token, or "". */
export function scanToken(cursor: Cursor): string {
  return scan(cursor, /[\w!#$%&'*+.^`|~-]+/y);
}

/** Skips SP and HTAB (OWS, BWS). True when there were any. */
export function skipBlanks(cursor: Cursor): boolean {
  return scan(cursor, /[ \t]+/y) !== "";
}

/**
 * Reads a quoted-string and gives its content, with escapes undone. Undefined when none begins here, and when it
 * is not closed; then the cursor stands at the end, for all the rest lies behind the quote.
 */
export function scanQuoted(cursor: Cursor): string | undefined {
  if (!accept(cursor, '"')) return undefined;
  const { text, at: start } = cursor;
  while (cursor.at < text.length && text[cursor.at] !== '"') cursor.at += text[cursor.at] === "\\" ? 2 : 1;
  if (cursor.at >= text.length) {
    cursor.at = text.length;
    return undefined;
  }
  return dropEscapes(text.slice(start, cursor.at++));
}

/** Skips to the comma that ends this member of a list (RFC 9110 section 5.6.1); a comma inside quotes does not. */
export function skipMember(cursor: Cursor): void {
  do scan(cursor, /[^,"]+/y);
  while (scanQuoted(cursor) !== undefined);
}

/**
 * Reads `*( OWS ";" OWS [ name "=" value ] )` up to the end (RFC 9110 section 5.6.6), with the leniency of the WHATWG
 * MIME Sniffing standard (section 4.4): a malformed parameter is left out, of two with one name the first counts, and
 * a quote that is not closed ends at the end. Unlike there, blanks around "=" are passed over. Text before the first
 * semicolon is skipped. Names are in lower case, on an object without prototype.
 */
export function scanParameters(cursor: Cursor): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null);
  for (;;) {
    scan(cursor, /[^;]+/y);
    if (!accept(cursor, ";")) return parameters;
    const name = trimBlanks(scan(cursor, /[^;=]+/y));
    if (!accept(cursor, "=")) continue;
    skipBlanks(cursor);
    const open = cursor.at + 1;
    const quoted = cursor.text[cursor.at] === '"';
    const value = quoted
      ? (scanQuoted(cursor) ?? dropEscapes(cursor.text.slice(open)))
      : trimBlanks(scan(cursor, /[^;]+/y));
    if ((quoted || value) && isToken(name) && isFieldValue(value)) parameters[name.toLowerCase()] ??= value;
  }
}

/** Undoes quoted-pairs (RFC 9110 section 5.6.4). */
function dropEscapes(text: string): string {
  return text.replace(/\\(.)/gs, "$1");
}
