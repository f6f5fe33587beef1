/** The body of a response as it comes off the wire: queued, counted, held back while nobody reads. Knows no sockets. */
import { type ByteSource, concat } from "../source.ts";

// As much as one read of a socket brings, so that a reader who keeps up never waits.
const HIGH_WATER = 64 * 1024;
// Pieces below this are joined: a body in chunks of one byte must not cost a hundred times its size.
const SMALL = 1024;
const BLOCK = 16 * 1024;
// What is cheaper to read off than a new connection is to make.
const DRAIN_LIMIT = 64 * 1024;

interface Reader {
  resolve(bytes: Uint8Array | null): void;
  reject(error: unknown): void;
}

/** The half of an exchange that its consumer pulls on. */
export abstract class Incoming implements ByteSource {
  /** Bytes of the body off the wire so far. */
  received = 0;
  #queue: Uint8Array[] = [];
  #size = 0;
  #block: Uint8Array | undefined;
  #last: Uint8Array | undefined;
  #reader: Reader | undefined;
  // -1 while the body is read piece by piece, else the bound of `collect`.
  #limit = -1;
  #length: number | undefined;
  #resume: (() => void) | undefined;
  #paused = false;
  #discarding = false;
  #ended = false;
  #fault: { readonly error: unknown } | undefined;

  /** Somebody waits for bytes of the peer. */
  protected abstract expect(): void;
  /** Nobody does. */
  protected abstract rest(): void;
  /** What is left will be thrown away as it comes. */
  protected abstract drain(): void;
  /** What is left is not wanted: breaks the connection. */
  protected abstract abandon(): void;
  /** The error for reading what was released. */
  protected abstract closedError(): Error;

  /** True while pieces are handed out one at a time. */
  get streaming(): boolean {
    return this.#resume !== undefined && this.#limit < 0 && !this.#discarding;
  }

  /** True when what is left is thrown away. */
  protected get discarding(): boolean {
    return this.#discarding;
  }

  /** The head is there and pieces may come. */
  protected open(resume: () => void, length: number | undefined): void {
    this.#resume = resume;
    this.#length = length;
  }

  /** A piece. False holds the parser back until it is resumed. */
  onData(piece: Uint8Array): boolean {
    this.received += piece.length;
    if (this.#discarding) return true;
    const reader = this.#reader;
    if (reader && this.#limit < 0) {
      this.#reader = undefined;
      this.rest();
      reader.resolve(view(piece));
      return true;
    }
    this.#push(piece);
    if (!reader) {
      this.#paused = this.#size >= HIGH_WATER;
      return !this.#paused;
    }
    if (this.#size <= this.#limit) return true;
    this.#reader = undefined;
    reader.resolve(null);
    this.#fault = { error: this.closedError() };
    this.#release();
    this.abandon();
    return false;
  }

  /** The body is complete. */
  protected end(): void {
    this.#ended = true;
    this.#resume = undefined;
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.resolve(this.#limit < 0 ? null : this.#join());
  }

  /** The body ends here, too early. What was queued may still be read, unless it is dropped. */
  protected breakOff(error: unknown, drop: boolean): void {
    this.#fault ??= { error };
    this.#resume = undefined;
    if (drop) this.#release();
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.reject(error);
  }

  read(): Promise<Uint8Array | null> {
    const piece = this.#queue.shift();
    if (piece) {
      this.#size -= piece.length;
      this.#flow();
      return Promise.resolve(piece);
    }
    if (this.#fault) return Promise.reject(this.#fault.error);
    if (this.#ended) return Promise.resolve(null);
    return this.#wait();
  }

  collect(limit: number): Promise<Uint8Array | null> {
    if (this.#fault) return Promise.reject(this.#fault.error);
    if (
      this.#size > limit ||
      (!this.#ended && this.#length !== undefined && this.#length - this.received > limit)
    ) {
      return this.cancel().then(() => null);
    }
    if (this.#ended) return Promise.resolve(this.#join());
    this.#limit = limit;
    return this.#wait();
  }

  cancel(): Promise<void> {
    this.#release();
    if (this.#ended || this.#fault) return Promise.resolve();
    const error = this.closedError();
    this.#fault = { error };
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.reject(error);
    if (this.#length !== undefined && this.#length - this.received <= DRAIN_LIMIT) {
      this.#discarding = true;
      this.drain();
      this.#flow();
    } else {
      this.abandon();
    }
    return Promise.resolve();
  }

  #wait(): Promise<Uint8Array | null> {
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      this.expect();
      this.#flow();
    });
  }

  /** Lets the parser go on. It may call back before this returns. */
  #flow(): void {
    if (!this.#paused || (this.#limit < 0 && this.#size >= HIGH_WATER)) return;
    this.#paused = false;
    this.#resume?.();
  }

  #push(piece: Uint8Array): void {
    this.#size += piece.length;
    const queue = this.#queue;
    if (piece.length >= SMALL || queue.length === 0) {
      queue.push(view(piece));
      return;
    }
    const last = this.#last;
    let block = this.#block;
    let start = 0;
    let end = 0;
    if (
      block &&
      last &&
      last === queue[queue.length - 1] &&
      last.byteOffset + last.length + piece.length <= BLOCK
    ) {
      start = last.byteOffset;
      end = start + last.length;
      queue.pop();
    } else {
      this.#block = block = new Uint8Array(BLOCK);
    }
    block.set(piece, end);
    this.#last = block.subarray(start, end + piece.length);
    queue.push(this.#last);
  }

  #join(): Uint8Array {
    const whole = concat(this.#queue, this.#size);
    this.#release();
    return whole;
  }

  #release(): void {
    this.#queue = [];
    this.#size = 0;
    this.#block = this.#last = undefined;
  }
}

/** undici gives Buffers, whose `slice` and `toString` are not those of a Uint8Array. */
function view(piece: Uint8Array): Uint8Array {
  return new Uint8Array(piece.buffer, piece.byteOffset, piece.length);
}
