/** The embedded server does what its endpoints say. */
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeText, SAMPLES } from "../../examples/server/charsets.ts";
import type { Echo } from "../../examples/server/echo.ts";
import type { Entry } from "../../examples/server/journal.ts";
import { PASSWORD, USER } from "../../examples/server/people.ts";
import { type EmbeddedServer, startServer } from "../../examples/server/server.ts";
import { pattern } from "../../examples/server/streams.ts";

let server: EmbeddedServer;
let other: EmbeddedServer;
beforeAll(async () => {
  server = await startServer();
  other = await startServer({ beside: server });
});
afterAll(async () => {
  await Promise.all([server.close(), other.close()]);
});

const get = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);

async function journal(name: string, query = ""): Promise<Entry[]> {
  return (await (await get(`/journal/${name}${query}`)).json()) as Entry[];
}

/** Everything that the server writes to a connection until it ends it. */
async function exchangeBytes(request: string): Promise<string> {
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.end(request);
  let text = "";
  for await (const piece of socket.setEncoding("latin1")) text += String(piece);
  return text;
}

test("The server listens on loopback only", () => {
  expect(new URL(server.url).hostname).toBe("127.0.0.1");
  expect(other.url).not.toBe(server.url);
});

test("The index lists every endpoint", async () => {
  const text = await (await get("/")).text();
  for (const path of ["/anything", "/digest-auth/:qop/:user/:password/:algorithm", "/journal/:name"]) {
    expect(text).toContain(`${path} `);
  }
});

test("/anything keeps the order, case and number of headers", async () => {
  const text =
    "GET /anything?a=1 HTTP/1.1\r\nHost: x\r\nX-B: 1\r\nx-a: 2\r\nX-B: 3\r\nConnection: close\r\n\r\n";
  const body = (await exchangeBytes(text)).split("\r\n\r\n")[1] ?? "";
  const echo = JSON.parse(body) as Echo;
  expect(echo.headers.slice(1, 4)).toEqual([
    ["X-B", "1"],
    ["x-a", "2"],
    ["X-B", "3"],
  ]);
  expect(echo.args).toEqual([["a", "1"]]);
});

test("/post reads forms with files, and says what is wrong with a broken one", async () => {
  const form = new FormData();
  form.append("name", "Saluki");
  form.append("photo", new File(["pixels"], "dog.png", { type: "image/png" }));
  const echo = (await (await get("/post", { method: "POST", body: form })).json()) as Echo;
  expect(echo.form).toMatchObject({ fields: [["name", "Saluki"]], fault: null });
  expect(echo.form.files).toMatchObject([{ name: "photo", filename: "dog.png", text: "pixels" }]);
  const broken = await get("/post", {
    method: "POST",
    headers: { "Content-Type": "multipart/form-data; boundary=b" },
    body: "--b\r\n\r\nno end",
  });
  expect(((await broken.json()) as Echo).form.fault).toBe("Body ends inside a part");
});

test("The journal holds what arrived on any origin, and waits for it", async () => {
  const waiting = journal("both", "?count=2&settled");
  await get("/put?journal=both", { method: "PUT", body: "abc" });
  await fetch(`${other.url}/anything`, { headers: { "X-Journal": "both" } });
  const entries = await waiting;
  expect(entries.map(({ origin, method }) => [origin, method])).toEqual([
    [server.url, "PUT"],
    [other.url, "GET"],
  ]);
  expect(entries[0]).toMatchObject({ bodyLength: 3, complete: true, status: 200, outcome: "answered" });
  expect(atob(entries[0]?.bodyBase64 ?? "")).toBe("abc");
});

test("The journal tells that a client went away", async () => {
  const controller = new AbortController();
  const pending = get("/slow/headers?journal=gone", { signal: controller.signal });
  expect(await journal("gone", "?count=1")).toMatchObject([{ outcome: "open", status: 0 }]);
  controller.abort();
  await expect(pending).rejects.toThrow();
  expect(await journal("gone", "?settled")).toMatchObject([{ outcome: "dropped" }]);
});

test("A released gate lets one answer go, also when it is released first", async () => {
  await get("/release/early");
  expect((await get("/slow/headers?gate=early")).status).toBe(200);
  const late = get("/slow/body?gate=late");
  expect(await (await get("/release/late")).json()).toHaveProperty("released");
  expect(await (await late).text()).toBe("halffull");
});

