/** Options are read as own properties: what a polluted prototype offers changes no request. */
import { expect, test } from "vitest";
import { Client } from "../../src/client.ts";
import { Response } from "../../src/response.ts";
import { FetchTransport } from "../../src/transports/fetch.ts";
import { MockTransport } from "../../src/transports/mock.ts";

const POISON: Record<string, unknown> = {
  auth: ["evil", "evil"],
  baseUrl: "http://evil.test/",
  headers: { "X-Evil": "1" },
  params: { evil: "1" },
  cookies: { evil: "1" },
  timeout: 1,
  total: 1,
  read: 1,
  followRedirects: false,
  maxRedirects: 0,
  redirectHeaders: ["x-secret"],
  raiseForStatus: true,
  transport: new MockTransport(() => new Response("evil")),
  mounts: { "all://": new MockTransport(() => new Response("evil")) },
  fetch: () => new globalThis.Response("evil"),
  json: { evil: 1 },
  data: { evil: 1 },
  files: { evil: "1" },
  body: "evil",
  signal: AbortSignal.abort("evil"),
  extensions: { target: "/evil" },
  maxResponseSize: 1,
  defaultEncoding: "utf-16le",
  encoding: "utf-16le",
  request: [() => new Response("evil")],
  response: [() => new Response("evil")],
  error: [() => undefined],
  logger: {
    info: () => {
      throw new Error("evil");
    },
  },
  stream: true,
  status: 500,
  url: "http://evil.test/",
  username: "evil",
  password: "evil",
  method: "DELETE",
  chunkSize: 1,
  filename: "evil",
  content: "evil",
  type: "evil",
};

async function journey(): Promise<unknown[]> {
  const wire: unknown[] = [];
  const note = (method: string, url: string, headers: [string, string][], body: string): void => {
    wire.push([
      method,
      url,
      headers.map(([name, value]) => [name, value.replace(/saluki-\w+/g, "boundary")]),
      body.replace(/saluki-\w+/g, "boundary"),
    ]);
  };
  const mock = new MockTransport(async (request) => {
    note(
      request.method,
      request.url.href,
      request.headers.raw,
      new TextDecoder().decode(await request.read()),
    );
    if (request.url.pathname === "/redirect")
      return new Response(null, { status: 302, headers: { location: "http://b.test/" } });
    return new Response("h\u00e9llo");
  });
  const fetcher = (async (url: string, init: RequestInit) => {
    note(
      init.method as string,
      url,
      init.headers as [string, string][],
      await new globalThis.Response(
        init.body ?? "",
        Object.assign(Object.create(null), { status: 200 }),
      ).text(),
    );
    return new globalThis.Response("h\u00e9llo", Object.assign(Object.create(null), { status: 200 }));
  }) as typeof fetch;
  for (const transport of [mock, new FetchTransport({ fetch: fetcher })]) {
    const client = new Client({ transport, cookies: { a: "1" } });
    wire.push(await client.get("http://a.test/").text());
    await client.post("http://a.test/", { json: { a: 1 } });
    await client.extend({}).put("http://a.test/", { files: { f: new Blob(["x"]) } });
    await client.send(client.buildRequest("GET", "http://u:p@a.test/redirect"));
    for await (const piece of (await client.stream("GET", "http://a.test/")).iterText()) wire.push(piece);
  }
  return wire;
}

test("a polluted Object.prototype changes nothing", async () => {
  const clean = await journey();
  for (const [name, value] of Object.entries(POISON)) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    try {
      expect(await journey(), `Object.prototype.${name}`).toEqual(clean);
    } finally {
      delete (Object.prototype as Record<string, unknown>)[name];
    }
  }
});
