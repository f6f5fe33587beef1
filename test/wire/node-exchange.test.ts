/** What NodeTransport writes to the wire and what it makes of an answer. */
import { expect, test } from "vitest";
import { type HTTPError, LocalProtocolError, ReadError, RemoteProtocolError } from "../../src/errors.ts";
import { Request } from "../../src/request.ts";
import { NodeTransport } from "../../src/transports/node.ts";
import { open } from "./kit.ts";
import { answer, type RawRequest, rawServer, serve } from "./raw-server.ts";

/** A server that answers 200 and keeps what it was sent. */
async function recorder() {
  const seen: RawRequest[] = [];
  const server = await rawServer(
    serve((request) => {
      seen.push(request);
      return answer("ok");
    }),
  );
  return { seen, origin: server.origin, server };
}

/** What a promise rejects with. */
async function fault(promise: Promise<unknown>): Promise<HTTPError & Record<string, unknown>> {
  return promise.then(
    () => {
      throw new Error("Nothing was rejected");
    },
    (error) => error,
  );
}

test("NodeTransport gives status, reason, headers in order and case, and body", async () => {
  const fields = { "X-B": "1", "x-a": "2", "X-b": "3" };
  const server = await rawServer(serve(() => answer("hello", fields, "201 All Made")));
  const response = await open().handleRequest(new Request("GET", `${server.origin}/x?y=1#z`));
  expect(response.status).toBe(201);
  expect(response.statusText).toBe("All Made");
  expect(response.url).toBe(`${server.origin}/x?y=1`);
  expect(response.httpVersion).toBe("HTTP/1.1");
  expect(response.headers.raw).toEqual([
    ["X-B", "1"],
    ["x-a", "2"],
    ["X-b", "3"],
    ["Content-Length", "5"],
  ]);
  expect(await response.text()).toBe("hello");
  expect(response.numBytesDownloaded).toBe(5);
  const bytes = response.content;
  expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
});

test("NodeTransport sends headers in the order and case given, and the target as it is", async () => {
  const { seen, origin } = await recorder();
  const request = new Request("GET", `${origin}/a%2Fb/%C3%A9?q=1&q=2#frag`, {
    headers: [
      ["X-Zeta", "1"],
      ["accept", "*/*"],
      ["x-ZETA", "2"],
      ["User-Agent", "test"],
    ],
  });
  await (await open().handleRequest(request)).read();
  expect(seen[0]?.target).toBe("/a%2Fb/%C3%A9?q=1&q=2");
  expect(seen[0]?.headers).toEqual([
    ["host", new URL(origin).host],
    ["connection", "keep-alive"],
    ["X-Zeta", "1"],
    ["accept", "*/*"],
    ["x-ZETA", "2"],
    ["User-Agent", "test"],
  ]);
});

test("NodeTransport sends no header that nobody gave, Host and Connection apart", async () => {
  const { seen, origin } = await recorder();
  await (await open().handleRequest(new Request("GET", origin))).read();
  expect(seen[0]?.headers.map(([name]) => name)).toEqual(["host", "connection"]);
});

test("NodeTransport sends a Latin-1 value as single bytes and reads one likewise", async () => {
  const server = await rawServer(
    serve((request) => answer("", { "X-Back": request.header("x-text") ?? "" })),
  );
  const response = await open().handleRequest(
    new Request("GET", server.origin, { headers: { "X-Text": "caf\u00e9" } }),
  );
  expect(response.headers.get("x-back")).toBe("caf\u00e9");
});

test("NodeTransport sends the caller's Host once", async () => {
  const { seen, origin } = await recorder();
  await (
    await open().handleRequest(new Request("GET", origin, { headers: { Host: "other.example:81" } }))
  ).read();
  expect(seen[0]?.headers.filter(([name]) => name.toLowerCase() === "host")).toEqual([
    ["host", "other.example:81"],
  ]);
});

test("NodeTransport sends the target that extensions.target names", async () => {
  const { seen, origin } = await recorder();
  await (
    await open().handleRequest(new Request("GET", `${origin}/a`, { extensions: { target: "/%zz|x?" } }))
  ).read();
  expect(seen[0]?.target).toBe("/%zz|x?");
});

