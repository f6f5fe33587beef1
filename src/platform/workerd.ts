/** workerd, the engine of Cloudflare Workers: its fetch, and decoding with or without its node:zlib. */
import { DecodeError, NetworkError, ReadError, UnsupportedError } from "../errors.ts";
import { nextHop } from "../redirects.ts";
import type { Request } from "../request.ts";
import { decodeSource } from "../transports/node-decode.ts";
import { cookieKit } from "./cookie-kit.ts";
import { type FaultRule, toFault } from "./faults.ts";
import { inflateSource } from "./inflate.ts";
import type { Phase, Platform } from "./types.ts";

const nativeFetch = globalThis.fetch;

// workerd 2026-11-17 sends these and throws at every other method.
const METHODS: ReadonlySet<string> = new Set(
  (
    "ACL CHECKOUT COPY DELETE GET HEAD LOCK MERGE MKACTIVITY MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH " +
    "PURGE PUT QUERY REPORT SEARCH SUBSCRIBE UNLOCK UNSUBSCRIBE"
  ).split(" "),
);

// These are dropped without a word.
const DROPPED = /^(?:host|connection|keep-alive|upgrade|te|trailer)$/;

const HEAD: readonly FaultRule[] = [
  ["connection lost", NetworkError, "the connection was refused or lost"],
  ["internal error", NetworkError, "the look-up of HOST or its TLS handshake failed, or workerd itself did"],
  ["Unsupported cache mode", UnsupportedError, "workerd has no such fetchOptions.cache"],
  ["integrity", UnsupportedError, "workerd does not check fetchOptions.integrity"],
];

const BODY: readonly FaultRule[] = [
  ["connection lost", ReadError, "the connection was lost before its end"],
  ["Gzip", DecodeError, "its gzip coding is corrupt or cut short"],
  ["Brotli", DecodeError, "its br coding is corrupt or cut short"],
];

export const platform: Platform = {
  name: "workerd",
  can: { manualRedirect: true, cookies: true, readChallenge: true, streamRequest: true, setAnyHeader: true },
  acceptEncoding: () => `gzip, deflate, br${hasZlib() ? ", zstd" : ""}`,
  fetchReplaced: () => globalThis.fetch !== nativeFetch,
  cookies: cookieKit,
  nextHop,
  refusesMethod: (method) => !METHODS.has(method),
  // It sends what is beyond ASCII as UTF-8, where all others send one byte for each character.
  refusesHeader: (key, value) => DROPPED.test(key) || /[^\0-\x7f]/.test(value),
  // Hands the bytes over as they came, where we can decode every coding ourselves.
  fetchInit: (): Record<string, unknown> => (hasZlib() ? { encodeResponseBody: "manual" } : {}),
  decode(codings, source, request, native) {
    // By itself its fetch undoes one gzip or br, spelled exactly so.
    if (!(native && hasZlib()) && /^(?:gzip|br)$/.test(codings)) return undefined;
    return (hasZlib() ? decodeSource : inflateSource)(codings, source, request);
  },
  classify: (error: unknown, phase: Phase, request: Request): Error =>
    phase === "head" ? toFault(error, request, HEAD, NetworkError) : toFault(error, request, BODY, ReadError),
};

let zlib: boolean | undefined;

/** True where the compatibility date or flags bring node:zlib. */
function hasZlib(): boolean {
  zlib ??= typeof globalThis.process?.getBuiltinModule?.("node:zlib")?.gunzipSync === "function";
  return zlib;
}
