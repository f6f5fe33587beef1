/** A transport that calls an app's fetch handler in process: Hono, `Deno.serve` handlers, Workers. No network. */
import { argumentError } from "../errors.ts";
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";
import { toReadableStream } from "../source.ts";
import { fromNative, watchAnswer } from "./mock.ts";
import type { Transport } from "./transport.ts";

/** A fetch handler, as apps export it. */
export type AppHandler = (
  request: globalThis.Request,
  ...rest: never[]
) => globalThis.Response | Promise<globalThis.Response>;

/**
 * Hands each request to an app as a native `Request` and returns the app's native `Response`, streams included.
 * What the app throws rejects the call unchanged.
 * @param app a function, or an object with a `fetch` method
 */
export class AppTransport implements Transport {
  readonly #handler: (request: globalThis.Request) => globalThis.Response | Promise<globalThis.Response>;

  constructor(app: AppHandler | { fetch: AppHandler }) {
    const handler = typeof app === "function" ? app : app?.fetch?.bind(app);
    if (typeof handler !== "function") {
      throw argumentError("Cannot make AppTransport: must be a fetch handler or an object with one");
    }
    this.#handler = handler as (request: globalThis.Request) => globalThis.Response;
  }

  async handleRequest(request: Request): Promise<Response> {
    request.signal?.throwIfAborted();
    const { method, url, headers, body } = request;
    // The app sees the abort too, for as long as its response is read.
    const watch = watchAnswer(request);
    const native = new globalThis.Request(url, {
      method,
      headers: headers.raw,
      ...(body && { body: body.bytes ?? body.blob ?? toReadableStream(body.open()), duplex: "half" }),
      signal: watch.signal,
    } as RequestInit);
    try {
      const answer = await watch.race(this.#handler(native));
      watch.disarm();
      return fromNative(answer, "AppTransport", watch.end);
    } catch (error) {
      watch.end();
      throw error;
    }
  }
}
