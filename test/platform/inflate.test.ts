/** Decoding without zlib: the same outcomes as with it, except for br in a chain. */
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { inflateSource } from "../../src/platform/inflate.ts";
import { Request } from "../../src/request.ts";
import { type ByteSource, collect, fromBytes, fromIterable } from "../../src/source.ts";

const request = new Request("GET", "http://host.example/");
const text = "Grüße, 😀 ".repeat(100);

const read = async (codings: string, source: ByteSource | Uint8Array) => {
  const wire = source instanceof Uint8Array ? fromBytes(source) : source;
  const bytes = await collect(inflateSource(codings, wire, request), Number.POSITIVE_INFINITY);
  return new TextDecoder().decode(bytes as Uint8Array);
};

test("inflateSource undoes gzip, deflate and chains of them", async () => {
  expect(await read("gzip", gzipSync(text))).toBe(text);
  expect(await read("X-GZIP", gzipSync(text))).toBe(text);
  expect(await read("deflate", deflateSync(text))).toBe(text);
  expect(await read("deflate", deflateRawSync(text))).toBe(text);
  expect(await read("deflate, identity, gzip", gzipSync(deflateSync(text)))).toBe(text);
});

test("inflateSource reads small pieces", async () => {
  const bytes = gzipSync(text);
  expect(await read("gzip", fromIterable(Array.from(bytes, (byte) => Uint8Array.of(byte))))).toBe(text);
});

test("inflateSource leaves an unknown coding as it is, and an empty body empty", async () => {
  const source = fromBytes(new Uint8Array([1]));
  expect(inflateSource("x-unknown", source, request)).toBe(source);
  expect(await read("gzip", new Uint8Array(0))).toBe("");
});

test("inflateSource rejects with DecodeError for what is corrupt, cut short or too deep", async () => {
  const bytes = gzipSync(text);
  const damaged: [string, Uint8Array][] = [
    ["gzip", bytes.subarray(0, -9)],
    ["gzip", new TextEncoder().encode("not coded at all")],
    ["deflate", deflateSync(text).subarray(0, 20)],
    ["gzip, br", bytes],
    [Array(6).fill("gzip").join(), bytes],
  ];
  for (const [codings, body] of damaged)
    await expect(read(codings, body)).rejects.toMatchObject({ name: "DecodeError", request });
});

test("inflateSource passes on the fault of its source", async () => {
  const fault = new Error("reset");
  async function* broken() {
    yield gzipSync(text).subarray(0, 30);
    throw fault;
  }
  await expect(read("gzip", fromIterable(broken()))).rejects.toBe(fault);
});

test("inflateSource gives the raw bytes and cancels its source", async () => {
  const bytes = gzipSync(text);
  const wire = fromBytes(bytes);
  expect(inflateSource("gzip", wire, request).raw?.()).toBe(wire);
  let cancelled = 0;
  const endless: ByteSource = {
    read: async () => bytes.subarray(0, 20),
    cancel: async () => void cancelled++,
  };
  await inflateSource("gzip", endless, request).cancel();
  expect(cancelled).toBe(1);
});
