/** What the spec is given: a test library, servers, and which runtime this is. Knows no test runner by itself. */
import type { ExpectStatic } from "vitest";

/** The runtimes by the name under which the spec knows them. */
export type RuntimeName = "node" | "deno" | "bun" | "workerd" | "edge" | "chromium" | "firefox" | "webkit";

/** The spec asks for what a runtime can do by nature, where that differs; there is no skipping. */
export interface Runtime {
  readonly name: RuntimeName;
  /** A page: the platform follows redirects, keeps cookies and hides causes. */
  readonly browser: boolean;
}

export interface Kit {
  readonly test: (name: string, body: () => Promise<void> | void) => void;
  readonly expect: ExpectStatic;
  /** An origin of the embedded server (examples/server). */
  readonly base: string;
  /** Another origin of it, which shares its journal. */
  readonly other: string;
  readonly runtime: Runtime;
}

/** One request as the server saw it (examples/server/journal.ts). */
export interface Seen {
  origin: string;
  method: string;
  target: string;
  headers: [name: string, value: string][];
  bodyLength: number;
  complete: boolean;
  status: number;
  outcome: "open" | "answered" | "dropped";
}

/** What `/anything` answers (examples/server/echo.ts). */
export interface Echo {
  method: string;
  target: string;
  headers: [name: string, value: string][];
  body: { length: number; base64: string; text: string | null };
  json: unknown;
  form: {
    fields: [string, string][];
    files: { name: string; filename: string; headers: [string, string][]; text: string }[];
    fault: string | null;
  };
}

let count = 0;

/** A name that no other test has used. */
export function fresh(): string {
  count += 1;
  return `${Date.now().toString(36)}-${count}-${crypto.randomUUID()}`;
}

/** The value of a header as the server saw it. */
export function sent({ headers }: Pick<Seen, "headers">, name: string): string | undefined {
  const values = headers
    .filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
  return values.length > 0 ? values.join(", ") : undefined;
}

/** What the server has seen under this name, as soon as there are `count` requests, and all have ended if `settled`. */
export async function journal(kit: Kit, name: string, count = 1, settled = false): Promise<Seen[]> {
  const response = await fetch(`${kit.base}/journal/${name}?count=${count}${settled ? "&settled" : ""}`);
  return (await response.json()) as Seen[];
}

/** Lets a held answer go. */
export async function release(kit: Kit, gate: string): Promise<void> {
  await (await fetch(`${kit.base}/release/${gate}`)).arrayBuffer();
}

export interface Failure extends Error {
  code?: string;
  request?: unknown;
  response?: { status: number };
  history?: { status: number }[];
  issues?: unknown;
}

/** What the work fails with. */
export async function failure(work: Promise<unknown> | (() => unknown)): Promise<Failure> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    return error as Failure;
  }
  throw new Error("Nothing failed");
}

/** The answer of this runtime: its own where it is listed, else that of all others. */
export function truth<T>({ runtime }: Kit, others: T, own: Partial<Record<RuntimeName | "browser", T>>): T {
  if (runtime.name in own) return own[runtime.name] as T;
  return runtime.browser && "browser" in own ? (own.browser as T) : others;
}
