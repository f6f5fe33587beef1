/** Request bodies in memory: every kind arrives as it was given, with the Content-Type that goes with it. */
import { Client, post } from "saluki";
import { type Echo, failure, type Kit, sent } from "../kit.ts";

export function bodies(kit: Kit): void {
  const { test, expect, base } = kit;
  const client = new Client();
  const send = (options: Parameters<typeof post>[1]) => client.post(`${base}/anything`, options).json<Echo>();

  test("json arrives as JSON, null too", async () => {
    const echo = await send({ json: { a: [1, null, "ü"], b: undefined } });
    expect([echo.json, sent(echo, "content-type")]).toEqual([{ a: [1, null, "ü"] }, "application/json"]);
    expect((await send({ json: null })).body.text).toBe("null");
  });

  test("data arrives as a form, without what is null or undefined", async () => {
    const echo = await send({ data: { a: [1, true], b: "ü &", c: null, d: undefined } });
    expect(echo.form.fields).toEqual([
      ["a", "1"],
      ["a", "true"],
      ["b", "ü &"],
    ]);
    expect(sent(echo, "content-type")).toBe("application/x-www-form-urlencoded");
  });

  test("Text, bytes, views, URLSearchParams and blobs arrive with their type", async () => {
    const bytes = new Uint8Array([0, 1, 2, 250, 251, 252]);
    const kinds: [body: BodyInit, base64: string, type: string | undefined][] = [
      ["grün", btoa("gr\u00c3\u00bcn"), "text/plain;charset=UTF-8"],
      [bytes, "AAEC+vv8", undefined],
      [bytes.buffer, "AAEC+vv8", undefined],
      [bytes.subarray(1, 3), "AQI=", undefined],
      [new DataView(bytes.buffer, 2, 2), "Avo=", undefined],
      [new URLSearchParams({ a: "1 2" }), btoa("a=1+2"), "application/x-www-form-urlencoded;charset=UTF-8"],
      [new Blob(["blob"], { type: "text/x-blob" }), btoa("blob"), "text/x-blob"],
    ];
    for (const [body, base64, type] of kinds) {
      const echo = await send({ body });
      expect(echo.body.base64).toBe(base64);
      // A browser may add a type of its own, never another one.
      if (type !== undefined) expect(sent(echo, "content-type")).toBe(type);
      expect(sent(echo, "transfer-encoding")).toBeUndefined();
    }
  });

  test("A Content-Type of the caller's wins", async () => {
    const echo = await send({ body: "{}", headers: { "Content-Type": "application/problem+json" } });
    expect(sent(echo, "content-type")).toBe("application/problem+json");
  });

  test("FormData arrives part by part", async () => {
    const form = new FormData();
    form.append("text", "ü");
    form.append("file", new Blob(["content"], { type: "text/x-thing" }), 'a "b".txt');
    const { form: seen } = await send({ body: form });
    expect([seen.fault, seen.fields]).toEqual([null, [["text", "ü"]]]);
    const [file] = seen.files;
    expect([file?.filename, file?.text]).toEqual(["a %22b%22.txt", "content"]);
    expect(file?.headers).toContainEqual(["Content-Type", "text/x-thing"]);
  });

  test("files and data arrive as one form, with names escaped as browsers do", async () => {
    const { form } = await send({
      data: { note: "hi" },
      files: {
        doc: { filename: 'quo"te\r\n.txt', content: "text", type: "text/plain" },
        raw: new Blob(["raw"]),
      },
    });
    expect([form.fault, form.fields]).toEqual([null, [["note", "hi"]]]);
    expect(form.files.map(({ name, filename, text }) => [name, filename, text])).toEqual([
      ["doc", "quo%22te%0D%0A.txt", "text"],
      ["raw", "raw", "raw"],
    ]);
  });

  test("Two bodies at once are a TypeError that names them", async () => {
    const error = await failure(client.post(base, { json: 1, body: "x" }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/json and body/);
  });

  test("What cannot be a body is a TypeError", async () => {
    expect(await failure(client.post(base, { body: 42 as never }))).toBeInstanceOf(TypeError);
    expect(await failure(client.post(base, { json: () => 1 }))).toBeInstanceOf(TypeError);
  });

  test("A right Content-Length is accepted, a wrong one never sent", async () => {
    const echo = await send({ body: "12345", headers: { "Content-Length": "5" } });
    expect([sent(echo, "content-length"), echo.body.text]).toEqual(["5", "12345"]);
    const error = await failure(client.post(base, { body: "12345", headers: { "Content-Length": "4" } }));
    expect([error.name, error.code]).toEqual(["LocalProtocolError", "ERR_LOCAL_PROTOCOL"]);
    const framed = client.post(base, { body: "x", headers: { "Transfer-Encoding": "chunked" } });
    expect((await failure(framed)).name).toBe("LocalProtocolError");
  });

  test("A megabyte arrives whole", async () => {
    const body = new Uint8Array(1024 * 1024).fill(7);
    const seen = await post(`${base}/upload`, { body }).json<{ length: number; contentLength: string }>();
    expect([seen.length, seen.contentLength]).toEqual([1048576, "1048576"]);
  });
}
