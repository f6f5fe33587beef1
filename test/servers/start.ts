/** Starts the test servers for whoever runs tests, on Node, Deno or Bun. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DEBIAN_SERVERS, type DebianServer, type Servers } from "./servers.ts";

export interface StartedServers {
  readonly servers: Servers;
  stop(): Promise<void>;
}

/**
 * The servers of the environment variable `SALUKI_SERVERS`, where someone has started them for several runs;
 * otherwise new ones. `wanted` names those of Debian that are needed beside the embedded server.
 */
export async function startServers(
  wanted: readonly DebianServer[] = DEBIAN_SERVERS,
): Promise<StartedServers> {
  const shared = process.env.SALUKI_SERVERS;
  if (shared !== undefined && shared !== "")
    return { servers: JSON.parse(shared) as Servers, stop: async () => {} };
  const script = fileURLToPath(new URL("../../scripts/servers/start.mjs", import.meta.url));
  // A word that names no server asks for none of them.
  const names = wanted.length > 0 ? wanted : ["none"];
  const child = spawn(nodeBinary(), [script, ...names], { stdio: ["pipe", "pipe", "inherit"] });
  const servers = JSON.parse(await firstLine(child)) as Servers;
  return { servers, stop: () => end(child) };
}

// The servers use more of node:http than Deno and Bun have, so they run on Node whatever runs the tests.
function nodeBinary(): string {
  return "Deno" in globalThis || "Bun" in globalThis ? "node" : process.execPath;
}

async function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (piece: Uint8Array) => {
      text += new TextDecoder().decode(piece);
      if (text.includes("\n")) resolve(text);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Cannot start the test servers: exit code ${code}`)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => {
    child.once("exit", resolve);
    child.stdin?.end();
  });
}
