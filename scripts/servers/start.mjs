/**
 * Starts the servers that the tests talk to and says where they are, in one line of JSON. They run until the input
 * of this process ends or it is told to stop.
 *
 *     node scripts/servers/start.mjs                   all of them
 *     node scripts/servers/start.mjs apache nginx      the embedded server and these
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";

// Node 20 does not read TypeScript.
const folder = mkdtempSync(join(tmpdir(), "saluki-supervisor-"));
const outfile = join(folder, "supervisor.mjs");
const entry = fileURLToPath(new URL("../../test/servers/supervisor.ts", import.meta.url));
buildSync({
  entryPoints: [entry],
  bundle: true,
  platform: "node",
  format: "esm",
  outfile,
  logLevel: "warning",
});
const { supervise } = await import(pathToFileURL(outfile).href);
rmSync(folder, { recursive: true });

const names = process.argv.slice(2);
const all = ["apache", "httpbin", "lighttpd", "nginx"];
await supervise(new URL("./", import.meta.url), names.length > 0 ? names : all);
process.exit();
