/** Bodies in motion: who waits for whom, what is counted, what is released. */
import { expect, test } from "vitest";
import {
  LocalProtocolError,
  ReadError,
  ResponseTooLargeError,
  StreamConsumedError,
  WriteError,
} from "../../src/errors.ts";
import { type Progress, Request } from "../../src/request.ts";
import { fault, open } from "./kit.ts";
import { answer, type Peer, type RawRequest, rawServer, serve } from "./raw-server.ts";

const KIB = 1024;
const MIB = 1024 * 1024;

/** Bytes that tell where they stand. */
function pattern(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
}

async function echo() {
  const seen: RawRequest[] = [];
  const server = await rawServer(
    serve((request) => {
      seen.push(request);
      return answer("ok");
    }),
  );
  return { seen, server, origin: server.origin };
}

// --- up ---

test.each([1, 64 * KIB, 64 * KIB + 1, 200 * KIB, 3 * MIB])(
  "NodeTransport sends %i bytes from memory with their length, as they are",
  async (size) => {
    const { seen, origin } = await echo();
    const bytes = pattern(size);
    await (await open().handleRequest(new Request("POST", origin, { body: bytes }))).read();
    expect(seen[0]?.header("content-length")).toBe(String(size));
    expect(seen[0]?.header("transfer-encoding")).toBeUndefined();
    expect(Buffer.compare(seen[0]?.body as Buffer, bytes)).toBe(0);
  },
);

test("NodeTransport sends a Blob with its length", async () => {
  const { seen, origin } = await echo();
  const bytes = pattern(150 * KIB);
  const body = new Blob([bytes.subarray(0, 100), bytes.subarray(100)]);
  await (await open().handleRequest(new Request("PUT", origin, { body }))).read();
  expect(seen[0]?.header("content-length")).toBe(String(bytes.length));
  expect(Buffer.compare(seen[0]?.body as Buffer, bytes)).toBe(0);
});

test("NodeTransport sends a stream of unknown length in chunks", async () => {
  const { seen, origin } = await echo();
  async function* body() {
    yield "one ";
    yield new Uint8Array(0);
    yield new TextEncoder().encode("two ");
    yield "";
    yield "three";
  }
  await (await open().handleRequest(new Request("POST", origin, { body: body() }))).read();
  expect(seen[0]?.header("transfer-encoding")).toBe("chunked");
  expect(seen[0]?.header("content-length")).toBeUndefined();
  expect(String(seen[0]?.body)).toBe("one two three");
});

test("NodeTransport sends a stream with the length that the caller knows", async () => {
  const { seen, origin } = await echo();
  const body = ["hello", " world"].values();
  const headers = { "content-length": "11" };
  await (await open().handleRequest(new Request("POST", origin, { body, headers }))).read();
  expect(seen[0]?.headers.filter(([name]) => /length|encoding/i.test(name))).toEqual([
    ["content-length", "11"],
  ]);
  expect(String(seen[0]?.body)).toBe("hello world");
});

test.each([
  ["shorter", "12"],
  ["longer", "10"],
])(
  "NodeTransport never completes a stream whose Content-Length is wrong: the body is %s",
  async (_, length) => {
    let sent: Buffer | undefined;
    const server = await rawServer(async (peer) => {
      await peer.readHead();
      sent = await peer.readToEnd();
    });
    const request = new Request("POST", server.origin, {
      body: ["hello", " world"].values(),
      headers: { "Content-Length": length },
    });
    const error = await fault(open().handleRequest(request));
    expect(error).toBeInstanceOf(LocalProtocolError);
    expect(error.message).toBe(
      `Cannot send POST ${server.origin}/: the body is not as long as its Content-Length says (UND_ERR_REQ_CONTENT_LENGTH_MISMATCH)`,
    );
    await server.idle();
    expect(sent?.length).toBeLessThan(Number(length));
  },
);

test("NodeTransport fails with the error that the source of the upload throws, and never completes the upload", async () => {
  let sent: Buffer | undefined;
  const server = await rawServer(async (peer) => {
    await peer.readHead();
    sent = await peer.readToEnd();
  });
  const thrown = new Error("The disk is gone");
  let returned = 0;
  async function* body() {
    try {
      yield "first";
      await Promise.resolve();
      throw thrown;
    } finally {
      returned++;
    }
  }
  expect(await fault(open().handleRequest(new Request("POST", server.origin, { body: body() })))).toBe(
    thrown,
  );
  await server.idle();
  expect(String(sent)).not.toContain("0\r\n\r\n");
  expect(returned).toBe(1);
});

