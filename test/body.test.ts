import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { type Body, type BodyInit, fromJSON, toBody } from "../src/body.ts";
import { fault, rejection } from "./inputs.ts";

const CONSUMED = [
  "StreamConsumedError",
  "ERR_STREAM_CONSUMED",
  "Cannot send the body again: it is a stream that can be read once; give a function that returns a new stream",
];

async function read(body: Body): Promise<string> {
  const source = body.open();
  const decoder = new TextDecoder();
  let text = "";
  for (let piece = await source.read(); piece; piece = await source.read())
    text += decoder.decode(piece, { stream: true });
  return text;
}

const FORM = "application/x-www-form-urlencoded;charset=UTF-8";
const stream = () => new Blob(["é", "x"]).stream();

describe("A body", () => {
  test.each<[string, () => BodyInit, string | null, number | null, boolean]>([
    ["text", () => "éx", "text/plain;charset=UTF-8", 3, true],
    ["no text", () => "", "text/plain;charset=UTF-8", 0, true],
    ["bytes", () => new TextEncoder().encode("éx"), null, 3, true],
    ["a buffer", () => new TextEncoder().encode("éx").buffer, null, 3, true],
    ["fields", () => new URLSearchParams("a=é"), FORM, 8, true],
    ["a Blob", () => new Blob(["éx"], { type: "a/b" }), "a/b", 3, true],
    ["a Blob without type", () => new Blob(["éx"]), null, 3, true],
    ["a stream", stream, null, null, false],
    ["a list", () => ["é", "x"], null, null, true],
    ["a Set", () => new Set(["é", "x"]), null, null, true],
    ["an iterator", () => ["é", "x"].values(), null, null, false],
    [
      "an async generator",
      () =>
        (async function* () {
          yield "é";
          yield "x";
        })(),
      null,
      null,
      false,
    ],
    ["a function", () => stream, null, null, true],
    ["a function of text", () => () => "éx", null, null, true],
    ["an async function of an iterator", () => async () => ["é", "x"].values(), null, null, true],
  ])(
    "of %s has its type and length, and can be sent as often as it may",
    async (_, make, type, length, replayable) => {
      const body = toBody(make());
      const text = length === 0 ? "" : type === FORM ? "a=%C3%A9" : "éx";
      expect([body.type, body.length, body.replayable, body.consumed]).toEqual([
        type,
        length,
        replayable,
        false,
      ]);
      expect(await read(body)).toBe(text);
      expect(body.consumed).toBe(!replayable);
      if (replayable) expect(await read(body)).toBe(text);
      else expect(fault(() => body.open())).toEqual(CONSUMED);
    },
  );

  test.each([
    [null, "null"],
    [undefined, "undefined"],
    [5, "number"],
    [{}, "object"],
    [{ a: 1 }, "object"],
    [true, "boolean"],
    [Symbol("s"), "symbol"],
    [new FormData(), "object"],
  ])("cannot be made of %s", (init, kind) => {
    expect(fault(() => toBody(init as never))).toEqual([
      "TypeError",
      "ERR_INVALID_ARGUMENT",
      `Cannot send body: must be a string, bytes, Blob, URLSearchParams, stream, iterable, function or a whole FormData: ${kind}; for objects use json or data`,
    ]);
  });

  test("that was read to memory stays there and can be replayed", async () => {
    const body = toBody(stream());
    const [first, second] = await Promise.all([body.read(), body.read()]);
    expect(first).toBe(second);
    expect([body.bytes, body.length, body.replayable, body.consumed]).toEqual([first, 3, true, false]);
    expect([await read(body), await read(body)]).toEqual(["éx", "éx"]);
  });

  test("that fails while it is read rejects with its own error", async () => {
    const boom = new Error("boom");
    let calls = 0;
    const body = toBody(() => {
      if (calls++ === 0) throw boom;
      return "x";
    });
    await expect(body.read()).rejects.toBe(boom);
    expect(new TextDecoder().decode(await body.read())).toBe("x");
  });

  test("whose function returns what cannot be sent rejects when it is read", async () => {
    expect(
      (
        await rejection(
          toBody((() => ({})) as never)
            .open()
            .read(),
        )
      )?.[1],
    ).toBe("ERR_INVALID_ARGUMENT");
  });

  test("that is given up is released, opened or not, and never rejects", async () => {
    const log: string[] = [];
    const made = () =>
      toBody(
        new ReadableStream({ cancel: (reason) => void log.push(String(reason)) }) as ReadableStream<unknown>,
      );
    await made().cancel("unsent");
    const opened = made();
    opened.open();
    await opened.cancel("opened");
    await opened.cancel("again");
    expect(log).toEqual(["unsent", "opened"]);
    const lazy = toBody(() => {
      throw new Error("never called");
    });
    await lazy.cancel();
    lazy.open();
    await lazy.cancel();
    await toBody("x").cancel();
  });

  test("asks nothing of a polluted prototype", () => {
    Object.assign(Object.prototype, {
      type: "x/polluted",
      length: 99,
      replayable: false,
      bytes: new Uint8Array(1),
    });
    try {
      const body = toBody(new Blob(["x"]));
      expect([body.type, body.length, body.replayable, body.bytes]).toEqual([null, 1, true, null]);
    } finally {
      for (const key of ["type", "length", "replayable", "bytes"]) delete (Object.prototype as never)[key];
    }
  });

  test("dumped shows type and length alone", () => {
    const body = toBody("TAINT");
    expect(JSON.stringify(body)).toBe('{"type":"text/plain;charset=UTF-8","length":5}');
    expect(inspect(body, { depth: 10, showHidden: true })).not.toMatch(/TAINT|84, 65/);
    expect(inspect(structuredClone(body))).not.toMatch(/TAINT|84, 65/);
  });
});

describe("A body of JSON", () => {
  test.each([
    [null, "null"],
    [0, "0"],
    ["", '""'],
    [{ a: undefined, b: [1] }, '{"b":[1]}'],
    [{ toJSON: () => "é" }, '"é"'],
    ["\ud800", '"\\ud800"'],
    [JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
  ])("of %j is %s", (value, text) => {
    const body = fromJSON(value);
    expect([body.type, new TextDecoder().decode(body.bytes as Uint8Array)]).toEqual([
      "application/json",
      text,
    ]);
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  let deep: unknown = [];
  for (let level = 0; level < 100_000; level++) deep = [deep];

  test.each<[string, unknown, string]>([
    ["undefined", undefined, "undefined"],
    ["a function", () => 1, "function"],
    ["a symbol", Symbol("s"), "symbol"],
    ["a bigint", 1n, "bigint"],
    ["a circle", circle, "object"],
    ["100,000 levels", deep, "object"],
  ])("cannot be made of %s", (_, value, kind) => {
    expect(fault(() => fromJSON(value))).toEqual([
      "TypeError",
      "ERR_INVALID_ARGUMENT",
      `Cannot send json: the value has no JSON form: ${kind}`,
    ]);
  });
});
