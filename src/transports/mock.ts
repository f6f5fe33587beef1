/** A transport whose server is a function. For tests; no network. */
import { argumentError } from "../errors.ts";
import type { Request } from "../request.ts";
import { Response } from "../response.ts";
import { Watch } from "../watch.ts";
import type { Transport } from "./transport.ts";

/** Answers a request. A native `Response` will do as well. */
export type MockHandler = (
  request: Request,
) => Response | globalThis.Response | Promise<Response | globalThis.Response>;

/**
 * Hands each request to a function and returns what it answers.
 *
 * The handler gets the request as it would be sent; `request.content` holds a body that is in memory, `request.read()`
 * reads a streamed one.
 * @throws {TypeError} when the handler returns something else than a response.
 */
export class MockTransport implements Transport {
  readonly #handler: MockHandler;

  constructor(handler: MockHandler) {
    if (typeof handler !== "function") {
      throw argumentError(`Cannot make MockTransport: handler must be a function: ${typeof handler}`);
    }
    this.#handler = handler;
  }

  async handleRequest(request: Request): Promise<Response> {
    request.signal?.throwIfAborted();
    // A snapshot: later hops and legs may not change what the handler kept.
    const seen = request.clone();
    const watch = new Watch(request.signal);
    try {
      return fromNative(await watch.race(this.#handler(seen)), "MockTransport");
    } finally {
      watch.end();
      // What the handler did not read is not going to be sent.
      if (!request.body?.replayable) await request.body?.cancel();
    }
  }
}

/** A response of ours, made from a native one where needed. */
export function fromNative(answer: Response | globalThis.Response, name: string): Response {
  if (answer instanceof Response) return answer;
  const native = answer as globalThis.Response | undefined;
  if (typeof native?.status !== "number" || typeof native.headers?.get !== "function") {
    throw argumentError(`Cannot use the answer of a ${name} handler: must be a Response: ${typeof answer}`);
  }
  const { status, statusText, headers, url, redirected } = native;
  return new Response(native.body, { status, statusText, headers, url, redirected });
}
