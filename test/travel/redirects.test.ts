import { describe, expect, test } from "vitest";
import { Auth } from "../../src/auth/auth.ts";
import { DigestAuth } from "../../src/auth/digest.ts";
import type { RequestOptions } from "../../src/options.ts";
import type { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";
import { type Answer, failure, ok, to, world } from "./world.ts";

const secret: RequestOptions = {
  headers: {
    "X-Api-Key": "k1",
    Authorization: "Bearer t1",
    Cookie: "c=1",
    Accept: "text/plain",
    Range: "bytes=0-1",
  },
};

describe("a redirect", () => {
  test("is followed, and history holds it", async () => {
    const { client } = world({ "a.test/1": to("/2#there"), "a.test/2": ok });
    const response = await client.get("http://a.test/1#here");
    expect([response.status, response.url, response.redirected]).toEqual([200, "http://a.test/2", true]);
    expect(response.request.url.hash).toBe("#there");
    expect(response.history.map((earlier) => [earlier.status, earlier.url])).toEqual([
      [302, "http://a.test/1"],
    ]);
  });

  test.each([
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "POST", "GET"],
    [303, "PUT", "GET"],
    [303, "HEAD", "HEAD"],
    [301, "PUT", "PUT"],
    [302, "DELETE", "DELETE"],
    [307, "POST", "POST"],
    [308, "POST", "POST"],
  ])("with status %i turns %s into %s", async (status, method, expected) => {
    const { client, sent } = world({ "a.test/1": to("/2", status), "a.test/2": ok });
    const body = method === "HEAD" ? {} : { json: { a: 1 } };
    await client.request(method, "http://a.test/1", body);
    const last = sent[1] as Request;
    expect(last.method).toBe(expected);
    const keeps = expected !== "GET" && method !== "HEAD";
    expect(last.headers.has("content-type")).toBe(keeps);
    expect(last.content.length > 0).toBe(keeps);
  });

  test("to another origin takes only safe headers, and they do not return", async () => {
    const { client, sent } = world({
      "a.test/1": to("http://b.test/2"),
      "b.test/2": to("http://a.test/3"),
      "a.test/3": ok,
    });
    await client.get("http://a.test/1", secret);
    for (const request of sent.slice(1)) {
      expect(request.headers.get("accept")).toBe("text/plain");
      expect(request.headers.get("range")).toBe("bytes=0-1");
      for (const name of ["x-api-key", "authorization", "cookie"])
        expect(request.headers.has(name)).toBe(false);
    }
  });

  test("keeps the headers that redirectHeaders names", async () => {
    const { client, sent } = world(
      { "a.test/1": to("http://b.test/2"), "b.test/2": ok },
      { redirectHeaders: ["X-Api-Key"] },
    );
    await client.get("http://a.test/1", secret);
    expect(sent[1]?.headers.get("x-api-key")).toBe("k1");
    expect(sent[1]?.headers.has("authorization")).toBe(false);
  });

  test("from http to https of one host keeps the caller's headers, the other way drops them", async () => {
    const { client, sent } = world({
      "a.test/1": (request) =>
        request.url.protocol === "http:" ? to("https://a.test/1")(request) : to("http://a.test/2")(request),
      "a.test/2": ok,
    });
    await client.get("http://a.test/1", secret);
    expect(sent.map((request) => request.headers.get("authorization"))).toEqual([
      "Bearer t1",
      "Bearer t1",
      null,
    ]);
  });

  test("to another scheme than http is refused", async () => {
    for (const location of [
      "data:text/plain,x",
      "javascript:alert(1)",
      "file:///etc/passwd",
      "ftp://a.test/",
    ]) {
      const { client, sent } = world({ "a.test/1": to(location), "a.test/2": ok });
      await expect(client.get("http://a.test/1")).rejects.toMatchObject({
        name: "UnsupportedProtocolError",
        code: "ERR_UNSUPPORTED_PROTOCOL",
        message: `Cannot follow redirect to ${JSON.stringify(location)}: scheme must be http or https`,
      });
      expect(sent).toHaveLength(1);
      expect((await client.get("http://a.test/2")).status).toBe(200);
    }
  });

  test.each([
    ["http://[", "its Location cannot be parsed"],
    ["", "its Location is empty"],
  ])("with the Location %j is a RemoteProtocolError", async (location, why) => {
    const { client } = world({ "a.test/1": to(location) });
    await expect(client.get("http://a.test/1")).rejects.toMatchObject({
      name: "RemoteProtocolError",
      message: expect.stringContaining(why),
    });
  });

  test("loop ends after maxRedirects with every response received", async () => {
    const { client, sent } = world({ "a.test/1": to("/1") }, { maxRedirects: 3 });
    const error = await client.get("http://a.test/1").catch((caught) => caught);
    expect(error).toMatchObject({ name: "TooManyRedirectsError", code: "ERR_TOO_MANY_REDIRECTS" });
    expect(error.message).toBe(
      "Cannot follow the redirect of GET http://a.test/1: more than maxRedirects: 3",
    );
    expect(error.history).toHaveLength(4);
    expect(sent).toHaveLength(4);
  });

  test("is not followed with followRedirects false, and nextRequest tells where it leads", async () => {
    const { client } = world({ "a.test/1": to("/2", 307), "a.test/2": ok });
    const response = await client.post("http://a.test/1", { followRedirects: false, json: 1 });
    expect([response.status, response.isRedirect, response.nextRequest?.url.href]).toEqual([
      307,
      true,
      "http://a.test/2",
    ]);
    const next = await client.send(response.nextRequest as Request);
    expect(next.status).toBe(200);
  });

  test("that asks for a one-shot body again says how to make it replayable", async () => {
    const { client, sent } = world({ "a.test/1": to("/2", 307), "a.test/2": ok });
    const stream = () => new Blob(["x"]).stream();
    await expect(client.post("http://a.test/1", { body: stream() })).rejects.toMatchObject({
      name: "StreamConsumedError",
      message:
        "Cannot follow the redirect of POST http://a.test/1: 307 asks for the body again, which is a stream that can be read once; give a function that returns a new stream",
    });
    expect(sent).toHaveLength(1);
    expect((await client.post("http://a.test/1", { body: stream })).status).toBe(200);
  });

  test("never uses the credentials in a Location", async () => {
    const { client, sent } = world({ "a.test/1": to("http://u:p@a.test/2"), "a.test/2": ok });
    await client.get("http://a.test/1");
    expect(sent[1]?.url.href).toBe("http://a.test/2");
    expect(sent[1]?.headers.has("authorization")).toBe(false);
  });
});

