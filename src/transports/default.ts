/** The transport of a client that was given none: the platform's own, or its fetch. */
import { platform } from "#platform";
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";
import { FetchTransport } from "./fetch.ts";
import type { Transport } from "./transport.ts";

/**
 * The native transport where the platform has one; fetch elsewhere, and also as soon as something has
 * replaced `globalThis.fetch` (MSW, nock), so that mocks keep working.
 */
export class DefaultTransport implements Transport {
  readonly #fetch = new FetchTransport();
  #native: Transport | undefined;

  handleRequest(request: Request): Promise<Response> {
    if (!platform.openTransport || platform.fetchReplaced?.()) return this.#fetch.handleRequest(request);
    this.#native ??= platform.openTransport();
    return this.#native.handleRequest(request);
  }

  async close(): Promise<void> {
    await this.#fetch.close();
    await this.#native?.close?.();
  }
}
