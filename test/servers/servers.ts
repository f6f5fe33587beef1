/** What the tests know about the servers that run beside them. Starts nothing. */

/** A server of Debian that runs. */
export interface RunningServer {
  /** The origin, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** A unix socket that it listens on as well. */
  readonly socket?: string;
}

/** A server that this machine cannot run, and the package that it lacks. */
export interface MissingServer {
  readonly missing: string;
}

export type DebianServer = "apache" | "httpbin" | "lighttpd" | "nginx";

export const DEBIAN_SERVERS: readonly DebianServer[] = ["apache", "httpbin", "lighttpd", "nginx"];

export interface Servers extends Readonly<Record<DebianServer, RunningServer | MissingServer>> {
  /**
   * Three origins of the embedded server (examples/server). They share their journal and gates and nothing else.
   */
  readonly embedded: readonly [first: string, second: string, third: string];
}

// Apache, nginx and lighttpd know the same user as the embedded server, in the realm "Saluki".
export { PASSWORD, USER } from "../../examples/server/people.ts";
/** A second user, whose name and password need more than ASCII. */
export const UNICODE_USER = "jäsøn";
export const UNICODE_PASSWORD = "pässwörd €";

declare module "vitest" {
  interface ProvidedContext {
    servers: Servers;
  }
}
