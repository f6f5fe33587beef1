import { describe, expect, test, vi } from "vitest";
import { Auth } from "../../src/auth/auth.ts";
import { BasicAuth } from "../../src/auth/basic.ts";
import { Client } from "../../src/client.ts";
import { Cookies } from "../../src/cookies.ts";
import { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";
import { MockTransport } from "../../src/transports/mock.ts";
import { failure, ok, to, world } from "./world.ts";

const basic = (username: string, password: string): string => `Basic ${btoa(`${username}:${password}`)}`;

describe("Client headers and params", () => {
  test("merge under those of a call, and null removes them", async () => {
    const { client, sent } = world(
      { "a.test/": ok },
      { headers: { "X-A": "1", "X-B": "2" }, params: { a: 1, b: 2 } },
    );
    await client.get("http://a.test/?q=%20+", {
      headers: { "x-a": "9", "x-b": null },
      params: { a: [3, 4], b: null, c: true },
    });
    expect([sent[0]?.headers.get("x-a"), sent[0]?.headers.has("x-b")]).toEqual(["9", false]);
    expect(sent[0]?.url.search).toBe("?q=%20+&a=3&a=4&c=true");
  });

  test("have the defaults of a polite client", async () => {
    const { client, sent } = world({ "a.test/": ok });
    await client.get("http://a.test/");
    expect(sent[0]?.headers.get("accept")).toBe("*/*");
    expect(sent[0]?.headers.get("user-agent")).toMatch(/^saluki\/\d+\.\d+\.\d+$/);
    expect(sent[0]?.headers.get("accept-encoding")).toContain("gzip");
  });

  test("can be changed on the client", async () => {
    const { client, sent } = world({ "a.test/": ok });
    client.headers = { "X-A": "1" };
    expect(client.headers.get("accept")).toBe("*/*");
    client.params = { a: 1 };
    client.auth = ["u", "p"];
    await client.get("http://a.test/");
    expect([sent[0]?.headers.get("x-a"), sent[0]?.url.search, sent[0]?.headers.get("authorization")]).toEqual(
      ["1", "?a=1", basic("u", "p")],
    );
  });
});

describe("Client baseUrl", () => {
  test.each([
    ["users", "/v1/users"],
    ["/users", "/v1/users"],
    ["", "/v1/"],
    ["?x=1", "/v1/?x=1"],
    ["a:b", "/v1/a:b"],
    ["a/../b", "/v1/b"],
  ])("appends %j to its path", async (url, target) => {
    const { client, sent } = world({}, { baseUrl: "http://a.test/v1/" });
    await client.get(url);
    expect(sent[0]?.url.href).toBe(`http://a.test${target}`);
  });

  test.each(["../x", "/..", "//b.test/x", "\\\\b.test\\x", "%2e%2e/x", "a/../../x"])(
    "cannot be left by %j",
    async (url) => {
      const { client, sent } = world({}, { baseUrl: "http://a.test/v1/" });
      expect(await failure(client.get(url))).toMatchObject({
        name: "InvalidURLError",
        code: "ERR_INVALID_URL",
      });
      expect(sent).toHaveLength(0);
    },
  );

  test("keeps the client's secrets from absolute URLs of other origins", async () => {
    const { client, sent } = world(
      { "b.test/": ok },
      {
        baseUrl: "http://a.test/",
        auth: ["u", "p"],
        headers: { "X-Api-Key": "k", "Accept-Language": "de" },
        params: { key: "k" },
        cookies: { sid: "1" },
      },
    );
    await client.get("http://b.test/");
    const [request] = sent;
    expect([request?.url.search, request?.headers.get("accept-language")]).toEqual(["", "de"]);
    for (const name of ["authorization", "x-api-key", "cookie"])
      expect(request?.headers.has(name)).toBe(false);
    await client.get("/");
    expect(sent[1]?.url.search).toBe("?key=k");
    expect(sent[1]?.headers.get("authorization")).toBe(basic("u", "p"));
    expect(sent[1]?.headers.get("cookie")).toBe("sid=1");
  });
});

describe("Client auth", () => {
  test("goes by precedence: call, own header, client, userinfo", async () => {
    const { client, sent } = world({}, { auth: ["client", "p"] });
    await client.get("http://url:p@a.test/", { auth: ["call", "p"] });
    await client.get("http://url:p@a.test/", { headers: { Authorization: "own" } });
    await client.get("http://url:p@a.test/");
    await client.get("http://url:p@a.test/", { auth: null });
    client.auth = null;
    await client.get("http://url:p%40@a.test/");
    await client.get("http://a.test/", { auth: null, headers: { Authorization: "own" } });
    expect(sent.map((request) => request.headers.get("authorization"))).toEqual([
      basic("call", "p"),
      "own",
      basic("client", "p"),
      null,
      basic("url", "p@"),
      "own",
    ]);
    expect(sent.every((request) => !request.url.username && !request.url.password)).toBe(true);
  });

  test("of a call or a URL beats a default Authorization header", async () => {
    const { client, sent } = world({}, { headers: { Authorization: "default" } });
    await client.get("http://a.test/", { auth: ["u", "p"] });
    await client.get("http://a.test/");
    await client.get("http://url:p@a.test/");
    expect(sent.map((request) => request.headers.get("authorization"))).toEqual([
      basic("u", "p"),
      "default",
      basic("url", "p"),
    ]);
  });

  test("takes functions, which may return another request", async () => {
    const { client, sent } = world({});
    await client.get("http://a.test/", {
      auth: (request) => request.headers.set("X-Sign", request.url.pathname),
    });
    await client.get("http://a.test/", { auth: async () => new Request("GET", "http://a.test/other") });
    expect(sent[0]?.headers.get("x-sign")).toBe("/");
    expect(sent[1]?.url.pathname).toBe("/other");
  });

  test("flows may be async generators and visit other URLs; history holds every leg", async () => {
    let token = "old";
    const closed = vi.fn();
    class Refresh extends Auth {
      override readonly requiresResponseBody = true;
      override async *authFlow(request: Request): AsyncGenerator<Request, void, Response> {
        try {
          request.headers.set("Authorization", `Bearer ${token}`);
          const response = yield request;
          if (response.status !== 401) return;
          const refreshed = yield new Request("POST", "http://login.test/token", { json: { refresh: 1 } });
          token = JSON.parse(new TextDecoder().decode(refreshed.content)).token;
          const again = request.clone();
          again.headers.set("Authorization", `Bearer ${token}`);
          yield again;
        } finally {
          closed();
        }
      }
    }
    const { client, sent } = world(
      {
        "a.test/": (request) =>
          new Response("x", { status: request.headers.get("authorization") === "Bearer new" ? 200 : 401 }),
        "login.test/token": () => Response.json({ token: "new" }),
      },
      { auth: new Refresh() },
    );
    const response = await client.get("http://a.test/");
    expect(response.status).toBe(200);
    expect(response.history.map((leg) => [leg.status, leg.request.url.host])).toEqual([
      [401, "a.test"],
      [200, "login.test"],
    ]);
    expect(response.history[0]?.request.headers.get("authorization")).toBe("Bearer old");
    expect(sent).toHaveLength(3);
    await client.get("http://a.test/");
    expect(sent).toHaveLength(4);
    expect(closed).toHaveBeenCalledTimes(2);
  });

  test("flow that never ends is stopped after 6 legs", async () => {
    class Endless extends Auth {
      override *authFlow(request: Request): Generator<Request, void, Response> {
        for (;;) yield request;
      }
    }
    const { client, sent } = world({ "a.test/": ok }, { auth: new Endless() });
    expect(await failure(client.get("http://a.test/"))).toMatchObject({
      name: "AuthError",
      code: "ERR_AUTH",
      message: "Cannot authenticate GET http://a.test/: the auth flow took more than 6 legs",
    });
    expect(sent).toHaveLength(6);
  });

  test("flow that yields nothing, or no request, or throws, rejects the call", async () => {
    const flow = (authFlow: unknown) => ({
      auth: Object.assign(new (class extends Auth {})(), { authFlow }) as Auth,
    });
    const { client } = world({ "a.test/": ok });
    expect(
      await failure(
        client.get(
          "http://a.test/",
          flow(function* () {}),
        ),
      ),
    ).toMatchObject({
      name: "AuthError",
      message: "Cannot authenticate GET http://a.test/: the auth flow yielded no request",
    });
    expect(
      await failure(
        client.get(
          "http://a.test/",
          flow(function* () {
            yield "x";
          }),
        ),
      ),
    ).toMatchObject({ name: "TypeError" });
    const mine = new Error("mine");
    expect(
      await failure(
        client.get(
          "http://a.test/",
          flow(function* (request: Request) {
            if (request) throw mine;
            yield request;
          }),
        ),
      ),
    ).toBe(mine);
    expect((await client.get("http://a.test/")).status).toBe(200);
  });

  test("flow reads the body first when it needs it", async () => {
    class Signed extends Auth {
      override readonly requiresRequestBody = true;
      override *authFlow(request: Request): Generator<Request, void, Response> {
        request.headers.set("X-Length", String(request.content.length));
        yield request;
      }
    }
    const { client, sent } = world({ "a.test/": ok }, { auth: new Signed() });
    await client.post("http://a.test/", { body: new Blob(["12345"]).stream() });
    expect(sent[0]?.headers.get("x-length")).toBe("5");
    expect(sent[0]?.content).toHaveLength(5);
  });

  test("challenge behind a redirect is answered for the redirected target, and history is [302, 401]", async () => {
    class Challenged extends Auth {
      override *authFlow(request: Request): Generator<Request, void, Response> {
        const response = yield request;
        if (response.status !== 401) return;
        const again = request.clone();
        again.headers.set("Authorization", `Test uri="${again.url.pathname}"`);
        yield again;
      }
    }
    const { client, sent } = world(
      {
        "a.test/a": to("/b"),
        "a.test/b": (request) =>
          new Response(null, { status: request.headers.has("authorization") ? 200 : 401 }),
      },
      { auth: new Challenged() },
    );
    const response = await client.get("http://a.test/a");
    expect(response.history.map((leg) => leg.status)).toEqual([302, 401]);
    expect(response.history[1]?.request.headers.has("authorization")).toBe(false);
    expect(sent.map((request) => request.headers.get("authorization"))).toEqual([
      null,
      null,
      'Test uri="/b"',
    ]);
  });
});

describe("Client hooks", () => {
  test("see every exchange, redirects and auth legs included, the client's first", async () => {
    const seen: string[] = [];
    const { client } = world(
      { "a.test/1": to("/2"), "a.test/2": ok },
      {
        hooks: {
          request: [(request) => void seen.push(`> ${request.url.pathname}`)],
          response: [(response) => void seen.push(`< ${response.status}`)],
        },
      },
    );
    await client.get("http://a.test/1", { hooks: { request: [() => void seen.push("call")] } });
    expect(seen).toEqual(["> /1", "call", "< 302", "> /2", "call", "< 200"]);
  });

  test("may edit or replace the request, or answer it", async () => {
    const { client, sent } = world({ "a.test/": ok, "a.test/other": ok });
    await client.get("http://a.test/", {
      hooks: { request: [(request) => request.headers.set("X-A", "1")] },
    });
    await client.get("http://a.test/", {
      hooks: { request: [() => new Request("GET", "http://a.test/other")] },
    });
    const answer = await client.get("http://a.test/", { hooks: { request: [() => new Response("mine")] } });
    expect(sent.map((request) => [request.url.pathname, request.headers.get("x-a")])).toEqual([
      ["/", "1"],
      ["/other", null],
    ]);
    expect(await answer.text()).toBe("mine");
    const replaced = await client.get("http://a.test/", {
      hooks: { response: [() => new Response("other", { status: 418 })] },
    });
    expect([replaced.status, replaced.request.url.pathname]).toEqual([418, "/"]);
  });

  test("that throw reject the call unchanged, and error hooks hear of it once", async () => {
    const mine = new Error("mine");
    const heard: unknown[] = [];
    const { client } = world({ "a.test/": ok }, { hooks: { error: [(error) => void heard.push(error)] } });
    expect(
      await failure(
        client.get("http://a.test/", {
          hooks: {
            response: [
              () => {
                throw mine;
              },
            ],
          },
        }),
      ),
    ).toBe(mine);
    expect(heard).toEqual([mine]);
    const early = [
      await failure(client.get("http://[")),
      await failure(client.get("/x", { nope: 1 } as object)),
    ];
    expect(heard.slice(1)).toEqual(early);
  });

  test("do not change the request that is sent again", async () => {
    const { client, sent } = world(
      { "a.test/1": to("/2"), "a.test/2": ok },
      { hooks: { request: [(request) => request.headers.append("X-A", "1")] } },
    );
    await client.get("http://a.test/1");
    expect(sent.map((request) => request.headers.getAll("x-a"))).toEqual([["1"], ["1"]]);
  });
});

describe("Client cookies", () => {
  test("are kept, sent again and scoped to their host", async () => {
    const { client, sent } = world({
      "a.test/set": () =>
        new Response(null, {
          status: 302,
          headers: { location: "http://b.test/", "set-cookie": "sid=1; Path=/" },
        }),
      "b.test/": to("http://a.test/"),
      "a.test/": ok,
    });
    await client.get("http://a.test/set");
    expect(sent.map((request) => request.headers.get("cookie"))).toEqual([null, null, "sid=1"]);
    expect(await client.cookies.get("sid")).toBe("1");
  });

  test("of a call are sent on that call's origin only and not kept", async () => {
    const { client, sent } = world({ "a.test/1": to("/2"), "a.test/2": to("http://b.test/"), "b.test/": ok });
    await client.get("http://a.test/1", { cookies: { one: "1" } });
    await client.get("http://a.test/2", { followRedirects: false });
    expect(sent.map((request) => request.headers.get("cookie"))).toEqual(["one=1", "one=1", null, null]);
  });

  test("of a call may come from a jar, which then keeps nothing", async () => {
    const seen = () => new Response("ok", { headers: { "set-cookie": "set=1" } });
    const { client, sent } = world({ "a.test/": seen, "b.test/": seen });
    const cookies = new Cookies({ loose: "1" });
    await cookies.set("kept", "1", { domain: "a.test" });
    for (const jar of [cookies, await cookies.jar()]) {
      await client.get("http://a.test/", { cookies: jar });
      await client.get("http://b.test/", { cookies: jar });
      await client.cookies.clear();
    }
    expect(sent.map((request) => request.headers.get("cookie"))).toEqual([
      "kept=1; loose=1",
      "loose=1",
      "kept=1",
      null,
    ]);
    expect(await cookies.count()).toBe(2);
  });

  test("give way to a Cookie header of the caller's on the first hop", async () => {
    const { client, sent } = world({ "a.test/1": to("/2"), "a.test/2": ok }, { cookies: { jar: "1" } });
    await client.get("http://a.test/1", { headers: { Cookie: "hand=1" } });
    expect(sent.map((request) => request.headers.get("cookie"))).toEqual(["hand=1", "jar=1"]);
  });
});

describe("Client raiseForStatus and shortcuts", () => {
  test("reject with HTTPStatusError whose response is readable", async () => {
    const { client } = world({ "a.test/": () => new Response("gone", { status: 410, statusText: "Gone" }) });
    for (const call of [
      client.get("http://u:p@a.test/?token=t").text(),
      client.get("http://u:p@a.test/?token=t", { raiseForStatus: true }),
    ]) {
      const error = (await failure(call)) as Error & { response: Response; status: number };
      expect(error).toMatchObject({ name: "HTTPStatusError", code: "ERR_HTTP_STATUS", status: 410 });
      expect(error.message).toBe(
        "Cannot accept the response to GET http://a.test/?token=***: status is 410 Gone",
      );
      expect(await error.response.text()).toBe("gone");
    }
    expect((await client.get("http://a.test/", { raiseForStatus: (status) => status !== 410 })).status).toBe(
      410,
    );
  });
});

describe("Client lifetime", () => {
  test("refuses a transport that is none", () => {
    const transport = {} as MockTransport;
    expect(() => new Client({ transport })).toThrow(
      'Cannot use option "transport": it must have handleRequest()',
    );
  });

  test("ends with close, which closes the transport once", async () => {
    const close = vi.fn(async () => undefined);
    const transport = Object.assign(new MockTransport(() => new Response("ok")), { close });
    const client = new Client({ transport });
    const child = client.extend({ headers: { "X-A": "1" } });
    await child.close();
    expect(close).toHaveBeenCalledTimes(0);
    await client.close();
    await client.close();
    expect(close).toHaveBeenCalledTimes(1);
    for (const closed of [client, child]) {
      expect(await failure(closed.get("http://a.test/"))).toMatchObject({
        name: "ClientClosedError",
        code: "ERR_CLIENT_CLOSED",
        message: "Cannot send GET http://a.test/: the client is closed",
      });
    }
  });

  test("extend shares the jar and merges the rest", async () => {
    const { client, sent } = world(
      { "a.test/": () => new Response(null, { headers: { "set-cookie": "a=1" } }) },
      { headers: { "X-A": "1", "X-B": "1" }, auth: ["u", "p"] },
    );
    const child = client.extend({ headers: { "X-B": null, "X-C": "1" }, auth: null });
    await child.get("http://a.test/");
    await client.get("http://a.test/");
    expect(
      sent.map((request) => ["x-a", "x-b", "x-c", "authorization"].map((name) => request.headers.has(name))),
    ).toEqual([
      [true, false, true, false],
      [true, true, false, true],
    ]);
    expect(sent[1]?.headers.get("cookie")).toBe("a=1");
  });

  test("send leaves the request as it was, so that it can be sent again", async () => {
    const { client, sent } = world({ "a.test/": ok }, { auth: ["u", "p"], cookies: { a: "1" } });
    const request = client.buildRequest("POST", "http://a.test/", { json: { a: 1 }, params: { p: 1 } });
    request.headers.set("X-Edited", "1");
    for (let turn = 0; turn < 2; turn++) await client.send(request);
    expect(request.headers.has("authorization")).toBe(false);
    expect(request.headers.has("cookie")).toBe(false);
    expect(sent.map((each) => [each.url.search, each.headers.get("x-edited"), each.content.length])).toEqual([
      ["?p=1", "1", 7],
      ["?p=1", "1", 7],
    ]);
  });
});

describe("Client total timeout and abort", () => {
  test("a mock that never answers is silent for too long, as a server would be", async () => {
    const { client } = world({ "a.test/": () => new Promise<Response>(() => undefined) });
    expect(await failure(client.get("http://a.test/", { timeout: 5 }))).toMatchObject({
      name: "ReadTimeoutError",
      code: "ERR_READ_TIMEOUT",
      message: "Cannot complete GET http://a.test/: no response came within timeout.read: 5 ms",
    });
  });

  const hang = () => world({ "a.test/": () => new Promise<Response>(() => undefined) });

  test("total ends a call that hangs, in a hook too", async () => {
    const { client } = hang();
    const error = await failure(client.get("http://a.test/", { timeout: { total: 5 } }));
    expect([error.name, error.code]).toEqual(["TotalTimeoutError", "ERR_TOTAL_TIMEOUT"]);
    expect(error.message).toBe(
      "Cannot complete GET http://a.test/: the call took more than timeout.total: 5 ms",
    );
    const hooks = { request: [() => new Promise<void>(() => undefined)] };
    expect((await failure(client.get("http://a.test/", { timeout: { total: 5 }, hooks }))).name).toBe(
      "TotalTimeoutError",
    );
  });

  test("an abort rejects with the reason itself, before and during the call", async () => {
    const { client, sent } = hang();
    const reason = { my: "reason" };
    expect(await failure(client.get("http://a.test/", { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(sent).toHaveLength(0);
    const controller = new AbortController();
    const call = failure(client.get("http://a.test/", { signal: controller.signal }));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    controller.abort(reason);
    expect(await call).toBe(reason);
  });

  test("a body that was never sent is released", async () => {
    const cancel = vi.fn();
    const body = new ReadableStream({ cancel });
    const { client } = hang();
    await failure(client.post("http://a.test/", { body, signal: AbortSignal.abort("no") }));
    expect(cancel).toHaveBeenCalledTimes(1);
  });
});

describe("Client logger", () => {
  test("gets one line an exchange, and no secret", async () => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const { client } = world(
      { "a.test/": () => new Response("x", { headers: { "set-cookie": "sid=taint4" } }) },
      { logger: { info: log, debug: log }, auth: new BasicAuth("user", "taint1"), cookies: { c: "taint2" } },
    );
    await client.get("http://user:taint5@a.test/?q=taint3");
    expect(lines[0]).toMatch(/^GET http:\/\/a\.test\/\?q=\*\*\* 200 \d+ ms$/);
    expect(lines).toHaveLength(3);
    expect(lines.join()).not.toMatch(/taint/);
  });
});

describe("Client fetch", () => {
  test("has the shape of fetch and never rejects for a status", async () => {
    const { client, sent } = world(
      { "a.test/": () => new Response("no", { status: 500, statusText: "No" }), "a.test/r": to("/") },
      { auth: ["u", "p"] },
    );
    const { fetch } = client;
    const response = await fetch("http://a.test/r", { method: "post", body: "x", headers: { "X-A": "1" } });
    expect(response).toBeInstanceOf(globalThis.Response);
    expect([response.status, response.statusText, response.url, response.redirected]).toEqual([
      500,
      "No",
      "http://a.test/",
      true,
    ]);
    expect(await response.text()).toBe("no");
    expect(sent[0]?.headers.get("authorization")).toBe(basic("u", "p"));
    const again = await fetch(new globalThis.Request("http://a.test/", { method: "PUT", body: "body" }));
    expect(again.status).toBe(500);
    expect(new TextDecoder().decode(sent[2]?.content)).toBe("body");
    expect((await fetch("http://a.test/r", { redirect: "manual" })).status).toBe(302);
    expect((await failure(fetch("http://a.test/r", { redirect: "error" }))).name).toBe("TypeError");
  });
});

describe("Client dumps", () => {
  test("hide credentials", async () => {
    const { inspect } = await import("node:util");
    const client = new Client({
      baseUrl: "http://user:taint1@a.test/?key=taint2",
      auth: ["u", "taint3"],
      headers: { "X-Api-Key": "taint4" },
      cookies: { a: "taint5" },
    });
    for (const dump of [
      inspect(client, { depth: 10, showHidden: true }),
      JSON.stringify(client),
      String(client),
    ])
      expect(dump).not.toMatch(/taint/);
  });
});
