import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test.each([
  ["nothing of a page", {}, "an edge runtime"],
  ["a document", { document: {}, navigator: { userAgent: "Mozilla/5.0" } }, "a browser"],
  ["a worker's scope", { WorkerGlobalScope: class {}, navigator: { userAgent: "Mozilla/5.0" } }, "a browser"],
  [
    "a worker's scope at Cloudflare",
    { WorkerGlobalScope: class {}, navigator: { userAgent: "Cloudflare-Workers" } },
    "an edge runtime",
  ],
  [
    "a worker's scope in Deno",
    { WorkerGlobalScope: class {}, navigator: { userAgent: "Deno/2.9.6" } },
    "an edge runtime",
  ],
  [
    "a document and a mark of Vercel",
    { document: {}, EdgeRuntime: "vercel", navigator: undefined },
    "an edge runtime",
  ],
])("A bundle for no runtime that finds %s takes the right platform", async (_, globals, name) => {
  for (const [key, value] of Object.entries(globals)) vi.stubGlobal(key, value);
  const { platform } = await import("../../src/platform/edge.ts");
  expect(platform.name).toBe(name);
});
