import { describe, expect, test } from "vitest";
import type { Body, BodyInit } from "../src/body.ts";
import { type FileInit, type FilesInit, fromFormData, makeBoundary, toMultipart } from "../src/multipart.ts";
import { random } from "./fields/random.ts";
import { CHARACTERS, fault, isHalf } from "./inputs.ts";

interface Part {
  headers: Record<string, string>;
  content: Uint8Array;
}

const utf8 = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

/** What a strict server reads (RFC 2046 section 5.1.1): no preamble, no epilogue, no stray byte. */
function parse(bytes: Uint8Array, boundary: string): Part[] {
  const all = Buffer.from(bytes);
  const delimiter = `\r\n--${boundary}`;
  const parts: Part[] = [];
  expect(all.subarray(0, delimiter.length - 2).toString()).toBe(`--${boundary}`);
  for (let at = delimiter.length - 2; ; ) {
    if (all.subarray(at).equals(Buffer.from("--\r\n"))) return parts;
    expect(all.subarray(at, at + 2).toString()).toBe("\r\n");
    const head = all.indexOf("\r\n\r\n", at + 2);
    const end = all.indexOf(delimiter, head + 2);
    expect(head > 0 && end >= head + 2).toBe(true);
    const headers: Record<string, string> = {};
    for (const line of utf8(all.subarray(at + 2, head)).split("\r\n")) {
      const colon = line.indexOf(": ");
      expect(headers).not.toHaveProperty(line.slice(0, colon).toLowerCase());
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 2);
    }
    parts.push({ headers, content: all.subarray(head + 4, end) });
    at = end + delimiter.length;
  }
}

const boundaryOf = (body: Body) => /boundary="?([^"]+)"?$/.exec(body.type ?? "")?.[1] as string;

async function read(body: Body): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const source = body.open();
  for (let piece = await source.read(); piece; piece = await source.read()) pieces.push(piece);
  return Buffer.concat(pieces);
}

const plain = (name: string) =>
  name.replace(/%22|%0D|%0A/g, (code) => ({ "%22": '"', "%0D": "\r", "%0A": "\n" })[code] as string);

async function decode(fields: [string, string][], files: FilesInit) {
  const body = toMultipart(fields, files);
  const bytes = await read(body);
  if (body.length !== null) expect(bytes.length).toBe(body.length);
  return parse(bytes, boundaryOf(body)).map(({ headers, content }) => {
    const { "content-disposition": disposition = "", ...rest } = headers;
    const [, name = "", filename] =
      /^form-data; name="([^"]*)"(?:; filename="([^"]*)")?$/.exec(disposition) ?? [];
    return [plain(name), filename === undefined ? null : plain(filename), utf8(content), rest];
  });
}

