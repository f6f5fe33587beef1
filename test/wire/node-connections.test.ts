/** Connections: used again, found stale, closed. And what is sent once more, and what never is. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { ClientClosedError, ReadError } from "../../src/errors.ts";
import { Request } from "../../src/request.ts";
import { NodeTransport } from "../../src/transports/node.ts";
import { fault, open } from "./kit.ts";
import { answer, type Peer, rawServer, serve } from "./raw-server.ts";

/** A server that answers the first request of its first connection and fails the second; later connections work. */
async function stale(fail: (peer: Peer) => void | Promise<void>, laterToo = false) {
  const methods: string[] = [];
  const server = await rawServer(async (peer, index) => {
    for (let n = 0; ; n++) {
      methods.push((await peer.readRequest()).method);
      if ((index === 0 && n === 1) || (laterToo && index > 0)) return fail(peer);
      await peer.write(answer(`${index}`));
    }
  });
  const transport = open();
  await (await transport.handleRequest(new Request("GET", server.origin))).read();
  methods.length = 0;
  return { server, transport, methods, origin: server.origin };
}

const endings: Record<string, (peer: Peer) => void> = {
  FIN: (peer) => peer.close(),
  RST: (peer) => peer.reset(),
};

test.each(
  ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"].flatMap((method) => [
    [method, "FIN"],
    [method, "RST"],
  ]),
)("NodeTransport sends a %s once more that ends in %s on a used connection", async (method, ending) => {
  const { server, transport, methods, origin } = await stale(endings[ending] as (peer: Peer) => void);
  const body = method === "PUT" || method === "QUERY" ? { body: "data" } : {};
  const response = await transport.handleRequest(new Request(method, origin, body));
  expect(response.status).toBe(200);
  await response.close();
  expect(methods).toEqual([method, method]);
  expect(server.peers.length).toBe(2);
});

test.each(
  ["POST", "PATCH", "FOO"].flatMap((method) => [
    [method, "FIN"],
    [method, "RST"],
  ]),
)("NodeTransport never sends a %s twice that ends in %s", async (method, ending) => {
  const { transport, methods, origin } = await stale(endings[ending] as (peer: Peer) => void);
  expect(await fault(transport.handleRequest(new Request(method, origin, { body: "x" })))).toBeInstanceOf(
    ReadError,
  );
  expect(methods).toEqual([method]);
});

test("NodeTransport sends a request once more, not twice more", async () => {
  const { transport, methods, origin, server } = await stale((peer) => peer.reset(), true);
  expect(await fault(transport.handleRequest(new Request("GET", origin)))).toBeInstanceOf(ReadError);
  expect(methods).toEqual(["GET", "GET"]);
  expect(server.peers.length).toBe(2);
});

test("NodeTransport does not send a request again that fails on a new connection", async () => {
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    peer.reset();
  });
  expect(await fault(open().handleRequest(new Request("GET", server.origin)))).toBeInstanceOf(ReadError);
  expect(server.peers.length).toBe(1);
});

test("NodeTransport does not send a request again after the first byte of a response", async () => {
  const { transport, methods, origin } = await stale(async (peer) => {
    await peer.write("HTTP/1");
    // Let the byte arrive before the reset overtakes it.
    await new Promise((resolve) => setTimeout(resolve, 30));
    peer.reset();
  });
  expect(await fault(transport.handleRequest(new Request("GET", origin)))).toBeInstanceOf(ReadError);
  expect(methods).toEqual(["GET"]);
});

test("NodeTransport opens a body anew that it sends once more, and cancels the first", async () => {
  const { transport, origin, server } = await stale((peer) => peer.reset());
  let opened = 0;
  const body = () => {
    opened++;
    return ["a", "b"];
  };
  const response = await transport.handleRequest(new Request("PUT", origin, { body }));
  expect(await response.text()).toBe("1");
  expect(opened).toBe(2);
  expect(server.peers.length).toBe(2);
});

test("NodeTransport does not send a one-shot body again", async () => {
  const { transport, methods, origin } = await stale((peer) => peer.reset());
  const body = ["a", "b"].values();
  expect(await fault(transport.handleRequest(new Request("PUT", origin, { body })))).toBeInstanceOf(
    ReadError,
  );
  expect(methods).toEqual(["PUT"]);
});

test.each(["GET", "POST"])(
  "NodeTransport sends a %s on a new connection when the idle one was closed",
  async (method) => {
    const server = await rawServer(async (peer, index) => {
      await peer.readRequest();
      await peer.write(answer(`${index}`));
      peer.close();
    });
    const transport = open();
    for (let i = 0; i < 5; i++) {
      const response = await transport.handleRequest(new Request(method, server.origin));
      expect(await response.text()).toBe(`${i}`);
      await server.idle();
    }
  },
);

