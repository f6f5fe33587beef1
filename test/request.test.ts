import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import { Headers } from "../src/headers.ts";
import { Request } from "../src/request.ts";
import { CHARACTERS, fault, rejection } from "./inputs.ts";

type Options = ConstructorParameters<typeof Request>[2];
const URL_A = "https://a.test/x";
const post = (options?: Options) => new Request("POST", URL_A, options);
const text = (request: Request) => new TextDecoder().decode(request.content);
const invalid = (message: string) => ["TypeError", "ERR_INVALID_ARGUMENT", message];

describe("The method of a request", () => {
  test.each(["get", "Head", "OPTIONS", "post", "put", "patch", "delete", "trace", "query"])(
    "%s is known and upper-cased",
    (method) => {
      expect(new Request(method, URL_A).method).toBe(method.toUpperCase());
    },
  );

  test.each(["PROPFIND", "propfind", "M-Search", "getx", "X!#$%&'*+-.^_`|~9"])(
    "%s is custom and kept",
    (method) => {
      expect(new Request(method, URL_A).method).toBe(method);
    },
  );

  test("keeps every character of a token, and throws for any other", () => {
    for (const [name, char] of CHARACTERS) {
      const method = `X${char}Y`;
      if (/^[\w!#$%&'*+.^`|~-]$/.test(char)) expect(new Request(method, URL_A).method, name).toBe(method);
      else
        expect(fault(() => new Request(method, URL_A))?.slice(0, 2), name).toEqual([
          "TypeError",
          "ERR_INVALID_ARGUMENT",
        ]);
    }
  });

  test.each<[unknown, string]>([
    ["", 'Cannot make request: method must be a token of RFC 9110: ""'],
    ["GET ", 'Cannot make request: method must be a token of RFC 9110: "GET "'],
    [
      "GET / HTTP/1.1\r\nX: y",
      'Cannot make request: method must be a token of RFC 9110: "GET / HTTP/1.1\\r\\nX: y"',
    ],
    [undefined, "Cannot make request: method must be a token of RFC 9110: undefined"],
    [["GET"], "Cannot make request: method must be a token of RFC 9110: object"],
    ["CONNECT", "Cannot make request: CONNECT is made by a proxy setting only"],
    ["connect", "Cannot make request: CONNECT is made by a proxy setting only"],
  ])("%j is refused, when made and when changed", (method, message) => {
    expect(fault(() => new Request(method as string, URL_A))).toEqual(invalid(message));
    const request = post();
    expect(fault(() => Object.assign(request, { method }))).toEqual(invalid(message));
    expect(request.method).toBe("POST");
  });
});

describe("A request", () => {
  test("has a URL without userinfo, with its params", () => {
    const request = new Request("GET", "https://u%40:p@a.test/x?a=1#f", { params: { b: [2, 3] } });
    expect(request.url.href).toBe("https://a.test/x?a=1&b=2&b=3#f");
    expect(request.given.userinfo).toEqual(["u@", "p"]);
    const url = new URL("https://u:p@a.test/");
    expect(new Request("GET", url).url.href).toBe("https://a.test/");
    expect(url.username).toBe("u");
  });

  test.each<[string, Options, string, string | null]>([
    ["json", { json: { a: 1 } }, '{"a":1}', "application/json"],
    ["json null", { json: null }, "null", "application/json"],
    [
      "data",
      { data: { a: [1, 2], b: null, c: "é" } },
      "a=1&a=2&c=%C3%A9",
      "application/x-www-form-urlencoded",
    ],
    ["text", { body: "é" }, "é", "text/plain;charset=UTF-8"],
    ["bytes", { body: new Uint8Array([65]) }, "A", null],
    ["a type of its own", { json: 1, headers: { "content-type": "application/x" } }, "1", "application/x"],
    ["no type, by null", { json: 1, headers: { "Content-Type": null } }, "1", null],
    ["nothing", {}, "", null],
    ["a body of null", { body: null }, "", null],
    [
      "null and undefined of every kind",
      { json: undefined, data: null as never, files: null as never, body: null },
      "",
      null,
    ],
  ])("takes %s", (_, options, content, type) => {
    const request = post(options);
    expect([text(request), request.headers.get("content-type")]).toEqual([content, type]);
  });

  test("with data and files is a form whose boundary its header names", () => {
    const request = post({ data: { a: 1 }, files: { f: "x" } });
    const boundary = /^multipart\/form-data; boundary=(saluki-[\da-f]{32})$/.exec(
      request.headers.get("content-type") ?? "",
    )?.[1];
    expect(text(request)).toMatch(
      new RegExp(`^--${boundary}\r\n[^]*name="a"[^]*name="f"[^]*--${boundary}--\r\n$`),
    );
  });

  test.each([
    ["multipart/form-data; boundary=XX", "XX"],
    ['Multipart/Form-Data;charset=utf-8 ; Boundary="X X"', "X X"],
    ["multipart/mixed; boundary=XX", "XX"],
  ])("uses the boundary of a caller's %s and leaves the header", (type, boundary) => {
    const form = new FormData();
    form.set("a", "1");
    for (const options of [{ files: { f: "x" } }, { data: { a: 1 }, files: {} }, { body: form }]) {
      const request = post({ ...options, headers: { "Content-Type": type } });
      expect(request.headers.get("content-type")).toBe(type);
      expect(text(request).startsWith(`--${boundary}\r\n`)).toBe(true);
    }
  });

  test.each(["multipart/form-data", "application/json", "multipart/form-data; charset=utf-8"])(
    "announces the boundary of a form in place of %s",
    (type) => {
      const request = post({ files: { f: "x" }, headers: { "Content-Type": type } });
      expect(request.headers.get("content-type")).toMatch(/^multipart\/form-data; boundary=saluki-/);
    },
  );

  test("refuses a boundary that cannot be one", () => {
    const headers = { "Content-Type": `multipart/form-data; boundary=${"x".repeat(71)}` };
    expect(fault(() => post({ files: { f: "x" }, headers }))?.[1]).toBe("ERR_INVALID_ARGUMENT");
  });

  test.each<[string, Options, string]>([
    ["two bodies", { json: 1, body: "x" }, "Cannot send two bodies: json and body were given"],
    [
      "three bodies",
      { json: 1, body: "x", data: {} },
      "Cannot send two bodies: json and data or files and body were given",
    ],
    [
      "data that is text",
      { data: "a=1" as never },
      "Cannot send data: must be form fields; use body for text",
    ],
    ["json without JSON form", { json: 1n }, "Cannot send json: the value has no JSON form: bigint"],
    [
      "a signal that is none",
      { signal: {} as never },
      'Cannot use option "signal": must be an AbortSignal: object',
    ],
    ["options that are none", "x" as never, "Cannot read options: must be an object: string"],
    [
      "extensions that are none",
      { extensions: "x" as never },
      "Cannot read options: must be an object: string",
    ],
    [
      "a header that is none",
      { headers: { "a b": "1" } },
      'Cannot use header "a b": name must be a token of RFC 9110',
    ],
    [
      "auth beside Authorization",
      { auth: ["u", "p"], headers: { authorization: "x" } },
      "Cannot use auth and an Authorization header on one request: give one of them",
    ],
  ])("refuses %s", (_, options, message) => {
    expect(fault(() => post(options))).toEqual(invalid(message));
  });

  test("takes the other options of a call and keeps them for sending", () => {
    const request = post({ timeout: 5, followRedirects: false, retry: undefined, json: 1, headers: {} });
    expect(Object.entries(request.given.settings)).toEqual([
      ["timeout", 5],
      ["followRedirects", false],
    ]);
  });

  test("reads headers that can be read once, once", () => {
    const headers = (function* () {
      yield ["Content-Type", null] as const;
      yield ["X-A", "1"] as const;
    })();
    expect(post({ json: 1, headers }).headers.raw).toEqual([["X-A", "1"]]);
  });

  test("reads each option once and lets its error out", () => {
    let reads = 0;
    const counted = {
      get json() {
        reads++;
        return 1;
      },
    };
    post(counted);
    expect(reads).toBe(1);
    const boom = new Error("boom");
    const broken = {
      get headers(): never {
        throw boom;
      },
    };
    expect(() => post(broken)).toThrow(boom);
  });
});

describe("The content of a request", () => {
  test("is empty without a body, and an error while it is an unread stream", async () => {
    expect(post().content).toEqual(new Uint8Array(0));
    const request = post({ body: new Blob(["abc"]).stream() });
    expect(fault(() => request.content)).toEqual([
      "RequestNotReadError",
      "ERR_REQUEST_NOT_READ",
      "Cannot give content: the body is a stream; call read() first",
    ]);
    expect(new TextDecoder().decode(await request.read())).toBe("abc");
    expect(text(request)).toBe("abc");
    expect(request.body?.replayable).toBe(true);
  });

  test("read through one clone is there for the other", async () => {
    const request = post({ body: ["a", "b"].values() });
    const copy = request.clone();
    await copy.read();
    expect(text(request)).toBe("ab");
  });

  test("of a stream that was sent cannot be read any more", async () => {
    const request = post({ body: ["a"].values() });
    request.body?.open();
    expect((await rejection(request.read()))?.[1]).toBe("ERR_STREAM_CONSUMED");
  });
});

test("A clone of a request changes on its own and shares the body", () => {
  const controller = new AbortController();
  const request = post({
    body: "x",
    headers: { a: "1" },
    extensions: { target: "*" },
    signal: controller.signal,
    timeout: 5,
  });
  const copy = request.clone();
  copy.headers.set("a", "2");
  copy.url.pathname = "/changed";
  copy.extensions.target = "changed";
  copy.method = "PROPFIND";
  expect([request.method, request.url.pathname, request.headers.get("a"), request.extensions.target]).toEqual(
    ["POST", "/x", "1", "*"],
  );
  expect([copy.body, copy.signal, copy.given]).toEqual([request.body, controller.signal, request.given]);
  expect(copy).toBeInstanceOf(Request);
});

describe("The defaults of a client", () => {
  const defaults = {
    base: new URL("https://a.test/v1/"),
    headersFor: () => new Headers({ Authorization: "Bearer d", Accept: "*/*" }),
    paramsFor: () => ({ k: 1 }),
  };

  test("lie under a request's own", () => {
    const request = new Request("GET", "x?y=2", { headers: { accept: "a/b" }, params: { z: 3 } }, defaults);
    expect(request.url.href).toBe("https://a.test/v1/x?y=2&k=1&z=3");
    expect(request.headers.raw).toEqual([
      ["Authorization", "Bearer d"],
      ["accept", "a/b"],
    ]);
    expect(request.hasOwnAuthorization).toBe(false);
    request.headers.set("Authorization", "Bearer own");
    expect(request.hasOwnAuthorization).toBe(true);
  });

  test("are removed by null", () => {
    const request = new Request(
      "GET",
      "x",
      { headers: { AUTHORIZATION: null }, params: { k: null } },
      defaults,
    );
    expect([request.url.href, request.headers.has("authorization")]).toEqual(["https://a.test/v1/x", false]);
  });
});

describe("A polluted prototype", () => {
  const names = [
    ..."params headers json data files body signal extensions auth timeout cookies hooks type bytes blob length open".split(
      " ",
    ),
    ..."replayable filename content baseUrl method url merge fetchOptions redirect".split(" "),
  ];
  afterEach(() => {
    for (const name of names) delete (Object.prototype as Record<string, unknown>)[name];
  });

  test.each([
    ["nothing", undefined],
    ["headers", { headers: { a: "1" } }],
    ["json", { json: { a: 1 } }],
    [
      "files",
      {
        data: { a: 1 },
        files: { f: { content: new Blob(["x"]) }, g: "y" },
        headers: { "content-type": "multipart/form-data; boundary=XX" },
      },
    ],
  ] as [string, Options][])("changes nothing of a request with %s", async (_, options) => {
    const seen = async () => {
      const request = new Request("POST", "https://a.test/?x=1", options);
      const { method, url, headers, extensions, signal } = request;
      return JSON.stringify([
        method,
        url,
        headers.raw,
        extensions,
        signal,
        request.given.settings,
        new TextDecoder().decode(await request.read()),
      ]);
    };
    const before = await seen();
    for (const name of names) {
      (Object.prototype as Record<string, unknown>)[name] = "polluted";
      expect(await seen(), name).toBe(before);
      delete (Object.prototype as Record<string, unknown>)[name];
    }
  });

  test("is not what an own __proto__ key makes", () => {
    const options = JSON.parse(
      '{"__proto__":{"json":1},"params":{"__proto__":"2"},"headers":{"__proto__":"3"}}',
    ) as Options;
    const request = post(options);
    expect([request.url.search, request.headers.raw, request.body]).toEqual([
      "?__proto__=2",
      [["__proto__", "3"]],
      null,
    ]);
    expect(({} as { json?: unknown }).json).toBe(undefined);
  });
});

describe("A request dumped", () => {
  const request = new Request("POST", "https://user:TAINT-1@a.test/x?token=TAINT-2&y=1#TAINT-3", {
    headers: { Authorization: "Bearer TAINT-4", Cookie: "a=TAINT-5" },
    json: { password: "TAINT-6" },
  });
  const secrets = new Request("POST", URL_A, {
    auth: ["u", "TAINT-7"],
    cookies: { a: "TAINT-8" },
    body: "TAINT-9",
  });

  test.each([request, secrets])("shows no secret: %s", (each) => {
    for (const dump of [
      inspect(each, { depth: 10 }),
      inspect({ each }, { depth: 10 }),
      JSON.stringify(each),
      String(each),
      `${each}`,
    ]) {
      expect(dump).not.toContain("TAINT");
    }
  });

  test("shows method, URL and headers", () => {
    expect(String(request)).toBe("POST https://a.test/x?token=***&y=1");
    expect(inspect(request)).toBe("Request POST https://a.test/x?token=***&y=1");
    expect(JSON.parse(JSON.stringify(request))).toEqual({
      method: "POST",
      url: "https://a.test/x?token=***&y=1",
      headers: { authorization: "Bearer ***", "content-type": "application/json", cookie: "***" },
    });
  });
});
