/** Silence, in each phase of an exchange: which counts, which does not, and what is left behind. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { ConnectTimeoutError, ReadTimeoutError, TimeoutError, WriteTimeoutError } from "../../src/errors.ts";
import { type PhaseTimeouts, Request } from "../../src/request.ts";
import { fault, open } from "./kit.ts";
import { answer, rawServer, serve } from "./raw-server.ts";

/** No limit but those given. */
function limits(given: Partial<PhaseTimeouts>): { timeout: PhaseTimeouts } {
  return { timeout: { connect: null, read: null, write: null, pool: null, ...given } };
}

test("NodeTransport limits the wait for a TLS handshake that never comes, and breaks the attempt off", async () => {
  let accept = () => {};
  const accepted = new Promise<void>((resolve) => {
    accept = resolve;
  });
  const server = await rawServer(() => {}, { onTcp: () => accept() });
  const url = `https://127.0.0.1:${server.port}/x?token=secret`;
  const error = await fault(
    open().handleRequest(new Request("GET", url, { extensions: limits({ connect: 50 }) })),
  );
  expect(error).toBeInstanceOf(ConnectTimeoutError);
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error.code).toBe("ERR_CONNECT_TIMEOUT");
  expect(error.message).toBe(
    `Cannot connect for GET https://127.0.0.1:${server.port}/x?token=***: no connection for timeout.connect: 50 ms`,
  );
  await accepted;
  await server.idle();
});

/** A port whose queue of connections is full, so that the next attempt gets no answer at all. */
async function fullPort(): Promise<number> {
  const code = `
    const { parentPort } = require("node:worker_threads");
    const server = require("node:net").createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      // From here on this thread accepts nobody.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const worker = new Worker(code, { eval: true });
  const [port] = (await once(worker, "message")) as [number];
  const fillers: Socket[] = [];
  onTestFinished(async () => {
    for (const filler of fillers) filler.destroy();
    await worker.terminate();
  });
  for (;;) {
    const filler = connect(port, "127.0.0.1");
    filler.on("error", () => {});
    fillers.push(filler);
    const connected = await Promise.race([
      once(filler, "connect").then(() => true),
      new Promise<false>((resolve) => setTimeout(resolve, 250, false)),
    ]);
    if (!connected) return port;
  }
}

test("NodeTransport limits the wait for a TCP connection that nobody answers", async () => {
  const port = await fullPort();
  const request = new Request("POST", `http://127.0.0.1:${port}/`, { extensions: limits({ connect: 50 }) });
  expect(await fault(open().handleRequest(request))).toBeInstanceOf(ConnectTimeoutError);
});

test("NodeTransport limits the wait for the head of a response", async () => {
  const server = await rawServer(async (peer) => void (await peer.readRequest()));
  const error = await fault(
    open().handleRequest(new Request("POST", server.origin, { body: "x", extensions: limits({ read: 50 }) })),
  );
  expect(error).toBeInstanceOf(ReadTimeoutError);
  expect(error.code).toBe("ERR_READ_TIMEOUT");
  expect(error.message).toBe(
    `Cannot read the response to POST ${server.origin}/: the server sent nothing for timeout.read: 50 ms`,
  );
  await server.idle();
});

test("NodeTransport limits the silence within a body, read whole or in pieces", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
  });
  const transport = open();
  for (const mode of ["whole", "pieces"]) {
    const request = new Request("GET", server.origin, { extensions: limits({ read: 50 }) });
    const response = await transport.handleRequest(request);
    const seen: string[] = [];
    const error = await fault(
      mode === "whole"
        ? response.read()
        : (async () => {
            for await (const piece of response.iterBytes()) seen.push(Buffer.from(piece).toString());
          })(),
    );
    expect(error).toBeInstanceOf(ReadTimeoutError);
    if (mode === "pieces") expect(seen).toEqual(["hello"]);
  }
  await server.idle();
});

test("NodeTransport counts silence, not the whole: a slow body with bytes in time is read", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 103 Early Hints\r\n\r\n");
    // A field in the middle of the head, an extension in the middle of a chunk: no silence, although nothing comes of them.
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Slow: ";
    for (const piece of [
      head,
      ..."slowly",
      "\r\n\r\n8;ext=",
      ..."slowly",
      "\r\n",
      ..."12345678",
      "\r\n0\r\n\r\n",
    ]) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      await peer.write(piece);
    }
  });
  const request = new Request("GET", server.origin, { extensions: limits({ read: 500 }) });
  expect(await (await open().handleRequest(request)).text()).toBe("12345678");
});

