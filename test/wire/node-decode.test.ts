/** Content codings undone: what is whole, what is not, and how much of a bomb is let off. */

import * as zlib from "node:zlib";
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  constants as zlibConstants,
} from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { DecodeError, ResponseTooLargeError } from "../../src/errors.ts";
import { Request } from "../../src/request.ts";
import { type ByteSource, collect } from "../../src/source.ts";
import { NodeTransport } from "../../src/transports/node.ts";
import { decodeSource } from "../../src/transports/node-decode.ts";
import { fault } from "./kit.ts";
import { answerBytes, rawServer, serve } from "./raw-server.ts";

type Coder = (bytes: Uint8Array) => Buffer;

// Node 20 has no zstd.
const zstdCompressSync = (zlib as unknown as { zstdCompressSync?: Coder }).zstdCompressSync;

const CODERS: Record<string, Coder> = {
  gzip: (bytes) => gzipSync(bytes),
  "x-gzip": (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  "raw deflate": (bytes) => deflateRawSync(bytes),
  br: (bytes) => brotliCompressSync(bytes, { params: { [zlibConstants.BROTLI_PARAM_QUALITY]: 5 } }),
  ...(zstdCompressSync && { zstd: zstdCompressSync }),
};
const nameOf = (kind: string) => (kind === "raw deflate" ? "deflate" : kind);
const KINDS = Object.keys(CODERS);

const TEXT = Buffer.from(JSON.stringify(Array.from({ length: 40 }, (_, id) => ({ id, name: `user ${id}` }))));
const MIB = 1024 * 1024;

/** A source in pieces, which counts what was taken and whether it was cancelled. */
function pieces(bytes: Uint8Array, size = bytes.length || 1) {
  let at = 0;
  const source: ByteSource & { taken: number; cancelled: number } = {
    taken: 0,
    cancelled: 0,
    read() {
      if (at >= bytes.length || source.cancelled) return Promise.resolve(null);
      const piece = bytes.subarray(at, (at += size));
      source.taken += piece.length;
      return Promise.resolve(piece);
    },
    cancel() {
      source.cancelled++;
      return Promise.resolve();
    },
  };
  return source;
}

async function readAll(source: ByteSource): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for (let piece = await source.read(); piece; piece = await source.read()) all.push(piece);
  return Buffer.concat(all);
}

const collectAll = async (source: ByteSource) => Buffer.from((await collect(source, 64 * MIB)) as Uint8Array);

/** Both ways to take a body. */
const WAYS: [string, (source: ByteSource) => Promise<Buffer>][] = [
  ["read in pieces", readAll],
  ["collected", collectAll],
];

