/**
 * `npm run demo`: shows the client at work, from a fresh clone on. Needs nothing but Node to start: it installs and
 * builds what is missing, then plays examples/demo.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = new URL("../", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, root));

function npm(...args) {
  console.log(`npm ${args.join(" ")}`);
  // What these print is no part of the transcript.
  const { status } = spawnSync("npm", args, {
    cwd: path("."),
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error(`Cannot go on: npm ${args.join(" ")} failed`);
    process.exit(1);
  }
}

/** Whether dist/ is missing or older than a file of src/. */
function isStale() {
  const built = path("dist/saluki.browser.js");
  if (!existsSync(built) || !existsSync(path("dist/index.js"))) return true;
  const time = statSync(built).mtimeMs;
  return readdirSync(path("src"), { recursive: true }).some(
    (name) => statSync(join(path("src"), name)).mtimeMs > time,
  );
}

if (!existsSync(path("node_modules/esbuild"))) npm("ci", "--no-audit", "--no-fund", "--loglevel=error");
if (isStale()) npm("run", "build");

// Node 20 does not read TypeScript. The package is not bundled: the demo runs what `import "saluki"` would give.
const { build } = await import("esbuild");
const folder = mkdtempSync(join(tmpdir(), "saluki-demo-"));
const outfile = join(folder, "demo.mjs");
const built = {
  name: "built-package",
  setup({ onResolve }) {
    const file = (name) => new URL(`dist/${name}.js`, root).href;
    onResolve({ filter: /^saluki$/ }, () => ({ path: file("index"), external: true }));
    onResolve({ filter: /^saluki\/node$/ }, () => ({ path: file("node"), external: true }));
    onResolve({ filter: /^esbuild$/ }, () => ({ path: import.meta.resolve("esbuild"), external: true }));
  },
};
await build({
  entryPoints: [path("examples/demo/node.ts")],
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  outfile,
  logLevel: "warning",
  plugins: [built],
});
const { main } = await import(pathToFileURL(outfile).href);
rmSync(folder, { recursive: true });
process.exitCode = await main(process.argv.slice(2), root);
