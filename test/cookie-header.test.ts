import { expect, test } from "vitest";
import { checkCookies, cookieHeader, mergeCookies } from "../src/cookie-header.ts";

const SECRET = "s3cret-value";

test("cookieHeader joins a record in its order", () => {
  expect(cookieHeader({ b: "2", a: "1" })).toBe("b=2; a=1");
});

test("cookieHeader joins pairs, repeats included", () => {
  const pairs = [
    ["a", "1"],
    ["a", "2"],
  ] as const;
  expect(cookieHeader(pairs)).toBe("a=1; a=2");
  expect(cookieHeader(new Map([["a", "1"]]))).toBe("a=1");
});

test("cookieHeader is empty without cookies", () => {
  expect(cookieHeader({})).toBe("");
  expect(cookieHeader([])).toBe("");
});

test("cookieHeader reads own properties only", () => {
  const polluted = Object.create({ evil: "1" }) as Record<string, string>;
  polluted.a = "1";
  expect(cookieHeader(polluted)).toBe("a=1");
});

test("cookieHeader takes names that are traps of prototypes as names", () => {
  expect(cookieHeader(JSON.parse('{ "__proto__": "1", "constructor": "2" }'))).toBe(
    "__proto__=1; constructor=2",
  );
});

test("cookieHeader sends values as they are: quotes, blanks, commas, percent signs, Latin-1", () => {
  for (const value of ['"x y"', "a,b", "%0D%0A", "a=b=c", "\\", "\u00e9\u00a0", "", "{}"]) {
    expect(cookieHeader({ a: value })).toBe(`a=${value}`);
  }
});

test("cookieHeader refuses every name that is no token, and sends every token", () => {
  for (let code = 0; code <= 0x100; code++) {
    const char = String.fromCharCode(code);
    const isTchar = /[\w!#$%&'*+.^`|~-]/.test(char);
    if (isTchar) expect(cookieHeader({ [`a${char}`]: "1" })).toBe(`a${char}=1`);
    else
      expect(() => cookieHeader([[`a${char}`, SECRET]])).toThrow(
        /^Cannot use cookie: name must be a token: "a/,
      );
  }
  expect(() => cookieHeader({ "": "1" })).toThrow('Cannot use cookie: name must be a token: ""');
});

test("cookieHeader refuses every character in a value that would not arrive, and sends every other", () => {
  for (const code of [...Array(0x101).keys(), 0x10a, 0x10d, 0x2028, 0xd800]) {
    const value = `${SECRET}${String.fromCharCode(code)}x`;
    const arrives = code >= 0x20 && code <= 0xff && code !== 0x7f && code !== 0x3b;
    if (arrives) expect(cookieHeader({ a: value })).toBe(`a=${value}`);
    else {
      const error = thrownBy(() => cookieHeader({ a: value }));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.code).toBe("ERR_INVALID_ARGUMENT");
      expect(error.message).toMatch(/^Cannot use cookie "a": value must not contain /);
      expect(error.message).not.toContain(SECRET);
    }
  }
});

test("cookieHeader names the cookie and the fault, never the value", () => {
  const message = (cookies: unknown) =>
    thrownBy(() => cookieHeader(cookies as Record<string, string>)).message;
  expect(message({ sid: "a\nb" })).toBe('Cannot use cookie "sid": value must not contain control characters');
  expect(message({ sid: "a;b" })).toBe('Cannot use cookie "sid": value must not contain a semicolon');
  expect(message({ sid: "\u0141" })).toBe(
    'Cannot use cookie "sid": value must not contain characters beyond U+00FF; percent-encode them',
  );
  expect(message({ sid: " a" })).toBe('Cannot use cookie "sid": value must not begin or end with a blank');
  expect(message({ sid: "a " })).toBe('Cannot use cookie "sid": value must not begin or end with a blank');
  expect(message({ sid: 1 })).toBe('Cannot use cookie "sid": value must be a string');
  expect(message({ sid: undefined })).toBe('Cannot use cookie "sid": value must be a string');
  expect(message("a=1")).toBe("Cannot read cookies: must be a record or pairs: string");
  expect(message(null)).toBe("Cannot read cookies: must be a record or pairs: null");
  expect(message(["a=1"])).toBe("Cannot read cookies: each pair must be a list of name and value");
});

test("checkCookies gives the pairs", () => {
  expect(checkCookies({ a: "1", b: "2" })).toEqual([
    ["a", "1"],
    ["b", "2"],
  ]);
});

test("mergeCookies puts the jar's cookies first and lets the caller's win by name", () => {
  expect(mergeCookies("a=1; b=2", "b=3; c=4")).toBe("a=1; b=3; c=4");
  expect(mergeCookies("a=1; a=2", "a=3")).toBe("a=3");
  expect(mergeCookies("A=1", "a=2")).toBe("A=1; a=2");
});

test("mergeCookies leaves one side alone when the other is empty", () => {
  expect(mergeCookies("", "a=1")).toBe("a=1");
  expect(mergeCookies("a=1", "")).toBe("a=1");
  expect(mergeCookies("", "")).toBe("");
});

test("mergeCookies compares names whole, never as patterns", () => {
  expect(mergeCookies("a.c=1; abc=2; ac=3", "a.c=4")).toBe("abc=2; ac=3; a.c=4");
  expect(mergeCookies("nameless; a=1", "nameless=2")).toBe("nameless; a=1; nameless=2");
});

test("mergeCookies sends at most 150 cookies, the jar's first ones", () => {
  const jar = Array.from({ length: 200 }, (_, i) => `c${i}=1`).join("; ");
  expect(mergeCookies(jar, "").split("; ")).toEqual(Array.from({ length: 150 }, (_, i) => `c${i}=1`));
  const merged = mergeCookies(jar, "x=1; y=2").split("; ");
  expect(merged).toHaveLength(150);
  expect(merged.slice(-3)).toEqual(["c147=1", "x=1", "y=2"]);
});

test("mergeCookies sends at most 8190 bytes", () => {
  const big = `=${"x".repeat(4000)}`;
  const jar = [`a${big}`, `b${big}`, `c${big}`].join("; ");
  expect(mergeCookies(jar, "")).toBe(`a${big}; b${big}`);
  const exact = `a=${"x".repeat(8188)}`;
  expect(mergeCookies(exact, "")).toBe(exact);
  expect(mergeCookies(`${exact}y`, "")).toBe("");
  expect(mergeCookies(`b=1; a=${"x".repeat(8188 - 5)}`, "")).toHaveLength(8190);
  expect(mergeCookies(`b=1; a=${"x".repeat(8188 - 4)}`, "")).toBe("b=1");
});

test("mergeCookies never drops what the caller gave", () => {
  const own = `own=${"x".repeat(9000)}`;
  expect(mergeCookies("a=1; b=2", own)).toBe(own);
});

function thrownBy(work: () => unknown): Error & { code?: string } {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown");
}
