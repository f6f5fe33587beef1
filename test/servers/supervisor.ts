/**
 * Runs every server that the tests need, in a process of its own: so they are the same whichever runtime runs the
 * tests, and they end with whoever asked for them, since that closes the input of this process.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../../examples/server/server.ts";
import { startDebianServer } from "./debian.ts";
import {
  DEBIAN_SERVERS,
  type DebianServer,
  type MissingServer,
  type RunningServer,
  type Servers,
} from "./servers.ts";

/** Starts the embedded server and those that `wanted` names; tells where they are in one line of JSON. */
export async function supervise(templates: URL, wanted: readonly string[]): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "saluki-servers-"));
  await chmod(scratch, 0o755);
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async (): Promise<void> => {
    await Promise.all(stops.map((stop) => stop()));
    rmSync(scratch, { recursive: true, force: true });
  };
  // Every way in which those who asked can be gone.
  const gone = Promise.race([
    new Promise((resolve) => process.stdin.once("close", resolve).once("error", resolve).resume()),
    ...["SIGTERM", "SIGINT", "SIGHUP"].map(
      (signal) => new Promise((resolve) => process.once(signal, resolve)),
    ),
  ]);
  try {
    const first = await startServer();
    stops.push(() => first.close());
    const [second, third] = await Promise.all([
      startServer({ beside: first }),
      startServer({ beside: first }),
    ]);
    stops.push(
      () => second.close(),
      () => third.close(),
    );
    const started = await Promise.all(
      DEBIAN_SERVERS.map(async (name): Promise<[DebianServer, RunningServer | MissingServer]> => {
        if (!wanted.includes(name)) return [name, { missing: `${name} (not asked for)` }];
        const { server, stop } = await startDebianServer(name, { templates, scratch });
        stops.push(stop);
        return [name, server];
      }),
    );
    const servers: Servers = {
      embedded: [first.url, second.url, third.url],
      ...(Object.fromEntries(started) as Record<DebianServer, RunningServer | MissingServer>),
    };
    process.stdout.write(`${JSON.stringify(servers)}\n`);
    await gone;
  } finally {
    await stopAll();
  }
}
