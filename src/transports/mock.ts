/** A transport whose server is a function. For tests; no network. */
import { Body } from "../body.ts";
import { argumentError, ReadTimeoutError } from "../errors.ts";
import type { Request } from "../request.ts";
import { Response } from "../response.ts";
import { type ByteSource, fromReadableStream } from "../source.ts";
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
 * reads a streamed one. Of the timeouts `read` and `total` hold.
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
    const { body } = request;
    // A stream that the handler reads is as used up as one that was sent: reading it must not make it replayable.
    if (body && !body.replayable) {
      const { type, length } = body;
      seen.body = new Body({ type, length, replayable: false, open: () => body.open() });
    }
    const watch = watchAnswer(request);
    try {
      return fromNative(await watch.race(this.#handler(seen)), "MockTransport");
    } finally {
      watch.end();
      // What the handler did not read is not going to be sent.
      if (!body?.replayable) await body?.cancel();
    }
  }
}

/** Watches for the abort of a request, and for an answer within `timeout.read`. */
export function watchAnswer(request: Request): Watch {
  const watch = new Watch(request.signal);
  watch.arm(request.extensions.timeout?.read ?? null, (ms) => {
    const message = `Cannot complete ${request}: no response came within timeout.read: ${ms} ms`;
    return new ReadTimeoutError(message, { request });
  });
  return watch;
}

/**
 * A response of ours, made from a native one where needed.
 * @param done called when the body has ended, failed or been released
 */
export function fromNative(
  answer: Response | globalThis.Response,
  name: string,
  done?: () => void,
): Response {
  const native = answer as globalThis.Response | undefined;
  if (!(answer instanceof Response) && typeof native?.headers?.get !== "function") {
    throw argumentError(`Cannot use the answer of the ${name} handler: must be a Response: ${typeof answer}`);
  }
  if (answer instanceof Response || !answer.body) done?.();
  if (answer instanceof Response) return answer;
  const { status, statusText, headers, url, redirected, body } = answer;
  return new Response(body && watched(fromReadableStream(body), done), {
    status,
    statusText,
    headers,
    url,
    redirected,
  });
}

/** The source, telling when nothing more will be read from it. */
function watched(source: ByteSource, done: (() => void) | undefined): ByteSource {
  return {
    async read() {
      let bytes: Uint8Array | null = null;
      try {
        bytes = await source.read();
      } finally {
        if (!bytes) done?.();
      }
      return bytes;
    },
    cancel(reason) {
      done?.();
      return source.cancel(reason);
    },
  };
}
