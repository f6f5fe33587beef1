import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { Headers } from "../src/headers.ts";
import { Request } from "../src/request.ts";
import { Response } from "../src/response.ts";
import type { StandardSchema } from "../src/schema.ts";
import type { ByteSource } from "../src/source.ts";
import { fault, rejection } from "./inputs.ts";

type Init = ConstructorParameters<typeof Response>[1];
const utf8 = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const invalid = (message: string) => ["TypeError", "ERR_INVALID_ARGUMENT", message];

/** A body on its way, which notes what becomes of it. */
function live(
  pieces: readonly (string | Uint8Array)[],
  more: Partial<ByteSource> = {},
): ByteSource & { log: string[] } {
  const rest = pieces.map((piece) => (typeof piece === "string" ? utf8(piece) : piece));
  const log: string[] = [];
  return {
    log,
    async read() {
      log.push("read");
      return rest.shift() ?? null;
    },
    async cancel() {
      log.push("cancel");
      rest.length = 0;
    },
    ...more,
  };
}

function answer(body: ConstructorParameters<typeof Response>[0], init?: Init): Response {
  const response = new Response(body, init);
  response.request = new Request("GET", "https://u:p@a.test/x?token=s3cret#f");
  return response;
}
const WHO = "GET https://a.test/x?token=***";

async function all<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

