import { expect, test } from "vitest";
import { parseContentDisposition } from "../../src/fields/content-disposition.ts";
import { decodeExtValue } from "../../src/fields/ext-value.ts";
import { GREENBYTES, OTHERS } from "../vectors/content-dispositions.ts";
import { HOSTILE, PIECES, texts } from "./random.ts";

const VECTORS = [...GREENBYTES, ...OTHERS].map(([input, type, filename]) => ({ input, type, filename }));

test.each(VECTORS)("parseContentDisposition reads $input", ({ input, type, filename }) => {
  const parsed = parseContentDisposition(input);
  expect(parsed?.type).toBe(type ?? undefined);
  expect(parsed?.filename).toBe(filename);
  // Without a file name there is no such key either.
  expect(Object.hasOwn(parsed ?? {}, "filename")).toBe(filename !== undefined);
});

test("parseContentDisposition keeps every parameter, filename* in its coding", () => {
  const parsed = parseContentDisposition(
    "Form-Data; NAME=\"a;b\"; filename=x; filename*=UTF-8''y; foo = bar; foo=baz",
  );
  expect(parsed).toEqual({
    type: "form-data",
    parameters: { name: "a;b", filename: "x", "filename*": "UTF-8''y", foo: "bar" },
    filename: "y",
  });
  expect(Object.getPrototypeOf(parsed?.parameters)).toBeNull();
});

test("parseContentDisposition takes no file name from a prototype", () => {
  Object.assign(Object.prototype, { filename: "polluted", "filename*": "UTF-8''polluted" });
  try {
    expect(Object.hasOwn(parseContentDisposition("attachment") ?? {}, "filename")).toBe(false);
  } finally {
    Reflect.deleteProperty(Object.prototype, "filename");
    Reflect.deleteProperty(Object.prototype, "filename*");
  }
});

test("parseContentDisposition is total", () => {
  for (const text of [...texts(11, 10_000, [...PIECES, "attachment", "filename"], 16), ...HOSTILE]) {
    expect(typeof (parseContentDisposition(text)?.filename ?? "")).toBe("string");
  }
});

test.each([
  // RFC 8187 section 3.2.3
  ["iso-8859-1'en'%A3%20rates", "\u00a3 rates"],
  ["UTF-8''%c2%a3%20and%20%e2%82%ac%20rates", "\u00a3 and \u20ac rates"],
  ["utf-8'de-DE'%F0%9F%98%80", "\u{1f600}"],
  ["UTF-8''", ""],
  ["UTF-8''%00%0a", "\u0000\n"],
  ["UTF-8''%EF%BB%BFa", "\ufeffa"],
  ["ISO-8859-1''%80", "\u0080"],
])("decodeExtValue decodes %j", (text, expected) => {
  expect(decodeExtValue(text)).toBe(expected);
});

test.each([
  "",
  "a",
  "''a",
  "utf-8'a",
  "utf8''a",
  "windows-1252''a",
  "UTF-8''%",
  "UTF-8''%4",
  "UTF-8''%4g",
  "UTF-8''%+1",
  "ISO-8859-1''% 1",
  "UTF-8''%80",
  "UTF-8''%c0%80",
  "UTF-8''%f4%90%80%80",
  "UTF-8''%ed%a0%80",
  "UTF-8''\u00e4",
  "UTF-8''a\n",
  " UTF-8''a",
])("decodeExtValue gives undefined for %j", (text) => {
  expect(decodeExtValue(text)).toBeUndefined();
});

test("decodeExtValue gives back every text that was encoded", () => {
  for (const text of texts(
    12,
    1000,
    [...PIECES.filter((piece) => piece !== "\ud800"), "\u{1f600}", "€"],
    10,
  )) {
    expect(decodeExtValue(`UTF-8''${encodeURIComponent(text)}`)).toBe(text);
  }
});
