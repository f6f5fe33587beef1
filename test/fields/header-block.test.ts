import { expect, test } from "vitest";
import { RemoteProtocolError } from "../../src/errors.ts";
import { MAX_FIELDS, MAX_LINE_LENGTH, parseHeaderBlock } from "../../src/fields/header-block.ts";
import { isFieldValue, isToken } from "../../src/grammar.ts";
import { HOSTILE, PIECES, texts } from "./random.ts";

function failure(text: string): RemoteProtocolError {
  try {
    parseHeaderBlock(text);
  } catch (error) {
    if (error instanceof RemoteProtocolError) return error;
    throw error;
  }
  throw new Error(`Nothing was thrown for ${JSON.stringify(text)}`);
}

test.each<[string, [string, string][]]>([
  ["", []],
  ["\r\n", []],
  ["\n", []],
  ["Host: a", [["Host", "a"]]],
  ["Host: a\r\n", [["Host", "a"]]],
  ["Host: a\r\n\r\n", [["Host", "a"]]],
  [
    "Host: a\nAccept:b\n\nbody: no",
    [
      ["Host", "a"],
      ["Accept", "b"],
    ],
  ],
  [
    "a:\r\nb: \t \r\nc:\t1 2\t ",
    [
      ["a", ""],
      ["b", ""],
      ["c", "1 2"],
    ],
  ],
  // Order, case and repeats.
  [
    "X-b: 1\r\nx-B: 2\r\nA: 3",
    [
      ["X-b", "1"],
      ["x-B", "2"],
      ["A", "3"],
    ],
  ],
  ["a: b: c", [["a", "b: c"]]],
  ["a: \u00e4\u00ff\u0080", [["a", "\u00e4\u00ff\u0080"]]],
  [
    "__proto__: x\r\nconstructor: y",
    [
      ["__proto__", "x"],
      ["constructor", "y"],
    ],
  ],
  ["\r\nHost: a", []],
])("parseHeaderBlock reads %j", (text, expected) => {
  expect(parseHeaderBlock(text)).toEqual(expected);
});

test.each([
  ["no colon here", "Cannot read header line 1: no colon"],
  ["HTTP/1.1 200 OK\r\na: b", "Cannot read header line 1: no colon"],
  ["a: b\r\njunk", "Cannot read header line 2: no colon"],
  ["a: b\r\n c", "Cannot read header line 2: folded lines are not allowed"],
  ["a: b\r\n\tc: d", "Cannot read header line 2: folded lines are not allowed"],
  [" a: b", "Cannot read header line 1: folded lines are not allowed"],
  [" \r\na: b", "Cannot read header line 1: folded lines are not allowed"],
  ["Host : a", 'Cannot read header line 1: blank before the colon: "Host "'],
  ["Host\t: a", 'Cannot read header line 1: blank before the colon: "Host\\t"'],
  [": a", 'Cannot read header line 1: name must be a token: ""'],
  [":method: GET", 'Cannot read header line 1: name must be a token: ""'],
  ["a b: c", 'Cannot read header line 1: name must be a token: "a b"'],
  ["a\u0000: b", 'Cannot read header line 1: name must be a token: "a\\u0000"'],
  ["\u00e4: b", 'Cannot read header line 1: name must be a token: "\u00e4"'],
  ["a\rb: c", 'Cannot read header line 1: name must be a token: "a\\rb"'],
  [
    "Cookie: secret\u0000",
    'Cannot read header line 1: value holds a character that is not allowed: "Cookie"',
  ],
  ["a: b\rc: d", 'Cannot read header line 1: value holds a character that is not allowed: "a"'],
  ["a: b\r\r\nc: d", 'Cannot read header line 1: value holds a character that is not allowed: "a"'],
  ["a: b\u007f", 'Cannot read header line 1: value holds a character that is not allowed: "a"'],
  ["a: \u010a", 'Cannot read header line 1: value holds a character that is not allowed: "a"'],
])("parseHeaderBlock refuses %j", (text, message) => {
  const error = failure(text);
  expect(error.message).toBe(message);
  expect(error.code).toBe("ERR_REMOTE_PROTOCOL");
});

test("parseHeaderBlock takes a line of 64 KiB and refuses a longer one", () => {
  const line = `a: ${"b".repeat(MAX_LINE_LENGTH - 3)}`;
  expect(parseHeaderBlock(`${line}\r\n`)).toHaveLength(1);
  expect(failure(`${line}c\r\n`).message).toBe(
    "Cannot read header line 1: a line holds at most 65536 characters: 65537",
  );
});

test("parseHeaderBlock takes 256 fields and refuses more", () => {
  expect(parseHeaderBlock("a: b\r\n".repeat(MAX_FIELDS))).toHaveLength(256);
  expect(failure("a: b\r\n".repeat(MAX_FIELDS + 1)).message).toBe(
    "Cannot read header line 257: a block holds at most 256 fields",
  );
});

test("parseHeaderBlock gives back every block that was written", () => {
  const names = texts(40, 300, ["a", "B", "-", "x", "1"], 6).map((name) => `n${name}`);
  const values = texts(41, 300, ["a", ":", " ", "\t", "é", '"', ",", ";"], 10).map((value) => `v${value}v`);
  for (let start = 0; start < 300; start += 10) {
    const pairs = names.slice(start, start + 10).map((name, index) => [name, values[start + index] ?? ""]);
    for (const end of ["\r\n", "\n"]) {
      const block = pairs.map(([name, value]) => `${name}: \t${value} ${end}`).join("");
      expect(parseHeaderBlock(block + end)).toEqual(pairs);
    }
  }
});

test("parseHeaderBlock gives only valid fields or a short message without control characters", () => {
  for (const text of [...texts(42, 20_000, [...PIECES, "a: b", "\r\n", "\n", "secret"], 12), ...HOSTILE]) {
    try {
      for (const [name, value] of parseHeaderBlock(text)) {
        expect(isToken(name) && isFieldValue(value)).toBe(true);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(RemoteProtocolError);
      const { message } = error as Error;
      expect(message.length).toBeLessThanOrEqual(200);
      expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    }
  }
});

test("parseHeaderBlock shows no value in a message", () => {
  for (const text of [
    "Authorization : Bearer hunter2",
    "Authorization: Bearer\u0000hunter2",
    "Cookie: a=b\r\n hunter2",
    "Cookie: a=b\r\nhunter2",
    "Set Cookie: hunter2",
  ]) {
    const error = failure(text);
    expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain("hunter2");
  }
});