test.each([
  [{ "Transfer-Encoding": "chunked" }, "Transfer-Encoding is chosen by the transport"],
  [{ "Keep-Alive": "timeout=5" }, "header Keep-Alive is chosen by the transport"],
  [{ Upgrade: "websocket" }, "header Upgrade is chosen by the transport"],
  [{ Expect: "100-continue" }, "header Expect is chosen by the transport"],
  [{ Connection: "upgrade" }, 'header Connection may say "close" alone: "upgrade"'],
  [{ Connection: "close, x-secret" }, 'header Connection may say "close" alone: "close, x-secret"'],
  [{ Host: "a b" }, 'header Host must be a host, with a port or without: "a b"'],
  [{ Host: "a@b" }, 'header Host must be a host, with a port or without: "a@b"'],
  [{ Host: "" }, 'header Host must be a host, with a port or without: ""'],
  [{ Host: ["a", "b"] }, "header Host is given twice"],
  [{ "Content-Length": "7" }, "Content-Length says 7, the body has 4 bytes"],
  [{ "Content-Length": "+4" }, "Content-Length must be a number"],
  [{ "Content-Length": ["4", "4"] }, "Content-Length is given twice"],
])("NodeTransport refuses the framing header %j and sends nothing", async (headers, reason) => {
  const { server, origin } = await recorder();
  const request = new Request("POST", `${origin}/x`, { headers, body: "four" });
  const error = await fault(open().handleRequest(request));
  expect(error).toBeInstanceOf(LocalProtocolError);
  expect(error.code).toBe("ERR_LOCAL_PROTOCOL");
  expect(error.message).toBe(`Cannot send POST ${origin}/x: ${reason}`);
  expect(error.request).toBe(request);
  expect(server.peers.length).toBe(0);
});

test.each(["*", "example.com:80", "/a b", "/a\r\nX: y", 7])(
  "NodeTransport refuses the target %j",
  async (target) => {
    const { origin } = await recorder();
    const error = await fault(open().handleRequest(new Request("GET", origin, { extensions: { target } })));
    expect(error).toBeInstanceOf(LocalProtocolError);
    expect(error.message).toMatch(/: the target must be a path or an http URL: "/);
  },
);

test("NodeTransport cancels the body of a request that it refuses", async () => {
  const { origin } = await recorder();
  let reason: unknown;
  const body = new ReadableStream({ cancel: (why) => void (reason = why) });
  const error = await fault(
    open().handleRequest(new Request("POST", origin, { headers: { Upgrade: "x" }, body })),
  );
  expect(reason).toBe(error);
});

test("NodeTransport closes the connection when the caller says so", async () => {
  const { seen, origin, server } = await recorder();
  const transport = open();
  for (let i = 0; i < 2; i++) {
    const request = new Request("GET", origin, { headers: { Connection: "close" } });
    await (await transport.handleRequest(request)).read();
  }
  expect(seen.map((request) => request.header("connection"))).toEqual(["close", "close"]);
  expect(server.peers.length).toBe(2);
});

test.each(["POST", "PUT", "PATCH"])(
  "NodeTransport sends Content-Length: 0 with an empty %s",
  async (method) => {
    const { seen, origin } = await recorder();
    const transport = open();
    await (await transport.handleRequest(new Request(method, origin))).read();
    await (await transport.handleRequest(new Request(method, origin, { body: "" }))).read();
    await (await transport.handleRequest(new Request(method, origin, { body: () => [] }))).read();
    expect(seen.map((request) => request.header("content-length"))).toEqual(["0", "0", "0"]);
    expect(seen.map((request) => request.header("transfer-encoding"))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  },
);

test.each(["GET", "HEAD", "DELETE", "OPTIONS"])(
  "NodeTransport sends no length with a %s without body",
  async (method) => {
    const { seen, origin } = await recorder();
    await open().handleRequest(new Request(method, origin));
    expect(seen[0]?.header("content-length")).toBeUndefined();
    expect(seen[0]?.header("transfer-encoding")).toBeUndefined();
  },
);

test.each(["GET", "DELETE", "OPTIONS", "QUERY", "FOO"])(
  "NodeTransport sends a %s with a body",
  async (method) => {
    const { seen, origin } = await recorder();
    await (await open().handleRequest(new Request(method, origin, { body: "data" }))).read();
    expect(seen[0]?.method).toBe(method);
    expect(seen[0]?.header("content-length")).toBe("4");
    expect(String(seen[0]?.body)).toBe("data");
  },
);

test("NodeTransport reads no body for HEAD, 204 and 304, whatever Content-Length says", async () => {
  const server = await rawServer(
    serve(
      ({ target }) =>
        `HTTP/1.1 ${target.slice(1)} X\r\nContent-Length: 500\r\nContent-Encoding: gzip\r\n\r\n`,
    ),
  );
  const transport = open();
  for (const [method, status] of [
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
    ["HEAD", 404],
  ] as const) {
    const response = await transport.handleRequest(new Request(method, `${server.origin}/${status}`));
    expect(response.status).toBe(status);
    expect((await response.read()).length).toBe(0);
    expect(response.headers.get("content-length")).toBe("500");
  }
});

test("NodeTransport never takes bytes after a 204 for the next response", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write(`HTTP/1.1 204 No Content\r\n\r\n${answer("poison")}`);
  });
  const transport = open();
  expect((await transport.handleRequest(new Request("GET", server.origin))).status).toBe(204);
  await server.idle();
  expect(server.peers.length).toBe(1);
});