describe("A response made by hand", () => {
  test.each<[string, ConstructorParameters<typeof Response>[0], string, string | null]>([
    ["text", "é", "é", "text/plain;charset=UTF-8"],
    ["no text", "", "", "text/plain;charset=UTF-8"],
    ["bytes", utf8("é"), "é", null],
    ["a Blob", new Blob(["é"], { type: "a/b" }), "é", "a/b"],
    ["fields", new URLSearchParams("a=1"), "a=1", "application/x-www-form-urlencoded;charset=UTF-8"],
    ["a stream", new Blob(["é"]).stream(), "é", null],
    ["an iterable", ["é", "x"], "éx", null],
    ["a source", live(["é", "x"]), "éx", null],
    ["null", null, "", null],
    ["nothing", undefined, "", null],
  ])("from %s is read as often as wanted", async (_, body, text, type) => {
    const response = new Response(body);
    expect([await response.text(), await response.text()]).toEqual([text, text]);
    expect(response.headers.get("content-type")).toBe(type);
    expect(new TextDecoder().decode(response.content)).toBe(text);
    expect([response.status, response.ok, response.statusText, response.url, response.redirected]).toEqual([
      200,
      true,
      "",
      "",
      false,
    ]);
    expect([response.bodyUsed, response.history]).toEqual([false, []]);
  });

  test("from FormData is a form", async () => {
    const form = new FormData();
    form.append("a", "é");
    form.append("f", new File(["x"], "n.txt", { type: "text/plain" }));
    const read = await new Response(form).formData();
    expect(read.get("a")).toBe("é");
    expect((read.get("f") as File).name).toBe("n.txt");
  });

  test("keeps a Content-Type that is given", () => {
    expect(new Response("x", { headers: { "content-type": "a/b" } }).headers.raw).toEqual([
      ["content-type", "a/b"],
    ]);
    const headers = new Headers({ a: "1" });
    expect(new Response(null, { headers }).headers).toBe(headers);
  });

  test.each([[99], [1000], [200.5], [Number.NaN], [-1], [1], ["200"]])("refuses the status %s", (status) => {
    expect(fault(() => new Response(null, { status: status as number }))).toEqual(
      invalid(`Cannot make response: status must be an integer from 100 to 999: ${status}`),
    );
  });

  test.each([
    [100, "isInformational"],
    [200, "isSuccess"],
    [299, "isSuccess"],
    [404, "isClientError"],
    [500, "isServerError"],
  ] as const)("of status %i knows its kind", (status, kind) => {
    const response = new Response(null, { status });
    for (const each of ["isInformational", "isSuccess", "isClientError", "isServerError"] as const) {
      expect(response[each]).toBe(each === kind);
    }
    expect([response.ok, response.isError]).toEqual([kind === "isSuccess", status >= 400]);
  });

  test.each([
    [301, true, true],
    [302, true, false],
    [303, true, false],
    [307, true, false],
    [308, true, true],
    [300, false, false],
    [304, false, false],
    [305, false, false],
    [200, false, false],
  ])("of status %i with a Location: redirect %s, permanent %s", (status, redirect, permanent) => {
    const response = new Response(null, { status, headers: { Location: "/" } });
    expect([response.isRedirect, response.isPermanentRedirect]).toEqual([redirect, permanent]);
    expect(new Response(null, { status }).isRedirect).toBe(false);
  });

  test("has a URL without fragment", () => {
    expect(new Response(null, { url: "https://a.test/x#f" }).url).toBe("https://a.test/x");
    expect(answer(null).url).toBe("https://a.test/x?token=s3cret");
    expect(answer(null).request.url.hash).toBe("#f");
  });

  test("answers no request", () => {
    expect(fault(() => new Response().request)).toEqual(
      invalid("Cannot give the request: the response was made by hand and answers none"),
    );
  });

  test("reads links and cookies of its headers", () => {
    const response = new Response(null, {
      headers: { Link: '</2>; rel="next"', "Set-Cookie": ["a=1; Path=/", "b=2", "a=3", "__proto__=4"] },
    });
    expect(response.links.next?.url).toBe("/2");
    const { cookies } = response;
    expect([cookies.get("a"), cookies.has("b"), cookies.has("c"), cookies.get("__proto__")]).toEqual([
      "3",
      true,
      false,
      "4",
    ]);
    expect(Object.entries(cookies.toObject())).toEqual([
      ["a", "3"],
      ["b", "2"],
      ["__proto__", "4"],
    ]);
    expect([...cookies].map(({ name }) => name)).toEqual(["a", "b", "a", "__proto__"]);
  });

  test("Response.json makes one of a value", async () => {
    const response = Response.json({ a: 1 }, { status: 201, headers: { "X-A": "1" } });
    expect([response.status, response.headers.raw, await response.json()]).toEqual([
      201,
      [
        ["Content-Type", "application/json"],
        ["X-A", "1"],
      ],
      { a: 1 },
    ]);
    expect(Response.json(1, { headers: { "content-type": "a/b" } }).headers.get("content-type")).toBe("a/b");
    expect(fault(() => Response.json(undefined))?.[1]).toBe("ERR_INVALID_ARGUMENT");
  });

  test("asks nothing of a polluted prototype", async () => {
    const names = [
      "status",
      "statusText",
      "headers",
      "url",
      "redirected",
      "httpVersion",
      "chunkSize",
      "type",
    ];
    for (const name of names) Object.assign(Object.prototype, { [name]: "polluted" });
    try {
      const response = new Response("a=1", {
        headers: { "content-type": "application/x-www-form-urlencoded" },
      });
      expect([response.status, response.statusText, response.url, response.redirected]).toEqual([
        200,
        "",
        "",
        false,
      ]);
      expect((await response.formData()).get("a")).toBe("1");
      expect(await response.clone().body?.getReader().read()).toEqual({ done: false, value: utf8("a=1") });
      expect((await all(response.iterBytes())).length).toBe(1);
    } finally {
      for (const name of names) delete (Object.prototype as Record<string, unknown>)[name];
    }
  });
});