test.each([undefined, null, "text", 0])(
  "NodeTransport fails with %j when the source throws that",
  async (thrown) => {
    const server = await rawServer(async (peer) => void (await peer.readHead()));
    const body = new ReadableStream({
      pull(controller) {
        controller.error(thrown);
      },
    });
    let got: unknown = "nothing";
    await open()
      .handleRequest(new Request("POST", server.origin, { body }))
      .catch((error: unknown) => (got = error));
    expect(got).toBe(thrown);
  },
);

test("NodeTransport fails a one-shot body that was sent before, and leaves the first call alone", async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const { seen, origin } = await echo();
  async function* body() {
    yield "one";
    await released;
    yield "two";
  }
  const transport = open();
  const request = new Request("POST", origin, { body: body() });
  const first = transport.handleRequest(request);
  const second = await fault(transport.handleRequest(request));
  expect(second).toBeInstanceOf(StreamConsumedError);
  release();
  await (await first).read();
  expect(String(seen[0]?.body)).toBe("onetwo");
});

test("NodeTransport asks an upload for no more than the server takes", async () => {
  let go = () => {};
  const stalled = new Promise<void>((resolve) => (go = resolve));
  let total = 0;
  const server = await rawServer(async (peer) => {
    await peer.readHead();
    await stalled;
    for (;;) {
      const size = Number.parseInt(await peer.readUntil("\r\n"), 16);
      await peer.readBytes(size + 2);
      total += size;
      if (size === 0) break;
    }
    await peer.write(answer("ok"));
  });
  let pulled = 0;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let settled = () => {};
  const still = new Promise<void>((resolve) => (settled = resolve));
  function* body() {
    for (let i = 0; i < 640; i++) {
      pulled += 64 * KIB;
      clearTimeout(quiet);
      // Nobody says that the socket is full; it is when nothing was pulled for a while.
      quiet = setTimeout(settled, 200);
      yield new Uint8Array(64 * KIB);
    }
    clearTimeout(quiet);
  }
  const response = open().handleRequest(new Request("POST", server.origin, { body: body() }));
  await still;
  // What the kernel buffers on loopback is below 10 MiB; the body has 40.
  expect(pulled).toBeLessThan(20 * MIB);
  go();
  expect(await (await response).text()).toBe("ok");
  expect(total).toBe(40 * MIB);
});

test("NodeTransport returns a response that comes before the end of the upload, and stops the upload", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readHead();
    await peer.write(answer("too much", {}, "413 Content Too Large"));
  });
  let cancelled = 0;
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    cancel: () => void cancelled++,
  });
  const response = await open().handleRequest(new Request("POST", server.origin, { body }));
  expect(response.status).toBe(413);
  expect(await response.text()).toBe("too much");
  await server.idle();
  expect(cancelled).toBe(1);
});

test("NodeTransport goes on with an upload while the response has begun", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readHead();
    await peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (;;) {
      const size = Number.parseInt(await peer.readUntil("\r\n"), 16);
      const text = String(await peer.readBytes(size)).toUpperCase();
      await peer.write(`${size.toString(16)}\r\n${text}\r\n`);
      await peer.readBytes(2);
      if (size === 0) return;
    }
  });
  let upload: ReadableStreamDefaultController<string> | undefined;
  const body = new ReadableStream<string>({
    start(controller) {
      upload = controller;
      controller.enqueue("one");
    },
  });
  const response = await open().handleRequest(new Request("POST", server.origin, { body }));
  const pieces: string[] = [];
  for await (const piece of response.iterBytes()) {
    pieces.push(Buffer.from(piece).toString());
    if (pieces.length === 1) upload?.enqueue("two");
    else upload?.close();
  }
  expect(pieces).toEqual(["ONE", "TWO"]);
});

test("NodeTransport stops the source when the server resets the upload", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readHead();
    peer.reset();
  });
  let cancelled = 0;
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(64 * KIB)),
    cancel: () => void cancelled++,
  });
  const error = await fault(open().handleRequest(new Request("POST", server.origin, { body })));
  expect(error).toBeInstanceOf(WriteError);
  expect(error.message).toMatch(
    new RegExp(`^Cannot send POST ${server.origin}/: the server (reset|closed) the connection \\(`),
  );
  expect(cancelled).toBe(1);
  await server.idle();
});

