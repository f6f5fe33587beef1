import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { Headers, parseHeaders } from "../src/headers.ts";
import { random } from "./fields/random.ts";
import { CHARACTERS, fault } from "./inputs.ts";

type Init = ConstructorParameters<typeof Headers>[0];
const INVALID = "ERR_INVALID_ARGUMENT";

describe("Headers as the Fetch standard has them", () => {
  test("do what the platform's Headers do, through 300 random lives", () => {
    const next = random(7);
    const names = ["a", "B", "b", "Set-Cookie", "set-cookie", "X-Long-Name", "__proto__", "constructor"];
    const values = ["1", "two", "", " padded\t", "a, b", "é", "x=y; Path=/"];
    for (let life = 0; life < 300; life++) {
      const ours = new Headers();
      const theirs = new globalThis.Headers();
      for (let step = 0; step < 12; step++) {
        const name = names[next(names.length)] as string;
        const value = values[next(values.length)] as string;
        const deed = (["append", "append", "set", "delete"] as const)[next(4)] as "append";
        ours[deed](name, value);
        theirs[deed](name, value);
        expect(ours.get(name)).toBe(theirs.get(name));
        expect(ours.has(name)).toBe(theirs.has(name));
      }
      expect([...ours]).toEqual([...theirs]);
      expect([...ours.keys()]).toEqual([...theirs.keys()]);
      expect([...ours.values()]).toEqual([...theirs.values()]);
      expect([...ours.entries()]).toEqual([...theirs.entries()]);
      expect(ours.getSetCookie()).toEqual(theirs.getSetCookie());
      const seen: unknown[] = [];
      ours.forEach((value, name) => {
        seen.push([name, value]);
      });
      expect(seen).toEqual([...theirs]);
      expect([...new globalThis.Headers(ours.raw)]).toEqual([...theirs]);
    }
  });

  test.each([
    ["a later field is deleted", (headers: globalThis.Headers) => headers.delete("d")],
    ["the current field is deleted", (headers: globalThis.Headers) => headers.delete("b")],
    ["an earlier field is added", (headers: globalThis.Headers) => headers.set("a", "0")],
    ["a later field is added", (headers: globalThis.Headers) => headers.append("z", "0")],
    ["a later field is changed", (headers: globalThis.Headers) => headers.set("d", "new")],
  ])("show in a running iteration that %s", (_, change) => {
    const walk = (headers: Iterable<[string, string]> & Pick<globalThis.Headers, "set">) => {
      const seen: [string, string][] = [];
      for (const entry of headers) {
        seen.push(entry);
        if (entry[0] === "b" && seen.length < 5) change(headers as globalThis.Headers);
      }
      return seen;
    };
    const pairs: [string, string][] = [
      ["b", "1"],
      ["c", "2"],
      ["d", "3"],
    ];
    expect(walk(new Headers(pairs) as never)).toEqual(walk(new globalThis.Headers(pairs) as never));
  });

  test("forEach passes value, name and itself, with the given this", () => {
    const headers = new Headers({ a: "1" });
    headers.forEach(function (this: unknown, ...args) {
      expect([this, ...args]).toEqual(["me", "1", "a", headers]);
    }, "me");
    expect(Object.prototype.toString.call(headers)).toBe("[object Headers]");
  });

  test("an entry of an iteration is the caller's to change", () => {
    const headers = new Headers({ a: "1" });
    for (const entry of headers) entry[1] = "changed";
    expect([...headers]).toEqual([["a", "1"]]);
  });
});

