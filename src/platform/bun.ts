/** Bun: its fetch, kept from decoding and from changing methods, and its files. */
import { readFileSync } from "node:fs";
import { DecodeError, type ErrorContext, ProxyError, RemoteProtocolError } from "../errors.ts";
import { nextHop } from "../redirects.ts";
import type { Request } from "../request.ts";
import { decodeSource } from "../transports/node-decode.ts";
import { toError } from "../transports/node-errors.ts";
import { cookieKit } from "./cookie-kit.ts";
import { refuseIntegrity } from "./integrity.ts";
import type { Phase, Platform } from "./types.ts";

const nativeFetch = globalThis.fetch;

// Bun 1.4.5 sends these as they are, in capitals only, and every other method as GET.
const METHODS: ReadonlySet<string> = new Set(
  (
    "ACL BIND CHECKOUT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE M-SEARCH NOTIFY " +
    "OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE UNBIND UNLINK " +
    "UNLOCK UNSUBSCRIBE"
  ).split(" "),
);

type Rule = readonly [kind: new (message: string, context: ErrorContext) => Error, what: string];

const BROKEN: Rule = [RemoteProtocolError, "read the response to GET: it breaks HTTP/1.1"];
const CORRUPT: Rule = [DecodeError, "decode the body of GET: its content coding is corrupt or cut short"];

// Codes of Bun's own; what it shares with Node is known to node-errors.ts. "GET" stands for the request.
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["Malformed_HTTP_Response", BROKEN],
  ["InvalidHTTPResponse", BROKEN],
  ["InvalidContentLength", BROKEN],
  ["InvalidStatusCode", BROKEN],
  [
    "ResponseHeadersTooLarge",
    [RemoteProtocolError, "read the response to GET: its header section is too large"],
  ],
  ["TooManyHeaders", [RemoteProtocolError, "read the response to GET: its header section is too large"]],
  ["ZlibError", CORRUPT],
  ["BrotliDecompressionError", CORRUPT],
  ["ZstdDecompressionError", CORRUPT],
  ["UnsupportedProxyProtocol", [ProxyError, "send GET: Bun does not know the protocol of the proxy"]],
]);

export const platform: Platform = {
  name: "Bun",
  can: { manualRedirect: true, cookies: true, readChallenge: true, streamRequest: true, setAnyHeader: true },
  acceptEncoding: () => "gzip, deflate, br, zstd",
  fetchReplaced: () => globalThis.fetch !== nativeFetch,
  cookies: cookieKit,
  nextHop,
  refusesMethod: (method) => !METHODS.has(method),
  // Its decoders take bytes after the end and know no chains; ours are the same as on Node.
  fetchInit: (request) => ({ ...refuseIntegrity(request, "Bun"), decompress: false }),
  decode: (codings, source, request, native) =>
    native || codings.includes(",") ? decodeSource(codings, source, request) : undefined,
  classify,
  env: (name) => process.env[name],
  readTextFile: (path) => readFileSync(path, "utf8"),
  homeDirectory: () => process.getBuiltinModule("node:os").homedir(),
};

function classify(error: unknown, phase: Phase, request: Request): Error {
  const code = String((error as { code?: unknown } | null)?.code);
  const [kind, what] = RULES.get(code) ?? [];
  if (!kind || !what) return toError(error, phase === "head" ? "unknown" : "body", request);
  return new kind(`Cannot ${what.replace("GET", () => String(request))} (${code})`, {
    request,
    cause: error,
  });
}
