/** Everything that a server can do wrong. Most of it is written to the socket past `node:http`. */
import { Buffer } from "node:buffer";
import type { Header } from "./cors.ts";
import type { Exchange } from "./exchange.ts";
import type { Answer, Route } from "./router.ts";

export const routes: readonly Route[] = [
  {
    path: "/close",
    about: "Ends the connection before any answer.",
    answer: ({ request }) => void request.socket.end(),
  },
  {
    path: "/reset",
    about: "Resets the connection before any answer.",
    answer: ({ request }) => void request.socket.resetAndDestroy(),
  },
  {
    path: "/no-response",
    about: "Never answers: the same as /slow/headers without a gate.",
    answer: async (exchange) => void (await exchange.stall()),
  },
  {
    path: "/half-head",
    about: "Ends the connection inside the headers.",
    answer: raw("HTTP/1.1 200 OK\r\nContent-Ty"),
  },
  { path: "/garbage", about: "Answers with what is not HTTP. ?kind= names one of several.", answer: garbage },
  {
    path: "/short-content-length",
    about: "Ends before the declared length. ?reset instead of a plain end.",
    answer: shortLength,
  },
  {
    path: "/long-content-length",
    about: "Sends more than the declared length.",
    answer: framed([["Content-Length", "4"]], "more than four"),
  },
  {
    path: "/two-content-lengths",
    about: "Content-Length 2 and 3.",
    answer: framed(
      [
        ["Content-Length", "2"],
        ["Content-Length", "3"],
      ],
      "abc",
    ),
  },
  {
    path: "/length-and-chunked",
    about: "Content-Length beside Transfer-Encoding.",
    answer: framed(
      [
        ["Content-Length", "3"],
        ["Transfer-Encoding", "chunked"],
      ],
      "3\r\nabc\r\n0\r\n\r\n",
    ),
  },
  {
    path: "/bad-content-length",
    about: "Content-Length: +3.",
    answer: framed([["Content-Length", "+3"]], "abc"),
  },
  {
    path: "/chunked-cut",
    about: "Ends after the first chunk, without the last one. ?connection=close",
    answer: framed([["Transfer-Encoding", "chunked"]], "5\r\nfirst\r\n"),
  },
  {
    path: "/bad-chunk",
    about: "A chunk size that is no number, after a good chunk.",
    answer: framed([["Transfer-Encoding", "chunked"]], "5\r\nfirst\r\nzz\r\nbad\r\n0\r\n\r\n"),
  },
  {
    path: "/until-close",
    about: "A legal body that ends with the connection.",
    answer: framed([], "until close"),
  },
  {
    path: "/body-on-204",
    about: "204 with a body and a Content-Length.",
    answer: raw("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"),
  },
  {
    path: "/raw",
    about: "POST: answers with the bytes of the body. ?end=fin (default), reset or stall.",
    answer: verbatim,
    methods: ["POST"],
  },
  { path: "/raw/:bytes", about: "Answers with these bytes, in base64url. ?end= as above.", answer: verbatim },
  {
    path: "/drop-next",
    about: "200, but the next request on this connection is dropped unanswered.",
    answer: dropNext,
  },
  {
    path: "/close-after",
    about: "200 with keep-alive, then the connection ends all the same.",
    answer: closeAfter,
  },
];

const GARBAGE: ReadonlyMap<string, string> = new Map([
  ["text", "this is not HTTP\r\n\r\n"],
  ["binary", "\u0000\u0001\u0002\u00ff\u00fe\r\n\r\n"],
  ["version", "HTTP/2.7 200 OK\r\nContent-Length: 0\r\n\r\n"],
  ["status", "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n"],
  ["status-short", "HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n"],
  ["status-long", "HTTP/1.1 1000 High\r\nContent-Length: 0\r\n\r\n"],
  ["icy", "ICY 200 OK\r\nContent-Length: 0\r\n\r\n"],
  ["header-name", "HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 0\r\n\r\n"],
  ["header-colon", "HTTP/1.1 200 OK\r\nNo colon here\r\nContent-Length: 0\r\n\r\n"],
  ["header-nul", "HTTP/1.1 200 OK\r\nX-Nul: a\u0000b\r\nContent-Length: 0\r\n\r\n"],
  ["folded", "HTTP/1.1 200 OK\r\nX-Folded: one\r\n two\r\nContent-Length: 0\r\n\r\n"],
  ["bare-lf", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"],
]);

/** Kinds that `/garbage?kind=` knows. */
export const garbageKinds: readonly string[] = [...GARBAGE.keys()];

function raw(text: string): Answer {
  return ({ request }) => void request.socket.end(text, "latin1");
}

function garbage(exchange: Exchange): void {
  raw(GARBAGE.get(exchange.query.get("kind") ?? "text") ?? "")(exchange);
}

// Clients trust a connection that announces its end more than they should: ?connection=close announces it.
function framed(headers: readonly Header[], body: string): Answer {
  return (exchange) => {
    const announced = exchange.query.get("connection");
    const connection: Header[] = announced === null ? [] : [["Connection", announced]];
    const all: Header[] = [["Content-Type", "text/plain"], ...headers, ...connection];
    const head = exchange.rawHead("HTTP/1.1 200 OK", all);
    exchange.request.socket.end(Buffer.concat([head, Buffer.from(body)]));
  };
}

function shortLength(exchange: Exchange): void {
  const { socket } = exchange.request;
  const head = exchange.rawHead("HTTP/1.1 200 OK", [
    ["Content-Type", "text/plain"],
    ["Content-Length", "100"],
  ]);
  socket.write(Buffer.concat([head, Buffer.from("short")]), () => {
    if (exchange.flag("reset")) socket.resetAndDestroy();
    else socket.end();
  });
}

async function verbatim(exchange: Exchange): Promise<void> {
  const encoded = exchange.params.bytes;
  const bytes = encoded === undefined ? await exchange.body() : Buffer.from(encoded, "base64url");
  const { socket } = exchange.request;
  const end = exchange.query.get("end") ?? "fin";
  socket.write(bytes, () => {
    if (end === "fin") socket.end();
    else if (end === "reset") socket.resetAndDestroy();
  });
}

function dropNext(exchange: Exchange): void {
  const { socket } = exchange.request;
  // The next bytes of a connection whose answer is out are the next request.
  exchange.response.once("finish", () => socket.once("data", () => socket.destroy()));
  exchange.json(200, { next: "dropped" });
}

function closeAfter(exchange: Exchange): void {
  exchange.response.once("finish", () => exchange.request.socket.end());
  exchange.json(200, { connection: "ends" });
}
