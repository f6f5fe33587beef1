/** Credentials from a netrc file, by host, sent as Basic. Reads the file through the platform, at first use. */
import { platform } from "#platform";
import { AuthError, argumentError, UnsupportedError } from "../errors.ts";
import { type NetrcEntry, parseNetrc } from "../fields/netrc.ts";
import { show } from "../redact.ts";
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";
import { Auth, type AuthScope } from "./auth.ts";
import { basicCredentials } from "./basic.ts";

interface Netrc {
  readonly file: string;
  /** Host as URLs spell it -> the entry to use. */
  readonly machines: ReadonlyMap<string, NetrcEntry>;
  readonly default: NetrcEntry | undefined;
}

/**
 * Looks each request's host up in a netrc file and sends what it finds as Basic credentials.
 *
 * The file is the path given, else `$NETRC`, else `~/.netrc` or `~/_netrc`; it is read once, at the first request.
 * Of several entries for a host the first one with a password counts; an entry without a password gives nothing, and
 * keeps `default` from being used. `default` serves only the origin that a chain of redirects started on.
 * @throws {UnsupportedError} when constructed where there are no files.
 * @throws {AuthError} at a request, when the file is missing or is not a netrc file.
 */
export class NetRCAuth extends Auth {
  override readonly scope: AuthScope = "any";
  readonly #path: string | undefined;
  #netrc: Netrc | undefined;

  constructor(file?: string) {
    super();
    if (file !== undefined && (typeof file !== "string" || !file)) {
      throw argumentError(`Cannot use netrc file: must be a path: ${file === "" ? '""' : typeof file}`);
    }
    if (!platform.readTextFile) {
      throw new UnsupportedError(
        `Cannot use NetRCAuth on ${platform.name}: it has no files; use BasicAuth with credentials from elsewhere`,
      );
    }
    this.#path = file;
  }

  override *authFlow(request: Request): Generator<Request, void, Response> {
    this.#netrc ??= load(this.#path);
    const { file, machines, default: fallback } = this.#netrc;
    const entry =
      machines.get(request.url.hostname) ?? (request.extensions.crossOrigin === true ? undefined : fallback);
    if (entry?.password !== undefined) request.headers.set("Authorization", credentials(entry, file));
    yield request;
  }
}

function credentials({ login = "", password = "", line }: NetrcEntry, file: string): string {
  if (login.includes(":")) {
    throw new AuthError(`Cannot use netrc file ${show(file)}, line ${line}: login must not contain a colon`);
  }
  return basicCredentials(login, password);
}

function load(path: string | undefined): Netrc {
  const { file, text } = find(path);
  const machines = new Map<string, NetrcEntry>();
  let fallback: NetrcEntry | undefined;
  for (const entry of parseNetrc(text, file)) {
    if (entry.machine === null) fallback ??= entry;
    else {
      const host = toHost(entry.machine);
      const known = machines.get(host);
      if (!known || (known.password === undefined && entry.password !== undefined)) machines.set(host, entry);
    }
  }
  return { file, machines, default: fallback };
}

function find(path: string | undefined): { file: string; text: string } {
  const home = platform.homeDirectory?.();
  const given = path ?? (platform.env?.("NETRC") || undefined);
  if (given !== undefined) {
    // As shells and Requests do; a path in an environment variable has often met no shell.
    return read(home && /^~[\\/]/.test(given) ? home + given.slice(1) : given);
  }
  if (!home)
    throw new AuthError("Cannot find a netrc file: there is no home directory; set NETRC or give a path");
  try {
    return read(`${home}/.netrc`);
  } catch (error) {
    if (!isMissing((error as AuthError).cause)) throw error;
    try {
      return read(`${home}/_netrc`);
    } catch (other) {
      // The usual name is the one to tell of.
      throw isMissing((other as AuthError).cause) ? error : other;
    }
  }
}

function read(file: string): { file: string; text: string } {
  try {
    return { file, text: platform.readTextFile?.(file) ?? "" };
  } catch (cause) {
    throw new AuthError(
      `Cannot read netrc file ${show(file)}: ${isMissing(cause) ? "no such file" : reason(cause)}`,
      {
        cause,
      },
    );
  }
}

// Node and Bun say ENOENT, Deno NotFound.
function isMissing(error: unknown): boolean {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return code === "ENOENT" || name === "NotFound";
}

function reason(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return typeof code === "string" ? code : show(message ?? error);
}

/** A machine's name in the spelling of `URL.hostname`: lower case, punycode, canonical IP addresses. Never with a port. */
function toHost(machine: string): string {
  const host = machine.includes(":") ? `[${machine.replace(/^\[|\]$/g, "")}]` : machine;
  try {
    const url = new URL(`http://${host}/`);
    if (url.href === `http://${url.hostname}/`) return url.hostname;
  } catch {
    // Not a host, such as "host:8080".
  }
  return machine.toLowerCase();
}
