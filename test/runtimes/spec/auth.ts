/** Every way to authenticate but Digest. A page gets its 401 too, since such requests go out without its credentials. */
import {
  Auth,
  BasicAuth,
  BearerAuth,
  Client,
  FunctionAuth,
  get,
  MockTransport,
  NetRCAuth,
  Request,
  Response as SalukiResponse,
} from "saluki";
import { type Echo, failure, fresh, journal, type Kit, sent } from "../kit.ts";

export function auth(kit: Kit): void {
  const { test, expect, base, other, runtime } = kit;

  test("Basic: a tuple, a BasicAuth and names beyond ASCII", async () => {
    expect((await get(`${base}/basic-auth/olivia/secret`, { auth: ["olivia", "secret"] })).status).toBe(200);
    const unicode = new BasicAuth("jäsøn", "pä:ss€");
    const url = `${base}/basic-auth/${encodeURIComponent("jäsøn")}/${encodeURIComponent("pä:ss€")}`;
    expect((await get(url, { auth: unicode })).status).toBe(200);
  });

  test("Basic: a wrong password is a 401 that the script gets, and no dialog opens", async () => {
    const response = await get(`${base}/basic-auth/olivia/secret`, { auth: ["olivia", "wrong"] });
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([
      401,
      'Basic realm="Saluki", charset="UTF-8"',
    ]);
  });

  test("Basic: a colon in the user name is a TypeError", () => {
    expect(() => new BasicAuth("a:b", "c")).toThrow(TypeError);
    expect(() => new BasicAuth("a", "b\nc")).toThrow(TypeError);
  });

  test("Bearer: a token, or a function that gets one", async () => {
    const url = `${base}/bearer/t0ken`;
    expect((await get(url, { auth: new BearerAuth("t0ken") })).status).toBe(200);
    expect((await get(url, { auth: new BearerAuth(async () => "t0ken") })).status).toBe(200);
    expect((await get(url, { auth: new BearerAuth("other") })).status).toBe(401);
  });

  test("A function edits the request", async () => {
    const sign = (request: Request) => void request.headers.set("X-Key", "k");
    for (const auth of [sign, new FunctionAuth(sign)])
      expect((await get(`${base}/answer-header/X-Key/k`, { auth })).status).toBe(200);
  });

  test("A flow of one's own answers a challenge", async () => {
    class Custom extends Auth {
      override *authFlow(request: Request): Generator<Request, void, SalukiResponse> {
        const response = yield request;
        if (response.status !== 401) return;
        const again = request.clone();
        again.headers.set("X-Answer", response.headers.get("x-challenge") ?? "");
        yield again;
      }
    }
    const response = await get(`${base}/answer-header/X-Answer/42`, { auth: new Custom() });
    expect([response.status, response.history.map(({ status }) => status)]).toEqual([200, [401]]);
  });

  test("An async flow asks a token endpoint first and refreshes", async () => {
    class OAuth extends Auth {
      override readonly requiresResponseBody = true;
      token = "";
      override async *authFlow(request: Request): AsyncGenerator<Request, void, SalukiResponse> {
        for (let tries = 0; tries < 2; tries++) {
          if (!this.token) {
            const data = { grant_type: "client_credentials" };
            const answer = yield new Request("POST", `${base}/token?uses=1`, { data });
            this.token = ((await answer.json()) as { access_token: string }).access_token;
          }
          const signed = request.clone();
          signed.headers.set("Authorization", `Bearer ${this.token}`);
          const response = yield signed;
          if (response.status !== 401) return;
          this.token = "";
        }
      }
    }
    const auth = new OAuth();
    for (let call = 0; call < 2; call++)
      expect((await get(`${base}/token/protected`, { auth })).status).toBe(200);
  });

  test("requiresRequestBody brings the body before the flow signs it", async () => {
    class Signer extends Auth {
      override readonly requiresRequestBody = true;
      override *authFlow(request: Request): Generator<Request, void, SalukiResponse> {
        request.headers.set("X-Length", String(request.content.length));
        yield request;
      }
    }
    async function* body() {
      yield "four";
    }
    const echo = await new Client({ auth: new Signer() })
      .post(`${base}/anything`, { body: body() })
      .json<Echo>();
    expect([sent(echo, "x-length"), echo.body.text]).toEqual(["4", "four"]);
  });

  test("A flow of more than six legs is an AuthError, and its finally block runs", async () => {
    let closed = false;
    class Endless extends Auth {
      override *authFlow(request: Request): Generator<Request, void, SalukiResponse> {
        try {
          for (;;) yield request.clone();
        } finally {
          closed = true;
        }
      }
    }
    const error = await failure(get(`${base}/get`, { auth: new Endless() }));
    expect([error.name, error.code, closed]).toEqual(["AuthError", "ERR_AUTH", true]);
  });

  test("Userinfo of the URL is used as Basic and never sent", async () => {
    const name = fresh();
    const url = `${base.replace("://", "://ol%69via:se%20cret@")}/basic-auth/olivia/se%20cret?journal=${name}`;
    expect((await get(url)).status).toBe(200);
    expect((await journal(kit, name))[0]?.target).not.toContain("olivia:");
  });

  test("auth: null switches off the client's auth and userinfo", async () => {
    const client = new Client({ auth: ["olivia", "secret"] });
    const echo = await client.get(`${base}/anything`, { auth: null }).json<Echo>();
    expect(sent(echo, "authorization")).toBeUndefined();
    const url = `${base.replace("://", "://a:b@")}/anything`;
    expect(sent(await get(url, { auth: null }).json<Echo>(), "authorization")).toBeUndefined();
  });

  test("A header given on the request wins over the client's auth; both on one request are a TypeError", async () => {
    const client = new Client({ auth: ["olivia", "secret"] });
    const headers = { Authorization: "Custom abc" };
    expect(sent(await client.get(`${base}/anything`, { headers }).json<Echo>(), "authorization")).toBe(
      "Custom abc",
    );
    expect(await failure(client.get(base, { headers, auth: ["a", "b"] }))).toBeInstanceOf(TypeError);
  });

  test("A client's auth stays on the origin of its baseUrl", async () => {
    const client = new Client({ baseUrl: base, auth: ["olivia", "secret"] });
    expect(sent(await client.get("/anything").json<Echo>(), "authorization")).toMatch(/^Basic /);
    expect(sent(await client.get(`${other}/anything`).json<Echo>(), "authorization")).toBeUndefined();
  });

  test("NetRCAuth reads the file, or is refused where there are none", async () => {
    if (!["node", "deno", "bun"].includes(runtime.name)) {
      expect(() => new NetRCAuth("/tmp/netrc")).toThrow(
        expect.objectContaining({ name: "UnsupportedError", code: "ERR_UNSUPPORTED" }),
      );
      return;
    }
    const { mkdtempSync, rmSync, writeFileSync } = process.getBuiltinModule("node:fs");
    const folder = mkdtempSync(`${process.getBuiltinModule("node:os").tmpdir()}/saluki-netrc-`);
    try {
      writeFileSync(`${folder}/netrc`, "machine 127.0.0.1 login olivia password secret\n");
      const auth = new NetRCAuth(`${folder}/netrc`);
      expect((await get(`${base}/basic-auth/olivia/secret`, { auth })).status).toBe(200);
      const error = await failure(get(base, { auth: new NetRCAuth(`${folder}/absent`) }));
      expect([error.name, error.message.includes("absent")]).toEqual(["AuthError", true]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("A request with an auth goes out without a page's own credentials, unless it says so", async () => {
    const seen: unknown[] = [];
    const client = new Client({
      auth: ["olivia", "secret"],
      transport: new MockTransport((request) => {
        seen.push(request.extensions.fetchOptions?.credentials);
        return new SalukiResponse("");
      }),
    });
    await client.get(base);
    await client.get(base, { fetchOptions: { credentials: "include" } });
    await client.get(base, { auth: null });
    expect(seen).toEqual([runtime.browser ? "omit" : undefined, "include", undefined]);
  });
}
