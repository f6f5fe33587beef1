/** What each platform refuses and adds. That it is true of the runtime itself is shown by test/runtimes. */
import { expect, test, vi } from "vitest";
import { platform as bun } from "../../src/platform/bun.ts";
import { platform as deno } from "../../src/platform/deno.ts";
import { platform as edge } from "../../src/platform/edge.ts";
import { platform as node } from "../../src/platform/node.ts";
import type { Platform } from "../../src/platform/types.ts";
import { platform as web } from "../../src/platform/web.ts";
import { platform as workerd } from "../../src/platform/workerd.ts";
import { Request, type RequestParts } from "../../src/request.ts";
import { type ByteSource, fromBytes } from "../../src/source.ts";

const servers: Platform[] = [bun, deno, edge, node, workerd];
const request = (options: RequestParts = {}) => new Request("GET", "http://host.example/", { ...options });
const refuses = (platform: Platform, names: string[]) =>
  names.filter((name) => platform.refusesHeader?.(name, "value"));

test("Each platform has a name, and servers can do everything", () => {
  expect([...servers, web].map(({ name }) => name)).toEqual([
    "Bun",
    "Deno",
    "an edge runtime",
    "Node",
    "workerd",
    "a browser",
  ]);
  for (const { can, cookies } of servers) {
    expect(Object.values(can)).toEqual([true, true, true, true, true]);
    expect(typeof cookies?.open).toBe("function");
  }
  expect([web.can.manualRedirect, web.can.cookies, web.can.readChallenge, web.cookies]).toEqual([
    false,
    false,
    false,
    undefined,
  ]);
});

test("Bun sends only the methods that it knows, in capitals", () => {
  const sent = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "QUERY",
    "PROPFIND",
    "REPORT",
    "PURGE",
  ];
  for (const method of sent) expect([method, bun.refusesMethod?.(method)]).toEqual([method, false]);
  for (const method of ["FOO", "Get", "lock", "LABEL", "VERSION-CONTROL", "CONNECT", "TRACE"])
    expect([method, bun.refusesMethod?.(method)]).toEqual([method, true]);
});

test("workerd sends only the methods that it knows", () => {
  for (const method of ["GET", "QUERY", "PROPFIND", "MKCOL"])
    expect(workerd.refusesMethod?.(method)).toBe(false);
  for (const method of ["FOO", "LINK", "M-SEARCH", "BIND"])
    expect(workerd.refusesMethod?.(method)).toBe(true);
});

test("Each platform refuses the headers that its fetch drops", () => {
  const names = [
    "host",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "cookie",
    "user-agent",
    "x-a",
  ];
  expect(refuses(deno, names)).toEqual(["host"]);
  expect(refuses(bun, names)).toEqual([]);
  expect(refuses(workerd, names)).toEqual(["host", "connection", "keep-alive", "te", "trailer", "upgrade"]);
  expect(refuses(web, names)).toEqual([
    "host",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "cookie",
  ]);
  expect(refuses(web, ["sec-fetch-mode", "proxy-authorization", "accept-encoding", "origin"]).length).toBe(4);
});

test("workerd refuses header values that it would send as UTF-8", () => {
  expect([workerd.refusesHeader?.("x-a", "é"), workerd.refusesHeader?.("x-a", "e")]).toEqual([true, false]);
});

test("Deno and Bun refuse an integrity that they would not check", () => {
  const strict = request({ extensions: { fetchOptions: { integrity: "sha256-x" } } });
  for (const platform of [deno, bun])
    expect(() => platform.fetchInit?.(strict)).toThrow(
      `${platform.name} does not check fetchOptions.integrity`,
    );
  expect([deno.fetchInit?.(request()), bun.fetchInit?.(request())]).toEqual([{}, { decompress: false }]);
});

test("A browser refuses onUploadProgress, which fetch cannot tell", () => {
  const extensions = { onUploadProgress: () => {} };
  const upload = new Request("POST", "http://host.example/", { body: "x", extensions });
  expect(() => web.fetchInit?.(upload)).toThrow("cannot report onUploadProgress; use XMLHttpRequest");
  expect(web.fetchInit?.(request({ extensions }))).toEqual({});
});

test("A browser's fetch is asked once whether it takes streams", () => {
  // Node's does.
  expect([web.can.streamRequest, web.can.streamRequest]).toEqual([true, true]);
});

