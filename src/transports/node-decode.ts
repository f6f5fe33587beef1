/** Content codings (RFC 9110 section 8.4.1), undone as the bytes come. Loads zlib when the first encoded body is read. */
import type { Transform } from "node:stream";
import { DecodeError } from "../errors.ts";
import { type ByteSource, collect, concat } from "../source.ts";
import { ZstdFrames } from "./node-zstd.ts";

type Zlib = typeof import("node:zlib");
type Options = {
  chunkSize: number;
  highWaterMark?: number;
  maxOutputLength?: number;
  info?: true;
  params?: Record<number, number>;
};
type Whole = { buffer: Uint8Array; engine: { bytesWritten: number } };

/** One coding: for a whole body at once, and for one in pieces. */
interface Coding {
  /** True when zero bytes may follow, as tapes once had them. */
  readonly padded?: true;
  whole(zlib: Zlib, bytes: Uint8Array, options: Options): Whole;
  stream(zlib: Zlib, first: Uint8Array, options: Options): Transform;
}

// curl and urllib3 chose five as well: a chain multiplies the rate of a bomb with each link.
const MAX_CODINGS = 5;
// Up to here a body is decoded in one go, without the ten times dearer trip to another thread, ...
const WHOLE_INPUT = 64 * 1024;
// ... unless it turns out to be so much that the event loop would feel it (1 MiB takes 3 ms).
const WHOLE_OUTPUT = 1024 * 1024;
const CHUNK = 64 * 1024;
// What the engine may hold unread, on either side.
const HELD = 16 * 1024;
// RFC 9659: a window above 8 MiB must not be used in HTTP; without the bound it could be 128 MiB.
const ZSTD_WINDOW_LOG = 23;

// zlib reads all members of a gzip body itself, and refuses what follows them unless it starts with a zero.
const gzip: Coding = {
  padded: true,
  whole: (zlib, bytes, options) => zlib.gunzipSync(bytes, options) as unknown as Whole,
  stream: (zlib, _first, options) => zlib.createGunzip(options),
};

const deflate: Coding = {
  whole: (zlib, bytes, options) =>
    (isZlib(bytes)
      ? zlib.inflateSync(bytes, options)
      : zlib.inflateRawSync(bytes, options)) as unknown as Whole,
  stream: (zlib, first, options) =>
    isZlib(first) ? zlib.createInflate(options) : zlib.createInflateRaw(options),
};

const br: Coding = {
  whole: (zlib, bytes, options) => zlib.brotliDecompressSync(bytes, options) as unknown as Whole,
  stream: (zlib, _first, options) => zlib.createBrotliDecompress(options),
};

// Node 22.15 and later; the types are those of Node 20.
interface Zstd {
  zstdDecompressSync?(bytes: Uint8Array, options: Options): Whole;
  createZstdDecompress(options: Options): Transform;
  constants: { ZSTD_d_windowLogMax: number };
}

const zstd: Coding = {
  whole: (zlib, bytes, options) =>
    (zlib as unknown as Required<Zstd>).zstdDecompressSync(bytes, bounded(zlib, options)),
  stream: (zlib, _first, options) => (zlib as unknown as Zstd).createZstdDecompress(bounded(zlib, options)),
};

function bounded(zlib: Zlib, options: Options): Options {
  return {
    ...options,
    params: { [(zlib as unknown as Zstd).constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG },
  };
}

const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ["gzip", gzip],
  ["x-gzip", gzip],
  ["deflate", deflate],
  ["br", br],
  ["zstd", zstd],
]);

let loaded: Zlib | undefined;

function zlib(): Zlib {
  loaded ??= process.getBuiltinModule("node:zlib");
  return loaded;
}

/**
 * The source, decoded as Content-Encoding says; `raw()` gives it as it was. An unknown coding leaves all as it is.
 * Reading throws a {@link DecodeError} when the data is corrupt or cut short, or more than five codings are named.
 */
