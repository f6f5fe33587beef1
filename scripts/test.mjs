/**
 * `npm test`: everything that has to hold, on every runtime, from a fresh clone on.
 *
 * Needs nothing but Node to start. Each step says what it does and has its own time limit; a step that
 * this machine cannot run is named as skipped, and with CI=true that is a failure. The last line is
 * `N passed, N failed`, the sum over all runners, where a step that runs no tests counts as one.
 *
 * `npm test -- build vitest` runs only the steps whose names begin so.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

const MINUTE = 60_000;
/** All steps together must end before this. */
const deadline = Date.now() + 15 * MINUTE;

const strict = process.env.CI === "true" || process.env.CI === "1";
const only = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "saluki-test-"));
const totals = { passed: 0, failed: 0, skipped: 0 };
const notes = [];

const wants = (name) => only.length === 0 || only.some((prefix) => name.startsWith(prefix));

function pass(count = 1) {
  totals.passed += count;
}

function fail(note, count = 1) {
  totals.failed += count;
  notes.push(`FAILED   ${note}`);
}

function skip(note, count = 1) {
  totals.skipped += count;
  notes.push(`SKIPPED  ${note}`);
  if (strict) totals.failed += count;
}

/** Time that what a step started has to end in order, once its limit is reached. */
const GRACE = 5_000;

/** Runs a command in a process group of its own, so that a time limit ends all that it started. */
function run(command, args, { limit, env = process.env }) {
  return new Promise((resolve) => {
    const milliseconds = Math.max(1000, Math.min(limit, deadline - Date.now()));
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], detached: true, env });
    const stop = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {}
    };
    const onExit = () => stop("SIGTERM");
    let late = false;
    const timers = [
      setTimeout(() => {
        late = true;
        stop("SIGTERM");
      }, milliseconds),
      setTimeout(() => stop("SIGKILL"), milliseconds + GRACE),
    ];
    const ended = (result) => {
      timers.forEach(clearTimeout);
      process.off("exit", onExit);
      stop("SIGKILL");
      resolve(late ? `no end after ${Math.round(milliseconds / 1000)} s` : result);
    };
    process.once("exit", onExit);
    child.once("error", (error) => ended(error.message));
    child.once("exit", (code, signal) => ended(code === 0 ? null : (signal ?? code)));
  });
}

