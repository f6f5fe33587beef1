/** Endpoints that read an upload, read a part of it, or do not read it. */
import { createHash } from "node:crypto";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./router.ts";

export const routes: readonly Route[] = [
  {
    path: "/upload",
    about: "Counts the body: length, SHA-256, chunked or not, trailers.",
    answer: count,
    streaming: true,
  },
  {
    path: "/upload/echo",
    about: "Sends each piece of the body back as it comes.",
    answer: echo,
    streaming: true,
  },
  {
    path: "/unread",
    about: "Never reads the body; answers when ?gate= is released.",
    answer: unread,
    streaming: true,
  },
  {
    path: "/read/:bytes",
    about: "Reads so many bytes of the body, then stops until ?gate= is released.",
    answer: readSome,
    streaming: true,
  },
  {
    path: "/early-413",
    about: "413 before the body was read. ?then=drain (default), close or reset.",
    answer: early,
    streaming: true,
  },
  { path: "/early-200", about: "The same with 200.", answer: early, streaming: true },
];

async function count(exchange: Exchange): Promise<void> {
  const hash = createHash("sha256");
  for await (const piece of exchange.upload()) hash.update(piece);
  const { request, entry } = exchange;
  exchange.json(200, {
    length: entry.bodyLength,
    sha256: hash.digest("hex"),
    chunked: exchange.header("transfer-encoding") === "chunked",
    contentLength: exchange.header("content-length") ?? null,
    contentType: exchange.header("content-type") ?? null,
    complete: request.complete,
    trailers: request.rawTrailers,
  });
}

async function echo(exchange: Exchange): Promise<void> {
  const type = exchange.header("content-type") ?? "application/octet-stream";
  exchange.response.writeHead(200, exchange.head([["Content-Type", type]]));
  exchange.response.flushHeaders();
  for await (const piece of exchange.upload()) if (!(await exchange.write(piece))) return;
  exchange.response.end();
}

async function unread(exchange: Exchange): Promise<void> {
  if (await exchange.stall()) exchange.json(200, { read: 0 }, [["Connection", "close"]]);
}

async function readSome(exchange: Exchange): Promise<void> {
  const wanted = exchange.count(exchange.param("bytes"), 0);
  const pieces = exchange.upload();
  while (exchange.entry.bodyLength < wanted && !(await pieces.next()).done);
  if (await exchange.stall())
    exchange.json(200, { read: exchange.entry.bodyLength }, [["Connection", "close"]]);
}

async function early(exchange: Exchange): Promise<void> {
  const then = exchange.query.get("then") ?? "drain";
  const status = exchange.url.pathname === "/early-413" ? 413 : 200;
  exchange.json(status, { early: true, after: then }, then === "drain" ? [] : [["Connection", "close"]]);
  if (then === "drain") for await (const piece of exchange.upload()) void piece;
  const { socket } = exchange.request;
  if (then === "close") socket.destroySoon();
  // A reset may overtake the answer on its way, as it does on real networks.
  if (then === "reset") exchange.response.once("close", () => socket.resetAndDestroy());
}
