/** What Saluki needs from a runtime, as one object. Each file beside this one is one runtime's answer. */
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";
import type { ByteSource } from "../source.ts";

/** Where in an exchange a fault happened. */
export type Phase = "head" | "body";

/** What this runtime's fetch can do. Features ask this, never which runtime it is. */
export interface Capabilities {
  /** `redirect: "manual"` shows status, headers and body of a redirect. */
  readonly manualRedirect: boolean;
  /** `Set-Cookie` can be read and `Cookie` can be sent. */
  readonly cookies: boolean;
  /** A 401 with a challenge always reaches the script; no login dialog opens. */
  readonly readChallenge: boolean;
  /** A request body can be a stream. */
  readonly streamRequest: boolean;
  /** `User-Agent` and `Accept-Encoding` may be set. */
  readonly setAnyHeader: boolean;
}

/** What a transport looks like from below (the contract is in transports/transport.ts). */
export interface TransportLike {
  handleRequest(request: Request): Promise<Response>;
  close?(): Promise<void>;
}

/** The cookies of a client, as the exchange sees them (built in cookies.ts). */
export interface CookieStore {
  /** The `Cookie` value for a request to this URL, or "" for none. */
  header(url: URL, local: boolean): string | Promise<string>;
  /** Keeps what a response of this URL set. */
  store(url: URL, setCookies: readonly string[]): void | Promise<void>;
}

/** All that a client needs to keep cookies (cookies.ts, cookie-header.ts). */
export interface CookieKit {
  open(init: unknown): CookieStore;
  /** The cookies that a call gives: their `Cookie` value, or the jar that knows it. */
  own(init: unknown): string | CookieStore;
  /** Two `Cookie` values as one; the given ones win. */
  merge(kept: string, given: string): string;
}

/** What a call says of redirects. */
export interface RedirectRules {
  readonly followRedirects: boolean;
  readonly maxRedirects: number;
  readonly redirectHeaders: readonly string[];
}

/** The policy of redirects.ts: the request of the next hop, or null where the chain ends. */
export type NextHop = (
  request: Request,
  response: Response,
  hops: number,
  rules: RedirectRules,
) => Request | null;

/** One runtime. */
export interface Platform {
  /** For messages: "Node", "Deno", "Bun", "workerd", "an edge runtime", "a browser". */
  readonly name: string;
  readonly can: Capabilities;
  /** The codings that the default transport decodes, as an `Accept-Encoding` value; "" where it cannot be set. */
  acceptEncoding(): string;
  /** Opens the platform's own transport, where it has one that is better than its fetch. Loads nothing heavy yet. */
  openTransport?(): TransportLike;
  /** True when something has replaced `globalThis.fetch` since import (a mock), which the default transport then uses. */
  fetchReplaced?(): boolean;
  /** What makes and merges cookies; absent where the platform keeps cookies itself. */
  readonly cookies?: CookieKit;
  /** Decides where a redirect leads; absent where the platform follows by itself. */
  readonly nextHop?: NextHop;
  /** True for methods that this fetch would send as something else or refuse. */
  refusesMethod?(method: string): boolean;
  /** True for request headers (lower case) that this fetch would drop in silence, or send other bytes of. */
  refusesHeader?(key: string, value: string): boolean;
  /** Extra options for this runtime's own fetch (Bun: no decompression, ...). May refuse what it would ignore. */
  fetchInit?(request: Request): Record<string, unknown>;
  /**
   * Decodes what this runtime's fetch leaves encoded. Gets the value of Content-Encoding, and whether the fetch was
   * the runtime's own and got `fetchInit`. Undefined where the fetch has decoded already; a source that cannot be
   * decoded here is returned as it is.
   */
  decode?(codings: string, source: ByteSource, request: Request, native: boolean): ByteSource | undefined;
  /** Translates what the runtime threw into an error of ours. */
  classify(error: unknown, phase: Phase, request: Request): Error;
  /** An environment variable; undefined where there is none or it may not be read. */
  env?(name: string): string | undefined;
  /** A text file, read at once (netrc). Absent where there are no files. */
  readTextFile?(path: string): string;
  /** The home directory. */
  homeDirectory?(): string | undefined;
}
