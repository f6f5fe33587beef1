import { describe, expect, test } from "vitest";
import { decoderFor, detectEncoding, LineSplitter, textDecoder } from "../src/text.ts";
import { random } from "./fields/random.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const decode = (bytes: Uint8Array, label?: string, fallback: Parameters<typeof textDecoder>[2] = "utf-8") =>
  textDecoder(bytes, label, fallback).decode(bytes);

describe("textDecoder", () => {
  test.each<[string, Uint8Array, string | undefined, string]>([
    ["UTF-8 by default", utf8("é"), undefined, "é"],
    ["a label", latin1("\xe9"), "ISO-8859-1", "é"],
    ["windows-1252 where Latin-1 is said, as browsers do", latin1("\x80"), "latin1", "€"],
    ["blanks around a label", latin1("\xe9"), " windows-1252 ", "é"],
    ["an unknown label, which falls back", utf8("é"), "x-unknown", "é"],
    ["a label that is no text encoding", utf8("é"), "__proto__", "é"],
    ["the mark of UTF-8, dropped", utf8("\ufeffé"), undefined, "é"],
    ["the mark of UTF-8 under another label", utf8("\ufeffé"), "iso-8859-1", "é"],
    ["the mark of UTF-16BE", latin1("\xfe\xff\x00\xe9"), undefined, "é"],
    ["the mark of UTF-16BE under utf-16", latin1("\xfe\xff\x00\xe9"), "utf-16", "é"],
    ["the mark of UTF-16LE", latin1("\xff\xfe\xe9\x00"), "utf-8", "é"],
    ["one mark of two", utf8("\ufeff\ufeffé"), undefined, "\ufeffé"],
    ["no bytes", new Uint8Array(0), undefined, ""],
  ])("reads %s", (_, bytes, label, text) => {
    expect(decode(bytes, label)).toBe(text);
  });

  test("asks the default only when nothing else tells", () => {
    const asked: Uint8Array[] = [];
    const detect = (bytes: Uint8Array) => {
      asked.push(bytes);
      return "windows-1252";
    };
    expect(decode(latin1("\xe9"), "iso-8859-2", detect)).toBe("é");
    expect(decode(utf8("\ufeffé"), undefined, detect)).toBe("é");
    expect(asked).toEqual([]);
    const bytes = latin1("\xe9");
    expect(decode(bytes, "x-unknown", detect)).toBe("é");
    expect(asked).toEqual([bytes]);
    expect(decode(utf8("é"), undefined, () => "x-unknown")).toBe("é");
  });

  test("decoderFor is undefined for what the runtime does not know", () => {
    for (const label of [undefined, "", "x-unknown", "utf-7", "iso-2022-kr"])
      expect(decoderFor(label)).toBe(undefined);
  });
});

describe("LineSplitter", () => {
  const lines = (pieces: readonly string[]) => {
    const splitter = new LineSplitter();
    return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
  };
  const expected = (text: string) => {
    const all = text.split(/\r\n|\n|\r/);
    if (all.at(-1) === "") all.pop();
    return all;
  };

  test.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["\n", [""]],
    ["a\r\nb\rc\nd", ["a", "b", "c", "d"]],
    ["a\r\r\n\nb", ["a", "", "", "b"]],
    ["a\n\r", ["a", ""]],
    ["a\u2028b\u0085c\vd\fe", ["a\u2028b\u0085c\vd\fe"]],
  ])("cuts %j", (text, whole) => {
    expect(lines([text])).toEqual(whole);
    expect(lines([...text])).toEqual(whole);
    expect(expected(text)).toEqual(whole);
  });

  test("cuts the same wherever the pieces were cut", () => {
    const text = "a\r\n\r\nb\rc\n\n\rd\r\n";
    for (let one = 0; one <= text.length; one++) {
      for (let two = one; two <= text.length; two++) {
        expect(lines([text.slice(0, one), text.slice(one, two), "", text.slice(two)])).toEqual(
          expected(text),
        );
      }
    }
    const next = random(13);
    for (let round = 0; round < 2_000; round++) {
      const pieces = Array.from({ length: next(8) }, () =>
        Array.from({ length: next(5) }, () => ["a", "\r", "\n", "\r\n", "\u2028"][next(5)]).join(""),
      );
      expect(lines(pieces)).toEqual(expected(pieces.join("")));
    }
  });

  test("knows how long the open line is, and takes linear time for one of a mebibyte", () => {
    const splitter = new LineSplitter();
    for (let count = 0; count < 1_048_576; count++) splitter.push("x");
    expect(splitter.pending).toBe(1_048_576);
    expect(splitter.push("\ny")[0]?.length).toBe(1_048_576);
    expect(splitter.pending).toBe(1);
  });
});

describe("detectEncoding", () => {
  test.each<[string, Uint8Array, string | undefined, string]>([
    ["its mark", utf8("\ufeffx"), "iso-8859-1", "utf-8"],
    ["the mark of UTF-16BE", latin1("\xfe\xff"), undefined, "utf-16be"],
    ["the mark of UTF-16LE", latin1("\xff\xfe"), undefined, "utf-16le"],
    ["what its header says", latin1("\xe9"), "ISO-8859-2", "iso-8859-2"],
    ["its meta element", utf8('<html><meta charset="Shift_JIS">'), undefined, "shift_jis"],
    [
      "its meta element of old",
      utf8("<meta http-equiv=content-type content='text/html; charset=koi8-r'>"),
      undefined,
      "koi8-r",
    ],
    ["its XML declaration", utf8('<?xml version="1.0" encoding="iso-8859-15"?>'), undefined, "iso-8859-15"],
    ["its meta element where the header says nonsense", utf8("<meta charset=koi8-r>"), "x-unknown", "koi8-r"],
    ["its bytes where its meta element says nonsense", utf8("<meta charset=x-unknown>é"), undefined, "utf-8"],
    ["its bytes, when they are UTF-8", utf8("é"), undefined, "utf-8"],
    ["its bytes, when they are not", latin1("\xe9"), undefined, "windows-1252"],
    ["nothing", new Uint8Array(0), undefined, "utf-8"],
  ])("tells by %s", (_, bytes, declared, label) => {
    expect(detectEncoding(bytes, declared)).toBe(label);
    expect(decoderFor(label)).toBeDefined();
  });

  test("takes linear time for nonsense", () => {
    for (const piece of ["<meta ", "<meta charset=", "<?xml ", "<"]) {
      detectEncoding(utf8(piece.repeat(200_000)), undefined);
    }
  });
});