describe("a one-shot body that the server has read", () => {
  const locked: Answer = () =>
    new Response(null, {
      status: 401,
      headers: { "WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"' },
    });
  const reads =
    (then: Answer): Answer =>
    async (request) => {
      expect(new TextDecoder().decode(await request.read())).toBe("once");
      return then(request);
    };

  test.each<[string, Answer, RequestOptions]>([
    ["a 307", to("/2", 307), {}],
    ["a challenge", locked, { auth: new DigestAuth("u", "p") }],
  ])("cannot be sent again after %s", async (_, then, options) => {
    const { client, sent } = world({ "a.test/1": reads(then), "a.test/2": ok });
    const error = await failure(
      client.post("http://a.test/1", { ...options, body: new Blob(["once"]).stream() }),
    );
    expect([error.name, sent.length]).toEqual(["StreamConsumedError", 1]);
  });

  test("is sent where nobody asks for it again", async () => {
    const { client } = world({ "a.test/1": reads(to("/2", 303)), "a.test/2": ok });
    expect(await client.post("http://a.test/1", { body: new Blob(["once"]).stream() }).text()).toBe("ok");
  });
});

describe("an auth flow on a redirect", () => {
  class Token extends Auth {
    override *authFlow(request: Request): Generator<Request, void, Response> {
      request.headers.set("Authorization", `Token for=${request.url.pathname}`);
      yield request;
    }
  }

  test("runs anew on each hop of its origin", async () => {
    const { client, sent } = world({ "a.test/1": to("/2"), "a.test/2": ok }, { auth: new Token() });
    await client.get("http://a.test/1");
    expect(sent.map((request) => request.headers.get("authorization"))).toEqual([
      "Token for=/1",
      "Token for=/2",
    ]);
  });

  test("does not run on another origin, nor after the way back", async () => {
    const { client, sent } = world(
      { "a.test/1": to("http://b.test/2"), "b.test/2": to("http://a.test/3"), "a.test/3": ok },
      { auth: new Token() },
    );
    await client.get("http://a.test/1");
    expect(sent.map((request) => request.headers.get("authorization"))).toEqual(["Token for=/1", null, null]);
  });
});
