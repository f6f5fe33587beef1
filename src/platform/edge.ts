/** Any other runtime of web APIs: edge runtimes, and bundles made for no runtime in particular. */
import { nextHop } from "../redirects.ts";
import type { Request } from "../request.ts";
import { toError } from "../transports/node-errors.ts";
import { cookieKit } from "./cookie-kit.ts";
import type { Phase, Platform } from "./types.ts";
import { platform as web } from "./web.ts";

const edge: Platform = {
  name: "an edge runtime",
  can: { manualRedirect: true, cookies: true, readChallenge: true, streamRequest: true, setAnyHeader: true },
  acceptEncoding: () => "gzip, deflate, br",
  cookies: cookieKit,
  nextHop,
  refusesHeader: (key) => key === "host",
  // Many of these runtimes are made of Node's fetch, and then have its codes.
  classify: (error: unknown, phase: Phase, request: Request): Error =>
    toError(error, phase === "head" ? "unknown" : "body", request),
};

// A bundle for no runtime in particular may still end up in a page. Servers have some of a page's globals too, but say who
// they are.
const inPage =
  typeof document !== "undefined" ||
  typeof (globalThis as { WorkerGlobalScope?: unknown }).WorkerGlobalScope === "function";
const onServer =
  "EdgeRuntime" in globalThis ||
  /^(?:Cloudflare-Workers|Deno|Bun|Node)/.test(globalThis.navigator?.userAgent ?? "");

export const platform: Platform = inPage && !onServer ? web : edge;
