/** The client as a whole: hooks, layers, doubles for tests, and that nothing secret is shown. */
import saluki, {
  AppTransport,
  Client,
  DigestAuth,
  FetchTransport,
  get,
  MockTransport,
  Response as SalukiResponse,
} from "saluki";
import { type Echo, failure, fresh, journal, type Kit, sent } from "../kit.ts";

export function clients(kit: Kit): void {
  const { test, expect, base, other, runtime } = kit;

  test("The default export is a client with delete", async () => {
    expect((await saluki.delete(`${base}/delete`).json<Echo>()).method).toBe("DELETE");
  });

  test("Request hooks see and edit every exchange", async () => {
    const urls: string[] = [];
    const client = new Client({
      hooks: {
        request: [
          (request) => {
            urls.push(request.url.pathname);
            request.headers.set("X-Hooked", String(urls.length));
          },
        ],
      },
    });
    const echo = await client.get(`${base}/redirect/1`).json<Echo>();
    expect(sent(echo, "x-hooked")).toBe(runtime.browser ? "1" : "2");
    expect(urls).toEqual(runtime.browser ? ["/redirect/1"] : ["/redirect/1", "/anything"]);
  });

  test("Hooks can answer, replace a response and hear of errors", async () => {
    const errors: unknown[] = [];
    const client = new Client({
      hooks: {
        request: [(request) => (request.url.pathname === "/mine" ? new SalukiResponse("mine") : undefined)],
        response: [(response) => (response.status === 404 ? new SalukiResponse("found") : undefined)],
        error: [(error) => void errors.push(error)],
      },
    });
    expect(await client.get(`${base}/mine`).text()).toBe("mine");
    expect(await client.get(`${base}/status/404`).text()).toBe("found");
    const error = await failure(client.get("http://127.0.0.1:2/"));
    expect(errors).toEqual([error]);
  });

  test("extend lays options over a client's and shares its connections", async () => {
    const parent = new Client({ baseUrl: `${base}/anything`, headers: { "X-One": "1" }, params: { a: "1" } });
    const child = parent.extend({ headers: { "X-Two": "2" }, params: { b: "2" } });
    const echo = await child.get("x").json<Echo>();
    expect([sent(echo, "x-one"), sent(echo, "x-two"), echo.target]).toEqual([
      "1",
      "2",
      "/anything/x?a=1&b=2",
    ]);
  });

  test("A closed client refuses", async () => {
    const client = new Client();
    await client.close();
    const error = await failure(client.get(base));
    expect([error.name, error.code]).toEqual(["ClientClosedError", "ERR_CLIENT_CLOSED"]);
  });

  test("client.fetch is a fetch with the client's auth", async () => {
    const client = new Client({ auth: ["olivia", "secret"], baseUrl: base });
    const { fetch } = client;
    const response = await fetch(`${base}/basic-auth/olivia/secret`);
    expect(response).toBeInstanceOf(globalThis.Response);
    expect([response.status, response.url]).toEqual([200, `${base}/basic-auth/olivia/secret`]);
    expect(await response.json()).toMatchObject({ authenticated: true });
    const posted = await fetch(new globalThis.Request(`${base}/anything`, { method: "POST", body: "text" }));
    expect(((await posted.json()) as Echo).body.text).toBe("text");
    const missing = await fetch(`${base}/status/404`);
    expect([missing.ok, missing.status]).toEqual([false, 404]);
  });

  test("client.fetch aborts and streams as fetch does", async () => {
    const { fetch } = new Client();
    const reason = new Error("stop");
    expect(await failure(fetch(base, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    const response = await fetch(`${base}/stream/3`);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = "";
    for (let step = await reader.read(); !step.done; step = await reader.read())
      text += new TextDecoder().decode(step.value);
    expect(text.trim().split("\n").length).toBe(3);
  });

  test("A request can be built, looked at and sent twice", async () => {
    const client = new Client({ headers: { "X-One": "1" } });
    const request = client.buildRequest("POST", `${base}/anything`, { json: { a: 1 } });
    expect([request.method, request.headers.get("x-one"), new TextDecoder().decode(request.content)]).toEqual(
      ["POST", "1", '{"a":1}'],
    );
    for (let call = 0; call < 2; call++)
      expect((await client.send(request).json<Echo>()).json).toEqual({ a: 1 });
  });

  test("MockTransport answers without a network", async () => {
    const client = new Client({
      transport: new MockTransport((request) =>
        SalukiResponse.json({ method: request.method, length: request.content.length }),
      ),
    });
    expect(await client.post("http://nowhere.example/", { body: "12345" }).json()).toEqual({
      method: "POST",
      length: 5,
    });
  });

  test("AppTransport calls a fetch handler in process", async () => {
    const app = {
      fetch: async (request: globalThis.Request) =>
        new globalThis.Response(
          `${request.method} ${new URL(request.url).pathname} ${await request.text()}`,
          {
            status: 201,
            headers: { "X-App": "yes" },
          },
        ),
    };
    const client = new Client({ transport: new AppTransport(app), baseUrl: "http://app.example/api" });
    const response = await client.post("users", { body: "olivia" });
    expect([response.status, response.headers.get("x-app"), await response.text()]).toEqual([
      201,
      "yes",
      "POST /api/users olivia",
    ]);
  });

  test("mounts send by URL", async () => {
    const client = new Client({
      mounts: { "all://mock.example": new MockTransport(() => new SalukiResponse("mock")) },
    });
    expect(await client.get("https://mock.example/x").text()).toBe("mock");
    expect((await client.get(`${base}/json`)).status).toBe(200);
  });

  test("Any fetch can be given", async () => {
    const seen: string[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      seen.push(`${init?.method} ${String(input)}`);
      return globalThis.fetch(input, init);
    };
    for (const client of [new Client({ fetch }), new Client({ transport: new FetchTransport({ fetch }) })])
      expect((await client.get(`${base}/gzip`)).status).toBe(200);
    expect(seen).toEqual([`GET ${base}/gzip`, `GET ${base}/gzip`]);
  });

  test("A fetch that was replaced later is used by the default transport", async () => {
    const original = globalThis.fetch;
    globalThis.fetch = async () => new globalThis.Response("replaced");
    try {
      expect(await new Client().get(base).text()).toBe("replaced");
    } finally {
      globalThis.fetch = original;
    }
  });

  test("fetchOptions that the runtime would not keep to are refused", async () => {
    const integrity = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const transport = new FetchTransport();
    const call = new Client({ transport }).get(`${base}/json`, { fetchOptions: { integrity } });
    const error = await failure(call);
    if (["deno", "bun", "workerd"].includes(runtime.name)) expect(error.name).toBe("UnsupportedError");
    else expect(error).toBeInstanceOf(Error);
  });

  test("A logger hears of each exchange and of no secret", async () => {
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const client = new Client({ logger: { debug: log, info: log }, auth: ["olivia", "s3cret"] });
    await client.get(
      `${base}/basic-auth/olivia/s3cret?token=t0ken`.replace("/basic-auth/olivia/s3cret", "/get"),
    );
    expect(lines.join("\n")).toContain("GET");
    expect(lines.join("\n")).not.toMatch(/s3cret|t0ken|Basic \w/);
  });

  test("Dumps of every object hide credentials", async () => {
    const client = new Client({
      auth: new DigestAuth("olivia", "s3cret"),
      headers: { Authorization: "Bearer s3cret" },
    });
    const request = client.buildRequest("GET", `${base.replace("://", "://u:s3cret@")}/get?token=s3cret`);
    const response = await get(`${base}/get`, { headers: { Authorization: "Bearer s3cret" } });
    for (const object of [client, request, request.headers, response, response.request, client.auth])
      expect(`${JSON.stringify(object)} ${String(object)}`).not.toContain("s3cret");
  });

  test("A client with a base sends nothing of its own to another origin", async () => {
    const name = fresh();
    const client = new Client({ baseUrl: base, headers: { "X-Api-Key": "k" }, params: { key: "k" } });
    await client.get(`${other}/get?journal=${name}`);
    const [entry] = await journal(kit, name);
    expect([entry?.target, entry && sent(entry, "x-api-key")]).toEqual([`/get?journal=${name}`, undefined]);
  });
}
