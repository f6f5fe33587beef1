/** User names, passwords and tokens as callers give them: checked, and turned into bytes. Never shown in a message. */
import { argumentError } from "../errors.ts";

/**
 * The value, if it is a string without control characters (C0 and DEL).
 * @throws {TypeError} otherwise; the message names the field, never the value.
 */
export function checkSecret(field: string, value: unknown): string {
  if (typeof value !== "string")
    throw argumentError(`Cannot use ${field}: must be a string: ${typeof value}`);
  // RFC 7617 section 2: user-id and password MUST NOT contain any control characters.
  if (/[\0-\x1f\x7f]/.test(value))
    throw argumentError(`Cannot use ${field}: must not contain control characters`);
  return value;
}

/**
 * The user name, if a server can tell it from the password behind it: both Basic (RFC 7617 section 2) and Digest
 * (RFC 7616 section 3.4.2) join the two with a colon.
 * @throws {TypeError} when it is no string or holds a colon or a control character.
 */
export function checkUsername(value: unknown): string {
  const username = checkSecret("username", value);
  if (username.includes(":")) throw argumentError("Cannot use username: must not contain a colon");
  return username;
}

/** Text as a string of one character per UTF-8 byte. */
export function toByteString(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}