describe("text() and json()", () => {
  test.each<[string, Uint8Array, string | undefined, string]>([
    ["UTF-8 by default", utf8("é"), undefined, "é"],
    ["the charset of the header", latin1("\xe9"), "text/plain; charset=ISO-8859-1", "é"],
    ["a quoted charset", latin1("\xe9"), 'text/plain; charset="iso-8859-1"', "é"],
    ["an unknown charset as the default", utf8("é"), "text/plain; charset=x-unknown", "é"],
    ["a byte order mark before all", utf8("\ufeffé"), "text/plain; charset=iso-8859-1", "é"],
    ["UTF-16 with a mark", latin1("\xfe\xff\x00\xe9"), "text/plain; charset=utf-16", "é"],
    ["broken UTF-8 with U+FFFD", latin1("a\xff"), undefined, "a\ufffd"],
  ])("read %s", async (_, bytes, type, text) => {
    const headers = type ? { "content-type": type } : {};
    expect(await new Response(bytes, { headers }).text()).toBe(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const pieces = [bytes.slice(0, cut), bytes.slice(cut)].filter(({ length }) => length > 0);
      expect((await all(new Response(live(pieces), { headers }).iterText())).join("")).toBe(text);
    }
    const single = [...bytes].map((byte) => Uint8Array.of(byte));
    expect((await all(new Response(live(single), { headers }).iterText())).join("")).toBe(text);
  });

  test("take the assigned encoding before the header's", async () => {
    const response = new Response(latin1("\xe9"), {
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
    expect(response.encoding).toBe("utf-8");
    response.encoding = "iso-8859-1";
    expect([response.encoding, await response.text(), await response.clone().text()]).toEqual([
      "iso-8859-1",
      "é",
      "é",
    ]);
    expect(fault(() => Object.assign(response, { encoding: "x-unknown" }))).toEqual(
      invalid('Cannot use encoding: not a label of the Encoding standard: "x-unknown"'),
    );
    response.encoding = undefined;
    expect(response.encoding).toBe("utf-8");
  });

  test("take the default encoding, label or function, for text without a charset", async () => {
    const response = new Response(latin1("\xe9"));
    expect(response.encoding).toBe("utf-8");
    response.defaultEncoding = "iso-8859-1";
    expect([response.encoding, await response.text()]).toEqual(["iso-8859-1", "é"]);
    response.defaultEncoding = (bytes) => (bytes.length === 1 ? "iso-8859-1" : "utf-8");
    expect([response.encoding, await response.text()]).toEqual([undefined, "é"]);
  });

  test("detectEncoding looks into the body", async () => {
    expect(
      await new Response("<meta charset=koi8-r>", {
        headers: { "content-type": "text/html" },
      }).detectEncoding(),
    ).toBe("koi8-r");
    expect(await new Response(latin1("\xe9")).detectEncoding()).toBe("windows-1252");
  });

  test.each<[string, Uint8Array, string | undefined, unknown]>([
    ["a value", utf8('{"a":"é"}'), undefined, { a: "é" }],
    ["a mark", utf8("\ufeff[1]"), "application/json", [1]],
    ["UTF-16", latin1("\xff\xfe1\x00"), "application/json", 1],
    ["a charset", latin1('"\xe9"'), "application/json; charset=iso-8859-1", "é"],
    ["an unknown charset", utf8('"é"'), "application/json; charset=x", "é"],
    ["null", utf8("null"), undefined, null],
  ])("json() reads %s", async (_, bytes, type, value) => {
    expect(await new Response(bytes, { headers: type ? { "content-type": type } : {} }).json()).toEqual(
      value,
    );
  });

  test("json() leaves __proto__ as a key", async () => {
    const value = await new Response('{"__proto__":{"x":1}}').json<Record<string, unknown>>();
    expect([Object.keys(value), value.x, ({} as { x?: unknown }).x]).toEqual([
      ["__proto__"],
      undefined,
      undefined,
    ]);
  });

  test.each([
    ["", `Cannot parse the body of ${WHO} as JSON: it is empty`],
    ["<html>", `Cannot parse the body of ${WHO} as JSON: it starts with "<html>"`],
    [
      `{"a": ${"x".repeat(100)}`,
      `Cannot parse the body of ${WHO} as JSON: it starts with "{\\"a\\": ${"x".repeat(54)}"`,
    ],
    ["\u001b[31m\u202e", `Cannot parse the body of ${WHO} as JSON: it starts with "\\u001b[31m\\u202e"`],
  ])("json() of %j is a DecodeError with at most 60 characters of it", async (text, message) => {
    const response = answer(text, { headers: { "content-type": "application/json" } });
    const error = (await response.json().catch((fault: unknown) => fault)) as Error & {
      response: unknown;
      code: string;
    };
    expect([error.name, error.code, error.message]).toEqual(["DecodeError", "ERR_DECODE", message]);
    expect([error.cause, error.response]).toEqual([undefined, response]);
    expect(await response.text()).toBe(text);
  });

  const schema = (issues?: string[], wait = false): StandardSchema<string> => ({
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => {
        const result = issues
          ? { issues: issues.map((message) => ({ message })) }
          : { value: `seen ${value}` };
        return wait ? Promise.resolve(result) : result;
      },
    },
  });

  test("json(schema) gives what the schema makes of the value", async () => {
    expect(await new Response("1").json(schema())).toBe("seen 1");
    expect(await new Response("1").json(schema(undefined, true))).toBe("seen 1");
  });

  test("json(schema) is a ValidationError with the schema's issues", async () => {
    const error = (await answer("1")
      .json(schema(["is no name"]))
      .catch((fault: unknown) => fault)) as Error & { issues: unknown };
    expect([error.name, error.message, error.issues]).toEqual([
      "ValidationError",
      `Cannot accept the body of ${WHO}: "is no name"`,
      [{ message: "is no name" }],
    ]);
    expect((await rejection(answer("1").json(schema([]))))?.[2]).toBe(
      `Cannot accept the body of ${WHO}: "the schema refuses it"`,
    );
  });

  test("json() of what is no schema is a TypeError, body unread", async () => {
    const body = live(["1"]);
    expect(await rejection(new Response(body).json({} as never))).toEqual(
      invalid("Cannot validate: must be a Standard Schema: object"),
    );
    expect(await rejection(new Response(body).json(null as never))).toEqual(
      invalid("Cannot validate: must be a Standard Schema: object"),
    );
    expect(body.log).toEqual([]);
  });

  test("formData() of what is no form is a DecodeError", async () => {
    const response = answer("x", { headers: { "content-type": "text/plain" } });
    expect(await rejection(response.formData())).toEqual([
      "DecodeError",
      "ERR_DECODE",
      `Cannot parse the body of ${WHO} as form data: "text/plain"`,
    ]);
  });
});

describe("The bytes of a response", () => {
  test("are handed out as copies, and content is the original", async () => {
    const pool = Buffer.from("xxabcxx");
    const response = new Response(live([pool.subarray(2, 5)]));
    expect([...(await response.read())]).toEqual([97, 98, 99]);
    expect(response.content.constructor).toBe(Uint8Array);
    const bytes = await response.bytes();
    bytes[0] = 0;
    const buffer = await response.arrayBuffer();
    structuredClone(buffer, { transfer: [buffer] });
    expect([bytes.buffer.byteLength, await response.text(), response.content]).toEqual([
      3,
      "abc",
      await response.read(),
    ]);
    const blob = await new Response("abc", { headers: { "content-type": "a/b" } }).blob();
    expect([await blob.text(), blob.type]).toEqual(["abc", "a/b"]);
  });

  test("are not there before they are read", async () => {
    const response = answer(live(["a"]));
    expect(fault(() => response.content)).toEqual([
      "ResponseNotReadError",
      "ERR_RESPONSE_NOT_READ",
      `Cannot give the body of ${WHO}: call read() first`,
    ]);
    const [one, two] = await Promise.all([response.read(), response.text()]);
    expect([[...one], two, [...response.content]]).toEqual([[97], "a", [97]]);
  });

  test("over the bound are a ResponseTooLargeError, at the bound they are whole", async () => {
    for (const collect of [false, true]) {
      const source = live(["abc", "def", "ghi"]);
      if (collect) source.collect = async (limit) => (limit < 9 ? null : utf8("abcdefghi"));
      const response = answer(source);
      response.bound({ memory: 5, stream: null });
      const expected = [
        "ResponseTooLargeError",
        "ERR_RESPONSE_TOO_LARGE",
        `Cannot read the body of ${WHO}: it is larger than maxResponseSize: 5`,
      ];
      expect(await rejection(response.read())).toEqual(expected);
      expect(await rejection(response.text())).toEqual(expected);
      expect(source.log.at(-1)).toBe("cancel");
      const exact = answer(
        collect ? { ...live([]), collect: source.collect as never } : live(["abc", "def", "ghi"]),
      );
      exact.bound({ memory: 9, stream: null });
      expect((await exact.text()).length).toBe(9);
    }
  });

  test("that fail on the way reject every reader with the fault, which knows its exchange", async () => {
    const boom = new Error("boom");
    const response = answer(live([], { read: () => Promise.reject(boom) }));
    const done = vi.fn();
    response.bound({ memory: null, stream: null, done });
    await expect(response.read()).rejects.toBe(boom);
    await expect(response.text()).rejects.toBe(boom);
    expect(done).toHaveBeenCalledTimes(1);
  });

  test("are counted", async () => {
    const response = new Response(live(["abc", "d"]));
    const seen: number[] = [];
    response.bound({ memory: null, stream: null, progress: (count) => seen.push(count) });
    expect(response.numBytesDownloaded).toBe(0);
    await response.read();
    expect([seen, response.numBytesDownloaded]).toEqual([[3, 4], 4]);
    expect(new Response(live([]), { headers: { "content-encoding": "gzip" } }).numBytesDownloaded).toBe(
      undefined,
    );
    expect(new Response(live([], { received: 7 } as never)).numBytesDownloaded).toBe(7);
  });

  test("are released when the caller's progress function throws", async () => {
    const source = live(["abc"]);
    const response = new Response(source);
    const boom = new Error("boom");
    const done = vi.fn();
    const progress = () => {
      throw boom;
    };
    response.bound({ memory: null, stream: null, progress, done });
    await expect(response.read()).rejects.toBe(boom);
    expect([source.log, done.mock.calls.length]).toEqual([["read", "cancel"], 1]);
  });
});

describe("The body on its way", () => {
  const consumed = [
    "StreamConsumedError",
    "ERR_STREAM_CONSUMED",
    `Cannot read the body of ${WHO}: it was read before`,
  ];
  const closed = [
    "StreamClosedError",
    "ERR_STREAM_CLOSED",
    `Cannot read the body of ${WHO}: it was released unread`,
  ];

  test("can be taken once", async () => {
    const response = answer(live(["ab", "c"]));
    expect((await all(response.iterBytes())).length).toBe(2);
    expect(response.bodyUsed).toBe(true);
    expect(await rejection(all(response.iterBytes()))).toEqual(consumed);
    expect(await rejection(response.read())).toEqual(consumed);
    expect(await rejection(response.text())).toEqual(consumed);
    expect(fault(() => response.clone())).toEqual(consumed);
    await response.close();
    expect(await rejection(response.json())).toEqual(consumed);
  });

  test("left early is released, and is used up", async () => {
    const source = live(["ab", "c"]);
    const response = answer(source);
    for await (const _ of response.iterBytes()) break;
    expect(source.log).toEqual(["read", "cancel"]);
    expect(await rejection(response.text())).toEqual(consumed);
  });

  test("closed unread is released once and cannot be read", async () => {
    const source = live(["ab"]);
    const response = answer(source);
    const done = vi.fn();
    response.bound({ memory: null, stream: null, done });
    await response.close();
    await response.close();
    expect([source.log, response.bodyUsed, done.mock.calls.length]).toEqual([["cancel"], true, 1]);
    expect(await rejection(response.read())).toEqual(closed);
    expect(await rejection(all(response.iterLines()))).toEqual(closed);
    expect(fault(() => response.content)?.[1]).toBe("ERR_RESPONSE_NOT_READ");
  });

  test("closed while it is read is an error, never a short body", async () => {
    for (const collect of [false, true]) {
      let finish: (bytes: Uint8Array | null) => void = () => undefined;
      const pending = new Promise<Uint8Array | null>((resolve) => {
        finish = resolve;
      });
      const source = live([], { read: () => pending, ...(collect && { collect: () => pending }) });
      const response = answer(source);
      const reading = response.read();
      await response.close();
      finish(collect ? utf8("short") : null);
      expect(await rejection(reading)).toEqual(closed);
    }
    const response = answer(live(["a", "b", "c"]));
    const pieces = response.iterBytes();
    await pieces.next();
    await response.close();
    expect(await rejection(pieces.next())).toEqual(closed);
  });

  test("in memory survives close(), and await using closes the rest", async () => {
    const response = answer("abc");
    await response.close();
    expect([await response.text(), response.bodyUsed]).toEqual(["abc", false]);
    const source = live(["a"]);
    {
      await using inner = new Response(source);
      expect(inner.status).toBe(200);
    }
    expect(source.log).toEqual(["cancel"]);
  });

  test("iterBytes cuts to chunkSize and refuses other sizes", async () => {
    const pieces = await all(new Response(live(["abc", "d", "efgh"])).iterBytes({ chunkSize: 3 }));
    expect(pieces.map((piece) => new TextDecoder().decode(piece))).toEqual(["abc", "def", "gh"]);
    for (const chunkSize of [0, -1, 1.5, Number.NaN, "3", null]) {
      expect(fault(() => new Response("x").iterBytes({ chunkSize } as never))?.slice(0, 2)).toEqual([
        "TypeError",
        "ERR_INVALID_ARGUMENT",
      ]);
    }
  });

  test("iterText never splits a character, wherever the bytes are cut", async () => {
    const text = "aé€😀\ufeffz";
    const bytes = utf8(text);
    for (let one = 0; one <= bytes.length; one++) {
      for (let two = one; two <= bytes.length; two++) {
        const cut = [bytes.slice(0, one), bytes.slice(one, two), bytes.slice(two)].filter(
          ({ length }) => length > 0,
        );
        const pieces = await all(new Response(live(cut)).iterText());
        expect(pieces.join("")).toBe(text);
        expect(pieces.every((piece) => !/\p{Surrogate}/u.test(piece) && piece !== "")).toBe(true);
      }
    }
    expect(await all(new Response(null).iterText())).toEqual([]);
    expect((await all(new Response(live([bytes.slice(0, 2)])).iterText())).join("")).toBe("a\ufffd");
  });

  test("iterLines ends lines at LF, CR LF and CR, wherever the bytes are cut", async () => {
    const bytes = utf8("é\r\n\u2028\r\r\n\n😀");
    for (let one = 0; one <= bytes.length; one++) {
      const cut = [bytes.slice(0, one), bytes.slice(one)].filter(({ length }) => length > 0);
      expect(await all(new Response(live(cut)).iterLines())).toEqual(["é", "\u2028", "", "", "😀"]);
    }
  });

  test("iterLines bounds a line that never ends", async () => {
    const source = live([], { read: async () => utf8("x".repeat(1000)) });
    const response = answer(source);
    response.bound({ memory: 5000, stream: null });
    expect((await rejection(all(response.iterLines())))?.[0]).toBe("ResponseTooLargeError");
    expect(source.log).toEqual(["cancel"]);
  });

  test("streams without a bound unless one is given", async () => {
    const endless = () => {
      let left = 100;
      return live([], { read: async () => (left-- > 0 ? utf8("x".repeat(1000)) : null) });
    };
    const free = new Response(endless());
    free.bound({ memory: 10, stream: null });
    expect((await all(free.iterBytes())).length).toBe(100);
    const source = endless();
    const bounded = new Response(source);
    bounded.bound({ memory: 10, stream: 5000 });
    expect((await rejection(all(bounded.iterBytes())))?.[1]).toBe("ERR_RESPONSE_TOO_LARGE");
    expect(source.log).toContain("cancel");
  });

  test("iterRaw gives undecoded bytes where they can be had, else says so", async () => {
    const headers = { "content-encoding": "gzip" };
    const text = async (response: Response) =>
      (await all(response.iterRaw())).map((piece) => new TextDecoder().decode(piece));
    expect(await text(new Response(live(["decoded"], { raw: () => live(["raw"]) }), { headers }))).toEqual([
      "raw",
    ]);
    expect(await text(new Response(live(["plain"])))).toEqual(["plain"]);
    expect(await text(new Response("plain", { headers: { "content-encoding": "identity" } }))).toEqual([
      "plain",
    ]);
    expect(
      await rejection(all({ [Symbol.asyncIterator]: () => answer(live(["x"]), { headers }).iterRaw() })),
    ).toEqual([
      "UnsupportedError",
      "ERR_UNSUPPORTED",
      `Cannot give the raw bytes of ${WHO}: they were decoded before they could be seen; use iterBytes`,
    ]);
  });
});

describe("As a WHATWG response", () => {
  test("body is null without a body, else one stream", async () => {
    expect([new Response().body, new Response(null).body, new Response(null, { status: 204 }).body]).toEqual([
      null,
      null,
      null,
    ]);
    const response = new Response(live(["a", "b"]));
    expect(response.body).toBe(response.body);
    expect(response.bodyUsed).toBe(false);
    expect(await new globalThis.Response(response.body).text()).toBe("ab");
    expect(response.bodyUsed).toBe(true);
    expect(new Response("").body).toBeInstanceOf(ReadableStream);
  });

  test("a cancelled body releases the source", async () => {
    const source = live(["a"]);
    await new Response(source).body?.cancel();
    expect(source.log).toEqual(["cancel"]);
  });

  test("clone() gives a second response with the same head and body", async () => {
    for (const body of ["abc", live(["a", "bc"])]) {
      const response = answer(body, {
        status: 201,
        statusText: "Made",
        headers: { "X-A": "1" },
        redirected: true,
        httpVersion: "HTTP/2",
      });
      response.history = [answer(null)];
      response.elapsed = 5;
      response.nextRequest = new Request("GET", "https://b.test/");
      const copy = response.clone();
      copy.headers.set("X-A", "2");
      expect(response.headers.get("x-a")).toBe("1");
      for (const name of [
        "status",
        "statusText",
        "url",
        "redirected",
        "httpVersion",
        "history",
        "elapsed",
        "request",
        "nextRequest",
      ] as const) {
        expect(copy[name], name).toBe(response[name]);
      }
      expect(await Promise.all([copy.text(), response.text()])).toEqual(["abc", "abc"]);
    }
    expect(new Response(null).clone().body).toBe(null);
  });

  test("both clones of a live body are bounded", async () => {
    const response = new Response(live(["abc", "def"]));
    response.bound({ memory: 5, stream: null });
    const copy = response.clone();
    const reads = [rejection(copy.read()), rejection(response.read())];
    for (const each of reads) {
      expect((await each)?.[0]).toBe("ResponseTooLargeError");
    }
  });

  test("toFetchResponse() is a native one with every header, URL and body", async () => {
    const headers = new Headers([
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
      ["X-A", "é"],
    ]);
    for (const body of ["abc", live(["a", "bc"])]) {
      const native = answer(body, {
        status: 201,
        statusText: "Made",
        headers: headers.clone(),
        redirected: true,
      }).toFetchResponse();
      expect(native).toBeInstanceOf(globalThis.Response);
      expect([native.status, native.statusText, native.url, native.redirected]).toEqual([
        201,
        "Made",
        "https://a.test/x?token=s3cret",
        true,
      ]);
      expect([native.headers.getSetCookie(), native.headers.get("x-a")]).toEqual([["a=1", "b=2"], "é"]);
      expect(await native.text()).toBe("abc");
    }
  });

  test.each([204, 205, 304])("toFetchResponse() of %i has no body", (status) => {
    expect(new Response("x", { status }).toFetchResponse().body).toBe(null);
    expect(new Response(null).toFetchResponse().body).toBe(null);
  });

  test("toFetchResponse() of a status that Fetch has not is an UnsupportedError, an odd reason is left out", () => {
    for (const status of [0, 101, 600, 999]) {
      expect(fault(() => answer(null, { status }).toFetchResponse())).toEqual([
        "UnsupportedError",
        "ERR_UNSUPPORTED",
        `Cannot make a fetch response of ${WHO}: status ${status} has none`,
      ]);
    }
    expect(new Response(null, { statusText: "a\u0001" }).toFetchResponse().statusText).toBe("");
  });
});

describe("raiseForStatus", () => {
  test.each([100, 200, 204, 301, 304, 399, 600])("returns the response of %i", (status) => {
    const response = new Response(null, { status });
    expect(response.raiseForStatus()).toBe(response);
  });

  test.each([
    [404, "", "404 Not Found"],
    [404, "Nope", "404 Nope"],
    [599, "", "599"],
    [500, "a\u001b[31m\u202e", "500 a\\u001b[31m\\u202e"],
  ])("throws for %i %j", (status, statusText, shown) => {
    const response = answer("readable", { status, statusText });
    expect(fault(() => response.raiseForStatus())).toEqual([
      "HTTPStatusError",
      "ERR_HTTP_STATUS",
      `Cannot accept the response to ${WHO}: status is ${shown}`,
    ]);
    const error = response.statusError();
    expect([error.status, error.response, error.request]).toEqual([status, response, response.request]);
  });
});

test("A response dumped shows no secret", () => {
  const response = answer("TAINT-1", {
    headers: { "Set-Cookie": "a=TAINT-2", Location: "https://u:TAINT-3@a.test/?token=TAINT-4" },
  });
  response.request.headers.set("Authorization", "Bearer TAINT-5");
  const error = response.statusError();
  for (const each of [response, response.cookies, error, response.request]) {
    for (const dump of [inspect(each, { depth: 10 }), JSON.stringify(each), String(each), inspect([each])]) {
      expect(dump).not.toMatch(/TAINT|s3cret/);
    }
  }
  expect(inspect(structuredClone(error), { depth: 10 })).not.toMatch(/TAINT|s3cret/);
  expect(String(response)).toBe(`${WHO} 200`);
  expect(JSON.parse(JSON.stringify(response))).toEqual({
    status: 200,
    statusText: "",
    request: WHO,
    headers: {
      "content-type": "text/plain;charset=UTF-8",
      location: "https://***@a.test/?token=***",
      "set-cookie": "***",
    },
  });
});
