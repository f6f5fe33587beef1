/** Content codings: undone alike wherever this runtime lets them be seen, and never a short read without an error. */
import { Client, get } from "saluki";
import { failure, type Kit, truth } from "../kit.ts";

export function codings(kit: Kit): void {
  const { test, expect, base, runtime } = kit;
  // Node 20's own fetch, which the edge VM has, may hang at corrupt gzip: then the silence ends it.
  const client = new Client({ timeout: 400 });

  test("Every common coding is undone", async () => {
    for (const coding of ["gzip", "x-gzip", "deflate", "deflate-raw", "br"]) {
      const { encoded } = await get(`${base}/${coding}?size=5000`).json<{ encoded: string[] }>();
      expect(encoded).toEqual([coding]);
    }
  });

  test("zstd is undone where it was asked for, and else undone or left as it is", async () => {
    const asked = client.headers.get("accept-encoding")?.includes("zstd");
    const response = await get(`${base}/zstd`);
    if (asked ?? truth(kit, true, { webkit: false })) {
      expect(await response.json()).toMatchObject({ encoded: ["zstd"] });
    } else {
      // The first byte of JSON, or of a zstd frame.
      expect([0x7b, 0x28]).toContain(response.content[0]);
    }
  });

  test("Codings in a chain are undone in turn", async () => {
    for (const chain of ["gzip,br", "deflate,gzip", "gzip,gzip,gzip"]) {
      const { encoded } = await get(`${base}/encoded/${chain}`).json<{ encoded: string[] }>();
      expect(encoded).toEqual(chain.split(","));
    }
  });

  test("A coded body in small pieces comes out whole", async () => {
    const { text } = await get(`${base}/gzip?chunked&piece=5`).json<{ text: string }>();
    expect(text).toBe("Grüße, 😀 ".repeat(20));
  });

  test("All members of a gzip body are read, except where the fetch stops after one", async () => {
    const text = await get(`${base}/gzip-two-members`).text();
    const first = '{"first": 1, ';
    expect(text).toBe(truth(kit, '{"first": 1, "second": 2}\n', { deno: first, browser: first }));
  });

  test("Accept-Encoding: identity makes every coding ours to undo, where it may be set", async () => {
    if (runtime.browser) {
      const error = await failure(get(base, { headers: { "Accept-Encoding": "identity" } }));
      expect(error.name).toBe("UnsupportedError");
    } else {
      const headers = { "Accept-Encoding": "identity" };
      expect(await get(`${base}/gzip-two-members`, { headers }).json()).toEqual({ first: 1, second: 2 });
    }
  });

  // Pages and Node's own fetch, which the edge VM has, take what was cut off for the end and hide that it was.
  const hides = runtime.browser || runtime.name === "edge";

  test("A truncated coding is a DecodeError, except where the fetch hides it", async () => {
    for (const [coding, shown] of [
      ["gzip", 30],
      ["br", 0],
      ["deflate", 33],
    ] as const) {
      const call = client.get(`${base}/${coding}?damage=truncated&size=2000`);
      if (hides) expect([coding, (await call).content.length]).toEqual([coding, shown]);
      else expect((await failure(call)).name).toBe("DecodeError");
    }
  });

  test("A coding that turns into noise is a DecodeError, except where the fetch hides it", async () => {
    const call = client.get(`${base}/gzip?damage=corrupt&size=2000`);
    if (hides) {
      expect((await call).content.length).toBe(63);
    } else {
      const error = await failure(call);
      expect([error.name, error.code]).toEqual(["DecodeError", "ERR_DECODE"]);
    }
  });

  test("A body that is not coded as it says is an error, except in WebKit, which hands it over", async () => {
    const call = client.get(`${base}/gzip?damage=plain`);
    if (runtime.name === "webkit") {
      expect(await call.text()).toBe("not coded at all");
      return;
    }
    const error = await failure(call);
    expect(error.name).toMatch(
      truth(kit, /^DecodeError$/, { browser: /^ReadError$/, edge: /^(Decode|ReadTimeout)Error$/ }),
    );
    expect(error.message).toContain(`GET ${base}/gzip`);
  });

  test("A wrong checksum is a DecodeError, except where the fetch does not look", async () => {
    const call = client.get(`${base}/gzip?damage=checksum`);
    const lax = ["chromium", "firefox"].includes(runtime.name);
    if (lax) expect((await call).status).toBe(200);
    else expect((await failure(call)).name).toMatch(/^(Decode|ReadTimeout)Error$/);
  });

  test("Bytes after the end of a coding are a DecodeError, except where the fetch hides them", async () => {
    const url = `${base}/gzip?damage=trailing`;
    const hidden = runtime.browser || runtime.name === "deno";
    if (hidden) expect(await client.get(url).json()).toMatchObject({ encoded: ["gzip"] });
    else expect((await failure(client.get(url))).name).toMatch(/^(Decode|ReadTimeout)Error$/);
    if (runtime.name !== "deno") return;
    const raw = client.get(url, { headers: { "Accept-Encoding": "identity" } });
    expect((await failure(raw)).name).toBe("DecodeError");
  });

  test("More than five codings are refused", async () => {
    const error = await failure(client.get(`${base}/six-codings`));
    expect(error.name).toMatch(/^DecodeError$/);
  });

  test("An unknown coding is left as it is", async () => {
    const { text } = await get(`${base}/encoded/unknown`).json<{ text: string }>();
    expect(text).toContain("Grüße");
  });

  test("An empty body is empty in every coding", async () => {
    for (const coding of ["gzip", "br", "deflate"])
      expect(await get(`${base}/${coding}?damage=empty`).text()).toBe("");
  });

  test("iterRaw gives the bytes of the wire, or says that they were never seen", async () => {
    const response = await client.stream("GET", `${base}/gzip`);
    const read = async () => {
      for await (const piece of response.iterRaw()) return piece.slice(0, 2);
      return undefined;
    };
    if (["node", "bun", "workerd"].includes(runtime.name))
      expect(await read()).toEqual(new Uint8Array([0x1f, 0x8b]));
    else {
      expect((await failure(read)).name).toBe("UnsupportedError");
      await response.close();
    }
  });
}