test("WebKit's gzip is refused where it was left as it came", async () => {
  const iterator = Object.getOwnPropertyDescriptor(ReadableStream.prototype, Symbol.asyncIterator);
  const source = (...bytes: number[]): ByteSource => fromBytes(new Uint8Array(bytes));
  expect(web.decode?.("gzip", source(0x1f, 0x8b), request(), true)).toBeUndefined();
  delete (ReadableStream.prototype as { [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator];
  try {
    expect(web.decode?.("br", source(1), request(), true)).toBeUndefined();
    const raw = web.decode?.("gzip", source(0x1f, 0x8b, 8), request(), true);
    await expect(raw?.read()).rejects.toMatchObject({ name: "DecodeError" });
    const text = web.decode?.("gzip", source(0x7b), request(), true);
    expect([await text?.read(), await text?.read()]).toEqual([new Uint8Array([0x7b]), null]);
    expect(web.refusesHeader?.("x-a", "é")).toBe(true);
  } finally {
    Object.defineProperty(ReadableStream.prototype, Symbol.asyncIterator, iterator as PropertyDescriptor);
  }
});

test("Deno decodes what its fetch leaves encoded, and nothing twice", () => {
  const asked = (coding: string, headers: [string, string][] = []) =>
    deno.decode?.(coding, fromBytes(new Uint8Array(1)), request({ headers }), true) !== undefined;
  expect(["gzip", "GZIP", "br"].map((coding) => asked(coding))).toEqual([false, false, false]);
  expect(["deflate", "x-gzip", "zstd", "gzip, br"].map((coding) => asked(coding))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(asked("gzip", [["Accept-Encoding", "Identity"]])).toBe(true);
  expect(asked("gzip", [["Range", "bytes=0-"]])).toBe(true);
});

test("Bun and workerd decode all of what their own fetch hands over raw, and what another leaves", () => {
  const decodes = (platform: Platform, coding: string, native: boolean) =>
    platform.decode?.(coding, fromBytes(new Uint8Array(1)), request(), native) !== undefined;
  const codings = ["gzip", "br", "deflate", "gzip, br"];
  expect(codings.map((coding) => decodes(bun, coding, true))).toEqual([true, true, true, true]);
  expect(codings.map((coding) => decodes(bun, coding, false))).toEqual([false, false, false, true]);
  expect(codings.map((coding) => decodes(workerd, coding, true))).toEqual([true, true, true, true]);
  expect(codings.map((coding) => decodes(workerd, coding, false))).toEqual([false, false, true, true]);
});

test("Deno reads the environment only where that is allowed", () => {
  const get = vi.fn(() => "value");
  const state = { state: "prompt" };
  vi.stubGlobal("Deno", {
    env: { get },
    permissions: { querySync: () => state },
    readTextFileSync: () => "text",
  });
  try {
    expect([deno.env?.("NETRC"), deno.homeDirectory?.(), get.mock.calls.length]).toEqual([
      undefined,
      undefined,
      0,
    ]);
    state.state = "granted";
    expect([deno.env?.("NETRC"), deno.homeDirectory?.(), deno.readTextFile?.("x")]).toEqual([
      "value",
      "value",
      "text",
    ]);
  } finally {
    vi.unstubAllGlobals();
  }
});

test("A fetch that was replaced is noticed", () => {
  const original = globalThis.fetch;
  for (const platform of [bun, deno, workerd, node]) expect(platform.fetchReplaced?.()).toBe(false);
  globalThis.fetch = async () => new globalThis.Response();
  try {
    for (const platform of [bun, deno, workerd, node]) expect(platform.fetchReplaced?.()).toBe(true);
  } finally {
    globalThis.fetch = original;
  }
});

test("Files and the environment are there on Bun, and on no worker or page", () => {
  process.env.SALUKI_SPEC = "yes";
  expect([bun.env?.("SALUKI_SPEC"), bun.readTextFile?.("package.json").includes("saluki")]).toEqual([
    "yes",
    true,
  ]);
  expect(bun.homeDirectory?.()).toBe(node.homeDirectory?.());
  for (const platform of [workerd, edge, web])
    expect([platform.readTextFile, platform.env]).toEqual([undefined, undefined]);
});
