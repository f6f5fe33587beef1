/** The servers of Debian start, answer as their configuration says, and end with whoever asked for them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEBIAN_SERVERS, type DebianServer, PASSWORD, type Servers, USER } from "./servers.ts";
import { type StartedServers, startServers } from "./start.ts";

const script = fileURLToPath(new URL("../../scripts/servers/start.mjs", import.meta.url));
const basic = { headers: { Authorization: `Basic ${btoa(`${USER}:${PASSWORD}`)}` } };

let started: StartedServers;
beforeAll(async () => {
  started = await startServers();
});
afterAll(() => started.stop());

/** Where the server is; a missing one is a failure with CI=true. */
function url(name: DebianServer, skip: (note: string) => never): string {
  const server = started.servers[name];
  if ("url" in server) return server.url;
  const note = `this machine lacks the package ${server.missing}`;
  if (process.env.CI === "true" || process.env.CI === "1") throw new Error(note);
  return skip(note);
}

async function statusOf(address: string, init?: RequestInit): Promise<number> {
  const response = await fetch(address, init);
  await response.body?.cancel();
  return response.status;
}

describe("Apache", () => {
  test("asks for Digest with MD5, and for Basic", async ({ skip }) => {
    const apache = url("apache", skip);
    const challenged = await fetch(`${apache}/digest/hello.txt`);
    expect(challenged.headers.get("www-authenticate")).toMatch(
      /^Digest realm="Saluki".*algorithm=MD5.*qop="auth"/,
    );
    expect(await statusOf(`${apache}/basic/hello.txt`)).toBe(401);
    expect(await statusOf(`${apache}/basic/hello.txt`, basic)).toBe(200);
  });
});

describe("lighttpd", () => {
  test("asks for Digest with each algorithm, and with two at once", async ({ skip }) => {
    const lighttpd = url("lighttpd", skip);
    const challenge = async (folder: string) =>
      (await fetch(`${lighttpd}/${folder}/hello.txt`)).headers.get("www-authenticate") ?? "";
    expect(await challenge("md5")).toContain("algorithm=MD5");
    expect(await challenge("sha-256")).toContain("algorithm=SHA-256");
    expect(await challenge("sha-512-256")).toContain("algorithm=SHA-512-256");
    expect(await challenge("userhash")).toContain("userhash=true");
    expect((await challenge("both")).match(/algorithm=[\w-]+/g)).toEqual([
      "algorithm=SHA-256",
      "algorithm=MD5",
    ]);
  });
});

describe("nginx", () => {
  test("echoes, redirects, compresses and asks for Basic", async ({ skip }) => {
    const nginx = url("nginx", skip);
    const echoed = await fetch(`${nginx}/redirect/5`, { headers: { "X-Case": "Kept" } });
    expect(await echoed.text()).toMatch(/^GET \/echo HTTP\/1\.1\r\n/);
    expect((await fetch(`${nginx}/gzip`)).headers.get("content-encoding")).toBe("gzip");
    expect(await statusOf(`${nginx}/no-content`)).toBe(204);
    expect(await statusOf(`${nginx}/basic`, basic)).toBe(200);
  });

  test("listens on a unix socket too", async ({ skip }) => {
    url("nginx", skip);
    const { nginx } = started.servers;
    const socket = connect("socket" in nginx ? (nginx.socket ?? "") : "");
    socket.write("GET /hello.txt HTTP/1.0\r\n\r\n");
    const [first] = (await once(socket, "data")) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
    socket.destroy();
  });
});

describe("httpbin", () => {
  test("answers", async ({ skip }) => {
    expect(await statusOf(`${url("httpbin", skip)}/status/418`)).toBe(418);
  });
});

describe("The start script", () => {
  const begin = async (
    names: string[],
    env = process.env,
  ): Promise<{ child: ChildProcess; servers: Servers }> => {
    const child = spawn(process.execPath, [script, ...names], { stdio: ["pipe", "pipe", "inherit"], env });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return { child, servers: JSON.parse(line.toString()) as Servers };
  };

  test("ends its servers when its input ends, whatever became of its parent", async () => {
    const { child, servers } = await begin(["nginx", "lighttpd"]);
    const addresses = [servers.nginx, servers.lighttpd].flatMap((server) =>
      "url" in server ? [server.url] : [],
    );
    for (const address of addresses) expect(await statusOf(`${address}/hello.txt`)).toBe(200);
    child.stdin?.end();
    expect(await once(child, "exit")).toEqual([0, null]);
    for (const address of [...addresses, ...servers.embedded]) await expect(fetch(address)).rejects.toThrow();
  });

  test("names the package of a server that is missing", async () => {
    const { child, servers } = await begin(["none"]);
    for (const name of DEBIAN_SERVERS) expect(servers[name]).toEqual({ missing: `${name} (not asked for)` });
    child.stdin?.end();
    await once(child, "exit");
  });
});

test("startServers takes the servers that SALUKI_SERVERS names", async () => {
  const before = process.env.SALUKI_SERVERS;
  process.env.SALUKI_SERVERS = JSON.stringify(started.servers);
  try {
    expect((await startServers()).servers).toEqual(started.servers);
  } finally {
    if (before === undefined) delete process.env.SALUKI_SERVERS;
    else process.env.SALUKI_SERVERS = before;
  }
});
