import { expect, test } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { parseNetrc } from "../../src/fields/netrc.ts";
import { CPYTHON, CURL, MALFORMED } from "../vectors/netrc.ts";

const read = (text: string) =>
  parseNetrc(text, "/home/u/.netrc").map(({ machine, login, account, password }) => [
    machine,
    login,
    account,
    password,
  ]);

test.each([...CPYTHON, ...CURL])("parseNetrc reads %s", (_name, text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each(MALFORMED.map(([text, error], index) => [index, error, text] as const))(
  "parseNetrc refuses text %i: %s",
  (_index, error, text) => {
    let thrown: unknown;
    try {
      read(text);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toBeInstanceOf(AuthError);
    expect(thrown).toMatchObject({
      code: "ERR_AUTH",
      message: `Cannot read netrc file "/home/u/.netrc", ${error}`,
    });
    expect(String(thrown)).not.toContain("hunter2");
  },
);

test("parseNetrc gives the line on which each entry begins", () => {
  const text = "# first\nmachine\n a.com login a\n\nmachine b.com\ndefault login c\n";
  expect(parseNetrc(text, "f").map(({ line }) => line)).toEqual([3, 5, 6]);
});

test("parseNetrc reads a file at its limits", () => {
  const long = "p".repeat(4096);
  expect(read(`machine a.com password ${long}`)).toEqual([["a.com", undefined, undefined, long]]);
  expect(read(" ".repeat(16_384))).toEqual([]);
  expect(read("\n".repeat(131_072))).toEqual([]);
});

test("parseNetrc gives entries or an AuthError for any text", () => {
  const words = [
    "machine",
    "default",
    "login",
    "password",
    "macdef",
    "a.com",
    '"',
    "\\",
    "#",
    "\n",
    "\n\n",
    " ",
    "\0",
    "\u00e9",
  ];
  // A fixed sequence (Lehmer), so that a failure can be run again.
  let seed = 42;
  const next = (bound: number) => (seed = (seed * 48_271) % 2_147_483_647) % bound;
  for (let run = 0; run < 5000; run++) {
    let text = "";
    for (let i = next(20); i >= 0; i--) text += words[next(words.length)] + (next(3) ? " " : "");
    try {
      for (const [machine, ...values] of read(text)) {
        expect(machine === null || typeof machine === "string").toBe(true);
        for (const value of values) expect(value ?? "").not.toMatch(/[\0-\x1f\x7f]/);
      }
    } catch (error) {
      expect(error, text).toBeInstanceOf(AuthError);
    }
  }
});
