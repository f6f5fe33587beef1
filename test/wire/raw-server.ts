/**
 * A server on loopback whose every byte a test decides. Knows TCP, TLS and how to read a request; answers nothing by itself.
 *
 * ```ts
 * const server = await rawServer(async (peer) => {
 *   await peer.readRequest();
 *   await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
 *   peer.reset();
 * });
 * ```
 */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { onTestFinished } from "vitest";

/** A request as it came off the wire. */
export interface RawRequest {
  /** Everything up to and including the empty line. */
  readonly head: string;
  readonly method: string;
  readonly target: string;
  /** Names and values in order, in the case they were sent in. */
  readonly headers: [name: string, value: string][];
  /** The body without its framing. */
  readonly body: Buffer;
  /** The first value of a field, by name in any case. */
  header(name: string): string | undefined;
}

/** Thrown into a script whose peer is gone; the server swallows it. */
class PeerGone extends Error {}

/** One connection, from the server's side. Reads take from what arrives; nothing is read while no read is pending. */
export class Peer {
  readonly socket: Socket;
  /** The n-th connection of this server, from 0. */
  readonly index: number;
  /** Bytes taken off the wire so far. */
  received = 0;
  #buffer: Buffer = Buffer.alloc(0);
  #gone = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket, index: number) {
    this.socket = socket;
    this.index = index;
    socket.on("error", () => {});
    socket.on("readable", () => this.#wake?.());
    for (const event of ["end", "close"]) {
      socket.once(event, () => {
        this.#gone = true;
        this.#wake?.();
      });
    }
  }

  /** Waits for more bytes. @throws when the client is gone. */
  async #more(): Promise<void> {
    for (;;) {
      const piece = this.socket.read() as Buffer | null;
      if (piece) {
        this.received += piece.length;
        this.#buffer = Buffer.concat([this.#buffer, piece]);
        return;
      }
      if (this.#gone) throw new PeerGone("The client closed the connection");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Exactly `size` bytes. */
  async readBytes(size: number): Promise<Buffer> {
    while (this.#buffer.length < size) await this.#more();
    const bytes = this.#buffer.subarray(0, size);
    this.#buffer = this.#buffer.subarray(size);
    return bytes;
  }

  /** Everything up to and including `mark`, as Latin-1. */
  async readUntil(mark: string): Promise<string> {
    let at = this.#buffer.indexOf(mark);
    while (at < 0) {
      const from = Math.max(0, this.#buffer.length - mark.length);
      await this.#more();
      at = this.#buffer.indexOf(mark, from);
    }
    return (await this.readBytes(at + mark.length)).toString("latin1");
  }

  /** The head of the next request. */
  async readHead(): Promise<RawRequest> {
    const head = await this.readUntil("\r\n\r\n");
    const [start = "", ...lines] = head.slice(0, -4).split("\r\n");
    const [method = "", target = ""] = start.split(" ");
    const headers = lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    const header = (name: string) => headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
    return { head, method, target, headers, header, body: Buffer.alloc(0) };
  }

  /** The next request with its whole body, by Content-Length or chunked. */
  async readRequest(): Promise<RawRequest> {
    const request = await this.readHead();
    const length = request.header("content-length");
    if (length !== undefined) return { ...request, body: await this.readBytes(Number(length)) };
    if (request.header("transfer-encoding") === undefined) return request;
    const pieces: Buffer[] = [];
    for (;;) {
      const size = Number.parseInt(await this.readUntil("\r\n"), 16);
      const piece = await this.readBytes(size);
      await this.readUntil("\r\n");
      if (size === 0) return { ...request, body: Buffer.concat(pieces) };
      pieces.push(piece);
    }
  }

  /** Reads until the client closes and gives what came. */
  async readToEnd(): Promise<Buffer> {
    try {
      for (;;) await this.#more();
    } catch {
      const rest = this.#buffer;
      this.#buffer = Buffer.alloc(0);
      return rest;
    }
  }

  /** Settles when the kernel has taken the bytes, or when the client is gone. */
  write(data: string | Uint8Array): Promise<void> {
    if (this.socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.socket.write(typeof data === "string" ? Buffer.from(data, "latin1") : data, () => resolve());
    });
  }

  /** Writes `piece` again and again while the client takes it; gives the bytes that the kernel took until it stopped. */
  async fill(piece: Uint8Array, atMost: number): Promise<number> {
    let written = 0;
    while (written < atMost && this.socket.write(piece)) written += piece.length;
    return written;
  }

  /** Discards whatever still comes; settles when the connection is closed, however that came. */
  async gone(): Promise<void> {
    try {
      for (;;) {
        this.#buffer = Buffer.alloc(0);
        await this.#more();
      }
    } catch {
      // That was the end.
    }
    if (!this.socket.closed) await new Promise<void>((resolve) => this.socket.once("close", () => resolve()));
  }

  /** FIN: nothing more will be written; reading goes on. */
  end(): void {
    this.socket.end();
  }

  /** Closes in both directions. Bytes that were not read turn this into RST, as TCP has it. */
  close(): void {
    this.socket.destroy();
  }

  /** RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}

/** A running server. */
export interface RawServer {
  readonly port: number;
  /** "http://127.0.0.1:port", or https. */
  readonly origin: string;
  /** Every connection so far, in order. */
  readonly peers: readonly Peer[];
  /** Connections that are open now. */
  readonly open: number;
  /** Settles when no connection is open. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** How the server listens. */
export interface RawServerOptions {
  /** Speaks TLS with a self-signed certificate for localhost. */
  tls?: boolean;
  /** Gives every accepted socket before TLS starts. */
  onTcp?: (socket: Socket) => void;
  /** For use outside a test: the caller closes it. */
  keep?: boolean;
}

/**
 * Runs `script` for each connection. The server closes when the test ends, and fails it when a script threw.
 * A script ends without an answer when its client is gone.
 */
export async function rawServer(
  script: (peer: Peer, index: number) => void | Promise<void>,
  options: RawServerOptions = {},
): Promise<RawServer> {
  const peers: Peer[] = [];
  const sockets = new Set<Socket>();
  const faults: unknown[] = [];
  let emptied: (() => void) | undefined;
  const accept = (socket: Socket) => {
    const peer = new Peer(socket, peers.length);
    peers.push(peer);
    Promise.resolve()
      .then(() => script(peer, peer.index))
      .then(() => peer.gone())
      .catch((fault) => {
        if (!(fault instanceof PeerGone)) faults.push(fault);
        socket.destroy();
      });
  };
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) emptied?.();
    });
    options.onTcp?.(socket);
  };
  const secure = options.tls ? createTlsServer({ key: KEY, cert: CERTIFICATE }, accept) : undefined;
  secure?.on("tlsClientError", () => {});
  const server: Server = createServer((socket) => {
    track(socket);
    if (secure) secure.emit("connection", socket);
    else accept(socket);
  });
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    if (faults.length > 0) throw faults[0];
  };
  if (!options.keep) onTestFinished(close);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    origin: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    peers,
    get open() {
      return sockets.size;
    },
    idle: () =>
      new Promise((resolve) => {
        emptied = resolve;
        if (sockets.size === 0) resolve();
      }),
    close,
  };
}