describe("A multipart body", () => {
  test("writes fields and then files, each with its name and type", async () => {
    const body = toMultipart(
      [
        ["a", "1"],
        ["é", "ü\n"],
      ],
      { f: "text", g: { content: new Uint8Array([1]), filename: "g.bin", type: "image/png" } },
      "XX",
    );
    expect(body.type).toBe("multipart/form-data; boundary=XX");
    expect(utf8(body.bytes as Uint8Array)).toBe(
      [
        '--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n',
        '--XX\r\nContent-Disposition: form-data; name="é"\r\n\r\nü\n\r\n',
        '--XX\r\nContent-Disposition: form-data; name="f"; filename="f"\r\nContent-Type: application/octet-stream\r\n\r\ntext\r\n',
        '--XX\r\nContent-Disposition: form-data; name="g"; filename="g.bin"\r\nContent-Type: image/png\r\n\r\n\u0001\r\n',
        "--XX--\r\n",
      ].join(""),
    );
  });

  test.each<[string, FilesInit, unknown[][]]>([
    ["bytes", { f: new Uint8Array([65]) }, [["f", "f", "A", { "content-type": "application/octet-stream" }]]],
    [
      "a Blob, which gives its type",
      { f: new Blob(["A"], { type: "text/plain" }) },
      [["f", "f", "A", { "content-type": "text/plain" }]],
    ],
    [
      "a File, which gives its name",
      { f: new File(["A"], "n.txt", { type: "text/x" }) },
      [["f", "n.txt", "A", { "content-type": "text/x" }]],
    ],
    [
      "a File under another name",
      { f: { content: new File(["A"], "n.txt"), filename: "o" } },
      [["f", "o", "A", { "content-type": "application/octet-stream" }]],
    ],
    ["a null filename, a plain part", { f: { content: "A", filename: null } }, [["f", null, "A", {}]]],
    [
      "a plain part with a type",
      { f: { content: "{}", filename: null, type: "application/json" } },
      [["f", null, "{}", { "content-type": "application/json" }]],
    ],
    [
      "a Content-Type among the headers, which wins",
      { f: { content: "A", type: "a/a", headers: { "content-type": "b/b", "X-Y": "é" } } },
      [["f", "f", "A", { "content-type": "b/b", "x-y": "é" }]],
    ],
    [
      "a null Content-Type among the headers, which leaves it out",
      { f: { content: "A", headers: { "Content-Type": null } } },
      [["f", "f", "A", {}]],
    ],
    [
      "a list of files",
      { f: ["A", { content: "B", filename: "b" }] },
      [
        ["f", "f", "A", { "content-type": "application/octet-stream" }],
        ["f", "b", "B", { "content-type": "application/octet-stream" }],
      ],
    ],
    [
      "pairs",
      [
        ["f", "A"],
        ["f", "B"],
      ],
      [
        ["f", "f", "A", { "content-type": "application/octet-stream" }],
        ["f", "f", "B", { "content-type": "application/octet-stream" }],
      ],
    ],
    ["null and undefined, which are left out", { a: null, b: undefined }, []],
    [
      "an own __proto__",
      JSON.parse('{"__proto__":{"content":"A","filename":null}}') as FilesInit,
      [["__proto__", null, "A", {}]],
    ],
    [
      "an iterable",
      { f: new Set(["A", "B"]) },
      [["f", "f", "AB", { "content-type": "application/octet-stream" }]],
    ],
    ["a function", { f: () => "A" }, [["f", "f", "A", { "content-type": "application/octet-stream" }]]],
    [
      "an empty file name",
      { f: { content: "A", filename: "" } },
      [["f", "", "A", { "content-type": "application/octet-stream" }]],
    ],
  ])("takes %s", async (_, files, parts) => {
    expect(await decode([], files)).toEqual(parts);
  });

  test("keeps every character of names, file names and values, or throws", async () => {
    for (const [name, char] of CHARACTERS) {
      const text = `a${char}b`;
      if (isHalf(char)) {
        for (const files of [{ [text]: "x" }, { f: { content: "x", filename: text } }, { f: text }]) {
          expect(fault(() => toMultipart([], files))?.slice(0, 2), name).toEqual([
            "TypeError",
            "ERR_INVALID_ARGUMENT",
          ]);
        }
        expect(fault(() => toMultipart([[text, "x"]], {}))?.[1]).toBe("ERR_INVALID_ARGUMENT");
        expect(fault(() => toMultipart([["f", text]], {}))?.[1]).toBe("ERR_INVALID_ARGUMENT");
        continue;
      }
      // In the name of a field any line end becomes CR LF, as in browsers.
      const field = text.replace(/[\r\n]/, "\r\n");
      expect(await decode([[text, text]], { [text]: { content: text, filename: text } }), name).toEqual([
        [field, null, text, {}],
        [field, text, text, { "content-type": "application/octet-stream" }],
      ]);
    }
  });

  test("writes what the platform's FormData would, byte for byte", async () => {
    const next = random(5);
    const pieces = [
      "a",
      '"',
      "\\",
      "\r",
      "\n",
      "\r\n",
      "%22",
      "%",
      "é",
      "😀",
      "\0",
      "\u2028",
      ";",
      "=",
      " ",
      "\t",
    ];
    const text = () => Array.from({ length: next(6) }, () => pieces[next(pieces.length)]).join("");
    for (let round = 0; round < 200; round++) {
      const form = new FormData();
      for (let count = next(5); count > 0; count--) {
        if (next(2)) form.append(text(), text());
        else form.append(text(), new File([text()], `x${text()}`, { type: next(2) ? "text/plain" : "" }));
      }
      if (next(3) === 0) form.append("blob", new Blob([text()]));
      const native = new globalThis.Response(form);
      const boundary = /boundary=(.*)$/.exec(native.headers.get("content-type") ?? "")?.[1] as string;
      const ours = utf8(await read(fromFormData(form, boundary)));
      const theirs = utf8(new Uint8Array(await native.arrayBuffer()));
      // Node before 22 leaves out the last line break.
      expect(ours).toBe(theirs.endsWith("--\r\n") ? theirs : `${theirs}\r\n`);
    }
  });

  test("decodes to exactly what was given, for every mix of parts, and knows its length", async () => {
    const next = random(3);
    const contents: (() => [content: BodyInit, text: string, length: boolean])[] = [
      () => ["text\r\n--é", "text\r\n--é", true],
      () => ["", "", true],
      () => [new Uint8Array([45, 45, 13, 10]), "--\r\n", true],
      () => [new DataView(new Uint8Array([0, 66]).buffer, 1), "B", true],
      () => [new Blob(["blob", "é"]), "blobé", true],
      () => [new File(["file"], "name"), "file", true],
      () => [["li", "st"].values(), "list", false],
      () => [new Blob(["stream"]).stream(), "stream", false],
      () => [() => new Blob(["function"]).stream(), "function", false],
    ];
    for (let round = 0; round < 200; round++) {
      const fields: [string, string][] = Array.from({ length: next(3) }, (_, index) => [
        `f${index}`,
        "v".repeat(next(5)),
      ]);
      const chosen = Array.from({ length: next(4) }, () =>
        (contents[next(contents.length)] as (typeof contents)[0])(),
      );
      const body = toMultipart(
        fields,
        chosen.map(([content], index): [string, FileInit] => [
          `p${index}`,
          { content, filename: `n${index}` },
        ]),
      );
      const known = chosen.every(([, , length]) => length);
      expect(body.length !== null).toBe(known);
      const bytes = await read(body);
      if (known) expect(bytes.length).toBe(body.length);
      const parts = parse(bytes, boundaryOf(body));
      expect(parts.map(({ content }) => utf8(content))).toEqual([
        ...fields.map(([, value]) => value),
        ...chosen.map(([, text]) => text),
      ]);
    }
  });

  test("is in memory when all its parts are, a Blob when some are, else a stream", () => {
    expect(toMultipart([["a", "1"]], { f: "x" }).bytes).toBeInstanceOf(Uint8Array);
    const blob = toMultipart([["a", "1"]], { f: new Blob(["x"]) });
    expect([blob.bytes, blob.blob?.size, blob.length]).toEqual([null, blob.length, blob.length]);
    const stream = toMultipart([], { f: ["x"].values() });
    expect([stream.bytes, stream.blob, stream.length, stream.replayable]).toEqual([null, null, null, false]);
    expect(toMultipart([], { f: () => "x" }).replayable).toBe(true);
  });

  test("releases every part when it is given up, opened or not", async () => {
    for (const pieces of [0, 2, 100]) {
      const log: string[] = [];
      const part = (name: string) =>
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(3)),
          cancel: () => void log.push(name),
        });
      const body = toMultipart([], { a: part("a"), b: part("b") });
      if (pieces) {
        const source = body.open();
        for (let count = 0; count < pieces; count++) await source.read();
      }
      await body.cancel();
      expect(log.sort()).toEqual(["a", "b"]);
    }
  });

  test.each([
    ["a", true],
    ["'()+_,-./:=? x", true],
    ["x".repeat(70), true],
    ["x".repeat(71), false],
    ["", false],
    ["a ", false],
    ["a\r\nb", false],
    ['a"b', false],
    ["é", false],
    ["a\n", false],
  ])("with the boundary %j: %s", (boundary, works) => {
    if (works) {
      expect(boundaryOf(toMultipart([], {}, boundary))).toBe(boundary);
      expect(toMultipart([["a", "1"]], {}, boundary).bytes?.length).toBe(2 * boundary.length + 57);
    } else
      expect(fault(() => toMultipart([], {}, boundary))?.slice(0, 2)).toEqual([
        "TypeError",
        "ERR_INVALID_ARGUMENT",
      ]);
  });

  test("has a boundary of 128 random bits, another each time", () => {
    const boundaries = new Set(Array.from({ length: 100 }, makeBoundary));
    expect(boundaries.size).toBe(100);
    for (const boundary of boundaries) expect(boundary).toMatch(/^saluki-[\da-f]{32}$/);
  });

  test.each<[string, unknown, string]>([
    ["text", "x", "Cannot read files: must be an object or pairs: string"],
    ["a flat list", ["f", "x"], "Cannot read files: a list must hold pairs of name and file"],
    [
      "a number",
      { f: 1 },
      "Cannot send body: must be a string, bytes, Blob, URLSearchParams, stream, iterable, function or a whole FormData: number; for objects use json or data",
    ],
    [
      "a FormData",
      { f: new FormData() },
      "Cannot send body: must be a string, bytes, Blob, URLSearchParams, stream, iterable, function or a whole FormData: object; for objects use json or data",
    ],
    ["an object without content", { f: { filename: "x" } }, 'Cannot send file "f": it has no content'],
    [
      "an unknown key",
      { f: { content: "x", contentType: "a/b" } },
      'Cannot send file "f": "contentType" is none of filename, content, type, headers',
    ],
    [
      "a filename of no kind",
      { f: { content: "x", filename: 5 } },
      'Cannot send file "f": filename must be a string or null: number',
    ],
    [
      "a Content-Disposition of its own",
      { f: { content: "x", headers: { "content-disposition": "x" } } },
      'Cannot send file "f": Content-Disposition is made of its field and filename',
    ],
    [
      "a type with a line break",
      { f: { content: "x", type: "a/b\r\nX: y" } },
      'Cannot set header "Content-Type": value must not hold control characters or characters beyond Latin-1',
    ],
    [
      "a Blob that lies about its type",
      { f: { [Symbol.toStringTag]: "Blob", type: "a\r\nX: y", size: 0 } },
      'Cannot set header "Content-Type": value must not hold control characters or characters beyond Latin-1',
    ],
    [
      "a header with a line break",
      { f: { content: "x", headers: { "X-Y": "a\nb" } } },
      'Cannot set header "X-Y": value must not hold control characters or characters beyond Latin-1',
    ],
    ["a field's name of no kind", [[5, "x"]], "Cannot read files: a list must hold pairs of name and file"],
  ])("refuses %s", (_, files, message) => {
    expect(fault(() => toMultipart([], files as FilesInit))).toEqual([
      "TypeError",
      "ERR_INVALID_ARGUMENT",
      message,
    ]);
  });
});
