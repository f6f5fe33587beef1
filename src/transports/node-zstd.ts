/**
 * Where the frames of a zstd body begin and end (RFC 8878 section 3.1). Decompresses nothing.
 *
 * Facts: Node 22 takes a frame that is cut short for a whole one, and up to Node 24 zlib stops after the first frame. So the
 * frames are told apart here, and each is decompressed on its own.
 */
import { type ByteSource, collect, concat } from "../source.ts";

const MAGIC = 0xfd2fb528;
// Section 3.1.2: sixteen magic numbers for frames that are to be passed over.
const SKIPPABLE = 0x184d2a50;
// Below this nobody counts.
const SMALL = 64 * 1024;

type State = "start" | "skippable" | "header" | "block" | "data" | "end";

/** Follows the bytes of one frame to its last. */
class Frame {
  /** True after the last byte of the frame. */
  ended = false;
  /** True for a frame without content. */
  skippable = false;
  #state: State = "start";
  // The field that is being read, and how long it is.
  #field: number[] = [];
  #wanted = 5;
  // Bytes that need no look.
  #pass = 0;
  #last = false;
  #checksum = 0;

  /** The index after the last byte of `bytes`, from `at`, that belongs to this frame. */
  follow(bytes: Uint8Array, at: number): number {
    let index = at;
    while (index < bytes.length && !this.ended) {
      if (this.#pass > 0) {
        const passed = Math.min(this.#pass, bytes.length - index);
        index += passed;
        this.#pass -= passed;
        if (this.#pass === 0) this.#next();
      } else {
        this.#field.push(bytes[index++] as number);
        if (this.#field.length === this.#wanted) this.#parse(this.#field);
      }
    }
    return index;
  }

  #parse(field: number[]): void {
    const [a = 0, b = 0, c = 0, d = 0, descriptor = 0] = field;
    const magic = (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
    if (this.#state === "start" && magic === MAGIC) {
      // Section 3.1.1.1.1: Frame_Content_Size_flag, Single_Segment_flag, Content_Checksum_flag, Dictionary_ID_flag
      const single = (descriptor >> 5) & 1;
      const contentSize = [single, 2, 4, 8][descriptor >> 6] as number;
      const dictionary = [0, 1, 2, 4][descriptor & 3] as number;
      this.#checksum = descriptor & 4;
      this.#enter("header", 1 - single + dictionary + contentSize);
    } else if (this.#state === "start" && (magic & ~15) === SKIPPABLE) {
      this.skippable = true;
      this.#state = "skippable";
      this.#wanted = 8;
    } else if (this.#state === "skippable") {
      const size =
        (descriptor | ((field[5] ?? 0) << 8) | ((field[6] ?? 0) << 16) | ((field[7] ?? 0) << 24)) >>> 0;
      this.#enter("end", size);
    } else if (this.#state === "block") {
      // Section 3.1.1.2: Last_Block, Block_Type, Block_Size; a block of type RLE (1) holds one byte.
      const type = (a >> 1) & 3;
      const size = (a >> 3) | (b << 5) | (c << 13);
      this.#last = (a & 1) === 1;
      this.#enter("data", type === 3 ? Number.POSITIVE_INFINITY : type === 1 ? 1 : size);
    } else {
      // Not zstd: whoever decompresses it will say so.
      this.#enter("end", Number.POSITIVE_INFINITY);
    }
  }

  #enter(state: State, pass: number): void {
    this.#state = state;
    this.#pass = pass;
    this.#field = [];
    if (pass === 0) this.#next();
  }

  /** What comes after the bytes that were passed. */
  #next(): void {
    if (this.#state === "end") this.ended = true;
    else if (this.#state === "data" && this.#last) this.#enter("end", this.#checksum);
    else {
      this.#state = "block";
      this.#wanted = 3;
    }
  }
}

/** A zstd body, frame by frame. */
export class ZstdFrames implements ByteSource {
  readonly #source: ByteSource;
  readonly #decode: (frame: ByteSource) => ByteSource;
  readonly #cutShort: () => Error;
  #rest: Uint8Array | undefined;
  #current: ByteSource | undefined;
  #taken = 0;

  /**
   * @param decode decompresses one frame
   * @param cutShort the error for a frame without its end
   */
  constructor(source: ByteSource, decode: (frame: ByteSource) => ByteSource, cutShort: () => Error) {
    this.#source = source;
    this.#decode = decode;
    this.#cutShort = cutShort;
  }

  async read(): Promise<Uint8Array | null> {
    while (await this.#more()) {
      const piece = await this.#current?.read();
      if (piece) return piece;
      this.#current = undefined;
    }
    return null;
  }

  async collect(limit: number): Promise<Uint8Array | null> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    while (await this.#more()) {
      const piece = await collect(this.#current as ByteSource, limit - size);
      // Frames without content are as many as somebody likes to send.
      if (!piece || this.#taken > Math.max(limit, SMALL) * 2) {
        await this.cancel();
        return null;
      }
      this.#current = undefined;
      size += piece.length;
      pieces.push(piece);
    }
    return concat(pieces, size);
  }

  async cancel(reason?: unknown): Promise<void> {
    await this.#current?.cancel(reason);
    await this.#source.cancel(reason);
  }

  /** Starts the next frame; false after the last. */
  async #more(): Promise<boolean> {
    if (this.#current) return true;
    // Five bytes tell what kind of frame it is.
    for (let rest = this.#rest; !rest || rest.length < 5; this.#rest = rest) {
      const piece = await this.#take();
      if (!piece) break;
      rest = rest ? concat([rest, piece], rest.length + piece.length) : piece;
    }
    if (!this.#rest) return false;
    const frame = new Frame();
    this.#current = this.#decode({
      read: () => this.#readFrame(frame),
      cancel: (reason) => this.#source.cancel(reason),
    });
    return true;
  }

  async #take(): Promise<Uint8Array | null> {
    const piece = await this.#source.read();
    this.#taken += piece?.length ?? 0;
    return piece;
  }

  /** The bytes of one frame; nothing for one that is skipped. */
  async #readFrame(frame: Frame): Promise<Uint8Array | null> {
    while (!frame.ended) {
      const piece = this.#rest ?? (await this.#take());
      this.#rest = undefined;
      if (!piece) throw this.#cutShort();
      const end = frame.follow(piece, 0);
      if (end < piece.length) this.#rest = piece.subarray(end);
      if (!frame.skippable) return piece.subarray(0, end);
    }
    return null;
  }
}