test("NodeTransport skips informational responses, an unasked 100 too", async () => {
  const server = await rawServer(
    serve(
      () =>
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" +
        `HTTP/1.1 100 Continue\r\nX: y\r\n\r\n${answer("done", { "X-Last": "1" })}`,
    ),
  );
  const transport = open();
  for (let i = 0; i < 2; i++) {
    const response = await transport.handleRequest(new Request("GET", server.origin));
    expect(response.status).toBe(200);
    expect(response.headers.has("link")).toBe(false);
    expect(await response.text()).toBe("done");
  }
  expect(server.peers.length).toBe(1);
});

test("NodeTransport skips sixteen informational responses and not one more", async () => {
  const server = await rawServer(
    serve(({ target }) => "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(Number(target.slice(1))) + answer("ok")),
  );
  const transport = open();
  const last = await transport.handleRequest(new Request("GET", `${server.origin}/16`));
  expect(await last.text()).toBe("ok");
  const error = await fault(transport.handleRequest(new Request("GET", `${server.origin}/17`)));
  expect(error).toBeInstanceOf(RemoteProtocolError);
  expect(error.message).toBe(
    `Cannot read the response to GET ${server.origin}/17: more than 16 informational responses`,
  );
  await server.idle();
});

test.each([
  [
    "101 Switching Protocols",
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
  ],
  ["a greeting of SSH", "SSH-2.0-OpenSSH_9.2p1\r\n"],
  ["HTTP/0.9", "<html>hello</html>"],
  ["a preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["a status of four digits", "HTTP/1.1 1000 X\r\n\r\n"],
  ["a status of letters", "HTTP/1.1 abc X\r\n\r\n"],
  ["a space before the colon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"],
  ["a field without colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"],
  ["NUL in a value", "HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n"],
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"],
  ["a signed length", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello"],
  ["a length that overflows", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n"],
  [
    "length and chunks",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
])("NodeTransport answers %s with a RemoteProtocolError", async (_, bytes) => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write(bytes);
  });
  const error = await fault(open().handleRequest(new Request("GET", server.origin)));
  expect(error).toBeInstanceOf(RemoteProtocolError);
  expect(error.code).toBe("ERR_REMOTE_PROTOCOL");
  expect(error.message).toContain(`Cannot read the response to GET ${server.origin}/: `);
  expect(error.cause).toBeInstanceOf(Error);
  await server.idle();
});

test.each([
  ["a chunk size of junk", "zz\r\nhello\r\n0\r\n\r\n"],
  ["a chunk size that overflows", "FFFFFFFFFFFFFFFF1\r\nhello"],
  ["a chunk longer than it says", "3\r\nhello\r\n0\r\n\r\n"],
])("NodeTransport fails a body with %s", async (_, body) => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
  });
  const response = await open().handleRequest(new Request("GET", server.origin));
  expect(await fault(response.read())).toBeInstanceOf(RemoteProtocolError);
  await server.idle();
});

test("NodeTransport bounds the header section in bytes and in fields", async () => {
  const server = await rawServer(
    serve(({ target }) => {
      const [, count, size] = target.split("/").map(Number) as [number, number, number];
      return answer(
        "ok",
        Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, "v".repeat(size)])),
      );
    }),
  );
  const transport = open();
  const most = await transport.handleRequest(new Request("GET", `${server.origin}/255/100`));
  expect([...most.headers.keys()].length).toBe(256);
  await most.read();
  const many = await fault(transport.handleRequest(new Request("GET", `${server.origin}/256/1`)));
  expect(many).toBeInstanceOf(RemoteProtocolError);
  expect(many.message).toBe(
    `Cannot read the response to GET ${server.origin}/256/1: more than 256 header fields`,
  );
  const large = await fault(transport.handleRequest(new Request("GET", `${server.origin}/7/10000`)));
  expect(large).toBeInstanceOf(RemoteProtocolError);
  expect(large.message).toBe(
    `Cannot read the response to GET ${server.origin}/7/10000: its header section is too large (UND_ERR_HEADERS_OVERFLOW)`,
  );
  await server.idle();
});

test("NodeTransport bounds a header line that comes byte by byte and never ends", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 200 OK\r\nX-Long: ");
    while (!peer.socket.destroyed) await peer.write("a".repeat(1000));
  });
  const error = await fault(open().handleRequest(new Request("GET", server.origin)));
  expect(error).toBeInstanceOf(RemoteProtocolError);
  expect(server.peers[0]?.socket.bytesWritten).toBeLessThan(16_000_000);
  await server.idle();
});

