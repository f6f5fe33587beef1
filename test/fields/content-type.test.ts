import { expect, test } from "vitest";
import { parseContentType } from "../../src/fields/content-type.ts";
import { OTHERS, WPT } from "../vectors/content-types.ts";
import { HOSTILE, PIECES, texts } from "./random.ts";

const VECTORS = [...WPT, ...OTHERS].map(([input, type, parameters = {}]) => ({ input, type, parameters }));

test.each(VECTORS)("parseContentType reads $input", ({ input, type, parameters }) => {
  const parsed = parseContentType(input);
  if (type === null) expect(parsed).toBeUndefined();
  else {
    expect(parsed?.type).toBe(type);
    expect(Object.entries(parsed?.parameters ?? {})).toEqual(Object.entries(parameters));
  }
});

test("parseContentType gives parameters without prototype, so that no name reaches Object", () => {
  const parsed = parseContentType("text/html; __proto__=x");
  expect(Object.getPrototypeOf(parsed?.parameters)).toBeNull();
  expect(Object.keys(parsed?.parameters ?? {})).toEqual(["__proto__"]);
  expect(parseContentType("text/html")?.parameters.toString).toBeUndefined();
});

test("parseContentType is total", () => {
  for (const text of [...texts(10, 10_000, PIECES, 16), ...HOSTILE]) {
    expect(parseContentType(text)?.type ?? "a/b").toMatch(/^[^/\s]+\/[^/\s]+$/);
  }
});
