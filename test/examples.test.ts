/** Every file of examples/ runs, ends by itself, and prints what it says. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const run = promisify(execFile);

const PRINTS: Readonly<Record<string, string>> = {
  "auth-flow": "1 200 []\n2 200 [ 401, 200 ]\n",
  cookies: `{ cookies: [ [ 'theme', 'dark' ] ] }
{ cookies: [ [ 'draft', '7' ], [ 'theme', 'dark' ] ] }
theme=dark for /
draft=7 for /cookies/at/editor
{ theme: 'dark' }
`,
  digest: "200 [ 401 ]\n[ '00000002', '00000003', '00000004' ]\n",
  download: "5000000\n5000000\n",
  "fetch-cookie": "{ cookies: [ [ 'theme', 'dark' ] ] }\ntheme=dark\n",
  hono: "{ name: 'Rex' }\n401\n42 dogs\n",
  mock: "2 dogs, as expected\n",
  "quick-start": "fast, 4 legs\n200 ?dry=true\nERR_HTTP_STATUS 404\n",
  sdk: "olivia by Digest\n",
  upload: "[ [ 'title', 'Dogs' ] ] [ 'rex.png: 3 bytes' ]\n8893 true\n",
};

/** Node 20 does not read TypeScript; and the examples are to show the source as it is, not the last build. */
async function bundle(name: string): Promise<string> {
  // Below node_modules, so that the packages which stay out are found.
  const folder = join(root, "node_modules", ".cache", "saluki-examples");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${name}-${process.version}.mjs`);
  await build({
    entryPoints: [join(root, "examples", `${name}.ts`)],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    outfile,
    alias: {
      saluki: join(root, "src/index.ts"),
      "saluki/node": join(root, "src/node.ts"),
      "#platform": join(root, "src/platform/node.ts"),
    },
    packages: "external",
  });
  return outfile;
}

test("Every example has its output here", () => {
  const files = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".ts"));
  expect(files.map((name) => name.slice(0, -".ts".length))).toEqual(Object.keys(PRINTS));
});

for (const [name, expected] of Object.entries(PRINTS)) {
  test(`examples/${name}.ts runs and prints what it should`, { timeout: 30_000 }, async () => {
    const env = { ...process.env, NO_COLOR: "1" };
    const { stdout, stderr } = await run(process.execPath, [await bundle(name)], { env, timeout: 20_000 });
    expect({ stdout, stderr }).toEqual({ stdout: expected, stderr: "" });
  });
}
