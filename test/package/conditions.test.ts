/** Each runtime, and each bundler's idea of one, gets its own platform file from the published package. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "saluki-package-"));
const installed = join(folder, "node_modules/saluki");

/** Installs the package as npm would publish it, into a folder without our sources. */
beforeAll(() => {
  const packed = execFileSync("npm", ["pack", "--json", "--loglevel=error", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
  });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, filename), "-C", installed, "--strip-components=1"]);
  const { dependencies } = createRequire(import.meta.url)("../../package.json") as { dependencies: object };
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, "node_modules", name);
    mkdirSync(join(link, ".."), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link);
  }
  writeFileSync(join(folder, "package.json"), '{ "dependencies": { "saluki": "*" } }');
  // Inside the package, where its private #platform can be asked for.
  writeFileSync(join(installed, "probe.js"), 'export { platform } from "#platform";');
  writeFileSync(join(installed, "probe.cjs"), 'exports.platform = require("#platform").platform;');
  const print = "console.log(typeof get, platform.name);";
  writeFileSync(
    join(folder, "import.mjs"),
    `import { get } from "saluki"; import { platform } from "./node_modules/saluki/probe.js"; ${print}`,
  );
  writeFileSync(
    join(folder, "require.cjs"),
    `const { get } = require("saluki"); const { platform } = require("./node_modules/saluki/probe.cjs"); ${print}`,
  );
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

describe("runtimes", () => {
  const bin = (name: string) => join(root, "node_modules/.bin", name);
  const runtimes: [name: string, command: string[], platform: string][] = [
    ["this Node", [process.execPath], "Node"],
    ["Deno", [bin("deno"), "run", "-A"], "Deno"],
    ["Bun", [bin("bun")], "Bun"],
  ];
  for (const version of [20, 22, 24, 26]) {
    const name = `node${version}-${process.platform}-${process.arch}`;
    const binary = join(root, "test/runtimes/nodes/node_modules", name, "bin/node");
    if (existsSync(binary)) runtimes.push([`Node ${version}`, [binary], "Node"]);
  }
  for (const [name, [command = "", ...args], platform] of runtimes) {
    for (const file of ["import.mjs", "require.cjs"]) {
      test(`${name} gets its platform by ${file.split(".")[0]}`, () => {
        const output = execFileSync(command, [...args, join(folder, file)], {
          cwd: folder,
          encoding: "utf8",
        });
        expect(output.trim()).toBe(`function ${platform}`);
      });
    }
  }
});

describe("bundlers", () => {
  const bundlers: [name: string, options: object, file: string][] = [
    ["a bundle for browsers", { platform: "browser" }, "web"],
    [
      "a bundle for Cloudflare",
      { platform: "browser", conditions: ["workerd", "worker", "browser"] },
      "workerd",
    ],
    ["a bundle for Vercel's edge", { platform: "browser", conditions: ["edge-light", "worker"] }, "edge"],
    ["a bundle for Node", { platform: "node" }, "node"],
    [
      "a bundle for no platform in particular",
      { platform: "neutral", mainFields: ["module", "main"] },
      "edge",
    ],
  ];
  for (const [name, options, file] of bundlers) {
    for (const format of ["js", "cjs"] as const) {
      const chosen = `${file === "node" && format === "cjs" ? "required" : file}.${format}`;
      test(`${name} gets platform/${chosen}`, async () => {
        const result = await build({
          stdin: {
            contents: format === "js" ? 'import { get } from "saluki"; get;' : 'require("saluki");',
            resolveDir: folder,
          },
          bundle: true,
          write: false,
          metafile: true,
          logLevel: "silent",
          ignoreAnnotations: true,
          // js-md5's CommonJS file asks for two modules of Node, which a bundle of CommonJS for nowhere leaves outside.
          external: ["node:*", "undici", "tough-cookie", ...(format === "cjs" ? ["crypto", "buffer"] : [])],
          ...options,
        });
        const platforms = Object.values(result.metafile.inputs)
          .flatMap(({ imports }) => imports)
          .filter(({ original }) => original === "#platform")
          .map(({ path }) => path.split("/dist/platform/")[1]);
        expect([...new Set(platforms)]).toEqual([chosen]);
      });
    }
  }
});
