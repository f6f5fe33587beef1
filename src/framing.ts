/** Refuses framing headers that would make a message of two lengths (RFC 9112 section 6, request smuggling). */
import { LocalProtocolError } from "./errors.ts";
import type { Request } from "./request.ts";

/**
 * Checks what a caller may have said of the body's length.
 * @throws {LocalProtocolError} when Transfer-Encoding is given, or Content-Length is not the length of the body.
 */
export function checkFraming(request: Request): void {
  const { headers, body } = request;
  const fail = (why: string): never => {
    throw new LocalProtocolError(`Cannot send ${request}: ${why}`, { request });
  };
  if (headers.has("transfer-encoding")) fail("Transfer-Encoding is chosen by the transport");
  const [length, ...more] = headers.getAll("content-length");
  if (length === undefined) return;
  if (more.length > 0) fail("Content-Length is given twice");
  if (!/^\d{1,15}$/.test(length)) fail("Content-Length must be a number");
  const actual = body ? body.length : 0;
  if (actual !== null && Number(length) !== actual)
    fail(`Content-Length says ${length}, the body has ${actual} bytes`);
}
