import { describe, expect, test } from "vitest";
import { followUp, isSafeHeader, readRedirectHeaders } from "../src/redirects.ts";
import { Request } from "../src/request.ts";
import { Response } from "../src/response.ts";
import { fault } from "./inputs.ts";

type Options = ConstructorParameters<typeof Request>[2];

function follow(
  from: string,
  location: string | string[],
  options?: Options & { method?: string; status?: number; allow?: string[] },
) {
  const { method = "GET", status = 302, allow, ...rest } = options ?? {};
  const request = new Request(method, from, rest);
  return followUp(request, new Response(null, { status, headers: { Location: location } }), allow);
}

const SECRETS = {
  Authorization: "Bearer t",
  COOKIE: "a=1",
  "Proxy-Authorization": "Basic x",
  Host: "a.test",
  "X-Api-Key": "k",
  Referer: "https://a.test/",
  Origin: "https://a.test",
};
const SAFE = {
  Accept: "a/b",
  "ACCEPT-Language": "de",
  "User-Agent": "u",
  Range: "bytes=0-",
  "If-None-Match": "x",
  "Cache-Control": "no-cache",
};

describe("followUp", () => {
  test.each([
    ["http://a.test/x/y", "z", "http://a.test/x/z"],
    ["http://a.test/x", "?q", "http://a.test/x?q"],
    ["http://a.test/x", "//b.test/y", "http://b.test/y"],
    ["https://a.test/x", "http://b.test/", "http://b.test/"],
    ["http://a.test/x#f", "/y", "http://a.test/y#f"],
    ["http://a.test/x#f", "/y#g", "http://a.test/y#g"],
    ["http://a.test/", "http://u:p@b.test/", "http://b.test/"],
    ["http://a.test/", "/é", "http://a.test/%C3%A9"],
    ["http://a.test/", "/\xc3\xa9", "http://a.test/%C3%A9"],
    ["http://a.test/", "/\xe9", "http://a.test/%C3%A9"],
    ["http://a.test/?token=1", "", ""],
  ])("from %s to %j goes to %s", (from, location, to) => {
    if (to) expect(follow(from, location)?.url.href).toBe(to);
    else expect(fault(() => follow(from, location))?.[0]).toBe("RemoteProtocolError");
  });

  test("is null for a response that is no redirect", () => {
    const request = new Request("GET", "http://a.test/");
    for (const status of [200, 300, 304, 305, 306]) {
      expect(followUp(request, new Response(null, { status, headers: { location: "/" } }))).toBe(null);
    }
    expect(followUp(request, new Response(null, { status: 302 }))).toBe(null);
  });

  test.each([
    [301, "GET", "GET"],
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "POST", "GET"],
    [303, "PUT", "GET"],
    [303, "DELETE", "GET"],
    [303, "HEAD", "HEAD"],
    [301, "PUT", "PUT"],
    [302, "PATCH", "PATCH"],
    [307, "POST", "POST"],
    [308, "PUT", "PUT"],
    [302, "PROPFIND", "PROPFIND"],
  ])("with %i turns %s into %s, and a body that goes takes its headers along", (status, method, expected) => {
    const next = follow("http://a.test/", "/", {
      method,
      status,
      body: "x",
      headers: {
        "content-language": "de",
        "CONTENT-Length": "1",
        "Transfer-Encoding": "chunked",
        "X-A": "1",
      },
    }) as Request;
    expect(next.method).toBe(expected);
    const keeps = expected === method && !(status === 303 && method !== "HEAD");
    expect(next.body !== null).toBe(keeps);
    expect(next.headers.has("content-length")).toBe(keeps);
    expect(next.headers.has("content-language")).toBe(keeps);
    expect(next.headers.has("content-type")).toBe(keeps);
    expect(next.headers.has("transfer-encoding")).toBe(keeps);
    expect(next.headers.get("x-a")).toBe("1");
  });

  test.each([
    ["http://a.test/", "http://a.test:8080/"],
    ["http://a.test/", "http://b.test/"],
    ["http://a.test/", "http://x.a.test/"],
    ["https://a.test/", "http://a.test/"],
    ["http://a.test:81/", "https://a.test:81/"],
    ["http://a.test/", "http://a.test./"],
  ])("from %s to %s lets safe headers alone pass", (from, to) => {
    const next = follow(from, to, {
      headers: { ...SECRETS, ...SAFE },
      extensions: { sni_hostname: "a.test", target: "*" },
    });
    expect(next?.headers.raw).toEqual(Object.entries(SAFE));
    expect([next?.extensions.crossOrigin, next?.extensions.sni_hostname, next?.extensions.target]).toEqual([
      true,
      undefined,
      undefined,
    ]);
  });

  test("drops every case and every repeat of a header that is not safe", () => {
    const headers: [string, string][] = ["authorization", "AUTHORIZATION", "aUtHoRiZaTiOn", "x-api-key"].map(
      (name) => [name, "s"],
    );
    expect(follow("http://a.test/", "http://b.test/", { headers })?.headers.raw).toEqual([]);
  });

  test.each([
    ["http://a.test/", "/y"],
    ["http://a.test/", "https://a.test/"],
  ])("from %s to %s keeps all but Cookie and the target", (from, to) => {
    const next = follow(from, to, {
      headers: { ...SECRETS, ...SAFE },
      extensions: { sni_hostname: "a.test", target: "*" },
    });
    const { COOKIE: _, ...rest } = SECRETS;
    expect(next?.headers.raw).toEqual([...Object.entries(rest), ...Object.entries(SAFE)]);
    expect([next?.extensions.crossOrigin, next?.extensions.sni_hostname, next?.extensions.target]).toEqual([
      undefined,
      "a.test",
      undefined,
    ]);
  });

  test("brings nothing back on the way home, and leaves the earlier request as it was", () => {
    const first = new Request("GET", "http://a.test/", { headers: SECRETS });
    const redirect = (location: string) => new Response(null, { status: 302, headers: { location } });
    const away = followUp(first, redirect("http://b.test/")) as Request;
    const home = followUp(away, redirect("http://a.test/")) as Request;
    expect([home.headers.raw, home.extensions.crossOrigin]).toEqual([[], true]);
    expect([first.headers.raw.length, first.extensions.crossOrigin, first.url.href]).toEqual([
      7,
      undefined,
      "http://a.test/",
    ]);
  });

  test("lets pass what the caller allows, except Cookie", () => {
    const next = follow("http://a.test/", "http://b.test/", {
      headers: SECRETS,
      allow: ["authorization", "Cookie"],
    });
    expect(next?.headers.raw).toEqual([["Authorization", "Bearer t"]]);
  });

  test.each([
    ["ftp://b.test/", '"ftp://b.test/"'],
    ["ftp://u:s3cret@b.test/?token=s3cret", '"ftp://b.test/?token=***"'],
    ["file:///etc/passwd", '"file:///etc/passwd"'],
    ["data:,x", '"data:,x"'],
    ["javascript:alert(1)", '"javascript:alert(1)"'],
    ["JAVASCRIPT:alert(1)", '"javascript:alert(1)"'],
    ["blob:http://a.test/x", '"blob:http://a.test/x"'],
    ["ws://b.test/", '"ws://b.test/"'],
    ["about:blank", '"about:blank"'],
    ["unix:/x", '"unix:/x"'],
  ])("refuses the scheme of %s", (location, shown) => {
    expect(fault(() => follow("http://a.test/", location))).toEqual([
      "UnsupportedProtocolError",
      "ERR_UNSUPPORTED_PROTOCOL",
      `Cannot follow redirect to ${shown}: scheme must be http or https`,
    ]);
  });

  test.each<[string | string[], string]>([
    ["", "its Location is empty"],
    ["http://[", 'its Location cannot be parsed: "http://["'],
    ["http://u:s3cret@b.test:x/?key=s3cret", 'its Location cannot be parsed: "http://***@b.test:x/?key=***"'],
    [["/a", "/b"], "it has several Location fields that differ"],
    ["x".repeat(65_536), "its Location is longer than 65535 characters"],
  ])("refuses the Location %j", (location, why) => {
    const shown = fault(() => follow("http://a.test/?token=s3cret", location));
    expect(shown).toEqual([
      "RemoteProtocolError",
      "ERR_REMOTE_PROTOCOL",
      `Cannot follow the redirect of GET http://a.test/?token=***: ${why}`,
    ]);
  });

  test("takes a Location that is given twice in the same words", () => {
    expect(follow("http://a.test/", ["/b", "/b"])?.url.href).toBe("http://a.test/b");
  });

  test("of a long Location makes a request whose messages are short", () => {
    const next = follow("http://a.test/", `/${"x".repeat(60_000)}`);
    expect(String(next).length).toBeLessThan(600);
  });

  test("refuses to send a spent body again and says what to do", () => {
    const request = new Request("POST", "http://a.test/", { body: ["x"].values() });
    const response = new Response(null, { status: 307, headers: { location: "/" } });
    expect(followUp(request, response)?.body).toBe(request.body);
    request.body?.open();
    expect(fault(() => followUp(request, response))).toEqual([
      "StreamConsumedError",
      "ERR_STREAM_CONSUMED",
      "Cannot follow the redirect of POST http://a.test/: 307 asks for the body again, which is a stream that can be read once; give a function that returns a new stream",
    ]);
    expect(followUp(request, new Response(null, { status: 303, headers: { location: "/" } }))?.body).toBe(
      null,
    );
  });
});

test("isSafeHeader knows the safe list in full", () => {
  const safe =
    "accept accept-encoding user-agent range if-match if-modified-since cache-control content-type content-length";
  for (const name of safe.split(" ")) expect(isSafeHeader(name), name).toBe(true);
  const others =
    "authorization cookie host x-accept acceptable ranges xif-match user-agent-x te origin referer __proto__";
  for (const name of others.split(" ")) expect(isSafeHeader(name), name).toBe(false);
  expect(isSafeHeader("x-mine", ["X-Mine"])).toBe(true);
});

test("readRedirectHeaders takes header names alone", () => {
  expect(readRedirectHeaders(["X-Mine", "authorization"])).toEqual(["X-Mine", "authorization"]);
  expect(readRedirectHeaders()).toEqual([]);
  for (const names of [[1], ["a b"], [""], {}, "x", null] as unknown as string[][])
    expect(fault(() => readRedirectHeaders(names))?.[0], JSON.stringify(names)).toBe("TypeError");
});