/** The text of a whole answer, with its Content-Length unless `headers` frame it otherwise. */
export function answer(body = "", headers: Record<string, string> = {}, status = "200 OK"): string {
  const framed = Object.keys(headers).some((name) =>
    /^(content-length|transfer-encoding|connection)$/i.test(name),
  );
  const fields = framed
    ? headers
    : { ...headers, "Content-Length": String(Buffer.byteLength(body, "latin1")) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join("")}\r\n${body}`;
}

/** The bytes of a whole answer. */
export function answerBytes(body: Uint8Array, headers: Record<string, string> = {}): Buffer {
  return Buffer.concat([
    Buffer.from(answer("", { ...headers, "Content-Length": String(body.length) }), "latin1"),
    body,
  ]);
}

/** A script that answers every request of a connection. */
export function serve(
  reply: (request: RawRequest, peer: Peer) => string | Uint8Array,
): (peer: Peer) => Promise<void> {
  return async (peer) => {
    for (;;) await peer.write(reply(await peer.readRequest(), peer));
  };
}

// Self-signed, for localhost and 127.0.0.1, made for these tests alone.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgP53cJfjsgWBtD/0P
VtzVx1qNLHmedtQpli1E6dmGB2GhRANCAAS9cLGdke8CFURuFQCxb2h0foWOuB9Y
ACpGtiaoqm4WOrO1yiBgglIJXKg5Csz9rF3alRkJAMW6hcus00amlYxM
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUQoZsBYF7oE/i1avS6HRapsWf3d4wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAxMjYwNloYDzIxMjYxMDI4
MDEyNjA2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS9cLGdke8CFURuFQCxb2h0foWOuB9YACpGtiaoqm4WOrO1yiBgglIJ
XKg5Csz9rF3alRkJAMW6hcus00amlYxMo28wbTAdBgNVHQ4EFgQUPs04TNHB3S80
krhDVwdXWijyRgYwHwYDVR0jBBgwFoAUPs04TNHB3S80krhDVwdXWijyRgYwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAI1T4Odg4qCfmHAx8wGKrpCtd+bddrsKzACxAWY77a1mAiA0
KIZKeXPAat9Xw+emzq6vAE5OtlsCcmXcy2+fTRl27Q==
-----END CERTIFICATE-----`;
