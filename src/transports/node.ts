/** Node's own transport: straight on undici's dispatcher, the engine below Node's fetch. */
import { argumentError, ClientClosedError } from "../errors.ts";
import { show } from "../redact.ts";
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";
import { exchange } from "./node-exchange.ts";
import { Pool } from "./node-pool.ts";
import { loadUndici } from "./node-undici.ts";
import type { Transport } from "./transport.ts";

/** What a {@link NodeTransport} can be told. Nothing yet. */
export type NodeTransportOptions = Readonly<Record<string, never>>;

const OPTIONS: ReadonlySet<string> = new Set();

/**
 * Sends requests over connections of its own, HTTP/1.1, kept open and used again.
 *
 * Headers go out in the order and case given. A body is sent as fast as the server takes it and read as fast as it is
 * asked for. An idempotent request that fails on a used connection before any byte of a response is sent once
 * more on a new one.
 *
 * @throws {TypeError} when an option does not exist.
 */
export class NodeTransport implements Transport {
  #pool: Pool | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: NodeTransportOptions = {}) {
    for (const name of Object.keys(options)) {
      if (!OPTIONS.has(name)) throw argumentError(`Cannot make NodeTransport: no such option: ${show(name)}`);
    }
  }

  /**
   * @throws {TransportError} when no response was obtained.
   * @throws {ClientClosedError} after `close()`.
   */
  handleRequest(request: Request): Promise<Response> {
    // After the first request nothing is awaited on the way in.
    return this.#pool && !this.#closing ? exchange(this.#pool, request) : this.#first(request);
  }

  /** Lets requests that are under way come to their end, and refuses new ones. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#pool?.close() ?? Promise.resolve();
    return this.#closing;
  }

  async #first(request: Request): Promise<Response> {
    const undici = this.#closing ? undefined : await loadUndici();
    if (!undici || this.#closing) {
      const error = new ClientClosedError(`Cannot send ${request}: the transport was closed`, { request });
      if (!request.body?.replayable) await request.body?.cancel(error);
      throw error;
    }
    this.#pool ??= new Pool(undici);
    return exchange(this.#pool, request);
  }
}