describe.each(WAYS)("decodeSource, %s", (_, take) => {
  test.each(KINDS)("decodeSource undoes %s, whole and byte by byte", async (kind) => {
    const encoded = (CODERS[kind] as Coder)(TEXT);
    for (const size of [encoded.length, 1, 7, 100]) {
      const decoded = await take(decodeSource(nameOf(kind), pieces(encoded, size)));
      expect(Buffer.compare(decoded, TEXT)).toBe(0);
    }
  });

  test.each(KINDS)("decodeSource undoes %s of many megabytes", async (kind) => {
    const large = Buffer.concat(Array.from({ length: 6 * 1024 }, (_, i) => Buffer.alloc(1024, i)));
    const decoded = await take(decodeSource(nameOf(kind), pieces((CODERS[kind] as Coder)(large), 1000)));
    expect(Buffer.compare(decoded, large)).toBe(0);
  });

  test.each(KINDS)("decodeSource never takes %s for whole that is cut at any byte", async (kind) => {
    const encoded = (CODERS[kind] as Coder)(TEXT);
    for (let at = 1; at < encoded.length; at++) {
      const source = pieces(encoded.subarray(0, at), 50);
      const error = await fault(take(decodeSource(nameOf(kind), source)));
      expect(error, `cut at ${at}`).toBeInstanceOf(DecodeError);
      expect(error.message).toMatch(
        new RegExp(
          `^Cannot decode the body of the response: its ${nameOf(kind)} coding is (cut short|corrupt)`,
        ),
      );
    }
  });

  test.each(KINDS)(
    "decodeSource finds each byte of %s that is wrong, where the coding has a sum",
    async (kind) => {
      if (!/gzip|^deflate$/.test(kind)) return;
      const encoded = (CODERS[kind] as Coder)(TEXT);
      // The first ten bytes of gzip hold a time and a system that nobody checks.
      for (let at = nameOf(kind) === "deflate" ? 2 : 10; at < encoded.length; at += 3) {
        const broken = Buffer.from(encoded);
        broken[at] = (broken[at] as number) ^ 0x55;
        expect(await fault(take(decodeSource(nameOf(kind), pieces(broken)))), `byte ${at}`).toBeInstanceOf(
          DecodeError,
        );
      }
    },
  );

  test("decodeSource finds a wrong CRC and a wrong length at the end of gzip", async () => {
    const encoded = gzipSync(TEXT);
    for (const from of [8, 4]) {
      const broken = Buffer.from(encoded);
      broken.writeUInt32LE(1, broken.length - from);
      const error = await fault(take(decodeSource("gzip", pieces(broken))));
      expect(error).toBeInstanceOf(DecodeError);
      expect(error.message).toBe(
        "Cannot decode the body of the response: its gzip coding is corrupt (Z_DATA_ERROR)",
      );
      expect(error.cause).toBeInstanceOf(Error);
    }
  });

  test("decodeSource reads every member of gzip, wherever the pieces are cut", async () => {
    const members = Buffer.concat([gzipSync("one "), gzipSync("two "), gzipSync(""), gzipSync("three")]);
    for (let size = 1; size <= members.length; size++) {
      expect(String(await take(decodeSource("gzip", pieces(members, size))))).toBe("one two three");
    }
    for (let at = members.length - 1; at > members.length - gzipSync("three").length; at--) {
      expect(await fault(take(decodeSource("gzip", pieces(members.subarray(0, at), 9))))).toBeInstanceOf(
        DecodeError,
      );
    }
  });

  test("decodeSource allows zero bytes after gzip, and nothing else", async () => {
    const padded = Buffer.concat([gzipSync("text"), Buffer.alloc(40)]);
    for (const size of [1, 5, 100])
      expect(String(await take(decodeSource("gzip", pieces(padded, size))))).toBe("text");
    const junk = Buffer.concat([gzipSync("text"), Buffer.from("junk")]);
    for (const size of [1, 5, 100]) {
      expect(await fault(take(decodeSource("gzip", pieces(junk, size))))).toBeInstanceOf(DecodeError);
    }
  });

  test.each(KINDS.filter((kind) => !kind.endsWith("gzip")))(
    "decodeSource finds bytes that follow the end of %s",
    async (kind) => {
      const encoded = (CODERS[kind] as Coder)(TEXT);
      const junk = Buffer.concat([encoded, Buffer.from("junk")]);
      for (const size of [1, encoded.length, junk.length]) {
        const error = await fault(take(decodeSource(nameOf(kind), pieces(junk, size))));
        expect(error).toBeInstanceOf(DecodeError);
      }
    },
  );

  test.each(["gzip", "x-gzip", "deflate", "br"])(
    "decodeSource fails plain text that says it is %s",
    async (name) => {
      expect(
        await fault(take(decodeSource(name, pieces(Buffer.from("plain text, as it is"))))),
      ).toBeInstanceOf(DecodeError);
    },
  );

  test.each(["gzip", "deflate", "br", "gzip, br"])(
    "decodeSource takes an empty body for empty %s",
    async (name) => {
      expect((await take(decodeSource(name, pieces(Buffer.alloc(0))))).length).toBe(0);
    },
  );

  test(
    zstdCompressSync
      ? "decodeSource reads every frame of zstd, and passes over those without content"
      : "decodeSource leaves zstd as it is where the runtime has none",
    async () => {
      if (!zstdCompressSync) {
        const frame = Buffer.from("28b52ffd0001", "hex");
        expect(Buffer.compare(await take(decodeSource("zstd", pieces(frame, 2))), frame)).toBe(0);
        return;
      }
      const compress = zstdCompressSync as Coder;
      const skipped = Buffer.concat([Buffer.from("512a4d1803000000", "hex"), Buffer.from("xyz")]);
      const empty = Buffer.from("502a4d1800000000", "hex");
      const large = Buffer.alloc(300_000, "large ");
      const frames = [
        skipped,
        compress(Buffer.from("one ")),
        empty,
        compress(Buffer.alloc(0)),
        compress(large),
        skipped,
      ];
      const body = Buffer.concat(frames);
      const expected = `one ${large}`;
      for (const size of [1, 2, 5, 11, body.length]) {
        expect(String(await take(decodeSource("zstd", pieces(body, size))))).toBe(expected);
      }
      const ends = new Set(frames.map((_, i) => Buffer.concat(frames.slice(0, i + 1)).length));
      for (let at = 1; at < body.length; at++) {
        const cut = take(decodeSource("zstd", pieces(body.subarray(0, at), 7)));
        if (ends.has(at)) await cut;
        else expect(await fault(cut), `cut at ${at}`).toBeInstanceOf(DecodeError);
      }
    },
  );

  test("decodeSource undoes a chain in the reverse order", async () => {
    const chain = brotliCompressSync(deflateSync(gzipSync(TEXT)));
    for (const size of [chain.length, 3]) {
      const decoded = await take(decodeSource(" GZip ,, deflate,identity , BR", pieces(chain, size)));
      expect(Buffer.compare(decoded, TEXT)).toBe(0);
    }
  });

  test("decodeSource undoes five codings and refuses six", async () => {
    let encoded: Buffer = TEXT;
    for (let i = 0; i < 5; i++) encoded = gzipSync(encoded);
    const five = Array(5).fill("gzip").join();
    expect(Buffer.compare(await take(decodeSource(five, pieces(encoded, 100))), TEXT)).toBe(0);
    const source = pieces(gzipSync(encoded));
    expect(await fault(take(decodeSource(`${five}, foo`, pieces(encoded))))).toBeInstanceOf(DecodeError);
    const error = await fault(take(decodeSource(`${five}, gzip`, source)));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error.code).toBe("ERR_DECODE");
    expect(error.message).toBe("Cannot decode the body of the response: more than 5 content codings: 6");
    expect(source.cancelled).toBe(1);
  });

  test("decodeSource cancels its source when the data is corrupt", async () => {
    const source = pieces(Buffer.concat([gzipSync(TEXT).subarray(0, 20), Buffer.alloc(200_000, 0x99)]), 20);
    expect(await fault(take(decodeSource("gzip", source)))).toBeInstanceOf(DecodeError);
    expect(source.cancelled).toBeGreaterThan(0);
    expect(source.taken).toBeLessThan(200_000);
  });

  test("decodeSource passes on what the source itself throws", async () => {
    const thrown = new Error("reset");
    for (const after of [0, 1]) {
      let reads = 0;
      const source: ByteSource = {
        read: () =>
          reads++ < after ? Promise.resolve(gzipSync(TEXT).subarray(0, 30)) : Promise.reject(thrown),
        cancel: () => Promise.resolve(),
      };
      expect(await fault(take(decodeSource("gzip", source)))).toBe(thrown);
    }
  });
});

