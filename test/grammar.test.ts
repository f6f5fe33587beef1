import { describe, expect, test } from "vitest";
import {
  accept,
  atEnd,
  isFieldValue,
  isToken,
  quoteString,
  scan,
  scanParameters,
  scanQuoted,
  scanToken,
  skipBlanks,
  skipMember,
  trimBlanks,
} from "../src/grammar.ts";
import { HOSTILE, PIECES, texts } from "./fields/random.ts";

const ALL = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
const TCHARS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

describe("isToken", () => {
  test("isToken is true for each tchar of RFC 9110 section 5.6.2 and for no other code unit", () => {
    const taken = ALL.filter(isToken);
    expect(taken.sort().join("")).toBe([...TCHARS].sort().join(""));
  });

  test("isToken asks it of the whole text", () => {
    expect(isToken("X-Api-Key")).toBe(true);
    expect(isToken(TCHARS)).toBe(true);
    for (const text of ["", " a", "a ", "a b", "a\n", "\na", "a\r\nb", "a:", "a\u0000"])
      expect(isToken(text)).toBe(false);
  });
});

describe("isFieldValue", () => {
  test("isFieldValue takes HTAB, SP, visible ASCII and obs-text, and no other code unit", () => {
    const allowed = ALL.filter((_, code) => code === 9 || (code >= 0x20 && code <= 0xff && code !== 0x7f));
    expect(ALL.filter(isFieldValue)).toEqual(allowed);
  });

  test("isFieldValue finds one bad character anywhere", () => {
    expect(isFieldValue("")).toBe(true);
    for (const bad of ["\n", "\r", "\u0000", "\u010a", "\u{1f600}", "\u2028"]) {
      for (const text of [`${bad}ab`, `a${bad}b`, `ab${bad}`]) expect(isFieldValue(text)).toBe(false);
    }
  });
});

describe("trimBlanks", () => {
  test("trimBlanks takes SP and HTAB from both ends and nothing else", () => {
    expect(trimBlanks(" \t a \t b\t ")).toBe("a \t b");
    expect(trimBlanks(" \t ")).toBe("");
    expect(trimBlanks("")).toBe("");
    for (const text of ["\u00a0a", "a\n", "\ra", "a\u000b", "\ufeffa", "a\u0000"])
      expect(trimBlanks(text)).toBe(text);
  });

  test("trimBlanks goes through a mebibyte of blanks", () => {
    expect(trimBlanks(`${" \t".repeat(524_288)}a${" \t".repeat(524_288)}`)).toBe("a");
    expect(trimBlanks(`a${" ".repeat(1_048_576)}b`)).toHaveLength(1_048_578);
  });
});

describe("quoteString", () => {
  test("quoteString escapes quotes and backslashes", () => {
    expect(quoteString("")).toBe('""');
    expect(quoteString("a b")).toBe('"a b"');
    expect(quoteString('a"b\\c')).toBe('"a\\"b\\\\c"');
    expect(quoteString('\\"')).toBe('"\\\\\\""');
  });

  test("quoteString makes of every text what scanQuoted gives back", () => {
    for (const text of texts(1, 2000, PIECES, 12)) {
      const cursor = { text: `${quoteString(text)}, x="evil"`, at: 0 };
      expect(scanQuoted(cursor)).toBe(text);
      expect(cursor.text.slice(cursor.at)).toBe(', x="evil"');
    }
  });
});

describe("the cursor", () => {
  test("scan reads only where the cursor stands", () => {
    const cursor = { text: "ab12", at: 0 };
    expect(scan(cursor, /\d+/y)).toBe("");
    expect(cursor.at).toBe(0);
    expect(scan(cursor, /[a-z]+/y)).toBe("ab");
    expect(scan(cursor, /\d+/y)).toBe("12");
    expect(atEnd(cursor)).toBe(true);
    expect(scan(cursor, /\d+/y)).toBe("");
  });

  test("scanToken, skipBlanks and accept move over what they find", () => {
    const cursor = { text: "name \t= value", at: 0 };
    expect(scanToken(cursor)).toBe("name");
    expect(accept(cursor, "=")).toBe(false);
    expect(skipBlanks(cursor)).toBe(true);
    expect(accept(cursor, "=")).toBe(true);
    expect(skipBlanks(cursor)).toBe(true);
    expect(skipBlanks(cursor)).toBe(false);
    expect(scanToken(cursor)).toBe("value");
    expect(scanToken(cursor)).toBe("");
    expect(accept(cursor, "=")).toBe(false);
  });

  test("scanQuoted stands at the end when the quote is not closed", () => {
    for (const text of ['"', '"a', '"a\\"', '"\\', '"a\\\\\\"b, c="d'.slice(0, -5)]) {
      const cursor = { text, at: 0 };
      expect(scanQuoted(cursor)).toBeUndefined();
      expect(cursor.at).toBe(text.length);
    }
  });

  test("scanQuoted undoes every escape", () => {
    expect(scanQuoted({ text: '"\\a\\\\\\"\\ "', at: 0 })).toBe('a\\" ');
  });

  test("scanQuoted reads nothing where no quote begins", () => {
    const cursor = { text: 'a"b"', at: 0 };
    expect(scanQuoted(cursor)).toBeUndefined();
    expect(cursor.at).toBe(0);
  });

  test("skipMember stops at the first comma outside quotes", () => {
    const rest = (text: string) => {
      const cursor = { text, at: 0 };
      skipMember(cursor);
      return text.slice(cursor.at);
    };
    expect(rest("a, b")).toBe(", b");
    expect(rest(", b")).toBe(", b");
    expect(rest('a="x, y", b')).toBe(", b");
    expect(rest('"x, \\", y"z"w, v", b')).toBe(", b");
    expect(rest('a "x, b')).toBe("");
    expect(rest("a")).toBe("");
    expect(rest("")).toBe("");
  });
});

describe("scanParameters", () => {
  test("scanParameters gives back every parameter that was written well", () => {
    const names = ["a", "b2", "x-y", "charset", "__proto__", "constructor", "filename*"];
    const values = texts(2, 500, ["a", " ", ";", ",", "=", '"', "\\", "é", "\t"], 8);
    for (const [index, value] of values.entries()) {
      const other = values[values.length - 1 - index] ?? "";
      const [name = "", second = ""] = [names[index % names.length], names[(index + 1) % names.length]];
      const text = `type ; ${name}=${quoteString(value)}; ${second.toUpperCase()} =\t${quoteString(other)}`;
      expect(Object.entries(scanParameters({ text, at: 0 }))).toEqual([
        [name, value],
        [second, other],
      ]);
    }
  });

  test("scanParameters is total, and every name is a token in lower case and every value a field value", () => {
    for (const text of [...texts(3, 5000, PIECES, 20), ...HOSTILE]) {
      const bad = Object.entries(scanParameters({ text, at: 0 })).filter(
        ([name, value]) => !isToken(name) || name !== name.toLowerCase() || !isFieldValue(value),
      );
      expect(bad).toEqual([]);
    }
  });

  test("scanParameters gives an object without prototype", () => {
    const parameters = scanParameters({ text: "", at: 0 });
    expect(Object.getPrototypeOf(parameters)).toBeNull();
    expect(parameters.constructor).toBeUndefined();
  });
});
