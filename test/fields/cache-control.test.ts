import { describe, expect, test } from "vitest";
import { type CacheControl, parseCacheControl } from "../../src/fields/cache-control.ts";
import { HOSTILE, PIECES, random, texts } from "./random.ts";

function check(text: string, expected: CacheControl): void {
  expect({ ...parseCacheControl(text) }).toEqual(expected);
}

describe("well-formed values", () => {
  test.each<[string, CacheControl]>([
    ["", {}],
    [" , ,\t", {}],
    // RFC 9111 sections 5.2.1 and 5.2.2
    ["max-age=3600", { maxAge: 3600 }],
    ["s-maxage=10, max-age=0", { sMaxage: 10, maxAge: 0 }],
    ['private, community="UCI"', { private: true, community: "UCI" }],
    ['no-cache="Set-Cookie, X-Secret"', { noCache: ["set-cookie", "x-secret"] }],
    ["private=authorization", { private: ["authorization"] }],
    [
      "no-store,no-cache,must-revalidate,proxy-revalidate,no-transform,public,private,must-understand,only-if-cached",
      {
        noStore: true,
        noCache: true,
        mustRevalidate: true,
        proxyRevalidate: true,
        noTransform: true,
        public: true,
        private: true,
        mustUnderstand: true,
        onlyIfCached: true,
      },
    ],
    ["max-stale, min-fresh=5", { maxStale: true, minFresh: 5 }],
    ["max-stale=10", { maxStale: 10 }],
    // RFC 5861, RFC 8246
    ["max-age=600, stale-while-revalidate=30", { maxAge: 600, staleWhileRevalidate: 30 }],
    ["max-age=600, stale-if-error=1200", { maxAge: 600, staleIfError: 1200 }],
    ["max-age=31536000, immutable", { maxAge: 31_536_000, immutable: true }],
    // Either form of an argument, any case, empty members.
    ['max-age="60"', { maxAge: 60 }],
    ["MAX-AGE=60, No-Store", { maxAge: 60, noStore: true }],
    [",,max-age=60 ,\t, public,", { maxAge: 60, public: true }],
    ["max-age=0060", { maxAge: 60 }],
    // The meaning of blanks beside "=" is plain.
    ['no-cache ="authorization"', { noCache: ["authorization"] }],
    ["max-age = 60", { maxAge: 60 }],
    // Unknown directives
    ['foo, foo-bar=baz, x="a, b", y=', { foo: true, fooBar: "baz", x: "a, b", y: "" }],
    ["foo=1, foo=2, bar, bar=3", { foo: "1", bar: true }],
  ])("parseCacheControl reads %j", check);
});

describe("malformed values", () => {
  test.each([
    "max-age",
    "max-age=",
    "max-age=x",
    "max-age=-1",
    "max-age=+1",
    "max-age=1.5",
    "max-age=1e9",
    "max-age=0x10",
    "max-age=1_0",
    "max-age=10 20",
    "max-age=10s",
    "max-age=10;",
    'max-age=""',
    'max-age="10',
    'max-age="10"x',
    'max-age=" 10"',
    'max-age="1,0"',
    "max-age=\u0661\u0660",
    "max-age=\uff11\uff10",
    "max-age 10",
    "max-age:10",
    "max-age==10",
    "max-age=10, max-age=x",
    "max-age=x, max-age=10",
  ])("parseCacheControl reads %j as stale", (text) => {
    expect(parseCacheControl(text).maxAge).toBe(0);
  });

  test("parseCacheControl reads every malformed time as none, and a malformed minFresh as the longest", () => {
    check("s-maxage=x, stale-while-revalidate=x, stale-if-error=-1, max-stale=x", {
      sMaxage: 0,
      staleWhileRevalidate: 0,
      staleIfError: 0,
      maxStale: 0,
    });
    check("min-fresh=x", { minFresh: 2_147_483_648 });
  });

  test("parseCacheControl takes the shortest of several times, and the longest minFresh", () => {
    check("max-age=10, max-age=5, max-age=20", { maxAge: 5 });
    check("s-maxage=10, s-maxage=10", { sMaxage: 10 });
    check("max-stale, max-stale=5", { maxStale: 5 });
    check("max-stale=5, max-stale", { maxStale: 5 });
    check("min-fresh=5, min-fresh=10, min-fresh=7", { minFresh: 10 });
  });

  test("parseCacheControl takes seconds beyond 2^31 for 2^31", () => {
    check("max-age=2147483647", { maxAge: 2_147_483_647 });
    check("max-age=2147483649", { maxAge: 2_147_483_648 });
    check(`max-age=${"9".repeat(1000)}`, { maxAge: 2_147_483_648 });
  });

  test.each(['=""', '=","', '=" , "', "=", '="a', '="a b"', '="a, @"', '="a"x', "=a b", '="é"', "=@", "@"])(
    "parseCacheControl reads no-cache%s and private%s as about the whole response",
    (rest) => {
      check(`no-cache${rest}, x`, { noCache: true, x: true });
      check(`private${rest}, x`, { private: true, x: true });
    },
  );

  test("parseCacheControl takes the wider of several lists of fields", () => {
    check('private, private="x"', { private: true });
    check('private="x", private', { private: true });
    check('no-cache="a", no-cache="b, C"', { noCache: ["a", "b", "c"] });
    check('no-cache="a", no-cache=""', { noCache: true });
  });

  test("parseCacheControl keeps what forbids and leaves out what permits when a flag has a stray argument", () => {
    check('no-store=x, must-revalidate="", no-transform y', {
      noStore: true,
      mustRevalidate: true,
      noTransform: true,
    });
    check("public=x, immutable y, public", { public: true });
    check('public="", immutable=', {});
  });

  test("parseCacheControl sees the directives behind an unclosed quote", () => {
    check('no-cache="authorization, no-store, max-age=5', { noCache: true, noStore: true, maxAge: 5 });
    check('foo="bar, private', { foo: true, private: true });
  });

  test("parseCacheControl passes over members without a name", () => {
    check('"no-store", =x, @, max-age=5', { maxAge: 5 });
  });
});