test.each(["", "identity", " , identity,", "foo", "gzip, foo", "foo, gzip", "GZIPPED"])(
  "decodeSource leaves the body alone for %j",
  (codings) => {
    const source = pieces(gzipSync(TEXT));
    expect(decodeSource(codings, source)).toBe(source);
  },
);

test("decodeSource gives the raw bytes and counts them", async () => {
  const encoded = gzipSync(TEXT);
  const source = pieces(encoded);
  const decoded = decodeSource("gzip", source);
  expect(decoded.raw?.()).toBe(source);
  await collectAll(decoded);
  expect(decoded.received).toBe(encoded.length);
});

test("decodeSource gives plain Uint8Arrays", async () => {
  for (const take of [(source: ByteSource) => source.read(), (source: ByteSource) => source.collect?.(MIB)]) {
    const piece = await take(decodeSource("gzip", pieces(gzipSync(TEXT))));
    expect(Object.getPrototypeOf(piece)).toBe(Uint8Array.prototype);
  }
});

describe("bombs", () => {
  const zeros = Buffer.alloc(64 * MIB);
  const BOMBS: Record<string, () => Buffer> = {
    gzip: () => gzipSync(zeros),
    deflate: () => deflateSync(zeros),
    br: () => brotliCompressSync(zeros, { params: { [zlibConstants.BROTLI_PARAM_QUALITY]: 3 } }),
    "gzip, gzip": () => gzipSync(gzipSync(zeros)),
    "gzip, br": () =>
      brotliCompressSync(gzipSync(zeros), { params: { [zlibConstants.BROTLI_PARAM_QUALITY]: 3 } }),
    ...(zstdCompressSync && { zstd: () => zstdCompressSync(zeros) }),
  };

  test.each(Object.keys(BOMBS))("decodeSource stops a bomb of %s at the bound", async (codings) => {
    const source = pieces((BOMBS[codings] as () => Buffer)(), 1024);
    const decoded = decodeSource(codings, source);
    expect(await decoded.collect?.(2 * MIB)).toBeNull();
    // A bomb that is small enough is taken whole before it is looked at.
    expect(source.cancelled).toBeGreaterThan(0);
  });

  test.each(Object.keys(BOMBS))(
    "decodeSource expands %s no further than its reader reads",
    async (codings) => {
      const source = pieces((BOMBS[codings] as () => Buffer)(), 64);
      const decoded = decodeSource(codings, source);
      let size = 0;
      for (let i = 0; i < 4; i++) {
        size += (await decoded.read())?.length ?? 0;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(size).toBeLessThan(MIB);
      // zlib takes input ahead, but expands it only when asked.
      expect(source.taken).toBeLessThan(40 * 1024);
      await decoded.cancel();
      expect(source.cancelled).toBeGreaterThan(0);
    },
  );

  test("decodeSource counts what an inner coding yields: a bomb may decode to nothing", async () => {
    const nothing = Buffer.concat(Array(400_000).fill(gzipSync("")));
    const source = pieces(gzipSync(nothing), 1024);
    expect(await decodeSource("gzip, gzip", source).collect?.(MIB)).toBeNull();
  });

  test("NodeTransport stops a bomb at maxResponseSize and closes the connection", async () => {
    const bomb = gzipSync(zeros);
    const server = await rawServer(async (peer) => {
      await peer.readRequest();
      await peer.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (!peer.socket.destroyed)
        await peer.write(`${bomb.length.toString(16)}\r\n${bomb.toString("latin1")}\r\n`);
    });
    const transport = new NodeTransport();
    onTestFinished(() => transport.close());
    const response = await transport.handleRequest(new Request("GET", server.origin));
    response.bound({ memory: 3 * MIB, stream: null });
    expect(await fault(response.read())).toBeInstanceOf(ResponseTooLargeError);
    await server.idle();
  });
});

describe("NodeTransport", () => {
  function open(): NodeTransport {
    const transport = new NodeTransport();
    onTestFinished(() => transport.close());
    return transport;
  }

  test("NodeTransport decodes over one connection, and keeps Content-Encoding for those who ask", async () => {
    const server = await rawServer(
      serve(({ target }) => {
        const kind = decodeURIComponent(target.slice(1));
        return answerBytes((CODERS[kind] as Coder)(TEXT), { "Content-Encoding": nameOf(kind).toUpperCase() });
      }),
    );
    const transport = open();
    for (const kind of KINDS) {
      const response = await transport.handleRequest(new Request("GET", `${server.origin}/${kind}`));
      expect(Buffer.compare(await response.read(), TEXT)).toBe(0);
      expect(response.headers.get("content-encoding")).toBe(nameOf(kind).toUpperCase());
    }
    expect(server.peers.length).toBe(1);
  });

  test("NodeTransport decodes codings of several fields in order", async () => {
    const body = brotliCompressSync(gzipSync(TEXT));
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\ncontent-encoding: br\r\n\r\n`;
    const server = await rawServer(serve(() => Buffer.concat([Buffer.from(head), body])));
    const response = await open().handleRequest(new Request("GET", server.origin));
    expect(Buffer.compare(await response.read(), TEXT)).toBe(0);
    expect(response.numBytesDownloaded).toBe(body.length);
  });

  test("NodeTransport.iterRaw gives the bytes as they were sent", async () => {
    const body = gzipSync(TEXT);
    const server = await rawServer(serve(() => answerBytes(body, { "Content-Encoding": "gzip" })));
    const response = await open().handleRequest(new Request("GET", server.origin));
    const all: Uint8Array[] = [];
    for await (const piece of response.iterRaw()) all.push(piece);
    expect(Buffer.compare(Buffer.concat(all), body)).toBe(0);
  });

  test("NodeTransport names the request in a DecodeError, and closes the connection", async () => {
    const server = await rawServer(
      serve(() =>
        answerBytes(Buffer.concat([gzipSync(TEXT).subarray(0, 60), Buffer.alloc(300_000, 1)]), {
          "Content-Encoding": "gzip",
        }),
      ),
    );
    const request = new Request("GET", `${server.origin}/x?key=secret`);
    const response = await open().handleRequest(request);
    const error = await fault(response.read());
    expect(error).toBeInstanceOf(DecodeError);
    expect(error.message).toBe(
      `Cannot decode the body of GET ${server.origin}/x?key=***: its gzip coding is corrupt (Z_DATA_ERROR)`,
    );
    await server.idle();
  });

  test("NodeTransport settles a corrupt body however late it is read", async () => {
    const corrupt = gzipSync(TEXT);
    corrupt[40] = (corrupt[40] as number) ^ 0xff;
    const server = await rawServer(serve(() => answerBytes(corrupt, { "Content-Encoding": "gzip" })));
    const transport = open();
    for (let i = 0; i < 60; i++) {
      const response = await transport.handleRequest(new Request("GET", server.origin));
      if (i % 2) await new Promise((resolve) => setTimeout(resolve, i % 7));
      const how = i % 3 ? response.read() : response.iterBytes().next();
      expect(await fault(how as Promise<unknown>)).toBeInstanceOf(DecodeError);
    }
  });

  test("NodeTransport breaks an encoded body off when its reader stops", async () => {
    const server = await rawServer(async (peer) => {
      await peer.readRequest();
      await peer.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100000000\r\n\r\n");
      await peer.write(gzipSync(Buffer.alloc(8 * MIB)));
    });
    const response = await open().handleRequest(new Request("GET", server.origin));
    for await (const piece of response.iterBytes()) if (piece.length > 0) break;
    await server.idle();
  });
});
