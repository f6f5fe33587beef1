/** An abort at every point of an exchange: what the caller gets, and what is left behind. */
import { getEventListeners } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { Request } from "../../src/request.ts";
import { open } from "./kit.ts";
import { answer, rawServer, serve } from "./raw-server.ts";

/** Whatever a promise rejects with, undefined included. */
async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("Nothing was rejected");
    },
    (error) => error,
  );
}

const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

test.each([[new Error("stop")], ["text"], [0], [null]])(
  "NodeTransport rejects with the reason %j of a signal that has aborted, and does no I/O",
  async (reason) => {
    const server = await rawServer(serve(() => answer("ok")));
    const transport = open();
    let cancelled: unknown = "not";
    const body = new ReadableStream({ cancel: (why) => void (cancelled = why) });
    const signal = AbortSignal.abort(reason);
    const got = await reasonOf(transport.handleRequest(new Request("POST", server.origin, { signal, body })));
    expect(got).toBe(reason);
    expect(cancelled).toBe(reason);
    expect(server.peers.length).toBe(0);
    expect(listeners(signal)).toBe(0);
  },
);

test("NodeTransport rejects with the signal's own error when it aborts without a reason", async () => {
  const server = await rawServer(async (peer) => void (await peer.readRequest()));
  const controller = new AbortController();
  const pending = reasonOf(
    open().handleRequest(new Request("GET", server.origin, { signal: controller.signal })),
  );
  controller.abort();
  const error = (await pending) as DOMException;
  expect(error).toBe(controller.signal.reason);
  expect(error.name).toBe("AbortError");
});

test("NodeTransport ends an attempt to connect when it is aborted", async () => {
  let accepted = () => {};
  const connected = new Promise<void>((resolve) => (accepted = resolve));
  const server = await rawServer(() => {}, { onTcp: () => accepted() });
  const controller = new AbortController();
  const request = new Request("GET", `https://127.0.0.1:${server.port}/`, { signal: controller.signal });
  const pending = reasonOf(open().handleRequest(request));
  await connected;
  controller.abort("enough");
  expect(await pending).toBe("enough");
  await server.idle();
  expect(listeners(controller.signal)).toBe(0);
});

test("NodeTransport rejects at once when it is aborted in the middle of an upload, and stops the source", async () => {
  const controller = new AbortController();
  let sent: Buffer | undefined;
  const server = await rawServer(async (peer) => {
    await peer.readHead();
    controller.abort("enough");
    sent = await peer.readToEnd();
  });
  let cancelled: unknown;
  const body = new ReadableStream({
    pull: (stream) => stream.enqueue(new TextEncoder().encode("data")),
    cancel: (why) => void (cancelled = why),
  });
  const request = new Request("POST", server.origin, { body, signal: controller.signal });
  expect(await reasonOf(open().handleRequest(request))).toBe("enough");
  await server.idle();
  expect(cancelled).toBe("enough");
  expect(String(sent)).not.toContain("\r\n0\r\n\r\n");
});

test("NodeTransport rejects when it is aborted while the source of an upload gives nothing", async () => {
  const controller = new AbortController();
  const server = await rawServer(async (peer) => {
    await peer.readHead();
    controller.abort("enough");
  });
  let returned = 0;
  const body: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => {
      let calls = 0;
      return {
        next: () =>
          calls++ === 0 ? Promise.resolve({ done: false, value: "first" }) : new Promise(() => {}),
        return: async () => {
          returned++;
          return { done: true, value: undefined };
        },
      };
    },
  };
  const request = new Request("POST", server.origin, { body, signal: controller.signal });
  expect(await reasonOf(open().handleRequest(request))).toBe("enough");
  await server.idle();
  expect(returned).toBe(1);
});

test("NodeTransport rejects when it is aborted while it waits for the head", async () => {
  const controller = new AbortController();
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 200 OK\r\nContent-Le");
    controller.abort("enough");
  });
  const request = new Request("GET", server.origin, { signal: controller.signal });
  expect(await reasonOf(open().handleRequest(request))).toBe("enough");
  await server.idle();
  expect(listeners(controller.signal)).toBe(0);
});

test.each(["read", "iterBytes", "body"])(
  "NodeTransport rejects %s with the reason when it is aborted within the body",
  async (way) => {
    const controller = new AbortController();
    const server = await rawServer(async (peer) => {
      await peer.readRequest();
      await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
    });
    const request = new Request("GET", server.origin, { signal: controller.signal });
    const response = await open().handleRequest(request);
    const reason = { why: "enough" };
    const pending = reasonOf(
      way === "read"
        ? response.read()
        : (async () => {
            const pieces =
              way === "body" ? (response.body as ReadableStream<Uint8Array>) : response.iterBytes();
            for await (const piece of pieces) if (piece.length === 4) controller.abort(reason);
          })(),
    );
    if (way === "read") setImmediate(() => controller.abort(reason));
    expect(await pending).toBe(reason);
    await server.idle();
    expect(listeners(controller.signal)).toBe(0);
  },
);

test("NodeTransport rejects a body that was not read yet when it is aborted", async () => {
  const controller = new AbortController();
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
  });
  const request = new Request("GET", server.origin, { signal: controller.signal });
  const response = await open().handleRequest(request);
  controller.abort("enough");
  expect(await reasonOf(response.read())).toBe("enough");
  await server.idle();
});

test("NodeTransport is not touched by an abort after the end, and keeps its connection", async () => {
  const server = await rawServer(serve(() => answer("ok")));
  const transport = open();
  const controller = new AbortController();
  const response = await transport.handleRequest(
    new Request("GET", server.origin, { signal: controller.signal }),
  );
  expect(await response.text()).toBe("ok");
  expect(listeners(controller.signal)).toBe(0);
  controller.abort();
  expect(await (await transport.handleRequest(new Request("GET", server.origin))).text()).toBe("ok");
  expect(server.peers.length).toBe(1);
});

test("NodeTransport puts one listener on a signal, however many requests wait for it, and takes it away", async () => {
  const server = await rawServer(async (peer) => void (await peer.readRequest()));
  const transport = open();
  const controller = new AbortController();
  const warnings: Error[] = [];
  const warn = (warning: Error) => void warnings.push(warning);
  process.on("warning", warn);
  onTestFinished(() => void process.off("warning", warn));
  const pending = Array.from({ length: 50 }, () =>
    reasonOf(transport.handleRequest(new Request("GET", server.origin, { signal: controller.signal }))),
  );
  while (server.peers.length < 50) await new Promise((resolve) => setImmediate(resolve));
  expect(listeners(controller.signal)).toBe(1);
  controller.abort("all");
  expect(new Set(await Promise.all(pending))).toEqual(new Set(["all"]));
  expect(listeners(controller.signal)).toBe(0);
  await server.idle();
  expect(warnings).toEqual([]);
});

test("NodeTransport leaves nothing on a signal after ten thousand requests", {
  timeout: 60_000,
}, async () => {
  const server = await rawServer(serve(() => answer("ok")));
  const transport = open();
  const { signal } = new AbortController();
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (let i = 0; i < 500; i++) {
        await (await transport.handleRequest(new Request("GET", server.origin, { signal }))).read();
      }
    }),
  );
  expect(listeners(signal)).toBe(0);
  expect(server.peers.length).toBe(20);
});
