/** Content codings (RFC 9110 section 8.4): each alone, chained, and broken in the ways that bodies break. */
import { Buffer } from "node:buffer";
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import type { Exchange } from "./exchange.ts";
import type { Answer, Route } from "./router.ts";

type Coder = (input: Buffer) => Buffer;

const gzip: Coder = (input) => gzipSync(input);
const brotli: Coder = (input) =>
  brotliCompressSync(input, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });

/** By the name of the endpoint: the coding that is declared, and how it is made. */
const CODINGS: ReadonlyMap<string, readonly [declared: string, coder: Coder]> = new Map([
  ["gzip", ["gzip", gzip]],
  ["x-gzip", ["x-gzip", gzip]],
  ["deflate", ["deflate", (input: Buffer) => deflateSync(input)]],
  ["deflate-raw", ["deflate", (input: Buffer) => deflateRawSync(input)]],
  ["br", ["br", brotli]],
  ["zstd", ["zstd", zstd]],
  ["identity", ["identity", (input: Buffer) => input]],
  ["unknown", ["x-unknown", (input: Buffer) => input]],
] as const);

/** How `?damage=` breaks the coded bytes. */
const DAMAGE: ReadonlyMap<string, Coder> = new Map<string, Coder>([
  ["truncated", (coded) => coded.subarray(0, Math.floor(coded.length / 2))],
  ["short", (coded) => coded.subarray(0, -1)],
  [
    "corrupt",
    (coded) => Buffer.concat([coded.subarray(0, 12), Buffer.alloc(Math.max(0, coded.length - 12), 0xff)]),
  ],
  // The last eight bytes of gzip are its checksum and length (RFC 1952 section 2.3.1).
  ["checksum", (coded) => Buffer.concat([coded.subarray(0, -8), Buffer.alloc(8, 0x55)])],
  ["trailing", (coded) => Buffer.concat([coded, Buffer.from("garbage")])],
  ["plain", () => Buffer.from("not coded at all")],
  ["empty", () => Buffer.alloc(0)],
]);

const names = [...CODINGS.keys()].filter((name) => name !== "identity" && name !== "unknown");

export const routes: readonly Route[] = [
  ...names.map((name) => ({
    path: `/${name}`,
    about: `JSON coded as ${name}. ?damage=, ?size=, ?chunked`,
    answer: coded([name]),
  })),
  {
    path: "/encoded/:codings",
    about: "A list of codings in the order they are applied, such as gzip,br.",
    answer: chain,
  },
  { path: "/gzip-two-members", about: "Two gzip members, one after the other.", answer: twoMembers },
  {
    path: "/six-codings",
    about: "gzip six times over.",
    answer: coded(Array.from({ length: 6 }, () => "gzip")),
  },
];

function document(exchange: Exchange, codings: readonly string[]): Buffer {
  const size = exchange.count(exchange.query.get("size"), 0);
  const text = `${JSON.stringify({ encoded: codings, text: "Grüße, 😀 ".repeat(20) })}\n`;
  return Buffer.concat([Buffer.from(text), Buffer.alloc(Math.max(0, size - Buffer.byteLength(text)), " ")]);
}

function coded(list: readonly string[]): Answer {
  return (exchange) => {
    let bytes = document(exchange, list);
    const declared: string[] = [];
    for (const name of list) {
      const [coding, coder] = CODINGS.get(name) ?? [undefined, undefined];
      if (coder === undefined) return exchange.json(404, { error: `Unknown coding: ${name}` });
      bytes = coder(bytes);
      declared.push(coding);
    }
    return send(
      exchange,
      declared.join(", "),
      DAMAGE.get(exchange.query.get("damage") ?? "")?.(bytes) ?? bytes,
    );
  };
}

function chain(exchange: Exchange): void | Promise<void> {
  return coded(exchange.param("codings").split(","))(exchange);
}

async function twoMembers(exchange: Exchange): Promise<void> {
  await send(exchange, "gzip", Buffer.concat([gzipSync('{"first": 1, '), gzipSync('"second": 2}\n')]));
}

async function send(exchange: Exchange, declared: string, bytes: Buffer): Promise<void> {
  const head: [string, string][] = [
    ["Content-Type", "application/json"],
    ["Content-Encoding", exchange.query.get("declared") ?? declared],
  ];
  if (!exchange.flag("chunked")) return exchange.send(200, head, bytes);
  exchange.response.writeHead(200, exchange.head(head));
  // Small pieces, so that decoders meet every border inside their own headers and trailers.
  const piece = exchange.count(exchange.query.get("piece"), 7) || 1;
  for (let at = 0; at < bytes.length; at += piece)
    if (!(await exchange.write(bytes.subarray(at, at + piece)))) return;
  exchange.response.end();
}

// RFC 8878: a frame of raw blocks is valid zstd and needs no compressor, which Node 20 does not have.
function zstd(input: Buffer): Buffer {
  const maxBlock = 128 * 1024;
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(input.length, 5);
  const parts: Buffer[] = [header];
  for (let at = 0; at === 0 || at < input.length; at += maxBlock) {
    const block = input.subarray(at, at + maxBlock);
    const last = at + maxBlock >= input.length ? 1 : 0;
    const size = Buffer.alloc(3);
    size.writeUIntLE((block.length << 3) | last, 0, 3);
    parts.push(size, block);
  }
  return Buffer.concat(parts);
}