test("NodeTransport does not count the time in which nobody reads", async () => {
  const piece = "x".repeat(1024 * 1024);
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${16 * piece.length}\r\n\r\n`);
    for (let i = 0; i < 16; i++) await peer.write(piece);
  });
  const request = new Request("GET", server.origin, { extensions: limits({ read: 200 }) });
  const response = await open().handleRequest(request);
  await new Promise((resolve) => setTimeout(resolve, 300));
  let size = 0;
  for await (const bytes of response.iterBytes()) {
    if (size === 0) await new Promise((resolve) => setTimeout(resolve, 300));
    size += bytes.length;
  }
  expect(size).toBe(16 * piece.length);
});

test.each(["memory", "stream", "blob"])(
  "NodeTransport limits the time in which the server takes no bytes: from %s",
  async (kind) => {
    const server = await rawServer(async (peer) => {
      await peer.readHead();
      // And nothing more: the window closes.
      await new Promise(() => {});
    });
    const bytes = new Uint8Array(32 * 1024 * 1024);
    const body =
      kind === "memory"
        ? bytes
        : kind === "blob"
          ? new Blob([bytes])
          : () => new Blob([bytes]).stream() as ReadableStream;
    const error = await fault(
      open().handleRequest(new Request("PUT", server.origin, { body, extensions: limits({ write: 100 }) })),
    );
    expect(error).toBeInstanceOf(WriteTimeoutError);
    expect(error.code).toBe("ERR_WRITE_TIMEOUT");
    expect(error.message).toBe(
      `Cannot send PUT ${server.origin}/: the server took no bytes for timeout.write: 100 ms`,
    );
  },
);

test("NodeTransport counts the last bytes of a body as sent when the socket has passed them on", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readHead();
    await new Promise(() => {});
  });
  // The size at which the kernel is full and a little is left in the process, whatever the kernel's buffers are.
  for (const size of [4, 5, 6, 7, 8].map((mib) => mib * 1024 * 1024)) {
    const request = new Request("PUT", server.origin, {
      body: new Uint8Array(size),
      extensions: limits({ write: 60, read: 600 }),
    });
    expect(["WriteTimeoutError", "ReadTimeoutError"]).toContain(
      (await fault(open().handleRequest(request))).name,
    );
  }
});

test("NodeTransport does not count the time that the source of an upload takes", async () => {
  const server = await rawServer(serve(({ body }) => answer(String(body))));
  async function* body() {
    for (const word of ["slow ", "but ", "sure"]) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      yield word;
    }
  }
  const request = new Request("POST", server.origin, {
    body: body(),
    extensions: limits({ read: 200, write: 200 }),
  });
  expect(await (await open().handleRequest(request)).text()).toBe("slow but sure");
});

test("NodeTransport does not take a server for stalled that reads an upload slowly", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readHead();
    for (let read = 0; read < 24; read++) {
      await peer.readBytes(1024 * 1024);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await peer.write(answer("ok"));
  });
  const request = new Request("PUT", server.origin, {
    body: new Uint8Array(24 * 1024 * 1024),
    extensions: limits({ write: 2000 }),
  });
  expect(await (await open().handleRequest(request)).text()).toBe("ok");
});

test("NodeTransport stops the source of an upload that times out", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readHead();
    await new Promise(() => {});
  });
  let reason: unknown;
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(65536)),
    cancel: (why) => void (reason = why),
  });
  const error = await fault(
    open().handleRequest(new Request("PUT", server.origin, { body, extensions: limits({ write: 60 }) })),
  );
  expect(reason).toBe(error);
});

test("NodeTransport takes 0 for a limit and null for none", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await new Promise((resolve) => setTimeout(resolve, 60));
    await peer.write(answer("late"));
  });
  const transport = open();
  const none = await transport.handleRequest(new Request("GET", server.origin, { extensions: limits({}) }));
  expect(await none.text()).toBe("late");
  const zero = new Request("POST", server.origin, { extensions: limits({ read: 0 }) });
  expect(await fault(transport.handleRequest(zero))).toBeInstanceOf(ReadTimeoutError);
});

test("NodeTransport leaves no timer behind", async () => {
  const server = await rawServer(serve(() => answer("ok")));
  const transport = open();
  const hour = limits({ connect: 3.6e6, read: 3.6e6, write: 3.6e6 });
  const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  for (let i = 0; i < 20; i++) {
    await (
      await transport.handleRequest(
        new Request("POST", server.origin, { body: ["a", "b"], extensions: hour }),
      )
    ).read();
  }
  expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length).toBeLessThanOrEqual(
    before,
  );
});
