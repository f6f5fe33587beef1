/** Suites that need a server of Debian. Where it is missing they say so, and with CI=true they fail. */
import { describe, inject, test } from "vitest";
import type { DebianServer, RunningServer } from "./servers.ts";

/** A suite with a server; `body` is called with where it is. */
export function describeWith(name: DebianServer, title: string, body: (server: RunningServer) => void): void {
  const server = inject("servers")[name];
  if ("url" in server) {
    describe(title, () => body(server));
    return;
  }
  const lack = `${title}: this machine lacks the package ${server.missing}`;
  if (process.env.CI === "true" || process.env.CI === "1") {
    test(title, () => {
      throw new Error(lack);
    });
    return;
  }
  console.warn(`SKIPPED ${lack}`);
  describe.skip(lack, () => test("needs the server", () => {}));
}
