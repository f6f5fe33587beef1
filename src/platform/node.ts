/** Node. The default transport is our own; its fetch serves where it was replaced or is asked for. */
import { readFileSync } from "node:fs";
import { Cookies, type CookiesInit } from "../cookies.ts";
import type { Request } from "../request.ts";
import { NodeTransport } from "../transports/node.ts";
import { toError } from "../transports/node-errors.ts";
import type { CookieStore, Phase, Platform, TransportLike } from "./types.ts";

// Kept, not called: looking at it does not load it.
const nativeFetch = globalThis.fetch;

// Node 22.15 and later say in their versions that they bring zstd along; asking zlib would load it.
const CODINGS = `gzip, deflate, br${"zstd" in process.versions ? ", zstd" : ""}`;

export const platform: Platform = {
  name: "Node",
  can: {
    manualRedirect: true,
    cookies: true,
    readChallenge: true,
    streamRequest: true,
    setAnyHeader: true,
  },
  acceptEncoding: () => CODINGS,
  openTransport: (): TransportLike => new NodeTransport(),
  fetchReplaced: () => globalThis.fetch !== nativeFetch,
  openCookies: (init: unknown): CookieStore => new Cookies(init as CookiesInit),
  // Its fetch sends the URL's host whatever this says.
  refusesHeader: (key) => key === "host",
  classify: (error: unknown, phase: Phase, request: Request): Error =>
    toError(error, phase === "head" ? "head" : "read", request),
  env: (name) => process.env[name],
  readTextFile: (path) => readFileSync(path, "utf8"),
  homeDirectory: () => process.getBuiltinModule("node:os").homedir(),
};
