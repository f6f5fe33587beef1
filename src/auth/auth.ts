/** What an authentication scheme is: a flow that yields requests and receives responses. Sends nothing itself. */
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";

/** Where the credentials may go: to the origin of the first request alone, or wherever the scheme itself decides. */
export type AuthScope = "origin" | "any";

/** A conversation: yields what to send, is resumed with what came back, ends when the last response is the answer. */
export type AuthFlow = Generator<Request, void, Response> | AsyncGenerator<Request, void, Response>;

/**
 * The base of every scheme. A subclass overrides `authFlow` and promises:
 *
 * - Each yielded request is one exchange; its response is what `yield` returns. Redirects are not followed inside.
 * - Headers may be set on the request it was given, before the first `yield`. What was sent once stays as it is:
 *   to send again, yield `request.clone()` with other headers.
 * - The flow may be a generator or an async generator, and runs once for each redirect hop that it is allowed on.
 */
export abstract class Auth {
  /** True when the flow needs `request.content`: the client then reads the body to memory first. Default false. */
  readonly requiresRequestBody: boolean = false;
  /** True when the flow needs `response.content`: the client then reads each response before. Default false. */
  readonly requiresResponseBody: boolean = false;
  /** "origin": runs only where the first request went. "any": runs on every hop. Default "origin". */
  readonly scope: AuthScope = "origin";

  /** Sends the request as it is. */
  authFlow(request: Request): AuthFlow {
    return sendOnce(request);
  }
}

function* sendOnce(request: Request): Generator<Request, void, Response> {
  yield request;
}
