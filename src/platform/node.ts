/** Node. The default transport is our own; its fetch serves where it was replaced or is asked for. */
import { readFileSync } from "node:fs";
import { nextHop } from "../redirects.ts";
import type { Request } from "../request.ts";
import { NodeTransport } from "../transports/node.ts";
import { toError } from "../transports/node-errors.ts";
import { cookieKit } from "./cookie-kit.ts";
import type { Phase, Platform, TransportLike } from "./types.ts";

// Kept, not called: looking at it does not load it.
const nativeFetch = globalThis.fetch;

// From Node 24 on its fetch decodes zstd too; asking zlib what it has would load it.
const CODINGS = `gzip, deflate, br${Number.parseInt(process.versions.node, 10) >= 24 ? ", zstd" : ""}`;

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
  cookies: cookieKit,
  nextHop,
  // Its fetch sends the URL's host whatever this says.
  refusesHeader: (key) => key === "host",
  classify: (error: unknown, phase: Phase, request: Request): Error =>
    toError(error, phase === "head" ? "unknown" : "body", request),
  env: (name) => process.env[name],
  readTextFile: (path) => readFileSync(path, "utf8"),
  homeDirectory: () => process.getBuiltinModule("node:os").homedir(),
};
