import { describe, expect, test } from "vitest";
import { encodeForm, formEntries, mergeParams, type ParamsInit } from "../src/params.ts";
import { addParams } from "../src/url.ts";
import { CHARACTERS, fault, isHalf } from "./inputs.ts";

const withParams = (url: string, ...layers: (ParamsInit | null | undefined)[]) => {
  const made = new URL(url);
  addParams(made, ...layers);
  return made.href;
};

describe("params", () => {
  test.each<[string, ParamsInit, string]>([
    ["an object", { a: 1, b: true, c: "x y", d: 10n, e: Number.NaN }, "a=1&b=true&c=x+y&d=10&e=NaN"],
    ["lists, which repeat the key", { a: [1, "2", false] }, "a=1&a=2&a=false"],
    ["an empty list", { a: [] }, ""],
    [
      "null and undefined, which are left out",
      { a: null, b: undefined, c: [null, 1, undefined], d: "" },
      "c=1&d=",
    ],
    [
      "pairs",
      [
        ["a", 1],
        ["a", "2"],
        ["b", null],
      ],
      "a=1&a=2",
    ],
    ["a Map", new Map([["a", 1]]), "a=1"],
    ["URLSearchParams", new URLSearchParams("a=1&a=%20"), "a=1&a=+"],
    ["text, taken as it is", "a=%2B+%20&b&=&c=1=2", "a=%2B+%20&b&=&c=1=2"],
    ["text with a question mark", "?a=1", "a=1"],
    ["text with two, of which one belongs to the key", "??a=1", "?a=1"],
    ["text with a hash", "a=#1", "a=%231"],
    ["an own __proto__", JSON.parse('{"__proto__":"1"}') as ParamsInit, "__proto__=1"],
    ["inherited keys, which are none", Object.create({ a: 1 }) as ParamsInit, ""],
    ["what queries are made of", { "a&b=c": "1;b=2+3%2B&#" }, "a%26b%3Dc=1%3Bb%3D2%2B3%252B%26%23"],
  ])("take %s", (_, init, query) => {
    expect(withParams("http://h/", init)).toBe(`http://h/${query && "?"}${query}`);
  });

  test("leave the URL's own query byte for byte", () => {
    expect(withParams("http://h/?x=%7e&&y='+~#f", { a: 1 })).toBe("http://h/?x=%7e&&y=%27+~&a=1#f");
    expect(withParams("http://h/?", { a: 1 })).toBe("http://h/?a=1");
    expect(withParams("http://h/?", {})).toBe("http://h/?");
    expect(withParams("http://h/?a=1", { a: 2 })).toBe("http://h/?a=1&a=2");
  });

  test("of a later layer replace the same key of the earlier ones, and null removes it", () => {
    expect(withParams("http://h/", { a: 1, b: 2, c: 3 }, { b: [4, 5], c: null })).toBe(
      "http://h/?a=1&b=4&b=5",
    );
    expect(withParams("http://h/", "a%20b=1&c=2", { "a b": 3 })).toBe("http://h/?c=2&a+b=3");
    expect(withParams("http://h/", "%3Fa=1", "?%3Fa=2")).toBe("http://h/?%3Fa=2");
    expect(withParams("http://h/", { a: 1 }, "a=2", null, undefined)).toBe("http://h/?a=2");
    expect(mergeParams(null, undefined)).toBe("");
  });

  test("keep every character of names and values, or throw", () => {
    for (const [name, char] of CHARACTERS) {
      for (const init of [
        { [`a${char}b`]: "1" },
        { n: `a${char}b` },
        [["n", [`a${char}b`]]],
      ] as ParamsInit[]) {
        if (isHalf(char)) {
          expect(fault(() => mergeParams(init))?.slice(0, 2), name).toEqual([
            "TypeError",
            "ERR_INVALID_ARGUMENT",
          ]);
          expect(fault(() => encodeForm(init as never))?.[1], name).toBe("ERR_INVALID_ARGUMENT");
        } else {
          const [[key, value] = []] = [...new URL(withParams("http://h/", init)).searchParams];
          expect([key, value], name).toContain(`a${char}b`);
          expect([...new URLSearchParams(encodeForm(init as never))].flat(), name).toContain(`a${char}b`);
        }
      }
      if (/^[\0-\x1f]$/.test(char) || isHalf(char)) {
        expect(
          fault(() => mergeParams(`a=${char}`)),
          name,
        ).toEqual([
          "TypeError",
          "ERR_INVALID_ARGUMENT",
          "Cannot read params: text must not hold control characters or half of a surrogate pair",
        ]);
      } else if (!"&+%".includes(char)) {
        expect(new URL(withParams("http://h/", `a=x${char}y`)).searchParams.get("a"), name).toBe(`x${char}y`);
      }
    }
  });

  test.each<[string, unknown, string]>([
    ["a number", 5, "Cannot read params: must be an object, pairs or URLSearchParams: number"],
    ["a flat list", ["a", "1"], "Cannot read params: a list must hold pairs of name and value"],
    [
      "an object in an object",
      { a: { b: 1 } },
      'Cannot use params "a": must be a string, number, boolean or a list of them: object',
    ],
    [
      "a date",
      { a: new Date() },
      'Cannot use params "a": must be a string, number, boolean or a list of them: object',
    ],
    [
      "a list in a list",
      { a: [[1]] },
      'Cannot use params "a": must be a string, number, boolean or a list of them: object',
    ],
    [
      "a function",
      { a: () => 1 },
      'Cannot use params "a": must be a string, number, boolean or a list of them: function',
    ],
    [
      "a symbol",
      { a: Symbol("s") },
      'Cannot use params "a": must be a string, number, boolean or a list of them: symbol',
    ],
    [
      "a name of no kind",
      [[{}, 1]],
      "Cannot use params name: must be a string, number, boolean or a list of them: object",
    ],
  ])("refuse %s", (_, init, message) => {
    expect(fault(() => mergeParams(init as ParamsInit))).toEqual([
      "TypeError",
      "ERR_INVALID_ARGUMENT",
      message,
    ]);
  });
});

describe("form fields", () => {
  test("leave out null and undefined", () => {
    expect(formEntries({ a: [1, null], b: undefined, c: "" })).toEqual([
      ["a", "1"],
      ["c", ""],
    ]);
    expect(encodeForm({ a: "é &", b: [1, 2] })).toBe("a=%C3%A9+%26&b=1&b=2");
  });

  test("name themselves in errors", () => {
    expect(fault(() => encodeForm({ a: {} } as never))?.[2]).toBe(
      'Cannot use data "a": must be a string, number, boolean or a list of them: object',
    );
  });
});
