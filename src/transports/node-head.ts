/** The head of a request as undici takes it. Refuses what would break the framing; sends nothing. */
import { LocalProtocolError } from "../errors.ts";
import { checkFraming } from "../framing.ts";
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
