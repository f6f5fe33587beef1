/** What each runtime was seen to say of a fault, and the error that it must become. */
import { beforeAll, expect, test } from "vitest";
import type { Platform } from "../../src/platform/types.ts";
import { Request } from "../../src/request.ts";

const platforms: Record<string, Platform> = {};

beforeAll(async () => {
  for (const name of ["deno", "bun", "workerd", "edge", "web"] as const)
    platforms[name] = ((await import(`../../src/platform/${name}.ts`)) as { platform: Platform }).platform;
});

const request = new Request("GET", "https://host.example/path?token=secret");

const wrapped = (message: string, wrapper = "fetch failed") =>
  new TypeError(wrapper, { cause: new Error(message) });
const sending = (message: string) =>
  wrapped(`error sending request for url (https://host.example/path?token=secret): client error ${message}`);
const coded = (code: string, message = code) => Object.assign(new TypeError(message), { code });
const named = (name: string, message: string) => Object.assign(new Error(message), { name });

type Row = readonly [phase: "head" | "body", fault: Error, name: string, words: string];

// Seen with Deno 2.9.6, Bun 1.4.5 and workerd 2026-11-17.
const ROWS: Record<string, readonly Row[]> = {
  deno: [
    [
      "head",
      sending("(Connect): dns error: failed to lookup address information"),
      "ConnectError",
      "host.example was not found",
    ],
    [
      "head",
      sending("(Connect): tcp connect error: Connection refused (os error 111)"),
      "ConnectError",
      "refused",
    ],
    [
      "head",
      sending("(Connect): tcp connect error: No route to host (os error 113)"),
      "ConnectError",
      "cannot be reached",
    ],
    ["head", sending("(Connect): invalid peer certificate: UnknownIssuer"), "TLSError", "not trusted"],
    [
      "head",
      sending('(Connect): invalid peer certificate: certificate not valid for name "x"'),
      "TLSError",
      "not valid for",
    ],
    ["head", sending("(Connect): invalid peer certificate: Expired"), "TLSError", "expired"],
    ["head", sending("(Connect): invalid peer certificate: BadSignature"), "TLSError", "not accepted"],
    [
      "head",
      sending("(Connect): received corrupt message of type InvalidContentType"),
      "TLSError",
      "speak TLS",
    ],
    ["head", sending("(Connect): received fatal alert: HandshakeFailure"), "TLSError", "handshake"],
    ["head", sending("(Connect): something new"), "ConnectError", "failed"],
    ["head", wrapped("Connection reset by peer (os error 104)"), "ReadError", "reset"],
    ["head", sending("(SendRequest): connection closed before message completed"), "ReadError", "closed"],
    ["head", sending("(SendRequest): invalid HTTP version parsed"), "RemoteProtocolError", "breaks HTTP/1.1"],
    ["head", sending("(SendRequest): message head is too large"), "RemoteProtocolError", "too large"],
    ["head", new TypeError("Fetch failed: Requests to port 1 are blocked"), "ConnectError", "port"],
    [
      "head",
      named("NotCapable", 'Requires net access to "host.example:443"'),
      "UnsupportedError",
      "--allow-net=host.example",
    ],
    ["head", wrapped("something new"), "NetworkError", "network failed"],
    ["body", new TypeError("error reading a body from connection"), "ReadError", "before its end"],
    ["body", new TypeError("unexpected end of file"), "DecodeError", "coding"],
    ["body", new TypeError("CRC computed does not match"), "DecodeError", "coding"],
    ["body", new Error("something new"), "ReadError", "network failed"],
  ],
  bun: [
    ["head", coded("ECONNREFUSED"), "ConnectError", "refused"],
    ["head", coded("ENOTFOUND"), "ConnectError", "not found"],
    ["head", coded("ECONNRESET"), "ReadError", "reset"],
    ["head", coded("DEPTH_ZERO_SELF_SIGNED_CERT"), "TLSError", "self-signed"],
    ["head", coded("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), "TLSError", "not trusted"],
    ["head", coded("ERR_TLS_CERT_ALTNAME_INVALID"), "TLSError", "not valid for"],
    ["head", coded("EPROTO"), "TLSError", "speak TLS"],
    ["head", coded("Malformed_HTTP_Response"), "RemoteProtocolError", "breaks HTTP/1.1"],
    ["head", coded("InvalidContentLength"), "RemoteProtocolError", "breaks HTTP/1.1"],
    ["head", coded("UnsupportedProxyProtocol"), "ProxyError", "proxy"],
    ["body", coded("ECONNRESET"), "ReadError", "reset"],
    ["body", coded("InvalidHTTPResponse"), "RemoteProtocolError", "breaks HTTP/1.1"],
    ["body", coded("ZlibError"), "DecodeError", "coding"],
  ],
  workerd: [
    ["head", new Error("Network connection lost."), "NetworkError", "refused or lost"],
    [
      "head",
      new Error("internal error; reference = 6dig6fv997t05gs3"),
      "NetworkError",
      "look-up of host.example or its TLS",
    ],
    ["head", new TypeError("Unsupported cache mode: reload"), "UnsupportedError", "fetchOptions.cache"],
    ["head", new TypeError("Subrequest integrity checking is"), "UnsupportedError", "fetchOptions.integrity"],
    ["head", new Error("something new"), "NetworkError", "network failed"],
    ["body", new Error("Network connection lost."), "ReadError", "lost before its end"],
    ["body", new TypeError("Gzip compressed stream ended prematurely."), "DecodeError", "gzip coding"],
    ["body", new TypeError("Brotli compressed stream ended prematurely."), "DecodeError", "br coding"],
  ],
  edge: [
    ["head", wrapped("x"), "TransportError", "x"],
    ["head", new TypeError("fetch failed", { cause: coded("ECONNREFUSED") }), "ConnectError", "refused"],
    [
      "head",
      wrapped("too many content-encodings in response: 6, maximum allowed is 5"),
      "DecodeError",
      "too many",
    ],
    ["body", new TypeError("terminated", { cause: coded("Z_DATA_ERROR") }), "DecodeError", "coding"],
  ],
  web: [
    ["head", new TypeError("Failed to fetch"), "NetworkError", "the network failed or CORS forbids it"],
    ["head", new TypeError("Load failed"), "NetworkError", "the network failed"],
    ["body", new TypeError("network error"), "ReadError", "the network failed"],
    ["body", named("AbortError", "The operation was aborted."), "ReadError", "the network failed"],
  ],
};

for (const [name, rows] of Object.entries(ROWS)) {
  test.each(rows)(`${name} classifies a fault of the %s: %s`, (phase, fault, expected, words) => {
    const error = (platforms[name] as Platform).classify(fault, phase, request);
    expect(error.name).toBe(expected);
    expect(error.message).toContain(words);
    expect(error.message).toContain("GET https://host.example/path");
    expect(error.message).not.toContain("secret");
    expect(error.cause).toBe(fault);
    expect((error as { request?: unknown }).request).toBe(request);
  });
}

test("A chain of causes that never ends is looked at a few times only", () => {
  const endless = new TypeError("fetch failed");
  endless.cause = endless;
  for (const platform of Object.values(platforms))
    expect(platform.classify(endless, "head", request)).toBeInstanceOf(Error);
});

test("A fault that is no error is classified as well", () => {
  for (const platform of Object.values(platforms))
    for (const fault of [undefined, null, "text", 42])
      expect(platform.classify(fault, "body", request)).toBeInstanceOf(Error);
});
