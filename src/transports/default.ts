/** The transport of a client that was given none: the platform's own, or its fetch. */
import { platform } from "#platform";
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";
import { snapshot } from "../snapshot.ts";
import { FetchTransport } from "./fetch.ts";
import type { Transport } from "./transport.ts";

type FetchOnly = { integrity?: string; dispatcher?: unknown };

/**
 * The native transport where the platform has one; fetch elsewhere, as soon as something has replaced
 * `globalThis.fetch` (MSW, nock), so that mocks keep working, and for calls whose `fetchOptions` ask for what a
 * fetch alone can do.
 */
export class DefaultTransport implements Transport {
  readonly #fetch = new FetchTransport();
  #native: Transport | undefined;

  handleRequest(request: Request): Promise<Response> {
    const { integrity, dispatcher } = snapshot<FetchOnly>(request.extensions.fetchOptions);
    if (!platform.openTransport || platform.fetchReplaced?.() || integrity || dispatcher) {
      return this.#fetch.handleRequest(request);
    }
    this.#native ??= platform.openTransport();
    return this.#native.handleRequest(request);
  }

  async close(): Promise<void> {
    await this.#fetch.close();
    await this.#native?.close?.();
  }
}
