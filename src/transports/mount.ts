/** Routes requests to transports by URL pattern. Sends nothing itself. */
import { argumentError } from "../errors.ts";
import { show } from "../redact.ts";
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";
import type { Transport } from "./transport.ts";

interface Mount {
  readonly scheme: string | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly transport: Transport;
}

/**
 * Asks the transport of the most specific pattern that matches: one with a port before one without, a longer host
 * before a shorter, a scheme before `all`.
 *
 * Patterns are `scheme://host:port`, where the scheme may be `all`, the host may be missing, `*`, `*.example.com`
 * (its subdomains) or `*example.com` (the host and its subdomains), and the port may be missing.
 * @throws {TypeError} when a pattern is none.
 */
export class MountTransport implements Transport {
  readonly #mounts: Mount[];
  readonly #otherwise: Transport;

  constructor(otherwise: Transport, mounts: Readonly<Record<string, Transport | null>>) {
    this.#otherwise = otherwise;
    this.#mounts = Object.entries(mounts)
      .map(([pattern, transport]) => parsePattern(pattern, transport ?? otherwise))
      .sort((left, right) => priority(right) - priority(left));
  }

  handleRequest(request: Request): Promise<Response> {
    const mount = this.#mounts.find((candidate) => matches(candidate, request.url));
    return (mount?.transport ?? this.#otherwise).handleRequest(request);
  }

  async close(): Promise<void> {
    const all = new Set([this.#otherwise, ...this.#mounts.map((mount) => mount.transport)]);
    await Promise.all([...all].map((transport) => transport.close?.()));
  }
}

function parsePattern(pattern: string, transport: Transport): Mount {
  const [, scheme, host, port] =
    /^(all|https?):\/\/([^/:?#@\s[\]]*|\[[\da-f:.]+\])(?::(\d{1,5}))?\/?$/i.exec(pattern) ?? [];
  if (!scheme) {
    throw argumentError(
      `Cannot mount a transport: the pattern must look like "all://", "https://host" or "all://*.host:8080": ${show(pattern)}`,
    );
  }
  if (typeof transport.handleRequest !== "function") {
    throw argumentError(`Cannot mount a transport at ${show(pattern)}: it must have handleRequest()`);
  }
  return {
    scheme: scheme.toLowerCase() === "all" ? undefined : `${scheme.toLowerCase()}:`,
    host: host && host !== "*" ? canonical(host) : undefined,
    port,
    transport,
  };
}

/** The host as `URL` writes it, wildcard in front kept. */
function canonical(host: string): string {
  const [, wildcard = "", name = ""] = /^(\*\.?)?(.*)$/.exec(host) ?? [];
  return wildcard + new URL(`http://${name}`).hostname;
}

function matches({ scheme, host, port }: Mount, url: URL): boolean {
  if (scheme && scheme !== url.protocol) return false;
  if (port && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
  if (!host) return true;
  if (host.startsWith("*.")) return url.hostname.endsWith(host.slice(1));
  if (host.startsWith("*"))
    return url.hostname === host.slice(1) || url.hostname.endsWith(`.${host.slice(1)}`);
  return url.hostname === host;
}

function priority({ scheme, host, port }: Mount): number {
  return (
    (port ? 1_000_000 : 0) +
    (host ? host.replace(/^\*\.?/, "").length * 100 + (host.startsWith("*") ? 0 : 50) : 0) +
    (scheme ? 1 : 0)
  );
}
