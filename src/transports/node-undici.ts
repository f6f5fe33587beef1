/** The parts of undici that are used, loaded when the first request is sent. */
import type { buildConnector, Client } from "undici";

/** One connection at a time to one origin, and what opens sockets for it. */
export interface Undici {
  readonly Client: new (origin: string, options: Client.Options) => Client;
  readonly buildConnector: typeof buildConnector;
}

// The two modules and not the package: its index makes itself the dispatcher of Node's own fetch in passing, and takes
// three times as long to load (27 ms against 75 ms). The dependency is pinned to one version, so the paths hold.
const load = async (): Promise<Undici> => {
  const [client, connect] = await Promise.all([
    // @ts-expect-error: undici declares types for its index alone.
    import("undici/lib/dispatcher/client.js") as Promise<{ default: Undici["Client"] }>,
    // @ts-expect-error: as above.
    import("undici/lib/core/connect.js") as Promise<{ default: Undici["buildConnector"] }>,
  ]);
  return { Client: client.default, buildConnector: connect.default };
};

let loading: Promise<Undici> | undefined;

/** undici; loaded once. */
export function loadUndici(): Promise<Undici> {
  loading ??= load();
  return loading;
}
