/** The body of a request on its way to the socket, in slices. Reads its source; writes nothing itself. */
import type { Socket } from "node:net";
import type { ByteSource } from "../source.ts";

// A larger piece would hide that the peer has taken half of it, and a slow peer would pass for a stalled one.
const SLICE = 64 * 1024;
// A source that always has a tiny piece at hand would keep the event loop from turning until the socket is full.
const PIECES_A_TURN = 128;

/** Who is told how the upload comes along. */
export interface UploadHost {
  /** The socket that takes the bytes. */
  readonly socket: Socket | undefined;
  /** The next step is the caller's source's. */
  sourceAwaited(): void;
  /** The next step is the peer's. */
  peerAwaited(): void;
  /** The source failed; the upload must never look complete. */
  sourceFailed(error: unknown): void;
}

/**
 * An iterator for undici, which asks for a piece when the socket has room for it.
 *
 * Rule: once stopped it never ends in order, since that would complete a chunked body.
 */
export class Upload implements AsyncIterableIterator<Uint8Array> {
  readonly #source: ByteSource;
  readonly #host: UploadHost;
  #rest: Uint8Array | undefined;
  #stopped: { readonly reason: unknown } | undefined;
  #ended = false;
  #pieces = 0;

  constructor(source: ByteSource, host: UploadHost) {
    this.#source = source;
    this.#host = host;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (++this.#pieces % PIECES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    this.#check();
    const piece = this.#rest ?? (await this.#read());
    this.#check();
    this.#host.peerAwaited();
    if (!piece) {
      await this.#flush();
      this.#check();
      this.#ended = true;
      return { done: true, value: undefined };
    }
    this.#rest = piece.length > SLICE ? piece.subarray(SLICE) : undefined;
    return { done: false, value: piece.length > SLICE ? piece.subarray(0, SLICE) : piece };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.stop(undefined);
    return { done: true, value: undefined };
  }

  /** Gives up the source, unless it is used up. */
  async stop(reason: unknown): Promise<void> {
    if (this.#stopped || this.#ended) return;
    this.#stopped = { reason };
    this.#rest = undefined;
    await this.#source.cancel(reason);
  }

  #check(): void {
    if (this.#stopped) throw this.#stopped.reason;
  }

  async #read(): Promise<Uint8Array | null> {
    this.#host.sourceAwaited();
    try {
      return await this.#source.read();
    } catch (error) {
      this.#host.sourceFailed(error);
      throw error;
    }
  }

  /** Waits until the socket has passed everything on: only then does the peer's answer come due. */
  #flush(): Promise<void> | undefined {
    const socket = this.#host.socket;
    if (!socket || socket.destroyed || socket.writableLength === 0) return undefined;
    return new Promise((resolve) => socket.write("", () => resolve()));
  }
}