export function decodeSource(codings: string, source: ByteSource, request?: object): ByteSource {
  const names = codings
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  if (names.length > MAX_CODINGS) {
    const error = decodeError(request, `more than ${MAX_CODINGS} content codings: ${names.length}`);
    const refuse = () => source.cancel().then(() => Promise.reject(error));
    return new Decoded(source, { read: refuse, cancel: () => source.cancel() });
  }
  const known = names.map((name) => CODINGS.get(name));
  if (names.length === 0 || known.includes(undefined)) return source;
  if (names.includes("zstd") && !("zstdDecompressSync" in zlib())) return source;
  const decoded = new Decoded(source);
  // Listed in the order in which they were applied.
  for (const [index, coding] of [...known.entries()].reverse()) {
    const name = names[index] as string;
    const decode = (from: ByteSource) => new Decoder(coding as Coding, name, from, request);
    const cutShort = () => decodeError(request, `its ${name} coding is cut short`);
    decoded.inner = coding === zstd ? new ZstdFrames(decoded.inner, decode, cutShort) : decode(decoded.inner);
  }
  return decoded;
}

/** What the reader gets: the decoded bytes, and the way back to those on the wire. */
class Decoded implements ByteSource {
  inner: ByteSource;
  readonly #wire: ByteSource;
  #taken = 0;

  constructor(wire: ByteSource, inner?: ByteSource) {
    this.#wire = wire;
    this.inner = inner ?? { read: () => this.#take(), cancel: (reason) => wire.cancel(reason) };
  }

  read(): Promise<Uint8Array | null> {
    return this.inner.read();
  }

  collect(limit: number): Promise<Uint8Array | null> {
    return collect(this.inner, limit);
  }

  cancel(reason?: unknown): Promise<void> {
    return this.inner.cancel(reason);
  }

  raw(): ByteSource {
    return this.#wire;
  }

  get received(): number {
    return this.#wire.received ?? this.#taken;
  }

  async #take(): Promise<Uint8Array | null> {
    const piece = await this.#wire.read();
    this.#taken += piece?.length ?? 0;
    return piece;
  }
}

class Decoder implements ByteSource {
  readonly #coding: Coding;
  readonly #name: string;
  readonly #source: ByteSource;
  readonly #request: object | undefined;
  #engine: Transform | undefined;
  // What was taken off the source before an engine was there.
  #held: Uint8Array[] = [];
  #exhausted = false;
  // Bytes given to the engine.
  #fed = 0;
  // What may be given to it: a bomb within could otherwise yield gigabytes that decode to nothing.
  #most = Number.POSITIVE_INFINITY;
  #ended = false;
  #fault: { readonly error: unknown } | undefined;
  #wakeReader: (() => void) | undefined;
  #wakePump: (() => void) | undefined;

  constructor(coding: Coding, name: string, source: ByteSource, request: object | undefined) {
    this.#coding = coding;
    this.#name = name;
    this.#source = source;
    this.#request = request;
  }

