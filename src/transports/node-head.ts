/** Heads in the shapes that undici takes and gives. Refuses what would break the framing; sends nothing. */
import { LocalProtocolError } from "../errors.ts";
import { checkFraming } from "../framing.ts";
import { Headers } from "../headers.ts";
import { show } from "../redact.ts";
import type { Request } from "../request.ts";

/** The parts of a request that are known before its body is opened. */
export interface Head {
  /** The request target. */
  readonly path: string;
  /** Names and values by turns. Without Content-Length, which is the body's to tell. */
  readonly headers: string[];
  /** The caller's Content-Length, for a body whose length nobody else knows. */
  readonly declared: number | undefined;
}

// Framing is the transport's: two opinions on where a message ends are how requests get smuggled (RFC 9112 section 11.2).
const HELD: ReadonlySet<string> = new Set(["keep-alive", "upgrade", "expect", "proxy-connection"]);

// RFC 9110 section 7.2: Host = uri-host [ ":" port ]
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[\w.~!$&'()*+,;=%-]+)(?::\d*)?$/;
// RFC 9112 section 3.2: origin-form or absolute-form. (asterisk-form is not to be had from undici.)
const TARGET = /^(?:\/|https?:\/\/)[\u0021-\u00ff]*$/;

/** @throws {LocalProtocolError} when a header or the target may not be sent. */
export function toHead(request: Request): Head {
  const headers: string[] = [];
  let declared: number | undefined;
  let host: string | undefined;
  for (const [name, value] of request.headers.raw) {
    const key = name.toLowerCase();
    if (HELD.has(key)) throw refuse(request, `header ${name} is chosen by the transport`);
    if (key === "content-length" || key === "transfer-encoding") {
      checkFraming(request);
      declared = Number(value);
      continue;
    }
    if (key === "connection" && !/^(?:close|keep-alive)$/i.test(value)) {
      throw refuse(request, `header Connection may say "close" alone: ${show(value)}`);
    }
    if (key === "host") {
      if (host !== undefined) throw refuse(request, "header Host is given twice");
      if (!HOST.test(value))
        throw refuse(request, `header Host must be a host, with a port or without: ${show(value)}`);
      host = value;
    }
    headers.push(name, value);
  }
  const path = request.extensions.target ?? request.url.pathname + request.url.search;
  if (typeof path !== "string" || !TARGET.test(path)) {
    throw refuse(request, `the target must be a path or an http URL: ${show(path)}`);
  }
  return { path, headers, declared };
}

function refuse(request: Request, reason: string): LocalProtocolError {
  return new LocalProtocolError(`Cannot send ${request}: ${reason}`, { request });
}

/** The fields of a response and what they say of its body. */
export interface Fields {
  readonly headers: Headers;
  /** Content-Length. */
  readonly length: number | undefined;
  /** Content-Encoding, "" for none. */
  readonly codings: string;
  /** True when the end of the body is marked, and not just the end of the connection. */
  readonly framed: boolean;
}

/** Reads names and values, by turns, which the parser has checked. */
export function readFields(raw: readonly Buffer[]): Fields {
  let length: number | undefined;
  let codings = "";
  let chunked = false;
  const pairs: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as Buffer).toString("latin1");
    const value = (raw[i + 1] as Buffer).toString("latin1");
    pairs.push([name, value]);
    // Most names are of another length and need no second look.
    if (name.length === 14 && name.toLowerCase() === "content-length") length = Number(value);
    else if (name.length === 16 && name.toLowerCase() === "content-encoding") codings += `,${value}`;
    else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") chunked = true;
  }
  return { headers: Headers.fromRaw(pairs), length, codings, framed: chunked || length !== undefined };
}
