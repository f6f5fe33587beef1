/** One request and its answer, with the few things that every endpoint needs. Knows no endpoint. */
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { corsHeaders, type Header } from "./cors.ts";
import type { Entry } from "./journal.ts";
import type { World } from "./world.ts";

/** Most that an endpoint reads to memory; `/upload` counts without keeping, so it has no bound. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export class BadRequest extends Error {}

export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the origins of one process share or keep apart. */
  readonly world: World;
  /** What the journal holds about this request; it is there whether or not someone asked for a journal. */
  readonly entry: Entry;
  readonly url: URL;
  readonly query: URLSearchParams;
  /** The named segments of the path, percent-decoded. */
  params: Record<string, string> = {};
  #body: Buffer | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, world: World, entry: Entry) {
    this.request = request;
    this.response = response;
    this.world = world;
    this.entry = entry;
    this.url = targetURL(entry.target, world.origin);
    this.query = this.url.searchParams;
  }

  /** A named segment of the path. */
  param(name: string): string {
    return this.params[name] ?? "";
  }

  /** A whole number of the query or path, 0 or more. */
  count(text: string | null | undefined, fallback: number): number {
    if (text === null || text === undefined || text === "") return fallback;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 0) throw new BadRequest(`Expected a whole number: ${text}`);
    return value;
  }

  /** True for `?name`, `?name=1` and `?name=true`. */
  flag(name: string): boolean {
    return ["", "1", "true"].includes(this.query.get(name) ?? "false");
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  /** The pieces of the request body as they arrive. All reading goes through here, so the journal knows. */
  async *upload(): AsyncGenerator<Buffer, void> {
    for await (const piece of this.request as AsyncIterable<Buffer>) {
      this.world.journal.received(this.entry, piece);
      yield piece;
    }
    this.entry.complete = this.request.complete;
  }

  /** The whole request body. Later calls return the same bytes. */
  async body(): Promise<Buffer> {
    if (this.#body) return this.#body;
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of this.upload()) {
      length += piece.length;
      if (length > MAX_BODY_BYTES) throw new BadRequest(`Body is larger than ${MAX_BODY_BYTES} bytes`);
      pieces.push(piece);
    }
    return (this.#body = Buffer.concat(pieces));
  }

  /** `headers` and what CORS adds to them, as the list that `writeHead` takes. */
  head(headers: readonly Header[]): string[] {
    return [...headers, ...corsHeaders(this.request, this.query, headers)].flat();
  }

  /** Answers in one piece, with its length. */
  send(status: number, headers: readonly Header[], body: string | Uint8Array = "", reason?: string): void {
    const bytes = Buffer.from(body as string);
    const bodiless = status < 200 || status === 204 || status === 304;
    const length: Header[] =
      bodiless || headers.some(([name]) => name.toLowerCase() === "content-length")
        ? []
        : [["Content-Length", String(bytes.length)]];
    const head = this.head([...headers, ...length]);
    if (reason === undefined) this.response.writeHead(status, head);
    else this.response.writeHead(status, reason, head);
    this.response.end(bodiless ? undefined : bytes);
  }

  json(status: number, value: unknown, headers: readonly Header[] = []): void {
    this.send(status, [["Content-Type", "application/json"], ...headers], `${JSON.stringify(value)}\n`);
  }

  text(status: number, text: string, headers: readonly Header[] = []): void {
    this.send(status, [["Content-Type", "text/plain; charset=utf-8"], ...headers], text);
  }

  /** The head of an answer as bytes for the socket, for endpoints that must break the rules of `node:http`. */
  rawHead(statusLine: string, headers: readonly Header[] = []): Buffer {
    const pairs = [...headers, ...corsHeaders(this.request, this.query, headers)];
    const lines = [statusLine, ...pairs.map(([name, value]) => `${name}: ${value}`)];
    return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  }

  /** Writes one piece and waits until it is handed to the socket. False when the client has gone. */
  async write(piece: string | Uint8Array): Promise<boolean> {
    if (this.gone) return false;
    return new Promise((resolve) => {
      const gone = (): void => resolve(false);
      this.response.once("close", gone);
      this.response.write(piece, () => {
        this.response.off("close", gone);
        this.entry.sent += Buffer.byteLength(piece);
        resolve(!this.gone);
      });
    });
  }

  get gone(): boolean {
    return this.response.destroyed || this.request.socket.destroyed;
  }

  /**
   * Waits without a clock: until someone calls `/release/<gate>`, where the query names a `gate`, or until the
   * client goes away. True when released, false when the client has gone.
   */
  async stall(): Promise<boolean> {
    const gate = this.query.get("gate");
    return new Promise((resolve) => {
      const cancel = gate === null ? undefined : this.world.gates.pass(gate, () => settle(true));
      const gone = (): void => settle(false);
      const settle = (released: boolean): void => {
        cancel?.();
        this.response.off("close", gone);
        resolve(released);
      };
      if (this.gone) settle(false);
      else this.response.once("close", gone);
    });
  }

  /** A path of this server that keeps the journal of the request, for `Location` and links. */
  path(path: string): string {
    const journal = this.query.get("journal");
    if (journal === null) return path;
    return `${path}${path.includes("?") ? "&" : "?"}journal=${encodeURIComponent(journal)}`;
  }
}

// The target is mostly a path, which `new URL(target, base)` would misread where it starts with two slashes.
function targetURL(target: string, origin: string): URL {
  const text = target.startsWith("/") ? origin + target : target;
  return URL.canParse(text) ? new URL(text) : new URL("/", origin);
}
