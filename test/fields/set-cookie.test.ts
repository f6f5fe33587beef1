import { expect, test } from "vitest";
import { readSetCookie } from "../../src/fields/set-cookie.ts";
import { HOSTILE, PIECES, texts } from "./random.ts";

test.each<[string, string, string, Record<string, string>]>([
  // RFC 6265bis sections 3.1 and 4.1
  ["SID=31d4d96e407aad42", "SID", "31d4d96e407aad42", {}],
  ["SID=31d4; Path=/; Domain=site.example", "SID", "31d4", { path: "/", domain: "site.example" }],
  ["SID=31d4; Path=/; Secure; HttpOnly", "SID", "31d4", { path: "/", secure: "", httponly: "" }],
  ["lang=; Expires=Sun, 06 Nov 1994 08:49:37 GMT", "lang", "", { expires: "Sun, 06 Nov 1994 08:49:37 GMT" }],
  ["__Host-a=b;SameSite=Lax;Partitioned", "__Host-a", "b", { samesite: "Lax", partitioned: "" }],
  // Section 5.6: blanks, "=" in the value, quotes, no name, empty attributes, of two the last.
  [" a \t=\t b c ; PATH = /x ;; =y; Max-Age = 5 ", "a", "b c", { path: "/x", "max-age": "5" }],
  ["a=b=c==", "a", "b=c==", {}],
  ['a="b c"', "a", '"b c"', {}],
  ['a="b;c"', "a", '"b', { 'c"': "" }],
  ["just a value", "", "just a value", {}],
  ["=value", "", "value", {}],
  ["name=", "name", "", {}],
  ["a=b; path=/1; Path=/2", "a", "b", { path: "/2" }],
  ["a=\tb\tc\t", "a", "b\tc", {}],
  ["a=\u00e4\u00ff", "a", "\u00e4\u00ff", {}],
  ["__proto__=x; __proto__=y", "__proto__", "x", { ["__proto__"]: "y" }],
])("readSetCookie reads %j", (text, name, value, attributes) => {
  const cookie = readSetCookie(text);
  expect([cookie?.name, cookie?.value]).toEqual([name, value]);
  expect(Object.entries(cookie?.attributes ?? {})).toEqual(Object.entries(attributes));
  expect(Object.getPrototypeOf(cookie?.attributes)).toBeNull();
});

test.each([
  "",
  " ",
  "=",
  " = ; Path=/",
  ";",
  "; Secure",
  "a=b\u0000",
  "a=b\r\nc",
  "a\u007f=b",
  "a=b; x=\u0001",
  "\n",
])("readSetCookie gives undefined for %j", (text) => {
  expect(readSetCookie(text)).toBeUndefined();
});

test("readSetCookie takes a pair of 4096 characters and drops a longer one", () => {
  expect(readSetCookie(`a=${"b".repeat(4095)}`)?.value).toHaveLength(4095);
  expect(readSetCookie(`a=${"b".repeat(4096)}`)).toBeUndefined();
  expect(readSetCookie(`${"a".repeat(4096)}=b`)).toBeUndefined();
});

test("readSetCookie drops an attribute value of more than 1024 characters and keeps the cookie", () => {
  expect(readSetCookie(`a=b; path=/${"x".repeat(1023)}`)?.attributes.path).toHaveLength(1024);
  expect(readSetCookie(`a=b; path=/${"x".repeat(1024)}; secure`)?.attributes).toEqual({ secure: "" });
});

test("readSetCookie is total", () => {
  for (const text of [...texts(50, 10_000, PIECES, 16), ...HOSTILE]) {
    const cookie = readSetCookie(text);
    if (cookie) expect(cookie.name + cookie.value).not.toBe("");
  }
});
