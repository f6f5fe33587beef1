/** Starts one program that listens on a free port of 127.0.0.1, and ends it for sure. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { connect, createServer } from "node:net";
import { delimiter, join } from "node:path";

export interface Command {
  readonly binary: string;
  readonly args: readonly string[];
}

export interface Launched {
  readonly port: number;
  stop(): Promise<void>;
}

/** Longest time from the start of a program until it listens. */
const START_MILLISECONDS = 20_000;
/** Time that a program has to end in order before it is killed. */
const STOP_MILLISECONDS = 3_000;
const PAUSE_MILLISECONDS = 20;
const ATTEMPTS = 3;

/** The path of a program; undefined where there is none. */
export function findBinary(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/bin", "/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Another program may take a port between finding and using it, so this tries again with another one. */
export async function launch(command: (port: number) => Command): Promise<Launched> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = start(command(port));
    try {
      await listening(port, child.process);
      return { port, stop: child.stop };
    } catch (error) {
      await child.stop();
      if (attempt === ATTEMPTS) throw new Error(`${(error as Error).message}: ${child.output()}`);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

function start({ binary, args }: Command): {
  process: ChildProcess;
  stop(): Promise<void>;
  output(): string;
} {
  // The kernel ends the program when this process dies, however it dies.
  const guard = findBinary("setpriv");
  const child = guard
    ? spawn(guard, ["--pdeathsig", "TERM", binary, ...args], { stdio: ["ignore", "pipe", "pipe"] })
    : spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text: Buffer) => {
      output = `${output}${text.toString()}`.slice(-2000);
    });
  }
  child.on("error", (error) => {
    output += error.message;
  });
  const ended = once(child, "close").catch(() => undefined);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MILLISECONDS);
    await ended;
    clearTimeout(timer);
  };
  return { process: child, stop, output: () => output };
}

/** Only a connection can tell that a program listens, so this tries until one succeeds. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MILLISECONDS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`Cannot start ${child.spawnargs.join(" ")}`);
    if (Date.now() > deadline)
      throw new Error(`Nothing listens after ${START_MILLISECONDS} ms: ${child.spawnfile}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const open = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  });
  socket.destroy();
  return open;
}
