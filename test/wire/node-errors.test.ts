/** Faults of the network, of TLS and of Node's fetch, as errors of ours. */
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import {
  ClientClosedError,
  ConnectError,
  ConnectTimeoutError,
  DecodeError,
  type HTTPError,
  LocalProtocolError,
  NetworkError,
  ReadError,
  ReadTimeoutError,
  RemoteProtocolError,
  TLSError,
  TransportError,
  WriteError,
} from "../../src/errors.ts";
import { platform } from "../../src/platform/node.ts";
import { Request } from "../../src/request.ts";
import { type Stage, toError } from "../../src/transports/node-errors.ts";
import { fault, open } from "./kit.ts";
import { answer, type Peer, rawServer, serve } from "./raw-server.ts";

/** A port where nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("NodeTransport", () => {
  test("NodeTransport tells a refused connection, and disposes of the body", async () => {
    const origin = `http://127.0.0.1:${await deadPort()}`;
    let cancelled: unknown;
    const body = new ReadableStream({ cancel: (why) => void (cancelled = why) });
    const request = new Request("POST", `http://user:pass@${origin.slice(7)}/a?token=t&x=1#f`, { body });
    const error = await fault(open().handleRequest(request));
    expect(error).toBeInstanceOf(ConnectError);
    expect(error.code).toBe("ERR_CONNECT");
    expect(error.message).toBe(
      `Cannot connect for POST ${origin}/a?token=***&x=1: 127.0.0.1 refused the connection (ECONNREFUSED)`,
    );
    expect(error.request).toBe(request);
    expect((error.cause as { code: string }).code).toBe("ECONNREFUSED");
    expect(cancelled).toBe(error);
  });

  test("NodeTransport tells a host name that does not exist", async () => {
    const error = await fault(open().handleRequest(new Request("GET", "http://does-not-exist.invalid/")));
    expect(error).toBeInstanceOf(ConnectError);
    expect(error.message).toMatch(
      /^Cannot connect for GET http:\/\/does-not-exist\.invalid\/: (the host name does-not-exist\.invalid was not found|the name server did not answer for does-not-exist\.invalid) \(/,
    );
  });

  test("NodeTransport opens a new connection after one that was refused", async () => {
    const port = await deadPort();
    const transport = open();
    const request = new Request("GET", `http://127.0.0.1:${port}/`);
    expect(await fault(transport.handleRequest(request))).toBeInstanceOf(ConnectError);
    const server = createServer((socket) => void socket.end(answer("up")));
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    expect(await (await transport.handleRequest(request)).text()).toBe("up");
  });

  test("NodeTransport tells a connection that is reset or closed before the response", async () => {
    const server = await rawServer(async (peer) => {
      const { target } = await peer.readRequest();
      if (target === "/rst") peer.reset();
      else peer.end();
    });
    const transport = open();
    const reset = await fault(transport.handleRequest(new Request("GET", `${server.origin}/rst`)));
    expect(reset).toBeInstanceOf(ReadError);
    expect(reset.message).toBe(
      `Cannot read the response to GET ${server.origin}/rst: the server reset the connection (ECONNRESET)`,
    );
    const closed = await fault(transport.handleRequest(new Request("GET", `${server.origin}/fin`)));
    expect(closed).toBeInstanceOf(ReadError);
    expect(closed.message).toBe(
      `Cannot read the response to GET ${server.origin}/fin: the server closed the connection before the response was complete (UND_ERR_SOCKET)`,
    );
  });
});

describe("TLS", () => {
  beforeEach(() => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "1");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  /** Takes any certificate, as long as the test runs. */
  function trustAll() {
    const { emitWarning } = process;
    vi.spyOn(process, "emitWarning").mockImplementation((...args: unknown[]) => {
      if (!String(args[0]).includes("NODE_TLS_REJECT_UNAUTHORIZED"))
        (emitWarning as (...args: unknown[]) => void)(...args);
    });
    onTestFinished(() => void vi.restoreAllMocks());
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  }

  test("NodeTransport refuses a certificate that nobody vouches for, and sends nothing", async () => {
    let sent = 0;
    const server = await rawServer(async (peer) => void (sent = (await peer.readToEnd()).length), {
      tls: true,
    });
    const error = await fault(open().handleRequest(new Request("GET", `${server.origin}/x`)));
    expect(error).toBeInstanceOf(TLSError);
    expect(error).toBeInstanceOf(ConnectError);
    expect(error.code).toBe("ERR_TLS");
    expect(error.message).toBe(
      `Cannot connect for GET ${server.origin}/x: the certificate of 127.0.0.1 is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)`,
    );
    await server.idle();
    expect(sent).toBe(0);
  });

  test("NodeTransport tells a port that does not speak TLS", async () => {
    const server = await rawServer(async (peer) => {
      await peer.readBytes(1);
      await peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    const error = await fault(open().handleRequest(new Request("GET", `https://127.0.0.1:${server.port}/`)));
    expect(error).toBeInstanceOf(TLSError);
    expect(error.message).toContain("127.0.0.1 does not speak TLS on this port (");
  });

  test("NodeTransport tells a connection that is closed during the handshake", async () => {
    const server = await rawServer(async (peer) => {
      await peer.readBytes(1);
      peer.close();
    });
    const error = await fault(open().handleRequest(new Request("GET", `https://127.0.0.1:${server.port}/`)));
    expect(error).toBeInstanceOf(TLSError);
    expect(error.message).toContain("127.0.0.1 closed the connection during the TLS handshake (ECONNRESET)");
  });

  test("NodeTransport speaks TLS with the name of the URL, whatever Host says", async () => {
    trustAll();
    const names: unknown[] = [];
    const server = await rawServer(
      async (peer) => {
        names.push((peer.socket as Peer["socket"] & { servername?: unknown }).servername);
        await serve(({ header }) => answer(header("host")))(peer);
      },
      { tls: true },
    );
    const transport = open();
    const url = `https://localhost:${server.port}/`;
    for (const headers of [{ Host: "other.example" }, {}, { Host: "third.example" }]) {
      const response = await transport.handleRequest(new Request("GET", url, { headers }));
      expect(await response.text()).toBe((headers as { Host?: string }).Host ?? `localhost:${server.port}`);
    }
    const own = new Request("GET", url, { extensions: { sni_hostname: "sni.example" } });
    await (await transport.handleRequest(own)).read();
    expect(names).toEqual(["localhost", "sni.example"]);
  });

  const head = "HTTP/1.1 200 OK\r\n";
  test.each([
    ["is delimited by close_notify", `${head}\r\nhello`, "orderly", "hello"],
    ["has a Content-Length", `${head}Content-Length: 5\r\n\r\nhello`, "fin", "hello"],
    [
      "has its last chunk",
      `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
      "fin",
      "hello",
    ],
    [
      "has a Content-Length and ends by close_notify",
      `${head}Connection: close\r\nContent-Length: 5\r\n\r\nhello`,
      "orderly",
      "hello",
    ],
    ["is delimited by FIN alone", `${head}\r\nhello`, "fin", undefined],
    ["is short by close_notify", `${head}Content-Length: 9\r\n\r\nhello`, "orderly", undefined],
  ])("NodeTransport reads a body over TLS that %s", async (_, bytes, ending, expected) => {
    trustAll();
    let raw: import("node:net").Socket | undefined;
    const server = await rawServer(
      async (peer) => {
        await peer.readRequest();
        await peer.write(bytes);
        if (ending === "fin") raw?.end();
        else peer.end();
      },
      { tls: true, onTcp: (socket) => (raw = socket) },
    );
    const pending = open()
      .handleRequest(new Request("POST", server.origin))
      .then((response) => response.text());
    if (expected !== undefined) expect(await pending).toBe(expected);
    else {
      const error = await fault(pending);
      expect(error).toBeInstanceOf(ReadError);
      expect(error.message).toMatch(
        /the server (ended TLS without saying so, and the body may be cut short$|closed the connection before)/,
      );
    }
    await server.idle();
  });
});

describe("toError", () => {
  const request = new Request("GET", "https://example.com/x?sig=1");
  const coded = (code: string, more: object = {}) =>
    Object.assign(new Error("the system's words"), { code, ...more });
  const cases: [string, Stage, new (...args: never[]) => Error, string][] = [
    [
      "ECONNRESET",
      "write",
      WriteError,
      "Cannot send GET https://example.com/x?sig=***: the server reset the connection (ECONNRESET)",
    ],
    [
      "EPIPE",
      "write",
      WriteError,
      "Cannot send GET https://example.com/x?sig=***: the server closed the connection (EPIPE)",
    ],
    [
      "ECONNRESET",
      "body",
      ReadError,
      "Cannot read the response to GET https://example.com/x?sig=***: the server reset the connection (ECONNRESET)",
    ],
    [
      "ENETUNREACH",
      "connect",
      ConnectError,
      "Cannot connect for GET https://example.com/x?sig=***: the network of example.com cannot be reached (ENETUNREACH)",
    ],
    [
      "EMFILE",
      "connect",
      ConnectError,
      "Cannot connect for GET https://example.com/x?sig=***: this process has too many open files (EMFILE)",
    ],
    [
      "ESTRANGE",
      "connect",
      ConnectError,
      "Cannot connect for GET https://example.com/x?sig=***: the connection failed (ESTRANGE)",
    ],
    [
      "CERT_HAS_EXPIRED",
      "connect",
      TLSError,
      "Cannot connect for GET https://example.com/x?sig=***: the certificate of example.com has expired (CERT_HAS_EXPIRED)",
    ],
    [
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "connect",
      TLSError,
      "Cannot connect for GET https://example.com/x?sig=***: the certificate is not valid for example.com (ERR_TLS_CERT_ALTNAME_INVALID)",
    ],
    [
      "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
      "connect",
      TLSError,
      "Cannot connect for GET https://example.com/x?sig=***: the TLS handshake with example.com failed (ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE)",
    ],
    [
      "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
      "read",
      TLSError,
      "Cannot connect for GET https://example.com/x?sig=***: the TLS handshake with example.com failed (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)",
    ],
    [
      "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
      "body",
      ReadError,
      "Cannot read the response to GET https://example.com/x?sig=***: the connection failed (ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC)",
    ],
    [
      "UND_ERR_CONNECT_TIMEOUT",
      "unknown",
      ConnectTimeoutError,
      "Cannot connect for GET https://example.com/x?sig=***: no connection in time (UND_ERR_CONNECT_TIMEOUT)",
    ],
    [
      "UND_ERR_BODY_TIMEOUT",
      "body",
      ReadTimeoutError,
      "Cannot read the response to GET https://example.com/x?sig=***: no more bytes of the body in time (UND_ERR_BODY_TIMEOUT)",
    ],
    [
      "UND_ERR_INVALID_ARG",
      "connect",
      LocalProtocolError,
      "Cannot send GET https://example.com/x?sig=***: HTTP does not allow it (UND_ERR_INVALID_ARG)",
    ],
    [
      "UND_ERR_DESTROYED",
      "connect",
      ClientClosedError,
      "Cannot send GET https://example.com/x?sig=***: the transport was closed (UND_ERR_DESTROYED)",
    ],
    [
      "Z_DATA_ERROR",
      "body",
      DecodeError,
      "Cannot read the response to GET https://example.com/x?sig=***: its content coding is corrupt or cut short (Z_DATA_ERROR)",
    ],
  ];

  test.each(cases)("toError knows %s in stage %s", (code, stage, kind, message) => {
    const cause = coded(code);
    const error = toError(cause, stage, request) as HTTPError;
    expect(error).toBeInstanceOf(kind);
    expect(error.constructor).toBe(kind);
    expect(error.message).toBe(message);
    expect(error.cause).toBe(cause);
    expect(error.request).toBe(request);
  });

  test("toError returns an error of ours as it is", () => {
    const error = new ReadError("mine");
    expect(toError(error, "write", request)).toBe(error);
  });

  test("toError never repeats at length what a fault says, nor its control characters", () => {
    const error = toError(new TypeError(`bad\u001b[31m${"x".repeat(1000)}`), "unknown", request);
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message.length).toBeLessThan(300);
    expect(error.message).not.toContain("\u001b");
  });

  test.each([undefined, null, "text", 7, {}])("toError makes an error of %j", (thrown) => {
    expect(toError(thrown, "body", request)).toBeInstanceOf(ReadError);
    expect(toError(thrown, "unknown", request)).toBeInstanceOf(TransportError);
  });

  test("toError ends on a cause that contains itself", () => {
    const error: Error = new Error("round");
    error.cause = error;
    expect(toError(error, "unknown", request)).toBeInstanceOf(TransportError);
  });
});

describe("platform.classify", () => {
  /** What Node's fetch throws, classified. */
  async function classified(url: string, init?: RequestInit): Promise<HTTPError> {
    const request = new Request(init?.method ?? "GET", url);
    let phase: "head" | "body" = "head";
    try {
      const response = await fetch(url, init);
      phase = "body";
      await response.arrayBuffer();
    } catch (error) {
      return platform.classify(error, phase, request) as HTTPError;
    }
    throw new Error("Nothing was thrown");
  }

  test("platform.classify knows what Node's fetch throws when it cannot connect", async () => {
    const url = `http://127.0.0.1:${await deadPort()}/`;
    const error = await classified(url);
    expect(error.constructor).toBe(ConnectError);
    expect(error.message).toBe(
      `Cannot connect for GET ${url}: 127.0.0.1 refused the connection (ECONNREFUSED)`,
    );
    const server = await rawServer(() => {}, { tls: true });
    expect((await classified(server.origin)).constructor).toBe(TLSError);
  });

  test.each([
    ["a reset before the head", "", "rst", ReadError],
    ["an end before the head", "", "fin", ReadError],
    ["half a head", "HTTP/1.1 200 OK\r\nCont", "fin", ReadError],
    ["junk", "junk\r\n\r\n", "fin", RemoteProtocolError],
    [
      "a head that is too large",
      `HTTP/1.1 200 OK\r\nX: ${"x".repeat(200_000)}\r\n\r\n`,
      "fin",
      RemoteProtocolError,
    ],
    ["a short body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "fin", ReadError],
    ["a reset within the body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "rst", ReadError],
    [
      "chunks that are cut",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
      "fin",
      ReadError,
    ],
    [
      "a chunk size of junk",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
      "",
      RemoteProtocolError,
    ],
  ])("platform.classify knows what Node's fetch throws on %s", async (_, bytes, ending, kind) => {
    const server = await rawServer(async (peer) => {
      await peer.readRequest();
      await peer.write(bytes);
      // A reset may overtake what was written.
      if (ending === "rst") await new Promise((resolve) => setTimeout(resolve, 30));
      if (ending === "rst") peer.reset();
      if (ending === "fin") peer.end();
    });
    expect((await classified(server.origin)).constructor).toBe(kind);
  });

  test("platform.classify knows a body that Node's fetch cannot decode", async () => {
    const bytes = gzipSync("hello hello hello hello");
    bytes[15] = (bytes[15] as number) ^ 0xff;
    const server = await rawServer(
      serve(() =>
        Buffer.concat([
          Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bytes.length}\r\n\r\n`),
          bytes,
        ]),
      ),
    );
    expect((await classified(server.origin)).constructor).toBe(DecodeError);
  });

  test("platform.classify gives the nearest parent where Node's fetch does not tell", async () => {
    const error = await classified("http://127.0.0.1:1/", { method: "GET", headers: { Upgrade: "x" } });
    expect(error).toBeInstanceOf(TransportError);
    const source = new Error("disk");
    const body = new ReadableStream({ pull: (controller) => controller.error(source) });
    const server = await rawServer(async (peer) => void (await peer.readHead()));
    const upload = await classified(server.origin, { method: "POST", body, duplex: "half" } as RequestInit);
    expect(upload).toBeInstanceOf(TransportError);
    expect((upload.cause as Error).cause).toBe(source);
    expect(upload).not.toBeInstanceOf(NetworkError);
  });
});

describe("platform", () => {
  test("platform offers the codings that this Node decodes", () => {
    const zstd = Number.parseInt(process.versions.node, 10) >= 24;
    expect(platform.acceptEncoding()).toBe(zstd ? "gzip, deflate, br, zstd" : "gzip, deflate, br");
  });

  test("platform notices a fetch that was replaced", () => {
    expect(platform.fetchReplaced?.()).toBe(false);
    const { fetch } = globalThis;
    globalThis.fetch = async () => new Response();
    expect(platform.fetchReplaced?.()).toBe(true);
    globalThis.fetch = fetch;
    expect(platform.fetchReplaced?.()).toBe(false);
  });

  test("platform reads the environment, files and the home directory", () => {
    vi.stubEnv("SALUKI_TEST", "yes");
    expect(platform.env?.("SALUKI_TEST")).toBe("yes");
    expect(platform.env?.("SALUKI_NOT_SET")).toBeUndefined();
    expect(platform.readTextFile?.(import.meta.filename)).toContain("platform reads the environment");
    expect(() => platform.readTextFile?.("/does/not/exist")).toThrow(
      expect.objectContaining({ code: "ENOENT" }),
    );
    expect(platform.homeDirectory?.()).toMatch(/^\//);
    vi.unstubAllEnvs();
  });
});