/** One step: prints its title, runs it, prints the time it took. */
async function step(name, title, work) {
  if (!wants(name)) return;
  console.log(`\n=== ${name}: ${title}`);
  const start = Date.now();
  await work();
  console.log(`=== ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

/** A step that is one command, and one result. */
function check(name, title, command, args, limit) {
  return step(name, title, async () => {
    const fault = await run(command, args, { limit });
    if (fault === null) pass();
    else fail(`${name}: ${command} ${args.join(" ")} ended with ${fault}`);
  });
}

const bin = (name) => `node_modules/.bin/${name}`;

const json = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Whether node_modules holds exactly what the lock file of this folder names. */
function isInstalled(folder) {
  const installed = join(folder, "node_modules/.package-lock.json");
  if (!existsSync(installed)) return false;
  const wanted = json(join(folder, "package-lock.json")).packages;
  const present = json(installed).packages;
  const matches = ([path, { version, integrity }]) =>
    present[path]?.version === version && present[path]?.integrity === integrity;
  return (
    Object.entries(wanted).every((entry) => entry[0] === "" || entry[1].optional || matches(entry)) &&
    Object.entries(present).every(([path, entry]) => wanted[path]?.version === entry.version) &&
    Object.keys(present).length > 0
  );
}

function install(name, title, folder) {
  return step(name, title, async () => {
    if (isInstalled(folder)) {
      console.log("up to date");
      return pass();
    }
    const fault = await run("npm", ["ci", "--prefix", folder, "--loglevel=error"], {
      limit: 5 * MINUTE,
    });
    if (fault === null) pass();
    else fail(`${name}: npm ci in ${folder} ended with ${fault}`);
  });
}

/** The environment of the tests: without the certificates, proxies and passwords of this machine. */
function testEnvironment() {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^(https?|all|no)_proxy$/i.test(name) || /^(NODE_EXTRA_CA_CERTS|NODE_OPTIONS|NETRC)$/.test(name))
      delete env[name];
    if (/^(SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|DENO_CERT)$/.test(name))
      delete env[name];
  }
  return env;
}

/** Runs vitest on `runtime` and adds up what became of its tests. `selection` names projects and files. */
function vitest(name, runtime, selection, limit, env) {
  return step(name, selection.join(" "), async () => {
    const [command, ...args] = runtime;
    const report = join(scratch, `${name}.json`);
    args.push("node_modules/vitest/vitest.mjs", "run", ...selection);
    args.push("--reporter=default", "--reporter=./scripts/reporter.mjs");
    const fault = await run(command, args, { limit, env: { ...env, SALUKI_REPORT: report } });
    const results = existsSync(report) ? json(report) : [];
    for (const { where, name: test, state } of results) {
      if (state === "passed") pass();
      else if (state === "failed") fail(`${name}: ${where}: ${test.split("\n")[0]}`);
      else skip(`${name}: ${where}: ${test}`);
    }
    if (fault !== null && !results.some(({ state }) => state === "failed")) {
      fail(`${name}: vitest ended with ${fault}`);
    } else if (results.length === 0) {
      fail(`${name}: vitest ran no test`);
    }
  });
}

async function debian() {
  const lists = ["scripts/packages.txt", "scripts/servers/packages.txt"].filter(existsSync);
  const fault = await run("bash", ["scripts/debian.sh", ...lists], { limit: 5 * MINUTE });
  if (fault === null) pass();
  else if (fault === 3)
    skip(`debian: this machine cannot install packages; tests of what is missing will fail`);
  else fail(`debian: scripts/debian.sh ended with ${fault}`);
}

async function packageChecks() {
  const packed = await run("npm", ["pack", "--silent", "--pack-destination", scratch], { limit: MINUTE });
  const tarball = readdirSync(scratch).find((file) => file.endsWith(".tgz"));
  if (packed !== null || tarball === undefined) {
    fail(`package: npm pack ended with ${packed}`);
    return;
  }
  const file = join(scratch, tarball);
  const linters = [
    [bin("publint"), "--strict", file],
    [bin("attw"), "--profile", "node16", "--no-emoji", file],
  ];
  for (const [command, ...args] of linters) {
    const fault = await run(command, args, { limit: MINUTE });
    if (fault === null) pass();
    else fail(`package: ${command} ended with ${fault}`);
  }
}

/**
 * Starts the servers that every run of vitest talks to, so that they start once. They end when this
 * process does, since that closes their input.
 */
async function startServers(env) {
  const script = ["scripts/servers/start.mjs", "apache", "httpbin", "lighttpd", "nginx"];
  const child = spawn(process.execPath, script, { stdio: ["pipe", "pipe", "inherit"], env });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, "line", { signal: AbortSignal.timeout(MINUTE) }),
    once(child, "exit").then(([code]) => {
      throw new Error(`Cannot start the test servers: exit code ${code}`);
    }),
  ]);
  const stop = async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
  };
  return { env: { ...env, SALUKI_SERVERS: line }, stop };
}

const browsers = [
  ["chromium", "/usr/bin/chromium"],
  ["firefox", "/usr/lib/firefox-esr/firefox-esr"],
  ["webkit", "/usr/bin/WebKitWebDriver"],
];

async function main() {
  await install("dependencies", "npm ci, where node_modules differs from the lock file", ".");
  await install("nodes", "the Node versions to test on", "test/runtimes/nodes");
  await step("debian", "the Debian packages of browsers and servers", debian);
  await check("build", "dist/", "npm", ["run", "--silent", "build"], 2 * MINUTE);
  await check("style", "biome", bin("biome"), ["check", "--error-on-warnings", "."], MINUTE);
  await check("types", "tsc, everything", bin("tsc"), [], 2 * MINUTE);
  await check("types-src", "tsc, the declarations of src", bin("tsc"), ["-p", "tsconfig.src.json"], MINUTE);
  await check("types-api", "tsc, as an application sees it", bin("tsc"), ["-p", "test/types"], MINUTE);
  await step("package", "publint and attw on what would be published", packageChecks);

  if (only.length > 0 && !only.some((prefix) => prefix.startsWith("vitest"))) return;
  const servers = await startServers(testEnvironment());
  try {
    await runTests(servers.env);
  } finally {
    await servers.stop();
  }
}

async function runTests(env) {
  const project = (name) => `--project=${name}`;
  const here = ["node", "package", `node${process.versions.node.split(".")[0]}`, "edge", "workerd"];
  await vitest("vitest", [process.execPath], here.map(project), 5 * MINUTE, env);

  for (const [name, binary] of browsers) {
    const title = `vitest-${name}`;
    if (existsSync(binary)) await vitest(title, [process.execPath], [project(name)], 2 * MINUTE, env);
    else if (wants(title)) skip(`${title}: there is no ${binary}`);
  }

  // What decides without a runtime has been tested by now; on the others it is their sockets that matter.
  for (const version of [20, 22, 24, 26]) {
    const name = `node${version}`;
    const binary = `test/runtimes/nodes/node_modules/${name}-${process.platform}-${process.arch}/bin/node`;
    const selection = [project("node"), project(name), "test/wire/", "test/runtimes/"];
    if (existsSync(binary)) await vitest(`vitest-${name}`, [binary], selection, 3 * MINUTE, env);
    else if (wants(`vitest-${name}`))
      skip(`vitest-${name}: no such Node for ${process.platform} ${process.arch}`);
  }
  await vitest("vitest-deno", [bin("deno"), "run", "-A", "--no-lock"], [project("deno")], 3 * MINUTE, env);
  await vitest("vitest-bun", [bin("bun"), "--bun"], [project("bun")], 3 * MINUTE, env);
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));

const start = Date.now();
try {
  await main();
} catch (error) {
  fail(`the test script itself: ${error.stack}`);
}
rmSync(scratch, { recursive: true, force: true });

console.log(`\nAll steps: ${((Date.now() - start) / 1000).toFixed(0)} s`);
for (const note of notes) console.log(note);
if (totals.skipped > 0)
  console.log(`${totals.skipped} skipped${strict ? ", which counts as failed with CI=true" : ""}`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;
