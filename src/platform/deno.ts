/** Deno: its fetch, what that leaves encoded, its files and its permissions. */
import {
  ConnectError,
  DecodeError,
  NetworkError,
  ReadError,
  RemoteProtocolError,
  TLSError,
  UnsupportedError,
} from "../errors.ts";
import { nextHop } from "../redirects.ts";
import type { Request } from "../request.ts";
import { decodeSource } from "../transports/node-decode.ts";
import { cookieKit } from "./cookie-kit.ts";
import { type FaultRule, toFault } from "./faults.ts";
import { refuseIntegrity } from "./integrity.ts";
import type { Phase, Platform } from "./types.ts";

declare const Deno: {
  readTextFileSync(path: string): string;
  readonly env: { get(name: string): string | undefined };
  readonly permissions: { querySync(descriptor: { name: "env"; variable: string }): { state: string } };
};

const nativeFetch = globalThis.fetch;

// Deno has no codes. What its errors say is what its libraries say: hyper, rustls and the operating system.
const HEAD: readonly FaultRule[] = [
  ["NotCapable", UnsupportedError, "Deno does not allow it; run it with --allow-net=HOST"],
  ["are blocked", ConnectError, "Deno does not connect to this port"],
  ["dns error", ConnectError, "the host name HOST was not found"],
  ["Connection refused", ConnectError, "HOST refused the connection"],
  ["tcp connect error", ConnectError, "HOST cannot be reached"],
  ["UnknownIssuer", TLSError, "the certificate of HOST comes from an authority that is not trusted"],
  ["CaUsedAsEndEntity", TLSError, "the certificate of HOST is self-signed"],
  ["not valid for name", TLSError, "the certificate is not valid for HOST"],
  ["Expired", TLSError, "the certificate of HOST has expired"],
  ["peer certificate", TLSError, "the certificate of HOST is not accepted"],
  ["InvalidContentType", TLSError, "HOST does not speak TLS on this port"],
  ["received fatal alert", TLSError, "the TLS handshake with HOST failed"],
  ["(Connect)", ConnectError, "the connection failed"],
  ["Connection reset", ReadError, "the server reset the connection"],
  [
    "closed before message completed",
    ReadError,
    "the server closed the connection before the response was complete",
  ],
  ["parsed", RemoteProtocolError, "it breaks HTTP/1.1"],
  ["message head is too large", RemoteProtocolError, "its header section is too large"],
];

const BODY: readonly FaultRule[] = [
  ["body from connection", ReadError, "the server closed the connection or broke HTTP/1.1 before its end"],
  ["os error", ReadError, "the connection failed before its end"],
  // What is left comes from the decoders: "unexpected end of file", "CRC computed does not match", ...
  ["TypeError", DecodeError, "its content coding is corrupt or cut short"],
];

export const platform: Platform = {
  name: "Deno",
  can: { manualRedirect: true, cookies: true, readChallenge: true, streamRequest: true, setAnyHeader: true },
  acceptEncoding: () => "gzip, deflate, br, zstd",
  fetchReplaced: () => globalThis.fetch !== nativeFetch,
  cookies: cookieKit,
  nextHop,
  refusesHeader: (key) => key === "host",
  fetchInit: (request) => refuseIntegrity(request, "Deno"),
  decode: (codings, source, request) =>
    isDecoded(codings, request) ? undefined : decodeSource(codings, source, request),
  classify: (error: unknown, phase: Phase, request: Request): Error =>
    phase === "head" ? toFault(error, request, HEAD, NetworkError) : toFault(error, request, BODY, ReadError),
  env: readEnv,
  readTextFile: (path) => Deno.readTextFileSync(path),
  homeDirectory: () => readEnv("HOME") ?? readEnv("USERPROFILE"),
};

/** Fetch undoes one gzip or br by itself, unless a Range is asked for or Accept-Encoding begins with identity. */
function isDecoded(codings: string, { headers }: Request): boolean {
  if (!/^(?:gzip|br)$/i.test(codings)) return false;
  return !headers.has("range") && headers.getAll("accept-encoding")[0]?.toLowerCase() !== "identity";
}

/** Asks for the permission's state first: reading without one would stop at a prompt. */
function readEnv(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}