describe("Headers beyond the Fetch standard", () => {
  test("keep order, case and repeats in raw and getAll", () => {
    const headers = new Headers([
      ["X-B", "1"],
      ["x-a", "2"],
      ["x-b", "3"],
    ]);
    expect(headers.raw).toEqual([
      ["X-B", "1"],
      ["x-a", "2"],
      ["x-b", "3"],
    ]);
    expect(headers.getAll("X-b")).toEqual(["1", "3"]);
    headers.set("X-b", "4");
    expect(headers.raw).toEqual([
      ["X-b", "4"],
      ["x-a", "2"],
    ]);
  });

  test("a copy changes on its own", () => {
    const headers = new Headers({ a: "1", b: "2" });
    const copy = headers.clone();
    copy.set("a", "changed");
    copy.append("c", "3");
    headers.delete("b");
    expect([...headers]).toEqual([["a", "1"]]);
    expect([...copy]).toEqual([
      ["a", "changed"],
      ["b", "2"],
      ["c", "3"],
    ]);
  });

  test.each<[string, Init, [string, string][]]>([
    [
      "an object",
      { b: "1", A: 2, c: true },
      [
        ["b", "1"],
        ["A", "2"],
        ["c", "true"],
      ],
    ],
    [
      "a list as value",
      { a: ["1", 2] },
      [
        ["a", "1"],
        ["a", "2"],
      ],
    ],
    [
      "pairs",
      [
        ["a", "1"],
        ["a", "2"],
      ],
      [
        ["a", "1"],
        ["a", "2"],
      ],
    ],
    ["a Map", new Map([["a", "1"]]), [["a", "1"]]],
    [
      "Headers",
      new Headers([
        ["A", "1"],
        ["a", "2"],
      ]),
      [
        ["A", "1"],
        ["a", "2"],
      ],
    ],
    [
      "native Headers",
      new globalThis.Headers({ B: "2", A: "1" }),
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    [
      "a generator",
      (function* () {
        yield ["a", "1"] as const;
      })(),
      [["a", "1"]],
    ],
    ["null and undefined as values", { a: null, b: undefined, c: "1" }, [["c", "1"]]],
    ["nothing", undefined, []],
    ["null", null, []],
    ["inherited keys", Object.create({ a: "1" }) as Init, []],
    ["an own __proto__", JSON.parse('{"__proto__":"1"}') as Init, [["__proto__", "1"]]],
  ])("can be made from %s", (_, init, raw) => {
    expect(new Headers(init).raw).toEqual(raw);
  });

  test.each<[string, unknown, string]>([
    ["text", "a: b", "Cannot read headers: must be an object, pairs or Headers: string"],
    ["empty text", "", "Cannot read headers: must be an object, pairs or Headers: string"],
    ["a number", 0, "Cannot read headers: must be an object, pairs or Headers: number"],
    ["a flat list", ["a", "1"], "Cannot read headers: a list must hold pairs of name and value"],
    ["a list of threes", [["a", "1", "2"]], "Cannot read headers: a list must hold pairs of name and value"],
    ["an object as value", { a: {} }, 'Cannot set header "a": value must be a string: object'],
    ["a function as value", { a: () => "1" }, 'Cannot set header "a": value must be a string: function'],
    ["a symbol as value", { a: Symbol("s") }, 'Cannot set header "a": value must be a string: symbol'],
    [
      "text that becomes another when it is asked again",
      { a: { toString: () => "x\r\n" } },
      'Cannot set header "a": value must be a string: object',
    ],
    ["a list as name", [[["a"], "1"]], "Cannot use header object: name must be a token of RFC 9110"],
    ["no name", [[undefined, "1"]], "Cannot use header undefined: name must be a token of RFC 9110"],
    [
      "a whole line as name",
      { "Authorization: Bearer t": "" },
      'Cannot use header "Authorization:…": name must be a token of RFC 9110',
    ],
  ])("cannot be made from %s", (_, init, message) => {
    expect(fault(() => new Headers(init as Init))).toEqual(["TypeError", INVALID, message]);
  });

  test("merge lays one set over another: a name replaces, null removes, repeats stay", () => {
    const headers = new Headers([
      ["A", "1"],
      ["a", "2"],
      ["b", "3"],
      ["c", "4"],
    ]);
    headers.merge([
      ["a", "5"],
      ["A", "6"],
      ["B", null],
      ["d", undefined],
    ]);
    expect(headers.raw).toEqual([
      ["a", "5"],
      ["c", "4"],
      ["A", "6"],
    ]);
    expect(headers.merge(null).merge(undefined).raw.length).toBe(3);
  });

  test("parseHeaders reads a block and throws RemoteProtocolError for a bad one", () => {
    expect(parseHeaders("A: 1\r\na:2\r\n\r\n").raw).toEqual([
      ["A", "1"],
      ["a", "2"],
    ]);
    expect(fault(() => parseHeaders("A : 1\r\n"))?.slice(0, 2)).toEqual([
      "RemoteProtocolError",
      "ERR_REMOTE_PROTOCOL",
    ]);
  });
});

describe("Headers check", () => {
  test("names: every character is kept or thrown, never changed", () => {
    const kept = CHARACTERS.filter(([, char]) => !fault(() => new Headers([[`X${char}Y`, "1"]])));
    expect(kept.map(([, char]) => char).join("")).toBe(
      "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~",
    );
    for (const [, char] of kept) expect(new Headers([[`X${char}Y`, "1"]]).raw).toEqual([[`X${char}Y`, "1"]]);
    for (const name of ["", " ", "a ", " a", "Foo:", "é", "a\r\nb"]) {
      for (const use of ["append", "set", "get", "has", "delete", "getAll"] as const) {
        const headers = new Headers() as unknown as Record<string, (...args: string[]) => unknown>;
        expect(fault(() => headers[use]?.(name, "1"))?.slice(0, 2), `${use} ${name}`).toEqual([
          "TypeError",
          INVALID,
        ]);
      }
    }
  });

  test("values: every character is kept or thrown, never changed", () => {
    for (const [name, char] of CHARACTERS) {
      const code = char.charCodeAt(0);
      const allowed = code === 9 || (code >= 0x20 && code !== 0x7f && code <= 0xff);
      for (const use of ["append", "set"] as const) {
        const headers = new Headers();
        const failed = fault(() => headers[use]("X-A", `a${char}b`));
        if (allowed) expect(headers.get("x-a"), name).toBe(`a${char}b`);
        else {
          expect(failed, name).toEqual([
            "TypeError",
            INVALID,
            'Cannot set header "X-A": value must not hold control characters or characters beyond Latin-1',
          ]);
          expect(headers.raw).toEqual([]);
        }
      }
    }
  });

  test("line breaks at the ends of a value too, which Fetch would drop", () => {
    for (const value of ["a\n", "\ra", "\r\na", "a\0", "\n"]) {
      expect(fault(() => new Headers({ a: value }))?.[1]).toBe(INVALID);
    }
    expect(new Headers({ a: " \ta\u00a0 \t" }).get("a")).toBe("a\u00a0");
  });

  test("a mebibyte of blanks in linear time", () => {
    const blanks = " \t".repeat(524_288);
    expect(new Headers({ a: `${blanks}x${blanks}y${blanks}` }).get("a")?.length).toBe(blanks.length + 2);
  });

  test("and name the field, never its value", () => {
    const [, , message] = fault(() => new Headers({ Authorization: "Bearer s3cret\n" })) ?? [];
    expect(message).not.toContain("s3cret");
  });
});

describe("Headers dumped", () => {
  const headers = new Headers({
    Authorization: "Bearer TAINT-1",
    "Proxy-Authorization": "TAINT-2 TAINT-3",
    Cookie: "a=TAINT-4",
    "Set-Cookie": ["b=TAINT-5", "c=TAINT-6"],
    "X-Api-Key": "TAINT-7",
    "X-Auth-Token": "TAINT-8",
    Location: "https://user:TAINT-9@a.test/?token=TAINT-10&x=1",
    "WWW-Authenticate": 'Digest realm="r", nonce="TAINT-11"',
    Accept: "*/*",
  });

  test.each([
    ["inspect", inspect(headers, { depth: 10 })],
    ["inspect without our help", inspect(headers, { depth: 10, customInspect: false, showHidden: true })],
    ["JSON.stringify", JSON.stringify(headers)],
    ["String", String(headers)],
    ["structuredClone", inspect(structuredClone(headers), { depth: 10 })],
    ["own keys", inspect(Object.entries(headers))],
  ])("by %s show no secret", (_, text) => {
    expect(text).not.toContain("TAINT");
  });

  test("show the scheme and what is no secret", () => {
    expect(headers.toJSON()).toEqual({
      accept: "*/*",
      authorization: "Bearer ***",
      cookie: "***",
      location: "https://***@a.test/?token=***&x=1",
      "proxy-authorization": "***",
      "set-cookie": "***",
      "www-authenticate": "Digest ***",
      "x-api-key": "***",
      "x-auth-token": "***",
    });
    const odd = new Headers(JSON.parse('{"__proto__":"1"}') as Init);
    expect(JSON.stringify(odd)).toBe('{"__proto__":"1"}');
  });
});
