/** What is wrong is said by class, code and message; the client works on afterwards. */
import { describe, expect, test } from "vitest";
import { BasicAuth } from "../../src/auth/basic.ts";
import type { RequestOptions } from "../../src/options.ts";
import { Response } from "../../src/response.ts";
import { failure, ok, type World, world } from "./world.ts";

const servers = (): World =>
  world({
    "a.test/": ok,
    "a.test/big": () => new Response("x".repeat(100)),
    "a.test/html": () => new Response("<html>oops</html>", { headers: { "content-type": "text/html" } }),
    "a.test/empty": () => new Response(null),
    "a.test/odd-charset": () =>
      new Response("h\u00e9", { headers: { "content-type": "text/plain; charset=klingon" } }),
    "a.test/again": () => new Response(null, { status: 307, headers: { location: "/" } }),
    "a.test/challenge": () => new Response(null, { status: 401, headers: { "www-authenticate": "Digest" } }),
    "a.test/locked": () =>
      new Response(null, { status: 401, headers: { "www-authenticate": 'Digest realm="r", nonce="n"' } }),
    "a.test/data": () => new Response(null, { status: 302, headers: { location: "data:text/plain,x" } }),
  });

const stream = (): ReadableStream => new Blob(["x"]).stream();
const argument = "ERR_INVALID_ARGUMENT";

const cases: readonly [
  what: string,
  url: string,
  options: object,
  name: string,
  code: string,
  message: string,
][] = [
  [
    "an option with a typing error",
    "/",
    { folowRedirects: true },
    "TypeError",
    argument,
    'Cannot use option "folowRedirects": not an option of a request; did you mean "followRedirects"?',
  ],
  [
    "an option of no kind",
    "/",
    { zzz: 1 },
    "TypeError",
    argument,
    'Cannot use option "zzz": not an option of a request',
  ],
  [
    "an option of another kind",
    "/",
    { followRedirects: "false" },
    "TypeError",
    argument,
    'Cannot use option "followRedirects": must be true or false: "false"',
  ],
  [
    "a hook that is no list",
    "/",
    { hooks: { request: () => undefined } },
    "TypeError",
    argument,
    "Cannot use hooks.request: must be a list: function",
  ],
  [
    "a hook that is no function",
    "/",
    { hooks: { request: [1] } },
    "TypeError",
    argument,
    "Cannot use hooks.request: must be a list of functions",
  ],
  [
    "a class for auth",
    "/",
    { auth: BasicAuth },
    "TypeError",
    argument,
    "Cannot use auth: it is a class; give an object of it: new BasicAuth(...)",
  ],
  [
    "a timeout with a unit",
    "/",
    { timeout: "5s" },
    "TypeError",
    argument,
    "Cannot use timeout: must be milliseconds, an object of phases, or null: 5s",
  ],
  [
    "a number of redirects that is none",
    "/",
    { maxRedirects: 1.5 },
    "TypeError",
    argument,
    'Cannot use option "maxRedirects": must be an integer of 0 or more: 1.5',
  ],
  [
    "two bodies",
    "/",
    { json: 1, body: "x" },
    "TypeError",
    argument,
    "Cannot send two bodies: json and body were given",
  ],
  [
    "a line break in a header",
    "/",
    { headers: { "X-A": "b\r\nc: d" } },
    "TypeError",
    argument,
    'Cannot set header "X-A": value must not hold control characters or characters beyond Latin-1',
  ],
  [
    "a header beyond Latin-1",
    "/",
    { headers: { "X-A": "\u20ac" } },
    "TypeError",
    argument,
    'Cannot set header "X-A": value must not hold control characters or characters beyond Latin-1',
  ],
  [
    "a header name that is no token",
    "/",
    { headers: { "X A": "b" } },
    "TypeError",
    argument,
    'Cannot use header "X A": name must be a token of RFC 9110',
  ],
  [
    "an ftp URL",
    "ftp://a.test/",
    {},
    "UnsupportedProtocolError",
    "ERR_UNSUPPORTED_PROTOCOL",
    'Cannot send a request to "ftp://a.test/": scheme must be http or https: ftp',
  ],
  [
    "a relative URL without base",
    "users",
    {},
    "InvalidURLError",
    "ERR_INVALID_URL",
    'Cannot use URL "users": it is relative; give a baseUrl or an absolute URL',
  ],
  [
    "a URL that cannot be parsed",
    "http://u:p@[x",
    {},
    "InvalidURLError",
    "ERR_INVALID_URL",
    'Cannot use URL "http://***@[x": it cannot be parsed',
  ],
  [
    "auth beside an Authorization header",
    "/",
    { auth: ["u", "p"], headers: { Authorization: "x" } },
    "TypeError",
    argument,
    "Cannot use auth and an Authorization header on one request: give one of them",
  ],
  [
    "a timeout below zero",
    "/",
    { timeout: -1 },
    "TypeError",
    argument,
    "Cannot use timeout: must be milliseconds of 0 or more, or null: -1",
  ],
  [
    "a phase that does not exist",
    "/",
    { timeout: { raed: 1 } },
    "TypeError",
    argument,
    "Cannot use timeout.raed: not a phase; use connect, read, write, pool, total",
  ],
  [
    "a redirect to data:",
    "/data",
    {},
    "UnsupportedProtocolError",
    "ERR_UNSUPPORTED_PROTOCOL",
    'Cannot follow redirect to "data:text/plain,x": scheme must be http or https',
  ],
  [
    "a one-shot body on 307",
    "/again",
    { method: "POST", body: stream() },
    "StreamConsumedError",
    "ERR_STREAM_CONSUMED",
    "Cannot follow the redirect of POST http://a.test/again: 307 asks for the body again, which is a stream that can be read once; give a function that returns a new stream",
  ],
  [
    "a body over the bound",
    "/big",
    { maxResponseSize: 99 },
    "ResponseTooLargeError",
    "ERR_RESPONSE_TOO_LARGE",
    "Cannot read the body of GET http://a.test/big: it is larger than maxResponseSize: 99",
  ],
];

describe("a call with", () => {
  test.each(cases)("%s rejects and harms nothing", async (_, url, options, name, code, message) => {
    const { client } = servers();
    const { method = "GET", ...rest } = options as RequestOptions & { method?: string };
    const target = url.startsWith("/") ? `http://a.test${url}` : url;
    const error = await failure(client.request(method, target, rest));
    expect([error.name, error.code, error.message]).toEqual([name, code, message]);
    expect((await client.get("http://a.test/")).status).toBe(200);
  });

  test("a body that is not JSON rejects json() with an excerpt and keeps the text", async () => {
    const { client } = servers();
    const response = await client.get("http://a.test/html");
    const error = await failure(response.json());
    expect([error.name, error.code]).toEqual(["DecodeError", "ERR_DECODE"]);
    expect(error.message).toBe(
      'Cannot parse the body of GET http://a.test/html as JSON: it starts with "<html>oops</html>"',
    );
    expect(await response.text()).toBe("<html>oops</html>");
    const empty = await failure(client.get("http://a.test/empty").json());
    expect(empty.message).toBe("Cannot parse the body of GET http://a.test/empty as JSON: it is empty");
  });

  test("a charset that nobody knows falls back to the default", async () => {
    const { client } = servers();
    expect(await client.get("http://a.test/odd-charset").text()).toBe("h\u00e9");
  });
});