  async read(): Promise<Uint8Array | null> {
    if (!this.#engine && !this.#fault && !this.#ended) await this.#begin();
    for (;;) {
      if (this.#fault) throw this.#fault.error;
      if (this.#ended) return null;
      const piece = (this.#engine as Transform).read() as Uint8Array | null;
      if (piece) return view(piece);
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  async collect(limit: number): Promise<Uint8Array | null> {
    if (!this.#engine && !this.#fault && !this.#ended) {
      const held = await this.#hold(WHOLE_INPUT);
      const whole = this.#exhausted ? this.#decodeWhole(held, limit) : undefined;
      if (whole !== undefined) return whole;
    }
    this.#most = Math.max(limit, WHOLE_INPUT) * 2;
    const pieces: Uint8Array[] = [];
    let size = 0;
    for (let piece = await this.read(); piece; piece = await this.read()) {
      size += piece.length;
      if (size > limit) await this.cancel();
      else pieces.push(piece);
    }
    return size > limit || this.#fed > this.#most ? null : concat(pieces, size);
  }

  async cancel(reason?: unknown): Promise<void> {
    this.#ended = true;
    this.#held = [];
    this.#engine?.destroy();
    this.#wake();
    await this.#source.cancel(reason);
  }

  /** Takes pieces off the source until it ends or `enough` bytes are held. */
  async #hold(enough: number): Promise<number> {
    let size = 0;
    while (!this.#exhausted && size < enough) {
      const piece = await this.#take();
      size += piece?.length ?? 0;
      if (piece) this.#held.push(piece);
    }
    return size;
  }

  /** The body, all of which is held, in one go; undefined when it is too much for that. */
  #decodeWhole(size: number, limit: number): Uint8Array | null | undefined {
    if (size === 0) {
      this.#ended = true;
      return new Uint8Array(0);
    }
    const most = Math.min(limit, WHOLE_OUTPUT);
    if (most < 1) return undefined;
    const bytes = concat(this.#held, size);
    const chunkSize = Math.min(CHUNK, Math.max(1024, size * 5));
    try {
      const { buffer, engine } = this.#coding.whole(zlib(), bytes, {
        chunkSize,
        maxOutputLength: most,
        info: true,
      });
      if (engine.bytesWritten < size && !this.#coding.padded) throw this.#surplus();
      this.#ended = true;
      this.#held = [];
      return view(buffer);
    } catch (error) {
      if ((error as { code?: unknown }).code !== "ERR_BUFFER_TOO_LARGE") throw this.#translate(error);
      if (limit > WHOLE_OUTPUT) return undefined;
      this.#ended = true;
      this.#held = [];
      return null;
    }
  }

  /** Makes the engine once there are bytes to choose it by; an empty body needs none. */
  async #begin(): Promise<void> {
    if (this.#held.length === 0) {
      try {
        if ((await this.#hold(2)) === 0) this.#ended = true;
      } catch (error) {
        this.#fault = { error };
      }
    }
    if (this.#fault || this.#ended) return;
    const engine = this.#coding.stream(zlib(), firstTwo(this.#held), {
      chunkSize: CHUNK,
      highWaterMark: HELD,
    });
    this.#engine = engine;
    engine.on("readable", () => this.#wakeReader?.());
    engine.on("drain", () => this.#wakePump?.());
    engine.on("error", (error) => this.#fail(this.#translate(error)));
    engine.on("end", () => {
      // The coding may end before the body does.
      const early = !this.#exhausted || (engine as unknown as Whole["engine"]).bytesWritten < this.#fed;
      if (early && !this.#coding.padded) this.#fail(this.#surplus());
      this.#ended = true;
      this.#wake();
      if (early) void this.#source.cancel();
    });
    void this.#pump(engine);
  }

  async #take(): Promise<Uint8Array | null> {
    const piece = this.#exhausted ? null : await this.#source.read();
    if (!piece) this.#exhausted = true;
    return piece;
  }

  async #pump(engine: Transform): Promise<void> {
    try {
      for (;;) {
        const piece = this.#held.shift() ?? (await this.#take());
        if (this.#ended || this.#fault) return;
        if (!piece) break;
        this.#fed += piece.length;
        if (this.#fed > this.#most) return await this.cancel();
        if (!engine.write(piece)) {
          await new Promise<void>((resolve) => {
            this.#wakePump = resolve;
          });
        }
        if (this.#ended || this.#fault) return;
      }
      engine.end();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#fault || this.#ended) return;
    this.#fault = { error };
    this.#engine?.destroy();
    this.#wake();
    void this.#source.cancel(error);
  }

  #wake(): void {
    this.#wakeReader?.();
    this.#wakePump?.();
  }

  #surplus(): DecodeError {
    return decodeError(this.#request, `bytes follow the end of its ${this.#name} coding`);
  }

  #translate(error: unknown): unknown {
    if (error instanceof DecodeError) return error;
    const { code } = error as { code?: string };
    const what = code === "Z_BUF_ERROR" ? "is cut short" : "is corrupt";
    return decodeError(this.#request, `its ${this.#name} coding ${what}${code ? ` (${code})` : ""}`, error);
  }
}

function decodeError(request: object | undefined, reason: string, cause?: unknown): DecodeError {
  return new DecodeError(`Cannot decode the body of ${request ?? "the response"}: ${reason}`, { cause });
}

// RFC 1950 section 2.2: method 8, and the first two bytes are a multiple of 31. What is not that is raw deflate, which
// RFC 9110 section 8.4.1.2 notes some send.
function isZlib(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && method >> 4 <= 7 && ((method << 8) | flags) % 31 === 0;
}

function firstTwo([piece, next]: readonly Uint8Array[]): Uint8Array {
  return piece?.length === 1 && next ? concat([piece, next], 1 + next.length) : (piece as Uint8Array);
}

function view(piece: Uint8Array): Uint8Array {
  return new Uint8Array(piece.buffer, piece.byteOffset, piece.length);
}
