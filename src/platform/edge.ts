/** Any other runtime of web APIs: edge runtimes, and bundles made for no runtime in particular. */
import { NetworkError, ReadError } from "../errors.ts";
import { followUp } from "../redirects.ts";
import type { Request } from "../request.ts";
import { cookieKit } from "./cookie-kit.ts";
import type { Phase, Platform } from "./types.ts";
import { platform as web } from "./web.ts";

const edge: Platform = {
  name: "an edge runtime",
  can: { manualRedirect: true, cookies: true, readChallenge: true, streamRequest: true, setAnyHeader: true },
  acceptEncoding: () => "gzip, deflate, br",
  cookies: cookieKit,
  followUp,
  refusesHeader: (key) => key === "host",
  classify(error: unknown, phase: Phase, request: Request): Error {
    const Kind = phase === "head" ? NetworkError : ReadError;
    return new Kind(`Cannot complete ${request}: the network failed`, { request, cause: error });
  },
};

// A bundle for no runtime in particular may still end up in a page.
const inBrowser =
  typeof document !== "undefined" ||
  typeof (globalThis as { WorkerGlobalScope?: unknown }).WorkerGlobalScope === "function";

export const platform: Platform = inBrowser && !("EdgeRuntime" in globalThis) ? web : edge;
