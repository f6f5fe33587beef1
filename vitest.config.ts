/**
 * The test projects.
 *
 * `node` runs the tests of the source, `package` those of the built package. All others run one spec,
 * test/runtimes/*.spec.ts, against the built package: one project per runtime, each with the
 * package.json conditions that its users' tools set. The project that runs inside vitest's own
 * process is named after the runtime that vitest was started with (`node20`, `deno`, `bun`, ...).
 */
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { playwright } from "@vitest/browser-playwright";
import { webdriverio } from "@vitest/browser-webdriverio";
import { defineConfig } from "vitest/config";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const spec = {
  include: ["test/runtimes/*.spec.ts"],
  testTimeout: 15_000,
};

const condition = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const host = condition === "node" ? `node${process.versions.node.split(".")[0]}` : condition;

// Our dependencies are served as they are. One that Vite finds late would make it reload the page under the tests.
const optimizeDeps = { noDiscovery: true };

const browser = { enabled: true, headless: true, screenshotFailures: false, ui: false } as const;
const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const webDriverPort = await freePort();

export default defineConfig({
  test: {
    globalSetup: [path("test/servers/global-setup.ts")],
    projects: [
      {
        resolve: {
          alias: [
            { find: /^#platform$/, replacement: path("src/platform/node.ts") },
            { find: /^saluki$/, replacement: path("src/index.ts") },
            { find: /^saluki\/node$/, replacement: path("src/node.ts") },
          ],
        },
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/package/**", "**/node_modules/**"],
          testTimeout: 15_000,
        },
      },
      {
        test: { name: "package", include: ["test/package/**/*.test.ts"], testTimeout: 60_000 },
      },
      {
        ssr: {
          resolve: {
            conditions: [condition, "node", "module", "module-sync"],
            externalConditions: [condition, "node", "module-sync"],
          },
        },
        test: {
          ...spec,
          name: host,
          provide: { platform: { node: "Node", deno: "Deno", bun: "Bun" }[condition] },
        },
      },
      {
        ssr: { resolve: { conditions: ["edge-light", "module"] } },
        test: {
          ...spec,
          name: "edge",
          provide: { platform: "an edge runtime" },
          environment: "edge-runtime",
          server: { deps: { inline: true } },
        },
      },
      {
        plugins: [cloudflareTest({ miniflare: { compatibilityDate: "2026-08-01" } })],
        test: { ...spec, name: "workerd", provide: { platform: "workerd" } },
      },
      {
        optimizeDeps,
        test: {
          ...spec,
          name: "chromium",
          provide: { platform: "a browser" },
          browser: {
            ...browser,
            provider: playwright({
              launchOptions: { executablePath: "/usr/bin/chromium", args: chromiumFlags },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
      {
        optimizeDeps,
        test: {
          ...spec,
          name: "firefox",
          provide: { platform: "a browser" },
          browser: {
            ...browser,
            // The channel makes Playwright drive a stock Firefox over WebDriver BiDi.
            provider: playwright({
              launchOptions: { executablePath: "/usr/lib/firefox-esr/firefox-esr", channel: "moz-firefox" },
            }),
            instances: [{ browser: "firefox" }],
          },
        },
      },
      {
        optimizeDeps,
        test: {
          ...spec,
          name: "webkit",
          globalSetup: [path("test/runtimes/webkit.ts")],
          provide: { platform: "a browser", webDriverPort },
          browser: {
            ...browser,
            headless: false,
            provider: webdriverio({
              hostname: "127.0.0.1",
              port: webDriverPort,
              path: "/",
              // WebKitWebDriver refuses the browserName that the provider sets, so the real wish goes beside it.
              capabilities: {
                alwaysMatch: {
                  acceptInsecureCerts: true,
                  "webkitgtk:browserOptions": {
                    binary: "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
                    args: ["--automation"],
                  },
                },
                firstMatch: [{}],
              } as object,
            }),
            instances: [{ browser: "safari" }],
          },
        },
      },
    ],
  },
});
