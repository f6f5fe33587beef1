/** What carries one request to a server and brings one response back. */
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";

/**
 * One HTTP exchange: no redirects, no auth, no cookies, no retries.
 *
 * A transport promises:
 * - It resolves for every status. It rejects only when no response was obtained: with a
 *   `TransportError`, or with the reason of `request.signal` when that aborts, also while the body is read.
 * - It does not change the request, and may be called again with the same request while an earlier call is pending.
 * - It disposes of a request body that it does not send, also when it fails.
 *
 * Its caller promises to read the body of every response or to close it. A wrapper takes the inner
 * transport first, so that nested constructors read in travel order, and closes a response that it drops.
 */
export interface Transport {
  /** One request, one response. */
  handleRequest(request: Request): Promise<Response>;
  /** Releases connections. Called once, by the client that owns the transport. */
  close?(): Promise<void>;
}
