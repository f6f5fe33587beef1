/** Bodies that come in pieces, are large, or stop. Nothing here waits for a clock: see `Exchange.stall`. */
import { Buffer } from "node:buffer";
import type { Header } from "./cors.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./router.ts";

export const routes: readonly Route[] = [
  {
    path: "/bytes/:count",
    about: "So many bytes; the one at i is i % 251. ?chunked, and Range where asked.",
    answer: bytes,
  },
  {
    path: "/large",
    about: "?size= bytes of the same, written only as fast as the client reads. ?chunked",
    answer: large,
  },
  { path: "/stream/:count", about: "So many JSON documents, a line and a chunk each.", answer: lines },
  {
    path: "/drip",
    about: "?bytes=10 one by one, each a chunk. With ?gate= each waits for a release.",
    answer: drip,
  },
  { path: "/slow/headers", about: "No answer until ?gate= is released.", answer: slowHeaders },
  { path: "/slow/body", about: "Half of the body, then nothing until ?gate= is released.", answer: slowBody },
  { path: "/trailers", about: "A chunked body with trailer fields.", answer: trailers },
  { path: "/events", about: "?count=3 server-sent events.", answer: events },
];

const PIECE_BYTES = 64 * 1024;
const PATTERN = Buffer.from(Array.from({ length: 251 }, (_, at) => at));

/** `count` bytes from `start` on of the endless pattern 0, 1, ... 250, 0, ... */
export function pattern(count: number, start = 0): Buffer {
  const shift = start % PATTERN.length;
  return Buffer.alloc(count + shift, PATTERN).subarray(shift);
}

async function bytes(exchange: Exchange): Promise<void> {
  await sendPattern(exchange, exchange.count(exchange.param("count"), 0));
}

async function large(exchange: Exchange): Promise<void> {
  await sendPattern(exchange, exchange.count(exchange.query.get("size"), 1024 * 1024));
}

async function sendPattern(exchange: Exchange, size: number): Promise<void> {
  const range = /^bytes=(\d+)-(\d*)$/.exec(exchange.header("range") ?? "");
  const first = range ? Number(range[1]) : 0;
  const end = range?.[2] ? Math.min(Number(range[2]) + 1, size) : size;
  const headers: Header[] = [
    ["Content-Type", "application/octet-stream"],
    ["Accept-Ranges", "bytes"],
  ];
  if (range && first >= size) return exchange.send(416, [...headers, ["Content-Range", `bytes */${size}`]]);
  if (range) headers.push(["Content-Range", `bytes ${first}-${end - 1}/${size}`]);
  if (!exchange.flag("chunked")) headers.push(["Content-Length", String(end - first)]);
  exchange.response.writeHead(range ? 206 : 200, exchange.head(headers));
  if (exchange.entry.method !== "HEAD") {
    for (let at = first; at < end; at += PIECE_BYTES) {
      if (!(await exchange.write(pattern(Math.min(PIECE_BYTES, end - at), at)))) return;
    }
  }
  exchange.response.end();
}

async function lines(exchange: Exchange): Promise<void> {
  exchange.response.writeHead(200, exchange.head([["Content-Type", "application/x-ndjson"]]));
  const count = exchange.count(exchange.param("count"), 1);
  for (let id = 0; id < count; id += 1)
    if (!(await exchange.write(`{"id": ${id}, "of": ${count}}\n`))) return;
  exchange.response.end();
}

async function drip(exchange: Exchange): Promise<void> {
  exchange.response.writeHead(200, exchange.head([["Content-Type", "application/octet-stream"]]));
  exchange.response.flushHeaders();
  const count = exchange.count(exchange.query.get("bytes"), 10);
  for (let at = 0; at < count; at += 1) {
    if (exchange.query.has("gate") && !(await exchange.stall())) return;
    if (!(await exchange.write("*"))) return;
  }
  exchange.response.end();
}

async function slowHeaders(exchange: Exchange): Promise<void> {
  if (await exchange.stall()) exchange.json(200, { released: true });
}

async function slowBody(exchange: Exchange): Promise<void> {
  const headers: Header[] = [["Content-Type", "text/plain; charset=utf-8"]];
  if (!exchange.flag("chunked")) headers.push(["Content-Length", "8"]);
  exchange.response.writeHead(200, exchange.head(headers));
  if (!(await exchange.write("half")) || !(await exchange.stall())) return;
  exchange.response.end("full");
}

async function trailers(exchange: Exchange): Promise<void> {
  exchange.response.writeHead(
    200,
    exchange.head([
      ["Content-Type", "text/plain"],
      ["Trailer", "X-Checksum"],
    ]),
  );
  exchange.response.addTrailers([["X-Checksum", "abc"]]);
  if (await exchange.write("body with trailers")) exchange.response.end();
}

async function events(exchange: Exchange): Promise<void> {
  exchange.response.writeHead(200, exchange.head([["Content-Type", "text/event-stream"]]));
  const count = exchange.count(exchange.query.get("count"), 3);
  for (let id = 0; id < count; id += 1)
    if (!(await exchange.write(`id: ${id}\ndata: event ${id}\n\n`))) return;
  exchange.response.end();
}
