/** Browsers: pages, workers and service workers. */
import { NetworkError, ReadError } from "../errors.ts";
import type { Request } from "../request.ts";
import type { Phase, Platform } from "./types.ts";

let streams: boolean | undefined;

/**
 * True where fetch takes a stream as body. Chromium does (over HTTP/2); Firefox makes text of it, WebKit throws.
 * Reading `duplex` and not taking the stream for text is what tells them apart.
 */
function takesStreams(): boolean {
  if (streams === undefined) {
    let readDuplex = false;
    try {
      const { headers } = new globalThis.Request("http://localhost", {
        method: "POST",
        body: new ReadableStream(),
        get duplex() {
          readDuplex = true;
          return "half";
        },
      } as RequestInit);
      streams = readDuplex && !headers.has("content-type");
    } catch {
      streams = false;
    }
  }
  return streams;
}

// Fetch standard, "forbidden request-header"; User-Agent is no longer among them, but Chromium drops it.
const FORBIDDEN =
  /^(?:accept-charset|accept-encoding|access-control-request-.*|connection|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|upgrade|via|proxy-.*|sec-.*)$/;

export const platform: Platform = {
  name: "a browser",
  can: {
    manualRedirect: false,
    cookies: false,
    readChallenge: false,
    get streamRequest() {
      return takesStreams();
    },
    setAnyHeader: false,
  },
  acceptEncoding: () => "",
  refusesHeader: (key) => FORBIDDEN.test(key),
  classify(error: unknown, phase: Phase, request: Request): Error {
    // One text for every cause, by design: neither name nor message tells refused from reset.
    const Kind = phase === "head" ? NetworkError : ReadError;
    const hint =
      phase === "head" && request.body && !request.body.bytes && !request.body.blob
        ? "; a streamed request body needs HTTP/2 here"
        : "";
    return new Kind(`Cannot complete ${request}: the network failed or CORS forbids it${hint}`, {
      request,
      cause: error,
    });
  },
};