const WHOLE: Record<string, string> = {
  "a Content-Length": "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
  "a Content-Length and Connection: close":
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 11\r\n\r\nhello world",
  chunks: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
  "chunks and Connection: close":
    "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
};

test.each(Object.keys(WHOLE))(
  "NodeTransport never takes a response with %s for whole that is cut at any byte",
  async (kind) => {
    const bytes = WHOLE[kind] as string;
    const server = await rawServer(async (peer) => {
      const { target } = await peer.readRequest();
      await peer.write(bytes.slice(0, Number(target.slice(1))));
      peer.end();
    });
    const transport = open();
    for (let at = 0; at < bytes.length; at++) {
      const error = await fault(
        transport
          .handleRequest(new Request("POST", `${server.origin}/${at}`))
          .then((response) => response.read()),
      );
      expect(error, `cut at ${at}`).toBeInstanceOf(ReadError);
      expect(error.code).toBe("ERR_READ");
      expect(error.message).toMatch(
        /^Cannot read the response to POST .*: the server closed the connection before /,
      );
    }
    const response = await transport.handleRequest(new Request("POST", `${server.origin}/${bytes.length}`));
    expect(await response.text()).toBe("hello world");
    await server.idle();
  },
);

test("NodeTransport reads a response that comes byte by byte", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    for (const byte of WHOLE.chunks as string) await peer.write(byte);
  });
  const response = await open().handleRequest(new Request("GET", server.origin));
  expect(await response.text()).toBe("hello world");
});

test("NodeTransport reads to the end of the connection where nothing says how long the body is", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 200 OK\r\n\r\nuntil the end");
    peer.end();
  });
  const response = await open().handleRequest(new Request("GET", server.origin));
  expect(await response.text()).toBe("until the end");
});

test("NodeTransport gives the bytes before a reset and then the error", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
    await received;
    peer.reset();
  });
  let go = () => {};
  const received = new Promise<void>((resolve) => (go = resolve));
  const response = await open().handleRequest(new Request("GET", server.origin));
  const pieces: string[] = [];
  const error = await fault(
    (async () => {
      for await (const piece of response.iterBytes()) {
        pieces.push(Buffer.from(piece).toString());
        go();
      }
    })(),
  );
  expect(pieces).toEqual(["some"]);
  expect(error).toBeInstanceOf(ReadError);
  expect(error.message).toBe(
    `Cannot read the response to GET ${server.origin}/: the server reset the connection (ECONNRESET)`,
  );
});

test("NodeTransport ignores what follows a response and never gives it to the next request", async () => {
  const server = await rawServer(async (peer, index) => {
    await peer.readRequest();
    await peer.write(answer(`good ${index}`) + answer("poison"));
  });
  const transport = open();
  for (let i = 0; i < 3; i++) {
    const response = await transport.handleRequest(new Request("GET", server.origin));
    expect(await response.text()).toBe(`good ${i}`);
  }
  expect(server.peers.length).toBe(3);
  await server.idle();
});

test("NodeTransport ignores what comes late on an idle connection", async () => {
  let late = () => {};
  const server = await rawServer(async (peer, index) => {
    await peer.readRequest();
    await peer.write(answer(`good ${index}`));
    await new Promise<void>((resolve) => (late = resolve));
    await peer.write(answer("poison"));
  });
  const transport = open();
  expect(await (await transport.handleRequest(new Request("GET", server.origin))).text()).toBe("good 0");
  late();
  await server.idle();
  expect(await (await transport.handleRequest(new Request("GET", server.origin))).text()).toBe("good 1");
});

test("NodeTransport uses one connection for a thousand requests in a row", async () => {
  const { origin, server } = await recorder();
  const transport = open();
  for (let i = 0; i < 1000; i++) await (await transport.handleRequest(new Request("GET", origin))).read();
  expect(server.peers.length).toBe(1);
});

test("NodeTransport sends the same request twice at once and leaves it as it was", async () => {
  const { seen, origin, server } = await recorder();
  const transport = open();
  const request = new Request("POST", `${origin}/x`, { body: "data", headers: { "X-A": "b" } });
  const before = JSON.stringify([request, request.headers.raw, request.extensions]);
  const responses = await Promise.all([transport.handleRequest(request), transport.handleRequest(request)]);
  for (const response of responses) expect(await response.text()).toBe("ok");
  expect(seen.map(({ body }) => String(body))).toEqual(["data", "data"]);
  expect(JSON.stringify([request, request.headers.raw, request.extensions])).toBe(before);
  expect(server.peers.length).toBe(2);
});

test("NodeTransport refuses an option that does not exist", () => {
  expect(() => new NodeTransport({ proxi: 1 } as never)).toThrow(
    expect.objectContaining({
      name: "TypeError",
      code: "ERR_INVALID_ARGUMENT",
      message: 'Cannot make NodeTransport: no such option: "proxi"',
    }),
  );
});