test("NodeTransport opens a connection for each request that runs at the same time, and keeps them", async () => {
  const waiting: (() => void)[] = [];
  const server = await rawServer(async (peer) => {
    for (;;) {
      await peer.readRequest();
      await new Promise<void>((resolve) => waiting.push(resolve));
      await peer.write(answer("ok"));
    }
  });
  const transport = open();
  for (let round = 0; round < 3; round++) {
    const pending = Array.from({ length: 10 }, () =>
      transport.handleRequest(new Request("GET", server.origin)),
    );
    while (waiting.length < 10) await new Promise((resolve) => setImmediate(resolve));
    for (const go of waiting.splice(0)) go();
    for (const response of await Promise.all(pending)) expect(await response.text()).toBe("ok");
  }
  expect(server.peers.length).toBe(10);
});

test("NodeTransport keeps the connections of two origins apart", async () => {
  const [one, two] = [await rawServer(serve(() => answer("1"))), await rawServer(serve(() => answer("2")))];
  const transport = open();
  for (let i = 0; i < 3; i++) {
    expect(await (await transport.handleRequest(new Request("GET", one.origin))).text()).toBe("1");
    expect(await (await transport.handleRequest(new Request("GET", two.origin))).text()).toBe("2");
  }
  expect([one.peers.length, two.peers.length]).toEqual([1, 1]);
});

test("NodeTransport.close closes idle connections and refuses later requests", async () => {
  const server = await rawServer(serve(() => answer("ok")));
  const transport = new NodeTransport();
  await (await transport.handleRequest(new Request("GET", server.origin))).read();
  await transport.close();
  await transport.close();
  await server.idle();
  let cancelled = false;
  const body = new ReadableStream({ cancel: () => void (cancelled = true) });
  const error = await fault(transport.handleRequest(new Request("POST", `${server.origin}/x`, { body })));
  expect(error).toBeInstanceOf(ClientClosedError);
  expect(error.code).toBe("ERR_CLIENT_CLOSED");
  expect(error.message).toBe(`Cannot send POST ${server.origin}/x: the transport was closed`);
  expect(cancelled).toBe(true);
});

test("NodeTransport.close may be called before the first request", async () => {
  const transport = new NodeTransport();
  await transport.close();
  expect(await fault(transport.handleRequest(new Request("GET", "http://127.0.0.1:1/")))).toBeInstanceOf(
    ClientClosedError,
  );
});

test("NodeTransport.close waits for a call that is under way", async () => {
  let go = () => {};
  const asked = new Promise<void>((resolve) => (go = resolve));
  let finish = () => {};
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    go();
    await new Promise<void>((resolve) => (finish = resolve));
    await peer.write(answer("late"));
  });
  const transport = new NodeTransport();
  const order: string[] = [];
  const pending = transport.handleRequest(new Request("GET", server.origin)).then(async (response) => {
    order.push(await response.text());
  });
  await asked;
  const closed = transport.close().then(() => order.push("closed"));
  finish();
  await Promise.all([pending, closed]);
  expect(order).toEqual(["late", "closed"]);
  await server.idle();
});

test("NodeTransport.close does not wait for a body that is streamed, nor cut it off", async () => {
  let go = () => {};
  const server = await rawServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
    await new Promise<void>((resolve) => (go = resolve));
    await peer.write(" last");
  });
  const transport = new NodeTransport();
  const response = await transport.handleRequest(new Request("GET", server.origin));
  const pieces: string[] = [];
  for await (const piece of response.iterBytes()) {
    pieces.push(Buffer.from(piece).toString());
    if (pieces.length === 1) {
      await transport.close();
      go();
    }
  }
  expect(pieces.join("")).toBe("first last");
  await server.idle();
});

test("NodeTransport shows nothing of itself in a dump", () => {
  expect(JSON.stringify(new NodeTransport())).toBe("{}");
});

test("NodeTransport lets a script end by itself, and leaves the dispatcher of Node's own fetch alone", async () => {
  const server = await rawServer(serve(() => answer("ok")));
  const folder = mkdtempSync(join(tmpdir(), "saluki-node-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, "script.mjs");
  await build({
    stdin: {
      contents: `
        import { Request } from "./src/request.ts";
        import { NodeTransport } from "./src/transports/node.ts";
        const timeout = { connect: 3.6e6, read: 3.6e6, write: 3.6e6, pool: 3.6e6 };
        const response = await new NodeTransport().handleRequest(
          new Request("GET", process.argv[2], { extensions: { timeout } }),
        );
        console.log(await response.text(), globalThis[Symbol.for("undici.globalDispatcher.1")] === undefined);`,
      resolveDir: join(import.meta.dirname, "../.."),
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    // undici is CommonJS and asks for Node's modules by require.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    outfile,
    logLevel: "silent",
  });
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [outfile, server.origin], { timeout: 10_000 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
  expect(output).toBe("ok true\n");
});