describe("names", () => {
  test("parseCacheControl gives an object without prototype, so that no directive reaches Object", () => {
    const found = parseCacheControl("__proto__=x, constructor, has-own-property=1");
    expect(Object.getPrototypeOf(found)).toBeNull();
    expect(Object.keys(found)).toEqual(["__proto__", "constructor", "hasOwnProperty"]);
    expect(parseCacheControl("").toString).toBeUndefined();
  });

  test("parseCacheControl never gives two names one key", () => {
    const names = [
      "max-age",
      "max--age",
      "maxage",
      "-max-age",
      "max-age-",
      "max-1age",
      "max1-age",
      "m-a-x-age",
    ];
    const found = parseCacheControl(names.map((name) => `${name}=1`).join(", "));
    expect(Object.keys(found)).toHaveLength(names.length);
    expect(parseCacheControl("max--age=999, max-age=1").maxAge).toBe(1);
  });
});

describe("families", () => {
  test("parseCacheControl gives back every record that was written", () => {
    const next = random(20);
    for (let round = 0; round < 500; round++) {
      const maxAge = next(1_000_000);
      const noCache = texts(next(1000) + 1, 3, ["a", "b", "x-", "set-cookie"], 3).filter(Boolean);
      const note = texts(next(1000) + 1, 1, ["a", ",", " ", "=", '"', "\\", "é"], 8)[0] ?? "";
      const members = [
        `max-age=${maxAge}`,
        ...(noCache.length > 0 ? [`no-cache="${noCache.join(" , ")}"`] : []),
        `note="${note.replace(/["\\]/g, "\\$&")}"`,
        "no-store",
      ];
      const expected = { maxAge, ...(noCache.length > 0 && { noCache }), note, noStore: true };
      expect({ ...parseCacheControl(members.join(",")) }).toEqual(expected);
      expect({ ...parseCacheControl(members.reverse().join(" ,, ")) }).toEqual(expected);
    }
  });

  test("parseCacheControl is total, and what it gives has the types that it promises", () => {
    const pieces = [...PIECES, "no-store", "public", "max-stale", "min-fresh", "s-maxage", "immutable"];
    for (const text of [...texts(21, 10_000, pieces, 20), ...HOSTILE]) {
      const found = parseCacheControl(text);
      for (const key of ["maxAge", "sMaxage", "minFresh", "staleIfError", "staleWhileRevalidate"] as const) {
        expect(found[key] ?? 0).toBeTypeOf("number");
      }
      for (const key of ["noStore", "public", "immutable"] as const) expect(found[key] ?? true).toBe(true);
      for (const key of ["noCache", "private"] as const) {
        const value = found[key] ?? true;
        expect(value === true || (Array.isArray(value) && value.length > 0)).toBe(true);
      }
    }
  });

  test("parseCacheControl never loses a no-store that stands alone between commas", () => {
    // A closed pair of quotes around it does hide it; so the texts here hold no quotes in pairs.
    const pieces = PIECES.filter((piece) => piece !== '"');
    for (const [index, text] of texts(22, 3000, pieces, 10).entries()) {
      const before = index % 2 ? `${text}, no-store` : `x="${text}, no-store`;
      expect(parseCacheControl(before).noStore, before).toBe(true);
    }
  });
});
