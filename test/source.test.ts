import { describe, expect, test } from "vitest";
import { snapshot } from "../src/snapshot.ts";
import {
  type ByteSource,
  collect,
  concat,
  fromBytes,
  fromIterable,
  fromReadableStream,
  isA,
  isWellFormed,
  iterate,
  toBytes,
  toReadableStream,
} from "../src/source.ts";
import { CHARACTERS, fault, isHalf, rejection } from "./inputs.ts";

const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes));

async function drain(source: ByteSource): Promise<string[]> {
  const pieces: string[] = [];
  for (let piece = await source.read(); piece; piece = await source.read())
    pieces.push(text(piece) as string);
  return pieces;
}

describe("toBytes", () => {
  test("encodes every character as UTF-8, or throws", () => {
    for (const [name, char] of CHARACTERS) {
      if (isHalf(char)) {
        expect(
          fault(() => toBytes(`a${char}b`)),
          name,
        ).toEqual([
          "TypeError",
          "ERR_INVALID_ARGUMENT",
          "Cannot send text: it holds half of a surrogate pair",
        ]);
      } else {
        const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
        expect(decoder.decode(toBytes(`a${char}b`)), name).toBe(`a${char}b`);
      }
    }
    expect(isWellFormed("a😀b")).toBe(true);
  });

  test("views every kind of buffer without copying", () => {
    const { buffer } = new Uint8Array([1, 2, 3, 4]);
    expect([...toBytes(buffer)]).toEqual([1, 2, 3, 4]);
    expect([...toBytes(new DataView(buffer, 1, 2))]).toEqual([2, 3]);
    expect([...toBytes(new Uint16Array(buffer, 2, 1))]).toEqual([3, 4]);
    expect(toBytes(new Uint16Array(buffer)).buffer).toBe(buffer);
  });

  test.each([[1], [null], [undefined], [{}], [[1]], [true]])("refuses %s", (chunk) => {
    expect(fault(() => toBytes(chunk))?.slice(0, 2)).toEqual(["TypeError", "ERR_INVALID_ARGUMENT"]);
  });
});

describe("A source", () => {
  test.each<[string, () => ByteSource, string[]]>([
    ["of bytes", () => fromBytes(toBytes("ab")), ["ab"]],
    ["of no bytes", () => fromBytes(new Uint8Array(0)), []],
    ["of an iterable, empty pieces left out", () => fromIterable(["a", "", "b"]), ["a", "b"]],
    ["of an iterable of promises", () => fromIterable([Promise.resolve("a")]), ["a"]],
    ["of a stream", () => fromReadableStream(new Blob(["ab"]).stream()), ["ab"]],
  ])("%s gives its pieces and then null for ever", async (_, make, pieces) => {
    const source = make();
    expect(await drain(source)).toEqual(pieces);
    expect(await source.read()).toBe(null);
    await source.cancel();
    await source.cancel();
    expect(text(await collect(make(), 100))).toBe(pieces.join(""));
    expect(await new globalThis.Response(toReadableStream(make())).text()).toBe(pieces.join(""));
  });

  test("that was cancelled lets go of what it reads, started or not", async () => {
    for (const started of [false, true]) {
      const log: string[] = [];
      const stream = new ReadableStream({
        pull: (controller) => controller.enqueue("x"),
        cancel: (reason) => void log.push(`stream ${reason}`),
      });
      const iterable = {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: false, value: "x" }),
          return: async () => {
            log.push("return");
            return { done: true, value: undefined };
          },
        }),
      };
      for (const source of [fromReadableStream(stream), fromIterable(iterable)]) {
        if (started) await source.read();
        await source.cancel("why");
        await source.cancel("again");
      }
      expect(log).toEqual(["stream why", "return"]);
    }
  });

  test("that fails rejects with the same error, and cancel never rejects", async () => {
    const boom = new Error("boom");
    const failing = fromReadableStream(new ReadableStream({ start: (controller) => controller.error(boom) }));
    await expect(failing.read()).rejects.toBe(boom);
    await failing.cancel();
    const stubborn = fromIterable({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: "x" }),
        return: () => {
          throw boom;
        },
      }),
    });
    await stubborn.read();
    await stubborn.cancel();
    const locked = new ReadableStream();
    locked.getReader();
    await fromReadableStream(locked).cancel();
  });

  test("of the wrong chunks rejects", async () => {
    expect((await rejection(fromIterable([1] as never).read()))?.[1]).toBe("ERR_INVALID_ARGUMENT");
    const stream = new ReadableStream({ start: (controller) => controller.enqueue({}) });
    expect((await rejection(fromReadableStream(stream).read()))?.[1]).toBe("ERR_INVALID_ARGUMENT");
  });

  test("collected over the limit is cancelled and null, at the limit it is whole", async () => {
    expect(text(await collect(fromIterable(["ab", "cd"]), 4))).toBe("abcd");
    const log: string[] = [];
    const endless = {
      read: async () => toBytes("abc"),
      cancel: async () => void log.push("cancelled"),
    };
    expect(await collect(endless, 100)).toBe(null);
    expect(log).toEqual(["cancelled"]);
  });

  test("iterated in sizes keeps every byte and cuts nothing short but the last", async () => {
    for (const size of [1, 2, 3, 5, 7, 100]) {
      const pieces: string[] = [];
      const source = fromIterable(["a", "bcd", "efghijk", "", "l"]);
      for await (const piece of iterate(() => source, size)) pieces.push(text(piece) as string);
      expect(pieces.join("")).toBe("abcdefghijkl");
      expect(pieces.slice(0, -1).every((piece) => piece.length === size)).toBe(true);
    }
  });

  test("iterated and left early is released", async () => {
    const log: string[] = [];
    const source = { read: async () => toBytes("x"), cancel: async () => void log.push("cancelled") };
    for await (const _ of iterate(() => source)) break;
    expect(log).toEqual(["cancelled"]);
  });
});

test("concat returns a single piece as it is", () => {
  const piece = toBytes("a");
  expect(concat([piece], 1)).toBe(piece);
  expect(text(concat([piece, toBytes("b")], 2))).toBe("ab");
  expect(concat([], 0)).toEqual(new Uint8Array(0));
});

test("isA tells kinds by their tag, of other realms too", () => {
  expect(isA(new Blob([]), "Blob", "File")).toBe(true);
  expect(isA({ [Symbol.toStringTag]: "Blob" }, "Blob")).toBe(true);
  expect(isA(null, "Blob")).toBe(false);
});

describe("snapshot", () => {
  test("takes own properties once, and nothing of a prototype", () => {
    let reads = 0;
    const options = Object.create(
      { inherited: 1 },
      {
        own: {
          enumerable: true,
          get: () => ++reads,
        },
      },
    ) as { own: number };
    const copy = snapshot(options);
    expect([copy.own, copy.own, reads]).toEqual([1, 1, 1]);
    expect(Object.keys(copy)).toEqual(["own"]);
    expect("toString" in copy).toBe(false);
    expect(snapshot(undefined)).toEqual(Object.create(null));
  });

  test("keeps an own __proto__ as a plain key", () => {
    const copy = snapshot(JSON.parse('{"__proto__":{"polluted":1}}') as Record<string, unknown>);
    expect(Object.keys(copy)).toEqual(["__proto__"]);
    expect("polluted" in copy).toBe(false);
  });

  test.each([["text"], [5], [true], [() => 1]])("refuses %s", (value) => {
    expect(fault(() => snapshot(value as never))).toEqual([
      "TypeError",
      "ERR_INVALID_ARGUMENT",
      `Cannot read options: must be an object: ${typeof value}`,
    ]);
  });
});
