/** What importing the built package loads on Node, and that its two formats get on with each other. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "saluki-loading-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Runs code in a fresh Node at the root of the package, where "saluki" means the package itself. */
function run(code: string, type: "module" | "commonjs", flags: string[] = []): unknown {
  const output = execFileSync(process.execPath, [...flags, `--input-type=${type}`, "--eval", code], {
    cwd: root,
    encoding: "utf8",
  });
  return JSON.parse(output);
}

// The names of Node's own modules that were loaded, such as "NativeModule zlib".
const LOADED = `process.moduleLoadList.filter((name) => /^NativeModule (zlib|http|https|http2|net|tls|internal\\/deps\\/undici)/.test(name))`;
const HEAVY = /node_modules\/(undici|tough-cookie|tldts)|^node:(zlib|https?|http2|net|tls)$/;

test("import loads neither undici nor the cookie engine nor zlib", () => {
  const log = join(scratch, "resolved.txt");
  const hooks = join(scratch, "hooks.mjs");
  writeFileSync(
    hooks,
    `import { appendFileSync } from "node:fs";
     export async function resolve(specifier, context, next) {
       const result = await next(specifier, context);
       appendFileSync(${JSON.stringify(log)}, result.url + "\\n");
       return result;
     }`,
  );
  const code = `
    import { readFileSync } from "node:fs";
    import { register } from "node:module";
    register(${JSON.stringify(`file://${hooks}`)});
    const before = ${LOADED};
    await import("saluki");
    console.log(JSON.stringify({
      modules: readFileSync(${JSON.stringify(log)}, "utf8").trim().split("\\n"),
      builtins: ${LOADED}.filter((name) => !before.includes(name)),
    }));`;
  const { modules, builtins } = run(code, "module") as { modules: string[]; builtins: string[] };
  expect(modules.some((url) => url.endsWith("dist/index.js"))).toBe(true);
  expect(modules.some((url) => url.endsWith("dist/platform/node.js"))).toBe(true);
  expect(modules.filter((url) => HEAVY.test(url))).toEqual([]);
  expect(builtins).toEqual([]);
});

test("require loads neither undici nor the cookie engine nor zlib", () => {
  const code = `
    const before = ${LOADED};
    require("saluki");
    console.log(JSON.stringify({
      modules: Object.keys(require.cache),
      builtins: ${LOADED}.filter((name) => !before.includes(name)),
    }));`;
  const { modules, builtins } = run(code, "commonjs") as { modules: string[]; builtins: string[] };
  expect(modules.some((path) => path.endsWith("dist/index.cjs"))).toBe(true);
  expect(modules.some((path) => path.endsWith("dist/platform/node.cjs"))).toBe(true);
  expect(modules.filter((path) => HEAVY.test(path))).toEqual([]);
  expect(builtins).toEqual([]);
});

test("import and require offer the same names", () => {
  const code = `
    import { createRequire } from "node:module";
    const require = createRequire(process.cwd() + "/");
    const names = async (entry) => [Object.keys(await import(entry)), Object.keys(require(entry))];
    console.log(JSON.stringify([await names("saluki"), await names("saluki/node")]));`;
  // Node offers the whole of a CommonJS module as well, under a name of its own.
  const clean = (names: string[]) =>
    names.filter((name) => name !== "module.exports" && name !== "__esModule").sort();
  for (const [imported, required] of run(code, "module") as [string[], string[]][]) {
    expect(clean(required)).toEqual(clean(imported));
    expect(imported.length).toBeGreaterThan(0);
  }
});

test("isHTTPError knows the errors of the other format", () => {
  const code = `
    import { createRequire } from "node:module";
    const required = createRequire(process.cwd() + "/")("saluki");
    const imported = await import("saluki");
    console.log(JSON.stringify([
      required.HTTPError === imported.HTTPError,
      imported.isHTTPError(new required.ConnectError("Cannot connect")),
      required.isHTTPError(new imported.ConnectError("Cannot connect")),
      imported.isHTTPError(new Error("other")),
    ]));`;
  expect(run(code, "module")).toEqual([false, true, true, false]);
});

test("Errors of saluki/node are instances of the classes of saluki", () => {
  const code = `
    import { HTTPError } from "saluki";
    import { NodeTransport } from "saluki/node";
    import { Request } from "saluki";
    const transport = new NodeTransport();
    const error = await transport.handleRequest(new Request("GET", "http://127.0.0.1:1/")).catch((error) => error);
    await transport.close?.();
    console.log(JSON.stringify([error instanceof HTTPError, error.name]));`;
  expect(run(code, "module")).toEqual([true, "ConnectError"]);
  const required = code
    .replace(/import (\{[^}]*\}) from "([^"]*)";/g, 'const $1 = require("$2");')
    .replace(/^([\s\S]*)$/, "(async () => {$1})();");
  expect(run(required, "commonjs")).toEqual([true, "ConnectError"]);
});
