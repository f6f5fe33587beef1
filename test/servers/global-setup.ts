/** Vitest: starts the test servers once and tells every test where they are, as `inject("servers")`. */
import type { TestProject } from "vitest/node";
import { startServers } from "./start.ts";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { servers, stop } = await startServers();
  project.provide("servers", servers);
  return stop;
}
