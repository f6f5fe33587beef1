/** The client against servers that are not ours: Apache, lighttpd, nginx and httpbin of Debian. */
import { afterEach, describe, expect, test } from "vitest";
import { DigestAuth } from "../../src/auth/digest.ts";
import { Client } from "../../src/client.ts";
import type { ClientOptions } from "../../src/options.ts";
import type { Response } from "../../src/response.ts";
import { describeWith } from "../servers/describe-with.ts";
import { PASSWORD, UNICODE_PASSWORD, UNICODE_USER, USER } from "../servers/servers.ts";

const open: Client[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

function client(options?: ClientOptions): Client {
  const made = new Client(options);
  open.push(made);
  return made;
}

const legs = (response: Response): number[] => [
  ...response.history.map((leg) => leg.status),
  response.status,
];
const nonceCounts = (responses: Response[]): string[] =>
  responses.map(({ request }) => {
    const header = request.headers.get("authorization") ?? "";
    return `${/nonce="([^"]*)"/.exec(header)?.[1]} ${/nc=(\w+)/.exec(header)?.[1]}`;
  });

/** What every Digest server must see: two legs first, one afterwards, unique counts under load, no second try. */
function digestWorks(url: string): void {
  test("the first request takes two legs, the second one", async () => {
    const http = client({ auth: new DigestAuth(USER, PASSWORD) });
    expect(legs(await http.get(url))).toEqual([401, 200]);
    expect(legs(await http.get(url))).toEqual([200]);
    expect(legs(await http.get(`${url}?a=1&b=%20`))).toEqual([200]);
  });

  test("a hundred at once all succeed, each with a count of its own", async () => {
    const http = client({ auth: new DigestAuth(USER, PASSWORD) });
    await http.get(url);
    const responses = await Promise.all(Array.from({ length: 100 }, () => http.get(url)));
    expect(new Set(responses.map((response) => response.status))).toEqual(new Set([200]));
    expect(new Set(nonceCounts(responses)).size).toBe(100);
  });

  test("a wrong password is refused once more, and the 401 is the answer", async () => {
    const http = client({ auth: new DigestAuth(USER, "wrong") });
    expect(legs(await http.get(url))).toEqual([401, 401]);
  });
}

describeWith("apache", "Apache with mod_auth_digest (MD5)", ({ url }) => {
  digestWorks(`${url}/digest/hello.txt`);

  test("nonces that serve once are renewed by nextnonce, or asked for again", async () => {
    const http = client({ auth: new DigestAuth(USER, PASSWORD) });
    for (let turn = 0; turn < 3; turn++)
      expect((await http.get(`${url}/digest-once/hello.txt`)).status).toBe(200);
  });

  test("a user beyond ASCII is known by raw UTF-8", async () => {
    const http = client({ auth: new DigestAuth(UNICODE_USER, UNICODE_PASSWORD) });
    expect((await http.get(`${url}/digest/hello.txt`)).status).toBe(200);
  });

  test("Basic is sent at once", async () => {
    expect(legs(await client({ auth: [USER, PASSWORD] }).get(`${url}/basic/hello.txt`))).toEqual([200]);
    expect(legs(await client({ auth: [USER, "wrong"] }).get(`${url}/basic/hello.txt`))).toEqual([401]);
    const { host } = new URL(url);
    expect(
      (await client().get(`http://${USER}:${encodeURIComponent(PASSWORD)}@${host}/basic/hello.txt`)).status,
    ).toBe(200);
  });
});

describeWith("lighttpd", "lighttpd with mod_auth", ({ url }) => {
  for (const folder of ["md5", "sha-256", "sha-512-256", "userhash", "both"]) {
    describe(`with ${folder}`, () => digestWorks(`${url}/${folder}/hello.txt`));
  }

  test("the stronger of two challenges is answered", async () => {
    const response = await client({ auth: new DigestAuth(USER, PASSWORD) }).get(`${url}/both/hello.txt`);
    expect(response.request.headers.get("authorization")).toContain("algorithm=SHA-256");
  });
});

describeWith("nginx", "nginx", ({ url }) => {
  test("five redirects of five kinds lead to the echo, headers in the order and case given", async () => {
    const response = await client().get(`${url}/redirect/5`, {
      headers: { "X-First": "1", "x-SECOND": "2" },
    });
    expect(legs(response)).toEqual([302, 301, 303, 307, 308, 200]);
    const text = await response.text();
    expect(text).toMatch(/^GET \/echo HTTP\/1\.1\r\n/);
    expect(text.indexOf("X-First: 1")).toBeGreaterThan(0);
    expect(text.indexOf("x-SECOND: 2")).toBeGreaterThan(text.indexOf("X-First: 1"));
  });

  test("gzip and no content are read", async () => {
    const http = client();
    const packed = await http.get(`${url}/gzip`);
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    expect((await packed.text()).length).toBeGreaterThan(0);
    expect((await http.get(`${url}/no-content`)).content).toHaveLength(0);
    expect((await http.head(`${url}/hello.txt`)).content).toHaveLength(0);
  });

  test("a connection that ends without a word is a typed error, and the next request works", async () => {
    const http = client();
    const error = await http.get(`${url}/close`).then(
      () => undefined,
      (reason) => reason,
    );
    expect(error.name).toMatch(/^(?:ReadError|RemoteProtocolError)$/);
    expect((await http.get(`${url}/hello.txt`)).status).toBe(200);
  });
});

describeWith("httpbin", "httpbin", ({ url }) => {
  test.each([
    ["GET", "/get?a=1", {}],
    ["POST", "/post", { json: { a: 1 } }],
    ["PUT", "/put", { data: { a: "1", b: ["2", "3"] } }],
    ["PATCH", "/patch", { body: "text" }],
    ["DELETE", "/delete", {}],
  ])("%s %s is understood", async (method, path, options) => {
    const response = await client().request(method, url + path, options);
    expect(response.status).toBe(200);
    const body = await response.json<{ args: object; json: unknown; form: object; data: string }>();
    if (method === "POST") expect(body.json).toEqual({ a: 1 });
    if (method === "PUT") expect(body.form).toEqual({ a: "1", b: ["2", "3"] });
    if (method === "PATCH") expect(body.data).toBe("text");
    if (method === "GET") expect(body.args).toEqual({ a: "1" });
  });

  test("files arrive as files beside fields", async () => {
    const response = await client().post(`${url}/post`, {
      data: { field: "va\u00fcue" },
      files: { file: { filename: 'na"me\u00e4.txt', content: "content", type: "text/plain" } },
    });
    const body = await response.json<{ files: Record<string, string>; form: Record<string, string> }>();
    expect(body.files).toEqual({ file: "content" });
    expect(body.form).toEqual({ field: "va\u00fcue" });
  });

  test("cookies are kept over redirects", async () => {
    const http = client();
    const response = await http.get(`${url}/cookies/set?one=1&two=2`);
    expect(await response.json()).toEqual({ cookies: { one: "1", two: "2" } });
    expect(await http.cookies.toObject()).toEqual({ one: "1", two: "2" });
  });

  test("every encoding is decoded", async () => {
    const http = client();
    for (const path of ["gzip", "deflate", "brotli"]) {
      expect((await http.get(`${url}/${path}`)).status).toBe(200);
      expect(await http.get(`${url}/${path}`).json()).toMatchObject({ method: "GET" });
    }
  });

  test.each(["auth", "auth-int"])("Digest with qop %s is answered", async (qop) => {
    for (const algorithm of ["MD5", "SHA-256"]) {
      const http = client({ auth: new DigestAuth("u", "p") });
      expect(legs(await http.get(`${url}/digest-auth/${qop}/u/p/${algorithm}`))).toEqual([401, 200]);
    }
  });

  test("streams are read as they come", async () => {
    const response = await client().stream("GET", `${url}/stream/20`);
    const lines: string[] = [];
    for await (const line of response.iterLines()) lines.push(line);
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(Array.from({ length: 20 }, (_, id) => id));
  });

  test("links, redirects to elsewhere and statuses are reported", async () => {
    const http = client();
    expect((await http.get(`${url}/links/3/0`)).status).toBe(200);
    expect(legs(await http.get(`${url}/redirect/3`))).toEqual([302, 302, 302, 200]);
    await expect(http.get(`${url}/status/503`).json()).rejects.toMatchObject({
      name: "HTTPStatusError",
      status: 503,
    });
  });
});
