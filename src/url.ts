/** URLs as callers give them: checked, joined with a base, freed of userinfo. WHATWG `URL` is the only parser. */
import { InvalidURLError, UnsupportedProtocolError } from "./errors.ts";
import { mergeParams, type ParamsInit } from "./params.ts";
import { redactUrl } from "./redact.ts";

// Servers and proxies refuse longer ones long before; curl and browsers stop near here too.
const MAX_URL_LENGTH = 65_535;

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
  const text = String(url);
  if (text.length > MAX_URL_LENGTH) {
    throw new InvalidURLError(`Cannot use URL: longer than ${MAX_URL_LENGTH} characters: ${text.length}`);
  }
  if (base && !/^\s*[a-z][a-z\d+.-]*:\/\//i.test(text)) return append(text, base);
  return checkProtocol(parse(text, base ? undefined : documentBase()));
}

/** The URL, if its scheme is http or https. */
export function checkProtocol(url: URL): URL {
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  throw new UnsupportedProtocolError(
    `Cannot send a request to ${redactUrl(String(url))}: scheme must be http or https: ${url.protocol.slice(0, -1)}`,
  );
}

/** A URL with `params` appended; its own query stays byte for byte. */
export function addParams(url: URL, ...layers: (ParamsInit | null | undefined)[]): void {
  const query = mergeParams(...layers);
  if (query) url.search = url.search ? `${url.search}&${query}` : query;
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
  // The parser drops tabs and line breaks and reads "\" as "/"; do the same before looking.
  const [, path = "", query = "", hash = ""] =
    /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(text.replace(/[\t\n\r]/g, "").trim()) ?? [];
  if (/^[\\/]{2}/.test(path)) fail('a relative URL must not start with "//"');
  const root = base.pathname.endsWith("/") ? base.pathname : `${base.pathname}/`;
  const url = parse(base.origin + (path ? root + path.replace(/^[\\/]/, "") : base.pathname));
  if (!url.pathname.startsWith(path ? root : base.pathname) && `${url.pathname}/` !== root) {
    fail("it must not leave the path of the base URL");
  }
  url.username = base.username;
  url.password = base.password;
  url.search = base.search && query ? `${base.search}&${query.slice(1)}` : query || base.search;
  url.hash = hash;
  return url;
}

function parse(text: string, base?: string): URL {
  try {
    return new URL(text, base);
  } catch {
    // The runtime's error is no cause to keep: Node's carries the text, and with it the password.
    const advice = /^[a-z][a-z\d+.-]*:\/\//i.test(text)
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