test("NodeTransport tells the progress of an upload", async () => {
  const { origin } = await echo();
  const steps: Progress[] = [];
  const extensions = { onUploadProgress: (progress: Progress) => void steps.push(progress) };
  const body = new Uint8Array(200 * KIB);
  await (await open().handleRequest(new Request("POST", origin, { body, extensions }))).read();
  expect(steps.map(({ transferred }) => transferred)).toEqual([64, 128, 192, 200].map((size) => size * KIB));
  expect(steps.map(({ total }) => total)).toEqual(Array(4).fill(200 * KIB));
  const streamed: Progress[] = [];
  const own = { onUploadProgress: (progress: Progress) => void streamed.push(progress) };
  await (
    await open().handleRequest(new Request("POST", origin, { body: ["abc", "de"], extensions: own }))
  ).read();
  expect(streamed.map(({ transferred, total }) => [transferred, total])).toEqual([
    [3, undefined],
    [5, undefined],
  ]);
});

test("NodeTransport fails a call with what its progress callback throws", async () => {
  const { origin, server } = await echo();
  const thrown = new Error("No more");
  const extensions = {
    onUploadProgress: () => {
      throw thrown;
    },
  };
  expect(await fault(open().handleRequest(new Request("POST", origin, { body: ["abc"], extensions })))).toBe(
    thrown,
  );
  await server.idle();
});

// --- down ---

/** Serves endless bytes and tells how many the client took. */
async function endless(head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") {
  const piece = Buffer.from(`10000\r\n${"x".repeat(64 * KIB)}\r\n`);
  let written = 0;
  const full: { now(): void } = { now: () => {} };
  const server = await rawServer(async (peer: Peer) => {
    await peer.readRequest();
    await peer.write(head);
    let stop: ReturnType<typeof setTimeout> | undefined;
    while (!peer.socket.destroyed) {
      clearTimeout(stop);
      stop = setTimeout(() => full.now(), 200);
      await peer.write(piece);
      written += piece.length;
    }
    clearTimeout(stop);
  });
  return {
    server,
    origin: server.origin,
    written: () => written,
    /** Settles when the client has stopped taking bytes. */
    stalled: () => new Promise<void>((resolve) => (full.now = resolve)),
  };
}

test("NodeTransport takes no more than it can queue from a server while nobody reads", async () => {
  const source = await endless();
  const response = await open().handleRequest(new Request("GET", source.origin));
  await source.stalled();
  const before = source.written();
  // The kernel's buffers and one read of ours.
  expect(before).toBeLessThan(20 * MIB);
  let read = 0;
  for await (const piece of response.iterBytes()) {
    read += piece.length;
    if (read > before + 10 * MIB) break;
  }
  expect(source.written()).toBeGreaterThan(before + MIB);
  await source.server.idle();
});

test("NodeTransport streams 200 KiB and more without loss", async () => {
  const bytes = pattern(5 * MIB);
  const server = await rawServer(
    serve(() =>
      Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n\r\n`), bytes]),
    ),
  );
  const transport = open();
  for (let i = 0; i < 2; i++) {
    const response = await transport.handleRequest(new Request("GET", server.origin));
    const pieces: Uint8Array[] = [];
    for await (const piece of response.iterBytes()) {
      pieces.push(piece);
      if (pieces.length % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(Buffer.compare(Buffer.concat(pieces), bytes)).toBe(0);
    expect(response.numBytesDownloaded).toBe(bytes.length);
  }
  const whole = await transport.handleRequest(new Request("GET", server.origin));
  expect(Buffer.compare(await whole.read(), bytes)).toBe(0);
  expect(server.peers.length).toBe(1);
});

test("NodeTransport reads the rest at once after a part was queued and held back", async () => {
  const bytes = pattern(2 * MIB);
  const server = await rawServer(
    serve(() =>
      Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n\r\n`), bytes]),
    ),
  );
  const response = await open().handleRequest(new Request("GET", server.origin));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(response.numBytesDownloaded).toBeLessThan(MIB);
  expect(Buffer.compare(await response.read(), bytes)).toBe(0);
});

