/** The connections of one transport: opened, kept, reused, given up. Knows sockets, not messages. */
import type { Socket } from "node:net";
import type { buildConnector, Client } from "undici";
import type { Undici } from "./node-undici.ts";

// Of one response, names and values together: four times Node's own bound, below curl's 300 KiB.
const MAX_HEADER_BYTES = 64 * 1024;

/** What a connection needs to know of the exchange on it. */
interface Tenant {
  /** True while its body is handed out piece by piece, at the pace of its reader. */
  readonly streaming: boolean;
  /** Bytes have come. */
  stirred(): void;
}

/**
 * One undici client, so one connection at a time, and at most one exchange on it.
 *
 * Strategy: a client for each connection instead of undici's own pool, because only then is it known which socket an
 * exchange waits for or runs on: whether it was used before (then a failure may be the old connection's), and
 * which attempt to break off when nobody waits for it any more.
 */
export class Lane {
  readonly key: string;
  readonly client: Client;
  /** The socket that is open, or being opened. */
  socket: Socket | undefined;
  /** Requests that were put on this socket. */
  served = 0;
  /** True once TLS ended without saying so: what came last may have been cut off. */
  cut = false;
  tenant: Tenant | undefined;

  constructor(
    key: string,
    origin: string,
    servername: string | undefined,
    undici: Undici,
    connector: Connector,
  ) {
    this.key = key;
    this.client = new undici.Client(origin, {
      maxHeaderSize: MAX_HEADER_BYTES,
      // Silence is watched by the exchange: undici's timers are half a second coarse.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => {
        this.served = 0;
        this.cut = false;
        // The name is the URL's: undici would take it from a Host header, and so check the certificate against that.
        const own = { ...options, servername: servername ?? "" };
        this.socket = connector(own, callback);
        if (options.protocol === "https:") watchEnd(this, this.socket);
      },
    });
  }

  /** Called when a request is put on the connection. True when it is not the first. */
  enter(): boolean {
    if (this.served === 0 && this.socket) {
      skipContinue(this.socket);
      this.socket.on("readable", () => this.tenant?.stirred());
    }
    return this.served++ > 0;
  }

  /** Breaks the connection, or the attempt to open one. */
  destroy(): void {
    // Never rejects: what still waited in the client has been told by its exchange.
    this.client.destroy().catch(() => {});
    this.socket?.destroy();
  }
}

type Connector = (options: buildConnector.Options, callback: buildConnector.Callback) => Socket;

/** The lanes of a transport by origin. */
export class Pool {
  readonly #undici: Undici;
  readonly #connector: Connector;
  readonly #lanes: Set<Lane> = new Set();
  readonly #idle: Map<string, Lane[]> = new Map();
  #closed = false;

  constructor(undici: Undici) {
    this.#undici = undici;
    // undici's own limit on connecting is off: the exchange has one.
    this.#connector = undici.buildConnector({ timeout: 0 }) as unknown as Connector;
  }

  /** True when a connection to this origin may be waiting. */
  hasIdle(url: URL): boolean {
    return this.#idle.has(url.origin);
  }

  /** A lane for one exchange: the one used last, since it is the least likely to be stale, or a new one. */
  take(url: URL, sni: string | undefined, fresh: boolean, tenant: Tenant): Lane {
    const key = sni === undefined ? url.origin : `${url.origin} ${sni}`;
    const idle = this.#idle.get(key);
    let lane: Lane | undefined;
    while (!fresh && !lane && idle && idle.length > 0) {
      lane = idle.pop() as Lane;
      if (!lane.socket || lane.socket.destroyed) {
        this.drop(lane);
        lane = undefined;
      }
    }
    lane ??= this.#open(key, url.origin, sni);
    lane.tenant = tenant;
    return lane;
  }

  /** Takes a lane back whose exchange is complete. */
  release(lane: Lane): void {
    lane.tenant = undefined;
    if (this.#closed) {
      this.#lanes.delete(lane);
      return;
    }
    const idle = this.#idle.get(lane.key);
    if (idle) idle.push(lane);
    else this.#idle.set(lane.key, [lane]);
  }

  /** Gives a lane up. */
  drop(lane: Lane): void {
    lane.tenant = undefined;
    this.#lanes.delete(lane);
    const idle = this.#idle.get(lane.key);
    if (idle) {
      const at = idle.indexOf(lane);
      if (at >= 0) idle.splice(at, 1);
      if (idle.length === 0) this.#idle.delete(lane.key);
    }
    lane.destroy();
  }

  /**
   * Closes idle connections now and the others after their exchange. Waits for calls that are under way, but not for a
   * body that is streamed: its reader may never come back.
   */
  async close(): Promise<void> {
    this.#closed = true;
    const lanes = [...this.#lanes];
    this.#idle.clear();
    const done = lanes.map((lane) => {
      const closing = lane.client.close().catch(() => {});
      return lane.tenant?.streaming ? undefined : closing;
    });
    await Promise.all(done);
  }

  #open(key: string, origin: string, sni: string | undefined): Lane {
    const lane = new Lane(key, origin, sni, this.#undici, this.#connector);
    this.#lanes.add(lane);
    lane.client.on("disconnect", () => {
      if (!lane.tenant) this.drop(lane);
    });
    return lane;
  }
}

// RFC 9110 section 15.2.1: an unasked 100 may be ignored; undici breaks the connection instead. Any other 1xx it skips,
// so its parser is told another. Where the parser is not found, undici's way stands.
function skipContinue(socket: Socket): void {
  const slot = Object.getOwnPropertySymbols(socket).find(({ description }) => description === "parser");
  const parser = slot && (socket as unknown as Record<symbol, Parser | undefined>)[slot];
  if (typeof parser?.onHeadersComplete === "function") parser.onHeadersComplete = onHeadersComplete;
}

interface Parser {
  onHeadersComplete(status: number, upgrade: boolean, keepAlive: boolean): number;
}

function onHeadersComplete(this: Parser, status: number, upgrade: boolean, keepAlive: boolean): number {
  const proto = Object.getPrototypeOf(this) as Parser;
  return proto.onHeadersComplete.call(this, status === 100 ? 103 : status, upgrade, keepAlive);
}

/**
 * Notes when TLS ends by TCP's FIN alone. Facts: Node reports that end and an orderly close_notify alike; at this very
 * moment they differ in one thing: after a FIN the TCP handle has stopped reading, and can be started (0).
 */
function watchEnd(lane: Lane, socket: Socket): void {
  const push = socket.push;
  socket.push = (piece: unknown, encoding?: BufferEncoding) => {
    if (piece === null) {
      const tcp = (socket as unknown as { _handle?: { _parent?: TcpHandle } })._handle?._parent;
      if (tcp?.readStart?.() === 0) {
        lane.cut = true;
        tcp.readStop?.();
      }
    }
    return push.call(socket, piece, encoding);
  };
}

interface TcpHandle {
  readStart?(): number;
  readStop?(): number;
}
