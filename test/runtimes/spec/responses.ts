/** What comes back: the head, the body in memory, text, JSON, status. */
import { Client, codes, get, reasonPhrase } from "saluki";
import { failure, type Kit, truth } from "../kit.ts";

export function responses(kit: Kit): void {
  const { test, expect, base, runtime } = kit;
  const client = new Client();

  test("A response tells its status, its URL without fragment, and its request with it", async () => {
    const response = await get(`${base}/status/201?reason=Very%20Fine&body=x#part`);
    expect([response.status, response.ok, response.isSuccess, response.redirected]).toEqual([
      201,
      true,
      true,
      false,
    ]);
    expect(response.url).toBe(`${base}/status/201?reason=Very%20Fine&body=x`);
    expect(response.request.url.hash).toBe("#part");
    expect(response.history).toEqual([]);
    // The clock of workerd stands still while code runs.
    expect(response.elapsed).toBeGreaterThanOrEqual(0);
    expect(response.numBytesDownloaded).toBe(1);
    expect(response.statusText).toBe(truth(kit, "Very Fine", { deno: "Created" }));
  });

  test("Response headers are found in any case", async () => {
    const { headers } = await get(`${base}/response-headers?X-Thing=a&x-thing=b&Cache-Control=no-store`);
    expect(headers.get("x-tHING")).toBe("a, b");
    expect(headers.get("absent")).toBeNull();
  });

  test("Set-Cookie lines can be read one by one, and in a page not at all", async () => {
    const { headers } = await get(`${base}/cookies/raw?line=a%3D1&line=b%3D2%3B%20Path%3D/`);
    expect(headers.getSetCookie()).toEqual(runtime.browser ? [] : ["a=1", "b=2; Path=/"]);
  });

  test("A body in memory can be read again and again", async () => {
    const response = await get(`${base}/json`);
    expect(await response.json()).toEqual({ saluki: "fast", legs: 4 });
    expect(JSON.parse(await response.text())).toEqual({ saluki: "fast", legs: 4 });
    expect((await response.bytes()).length).toBe(response.content.length);
    expect((await response.arrayBuffer()).byteLength).toBe(response.content.length);
    const blob = await response.blob();
    expect(blob.size).toBe(response.content.length);
    // Bun adds a charset.
    expect(blob.type).toMatch(/^application\/json(;charset=utf-8)?$/);
    expect(response.bodyUsed).toBe(false);
  });

  test("formData reads a form", async () => {
    const response = await client.post(`${base}/body`, { data: { a: "1", b: "ü" } });
    const form = await response.formData();
    expect([form.get("a"), form.get("b")]).toEqual(["1", "ü"]);
  });

  test("text follows the declared charset", async () => {
    for (const charset of ["utf-8", "windows-1252", "shift_jis", "windows-1251", "utf-16le", "big5"]) {
      const response = await get(`${base}/encoding/${charset}`);
      expect(await response.text()).toBe(decodeURIComponent(response.headers.get("x-text") ?? ""));
    }
  });

  test("An unknown charset falls back to the default", async () => {
    const response = await get(`${base}/encoding/utf-8?declare=klingon`);
    expect(await response.text()).toBe(decodeURIComponent(response.headers.get("x-text") ?? ""));
  });

  test("A byte order mark is dropped", async () => {
    const response = await get(`${base}/encoding/utf-8?bom`);
    expect(await response.text()).toBe(decodeURIComponent(response.headers.get("x-text") ?? ""));
  });

  test("defaultEncoding and an assigned encoding serve text without a charset", async () => {
    const url = `${base}/encoding/koi8-r?declare=none`;
    const byFunction = await new Client({ defaultEncoding: () => "koi8-r" }).get(url);
    const expected = decodeURIComponent(byFunction.headers.get("x-text") ?? "");
    expect(await byFunction.text()).toBe(expected);
    const assigned = await get(url);
    assigned.encoding = "koi8-r";
    expect(await assigned.text()).toBe(expected);
  });

  test("detectEncoding finds what the document says", async () => {
    expect(await (await get(`${base}/encoding/shift_jis?declare=meta`)).detectEncoding()).toBe("shift_jis");
    expect(await (await get(`${base}/encoding/utf-8?declare=none`)).detectEncoding()).toBe("utf-8");
  });

  test("JSON that is none is a DecodeError with an excerpt", async () => {
    const error = await failure(get(`${base}/json-invalid`).json());
    expect([error.name, error.code]).toEqual(["DecodeError", "ERR_DECODE"]);
    expect(error.message).toContain('{\\"open\\": [1, 2');
    expect((await failure(get(`${base}/empty`).json())).name).toBe("DecodeError");
  });

  test("json takes a Standard Schema and rejects with its issues", async () => {
    const schema = (legs: number) => ({
      "~standard": {
        version: 1 as const,
        vendor: "spec",
        validate: (value: unknown) =>
          (value as { legs: number }).legs === legs
            ? { value: { legs } }
            : { issues: [{ message: `needs ${legs} legs` }] },
      },
    });
    expect(await get(`${base}/json`).json(schema(4))).toEqual({ legs: 4 });
    const error = await failure(get(`${base}/json`).json(schema(3)));
    expect([error.name, error.issues]).toEqual(["ValidationError", [{ message: "needs 3 legs" }]]);
  });

  test("A shortcut rejects on 4xx and 5xx, a plain call does not", async () => {
    const error = await failure(get(`${base}/status/404?body=gone`).text());
    expect([error.name, error.code, error.response?.status]).toEqual([
      "HTTPStatusError",
      "ERR_HTTP_STATUS",
      404,
    ]);
    expect(error.message).toContain("404 Not Found");
    expect((await get(`${base}/status/503`)).isServerError).toBe(true);
  });

  test("raiseForStatus rejects with a readable response and names no credentials", async () => {
    const error = await failure(
      get(`${base.replace("://", "://olivia:secret@")}/status/418?body=teapot&token=abc`, {
        raiseForStatus: true,
      }),
    );
    expect(error.name).toBe("HTTPStatusError");
    expect(await (error.response as unknown as Response).text()).toBe("teapot");
    expect(error.message).toContain(`${base}/status/418`);
    expect(error.message).not.toMatch(/secret|abc/);
    const chosen = await failure(get(`${base}/status/204`, { raiseForStatus: (status) => status === 204 }));
    expect(chosen.name).toBe("HTTPStatusError");
    const response = await get(`${base}/status/200`);
    expect(response.raiseForStatus()).toBe(response);
  });

  test("Responses that have no body are empty, whatever they announce", async () => {
    for (const path of ["/status/204", "/status/205", "/etag/v1"]) {
      const response = await client.get(base + path, { headers: { "If-None-Match": '"v1"' } });
      expect([path, response.content.length]).toEqual([path, 0]);
    }
    expect((await client.head(`${base}/bytes/1000`)).content.length).toBe(0);
  });

  test("Interim answers are skipped", async () => {
    expect((await get(`${base}/informational/2`)).status).toBe(200);
    expect((await get(`${base}/informational/2?status=102`)).status).toBe(200);
  });

  test("links are found by rel", async () => {
    const { links } = await get(`${base}/links`);
    expect(links.next?.url ?? links.next).toMatch(/\/links\?page=3$/);
  });

  test("A response can be cloned and made native", async () => {
    const response = await client.stream("GET", `${base}/json`);
    const copy = response.clone();
    expect([await response.json(), await copy.json()]).toEqual([
      { saluki: "fast", legs: 4 },
      { saluki: "fast", legs: 4 },
    ]);
    const native = (await client.stream("GET", `${base}/json`)).toFetchResponse();
    expect([native.status, native.url, await native.json()]).toEqual([
      200,
      `${base}/json`,
      { saluki: "fast", legs: 4 },
    ]);
  });

  test("Many headers are all there", async () => {
    const { headers } = await get(`${base}/many-headers/60`);
    expect([headers.get("x-header-0"), headers.get("x-header-59")]).toEqual(["vvvvvvvvvv", "vvvvvvvvvv"]);
  });

  test("codes has names for numbers and reasonPhrase the words", () => {
    expect([codes.NOT_FOUND, codes.teapot, reasonPhrase(404)]).toEqual([404, 418, "Not Found"]);
  });
}