test("NodeTransport reads a body in a hundred thousand chunks of one byte", async () => {
  const count = 100_000;
  const server = await rawServer(
    serve(
      () => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(count)}0\r\n\r\n`,
    ),
  );
  const transport = open();
  const whole = await transport.handleRequest(new Request("GET", server.origin));
  expect((await whole.read()).length).toBe(count);
  const streamed = await transport.handleRequest(new Request("GET", server.origin));
  let pieces = 0;
  let size = 0;
  for await (const piece of streamed.iterBytes()) {
    pieces++;
    size += piece.length;
  }
  expect(size).toBe(count);
  expect(pieces).toBeLessThan(count / 100);
});

test("NodeTransport stops an endless body at the byte that is too many, and closes the connection", async () => {
  const source = await endless();
  const response = await open().handleRequest(new Request("GET", source.origin));
  response.bound({ memory: MIB, stream: null });
  expect(await fault(response.read())).toBeInstanceOf(ResponseTooLargeError);
  expect(response.numBytesDownloaded).toBeLessThan(MIB + 128 * KIB);
  await source.server.idle();
});

test("NodeTransport does not begin to read a body that announces too many bytes, nor reserve memory for it", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 900000000000000\r\n\r\nhello");
  });
  const response = await open().handleRequest(new Request("GET", server.origin));
  response.bound({ memory: MIB, stream: null });
  expect(await fault(response.read())).toBeInstanceOf(ResponseTooLargeError);
  await server.idle();
});

test("NodeTransport allows a body of exactly the bytes that are allowed", async () => {
  const server = await rawServer(
    serve(({ target }) =>
      target === "/chunked"
        ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        : answer("hello"),
    ),
  );
  const transport = open();
  for (const path of ["/chunked", "/length"]) {
    for (const [memory, fits] of [
      [5, true],
      [4, false],
    ] as const) {
      const response = await transport.handleRequest(new Request("GET", server.origin + path));
      response.bound({ memory, stream: null });
      if (fits) expect(String(Buffer.from(await response.read()))).toBe("hello");
      else expect(await fault(response.read())).toBeInstanceOf(ResponseTooLargeError);
    }
  }
});

test("NodeTransport breaks the connection of a body that is closed unread", async () => {
  const source = await endless();
  const response = await open().handleRequest(new Request("GET", source.origin));
  await response.close();
  await source.server.idle();
});

test("NodeTransport breaks the connection when iteration stops early", async () => {
  const source = await endless();
  const response = await open().handleRequest(new Request("GET", source.origin));
  for await (const piece of response.iterBytes()) if (piece.length > 0) break;
  await source.server.idle();
});

test("NodeTransport reads off the small rest of a closed body and uses the connection again", async () => {
  let go = () => {};
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 302 Found\r\nContent-Length: 9\r\n\r\npart");
    await new Promise<void>((resolve) => (go = resolve));
    await peer.write(" rest");
    await peer.readRequest();
    await peer.write(answer("second"));
  });
  const transport = open();
  const first = await transport.handleRequest(new Request("GET", server.origin));
  await first.close();
  go();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await (await transport.handleRequest(new Request("GET", server.origin))).text()).toBe("second");
  expect(server.peers.length).toBe(1);
});

test("NodeTransport gives up the rest of a closed body that does not come", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 302 Found\r\nContent-Length: 9\r\n\r\npart");
  });
  const response = await open().handleRequest(new Request("GET", server.origin));
  await response.close();
  await server.idle();
});

test("NodeTransport fails a read that is pending when the body is closed", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  });
  const response = await open().handleRequest(new Request("GET", server.origin));
  const pending = fault(response.iterBytes().next());
  await response.close();
  expect((await pending).code).toBe("ERR_STREAM_CLOSED");
  await server.idle();
});

test("NodeTransport leaves no connection open after a hundred failures of every kind", async () => {
  const server = await rawServer(async (peer, index) => {
    await peer.readRequest();
    if (index % 4 === 0) await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort");
    if (index % 4 === 1) await peer.write("junk\r\n\r\n");
    if (index % 4 === 2)
      await peer.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\njunk");
    if (index % 2 === 0) peer.end();
    else peer.reset();
  });
  const transport = open();
  const errors = await Promise.all(
    Array.from({ length: 100 }, () =>
      fault(transport.handleRequest(new Request("POST", server.origin)).then((response) => response.read())),
    ),
  );
  expect(new Set(errors.map(({ name }) => name))).toEqual(
    new Set(["ReadError", "RemoteProtocolError", "DecodeError"]),
  );
  expect(errors.filter((error) => error instanceof ReadError).length).toBe(50);
  await server.idle();
  expect(server.peers.length).toBe(100);
});
