/** Redirects: ours on servers, the platform's own in pages, where little of them can be seen. */
import { Client, get } from "saluki";
import { type Echo, failure, fresh, journal, type Kit, sent } from "../kit.ts";

export function redirects(kit: Kit): void {
  const { test, expect, base, other, runtime } = kit;
  const client = new Client();

  test("A redirect is followed, and what happened on the way is told", async () => {
    const response = await get(`${base}/redirect/3#part`);
    expect([response.status, response.redirected, response.url]).toEqual([200, true, `${base}/anything`]);
    expect(response.history.map(({ status }) => status)).toEqual(runtime.browser ? [] : [302, 302, 302]);
    if (!runtime.browser) expect(response.request.url.href).toBe(`${base}/anything#part`);
  });

  test("Methods and bodies change as the Fetch standard says", async () => {
    const table: [status: number, method: string, after: string][] = [
      [301, "POST", "GET"],
      [302, "POST", "GET"],
      [303, "POST", "GET"],
      [303, "PUT", "GET"],
      [301, "PUT", "PUT"],
      [307, "POST", "POST"],
      [308, "PUT", "PUT"],
    ];
    for (const [status, method, after] of table) {
      const url = `${base}/redirect/1?status=${status}`;
      const echo = await client.request(method, url, { json: { a: 1 } }).json<Echo>();
      expect([status, method, echo.method]).toEqual([status, method, after]);
      expect(echo.json).toEqual(after === "GET" ? null : { a: 1 });
      if (after === "GET") expect(sent(echo, "content-type")).toBeUndefined();
    }
  });

  test("A redirect is not followed when that was not wanted", async () => {
    const response = await get(`${base}/redirect/1`, { followRedirects: false });
    if (runtime.browser) {
      expect([response.status, response.content.length, [...response.headers]]).toEqual([0, 0, []]);
    } else {
      expect([response.status, response.isRedirect, response.redirected]).toEqual([302, true, false]);
      expect(response.nextRequest?.url.href).toBe(`${base}/anything`);
      expect(await response.text()).toContain("See /anything");
    }
  });

  test("Secrets do not follow to another origin", async () => {
    const url = `${base}/redirect-to?url=${encodeURIComponent(`${other}/anything`)}`;
    const headers = { Authorization: "Bearer secret", "X-Api-Key": "secret", "Accept-Language": "de" };
    const echo = await client.get(url, { headers }).json<Echo>();
    expect(sent(echo, "authorization")).toBeUndefined();
    // A page's fetch drops nothing but Authorization.
    expect(sent(echo, "x-api-key")).toBe(runtime.browser ? "secret" : undefined);
    expect(sent(echo, "accept-language")).toBe("de");
  });

  test("What was dropped stays dropped, even back on the first origin", async () => {
    const back = `${base}/anything`;
    const there = `${other}/redirect-to?url=${encodeURIComponent(back)}`;
    const url = `${base}/redirect-to?url=${encodeURIComponent(there)}`;
    const echo = await client.get(url, { headers: { Authorization: "Bearer secret" } }).json<Echo>();
    expect(sent(echo, "authorization")).toBeUndefined();
  });

  test("Auth does not run on another origin", async () => {
    const name = fresh();
    const url = `${base}/redirect-to?url=${encodeURIComponent(`${other}/anything?journal=${name}`)}`;
    await get(url, { auth: ["olivia", "secret"] });
    const [entry] = await journal(kit, name);
    expect(entry && sent(entry, "authorization")).toBeUndefined();
  });

  test("Auth runs again on each hop of its origin", async () => {
    const url = `${base}/redirect-to?url=${encodeURIComponent("/basic-auth/olivia/secret")}`;
    expect((await get(url, { auth: ["olivia", "secret"] })).status).toBe(200);
  });

  test("Too many redirects are an error with their history", async () => {
    const error = await failure(get(`${base}/redirect-loop`, { maxRedirects: 3 }));
    if (runtime.browser) {
      expect([error.name, error.code]).toEqual(["UnsupportedError", "ERR_UNSUPPORTED"]);
      expect((await failure(get(`${base}/redirect-loop`))).name).toBe("NetworkError");
    } else {
      expect([error.name, error.code]).toEqual(["TooManyRedirectsError", "ERR_TOO_MANY_REDIRECTS"]);
      expect(error.history?.map(({ status }) => status)).toEqual([302, 302, 302, 302]);
    }
  });

  test("A Location that is not http is never followed", async () => {
    for (const kind of ["data", "file", "javascript", "ftp"]) {
      const error = await failure(get(`${base}/redirect-odd/${kind}`));
      expect([kind, error.name]).toEqual([
        kind,
        runtime.browser ? "NetworkError" : "UnsupportedProtocolError",
      ]);
    }
    const error = await failure(get(`${base}/redirect-odd/bad-host`));
    expect(error.name).toBe(runtime.browser ? "NetworkError" : "RemoteProtocolError");
  });

  test("Credentials in a Location are not used", async () => {
    if (runtime.browser) {
      expect((await failure(get(`${base}/redirect-odd/userinfo`))).name).toBe("NetworkError");
      return;
    }
    const response = await get(`${base}/redirect-odd/userinfo`);
    const echo = await response.json<Echo>();
    expect([sent(echo, "authorization"), response.url.includes("stolen")]).toEqual([undefined, false]);
  });

  test("A one-shot body that a redirect asks for again is a StreamConsumedError", async () => {
    async function* body() {
      yield "once";
    }
    const error = await failure(client.post(`${base}/redirect/1?status=307`, { body: body() }));
    if (runtime.browser) expect(error.name).toMatch(/^(Unsupported|Network)Error$/);
    else
      expect([error.name, error.message.includes("give a function")]).toEqual(["StreamConsumedError", true]);
  });

  test("A function makes the body again", async () => {
    async function* body() {
      yield "twice";
    }
    const call = client.post(`${base}/redirect/1?status=307`, { body });
    if (runtime.browser) expect((await failure(call)).name).toMatch(/^(Unsupported|Network)Error$/);
    else expect((await call.json<Echo>()).body.text).toBe("twice");
  });

  test("A redirect whose body is corrupt, large or stalled is followed all the same", async () => {
    for (const kind of ["corrupt", "large", "stalled"]) {
      const call = get(`${base}/redirect-body/${kind}`, { timeout: { read: 1000 } });
      // WebKitGTK reads to the end of the body before it follows.
      if (kind === "stalled" && runtime.name === "webkit")
        expect((await failure(call)).name).toBe("ReadTimeoutError");
      else expect([kind, (await call).status]).toEqual([kind, 200]);
    }
  });
}