test("Preflights are answered, and every header of an answer can be read", async () => {
  const preflight = await get("/put", {
    method: "OPTIONS",
    headers: {
      Origin: "http://page.example",
      "Access-Control-Request-Method": "PUT",
      "Access-Control-Request-Headers": "authorization",
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization");
  expect(preflight.headers.get("access-control-allow-credentials")).toBe("true");
  const answer = await get("/digest-auth/auth/u/p/MD5", { headers: { Origin: "http://page.example" } });
  expect(answer.headers.get("access-control-allow-origin")).toBe("http://page.example");
  expect(answer.headers.get("access-control-expose-headers")).toContain("WWW-Authenticate");
  const closed = await get("/get?cors=off", { headers: { Origin: "http://page.example" } });
  expect(closed.headers.has("access-control-allow-origin")).toBe(false);
});

test("Redirects keep the journal and end at /anything", async () => {
  const response = await get("/redirect/3?journal=hops&status=307", { method: "POST", body: "kept" });
  expect(response.url).toBe(`${server.url}/anything?journal=hops`);
  expect((await journal("hops", "?settled")).map(({ status }) => status)).toEqual([307, 307, 307, 200]);
});

test("Codings can be undone, and damage cannot", async () => {
  for (const path of ["/gzip", "/deflate", "/br", "/x-gzip", "/deflate-raw", "/gzip?chunked"]) {
    expect(await (await get(path)).json(), path).toHaveProperty("encoded");
  }
  const coded = async (path: string) => {
    const text = await exchangeBytes(`GET ${path} HTTP/1.0\r\n\r\n`);
    return Buffer.from(text.slice(text.indexOf("\r\n\r\n") + 4), "latin1");
  };
  const chained = gunzipSync(brotliDecompressSync(await coded("/encoded/gzip,br")));
  expect(JSON.parse(chained.toString())).toHaveProperty("encoded", ["gzip", "br"]);
  const truncated = await coded("/gzip?damage=truncated");
  expect(() => gunzipSync(truncated)).toThrow(/unexpected end/);
});

test("Texts come in every charset of the list", async () => {
  for (const [charset, sample] of SAMPLES) {
    const response = await get(`/encoding/${charset}`);
    expect(decodeURIComponent(response.headers.get("x-text") ?? "")).toBe(sample);
    // Some releases of Node decode windows-1252 as if it were Latin-1, except in a stream.
    const bytes = await response.arrayBuffer();
    expect(new TextDecoder(charset).decode(bytes, { stream: true }), charset).toBe(sample);
  }
  expect(encodeText("漢", "windows-1252")?.toString()).toBe("?");
});

test("/bytes is a pattern, and knows ranges", async () => {
  expect(Buffer.from(await (await get("/bytes/1000")).arrayBuffer())).toEqual(pattern(1000));
  const part = await get("/bytes/1000", { headers: { Range: "bytes=500-" } });
  expect([part.status, part.headers.get("content-range")]).toEqual([206, "bytes 500-999/1000"]);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(pattern(500, 500));
});

test("/token issues tokens that run out, and refresh tokens that are good one time", async () => {
  const issue = async (body: string, uses = "") => {
    const response = await get(`/token${uses}`, { method: "POST", body });
    return (await response.json()) as { access_token: string; refresh_token: string; error?: string };
  };
  const use = async (token: string) => {
    const headers = { Authorization: `Bearer ${token}` };
    return (await get("/token/protected", { headers })).status;
  };
  const first = await issue(`grant_type=password&username=${USER}&password=${PASSWORD}`, "?uses=1");
  expect([await use(first.access_token), await use(first.access_token)]).toEqual([200, 401]);
  const second = await issue(`grant_type=refresh_token&refresh_token=${first.refresh_token}`);
  expect(await use(second.access_token)).toBe(200);
  expect(await issue(`grant_type=refresh_token&refresh_token=${first.refresh_token}`)).toEqual({
    error: "invalid_grant",
  });
});

test("/flaky fails as often as asked, under each name", async () => {
  const statuses = async (name: string) => [
    (await get(`/flaky/${name}/1`)).status,
    (await get(`/flaky/${name}/1`)).status,
  ];
  expect(await statuses("one")).toEqual([503, 200]);
  expect(await statuses("two")).toEqual([503, 200]);
});

test("/upload counts what came, chunked or not", async () => {
  const chunked = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(70_000));
      controller.close();
    },
  });
  const init: RequestInit & { duplex: "half" } = { method: "POST", body: chunked, duplex: "half" };
  expect(await (await get("/upload", init)).json()).toMatchObject({
    length: 70_000,
    chunked: true,
    complete: true,
  });
  const whole = await get("/upload", { method: "POST", body: "abc" });
  expect(await whole.json()).toMatchObject({ length: 3, chunked: false, contentLength: "3" });
});

test("The journal tells an upload that was cut short from a complete one", async () => {
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.write("POST /upload?journal=cut HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nshort");
  await once(socket, "connect");
  await server.journal.until("cut", ([entry]) => entry?.bodyLength === 5, new AbortController().signal);
  socket.destroy();
  expect(await journal("cut", "?settled")).toMatchObject([
    { bodyLength: 5, complete: false, outcome: "dropped" },
  ]);
});

test("Faults reach the client as faults", async () => {
  for (const path of ["/close", "/reset", "/garbage", "/half-head", "/two-content-lengths"]) {
    await expect(get(path), path).rejects.toThrow("fetch failed");
  }
  for (const path of ["/short-content-length", "/short-content-length?reset", "/chunked-cut", "/bad-chunk"]) {
    await expect(
      get(path).then((response) => response.text()),
      path,
    ).rejects.toThrow("terminated");
  }
});

test("/raw answers byte for byte", async () => {
  const wanted = "HTTP/1.1 299 Odd\r\nx: 1\r\nContent-Length: 0\r\n\r\n";
  const encoded = Buffer.from(wanted).toString("base64url");
  expect(await exchangeBytes(`GET /raw/${encoded} HTTP/1.1\r\nHost: x\r\n\r\n`)).toBe(wanted);
});

test("/drop-next drops the next request of its connection", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const first = await once(request(`${server.url}/drop-next`, { agent }).end(), "response");
  await once((first[0] as IncomingMessage).resume(), "close");
  const second = request(`${server.url}/get?journal=dropped`, { agent }).end();
  await expect(once(second, "response")).rejects.toThrow("socket hang up");
  expect(second.reusedSocket).toBe(true);
  expect(await journal("dropped", "?settled")).toMatchObject([{ turn: 2, outcome: "dropped" }]);
  agent.destroy();
});

test("Wrong use of the server is a 400 that says why", async () => {
  const response = await get("/bytes/many");
  expect([response.status, await response.text()]).toEqual([400, "Expected a whole number: many\n"]);
  expect((await get("/post")).status).toBe(405);
  expect((await get("/nowhere")).status).toBe(404);
});
