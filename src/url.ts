/** URLs as callers give them: checked, joined with a base, freed of userinfo. WHATWG `URL` is the only parser. */
import { argumentError, InvalidURLError, UnsupportedProtocolError } from "./errors.ts";
import { mergeParams, type ParamsInit } from "./params.ts";
import { redactUrl } from "./redact.ts";
import { isA, isWellFormed } from "./source.ts";

// Servers and proxies refuse longer ones long before; curl and browsers stop near here too.
const MAX_URL_LENGTH = 65_535;
const ABSOLUTE = /^[a-z][a-z\d+.-]*:\/\//i;

/**
 * The absolute http(s) URL that `url` means.
 *
 * Rule: without a base a relative URL is an error (in browsers the document is the base). With a base, a URL
 * that starts with a scheme and `//` stands for itself; everything else is appended to the path of the base and
 * cannot leave it, whatever it looks like.
 * @throws {InvalidURLError} when it cannot be parsed, is relative without a base, or would leave the base.
 * @throws {UnsupportedProtocolError} when the scheme is not http or https.
 */
export function resolveUrl(url: string | URL, base?: URL | null): URL {
  if (typeof url !== "string" && !isA(url, "URL", "Location")) {
    throw argumentError(`Cannot use URL: must be a string or a URL: ${url === null ? "null" : typeof url}`);
  }
  const text = String(url);
  const fail = (why: string): never => {
    throw new InvalidURLError(`Cannot use URL ${redactUrl(text)}: ${why}`);
  };
  if (text.length > MAX_URL_LENGTH) fail(`longer than ${MAX_URL_LENGTH} characters: ${text.length}`);
  // The parser would drop or replace all of these without a word.
  if (/[\0-\x1f]|^ | $/.test(text))
    fail("it must not hold control characters, nor begin or end with a space");
  if (!isWellFormed(text)) fail("it holds half of a surrogate pair");
  if (base && !ABSOLUTE.test(text)) return append(text, base);
  return checkProtocol(parse(text, base ? undefined : documentBase()));
}

/** The URL, if its scheme is http or https. @throws {UnsupportedProtocolError} when it is not. */
export function checkProtocol(url: URL): URL {
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  throw new UnsupportedProtocolError(
    `Cannot send a request to ${redactUrl(String(url))}: scheme must be http or https: ${url.protocol.slice(0, -1)}`,
  );
}

/** A URL with `params` appended; its own query stays byte for byte. */
export function addParams(url: URL, ...layers: (ParamsInit | null | undefined)[]): void {
  const query = mergeParams(...layers);
  if (query) url.search = `${url.search || "?"}${url.search && "&"}${query}`;
}

/** Takes user name and password out of a URL, percent-decoded where they decode. */
export function takeUserinfo(url: URL): [username: string, password: string] | undefined {
  if (!url.username && !url.password) return undefined;
  const credentials: [string, string] = [decode(url.username), decode(url.password)];
  url.username = url.password = "";
  return credentials;
}

/**
 * True when a request to `to` is still where `from` was: same scheme, host and port, or the same host's
 * upgrade from http to https on the default ports.
 */
export function staysOnOrigin(from: URL, to: URL): boolean {
  return (
    from.origin === to.origin ||
    (from.protocol === "http:" &&
      to.protocol === "https:" &&
      from.hostname === to.hostname &&
      !from.port &&
      !to.port)
  );
}

function append(text: string, base: URL): URL {
  const fail = (why: string): never => {
    throw new InvalidURLError(`Cannot resolve URL ${redactUrl(text)} against ${redactUrl(base)}: ${why}`);
  };
  const [, path = "", query = "", hash = ""] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(text) ?? [];
  if (/^[\\/]{2}/.test(path)) fail('a relative URL must not start with "//"');
  const root = base.pathname.replace(/\/?$/, "/");
  const url = parse(base.origin + (path ? root + path.replace(/^[\\/]/, "") : base.pathname));
  // Servers that decode an encoded slash see more segments than the parser does: both readings must stay inside.
  const plain = parse(base.origin + url.pathname.replace(/%2f|%5c/gi, "/"));
  for (const seen of [url.pathname, plain.pathname]) {
    if (!`${seen}/`.startsWith(root)) fail("it must not leave the path of the base URL");
  }
  url.username = base.username;
  url.password = base.password;
  const added = query.slice(1);
  url.search = base.search && added ? `${base.search}&${added}` : base.search || query;
  url.hash = hash;
  return url;
}

function parse(text: string, base?: string): URL {
  try {
    return new URL(text, base);
  } catch {
    // The runtime's error is no cause to keep: Node's carries the text, and with it the password.
    const advice = ABSOLUTE.test(text)
      ? "it cannot be parsed"
      : "it is relative; give a baseUrl or an absolute URL";
    throw new InvalidURLError(`Cannot use URL ${redactUrl(text)}: ${advice}`);
  }
}

function documentBase(): string | undefined {
  const { document, location } = globalThis;
  return document?.baseURI ?? location?.href;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
