/** Starts what drives WebKitGTK: a display that nobody sees, and the WebDriver of WebKit on it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    webDriverPort: number;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const port = project.getProvidedContext().webDriverPort;
  const children: ChildProcess[] = [];
  // Not in a teardown: those run before the browser is closed, which needs both.
  process.once("exit", () => {
    for (const child of children) child.kill();
  });

  const display = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  children.push(display);
  const number = String(await first(display, "data", display.stdio[3] as Readable)).trim();

  const driver = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], {
    stdio: "ignore",
    env: {
      ...process.env,
      DISPLAY: `:${number}`,
      LIBGL_ALWAYS_SOFTWARE: "1",
      WEBKIT_DISABLE_COMPOSITING_MODE: "1",
      GIO_USE_PROXY_RESOLVER: "dummy",
    },
  });
  children.push(driver);
  await Promise.race([first(driver, "spawn", driver).then(() => listening(port)), ended(driver)]);

  for (const child of children) child.unref();
}

/** What `source` tells first; rejects when the process ends or does not start. */
async function first(child: ChildProcess, event: string, source: NodeJS.EventEmitter): Promise<unknown> {
  const [value] = await Promise.race([once(source, event), ended(child)]);
  return value;
}

async function ended(child: ChildProcess): Promise<never> {
  const [code] = await once(child, "exit");
  throw new Error(`Cannot start ${child.spawnfile}: it ended with code ${code}`);
}

/** Resolves once something accepts connections on this port, which nothing but a connection can tell. */
async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await wait(50);
  }
  throw new Error(`Cannot reach WebKitWebDriver: nothing listens on port ${port}`);
}
