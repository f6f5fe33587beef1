/**
 * A small HTTP server to try a client against, in the manner of httpbin: it listens on loopback only, needs
 * nothing but Node, answers without a clock or chance, and can misbehave in every way that a server can.
 *
 * ```ts
 * const server = await startServer();
 * await fetch(`${server.url}/anything`);
 * await server.close();
 * ```
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { routes as authRoutes } from "./auth.ts";
import { routes as cookieRoutes } from "./cookies.ts";
import { type Header, preflight } from "./cors.ts";
import { NonceBook } from "./digest/nonces.ts";
import { routes as digestRoutes } from "./digest/routes.ts";
import { routes as echoRoutes } from "./echo.ts";
import { routes as encodingRoutes } from "./encodings.ts";
import { BadRequest, Exchange } from "./exchange.ts";
import { routes as faultRoutes } from "./faults.ts";
import { Gates } from "./gates.ts";
import { type Entry, Journal } from "./journal.ts";
import { routes as observationRoutes } from "./observation.ts";
import { routes as redirectRoutes } from "./redirects.ts";
import { findRoute, type Route } from "./router.ts";
import { routes as statusRoutes } from "./status.ts";
import { routes as streamRoutes } from "./streams.ts";
import { routes as textRoutes } from "./texts.ts";
import { TokenBook, routes as tokenRoutes } from "./tokens.ts";
import { routes as uploadRoutes } from "./uploads.ts";
import type { World } from "./world.ts";

export interface EmbeddedServer {
  /** The origin, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly journal: Journal;
  readonly gates: Gates;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Another origin of the same test: both write the same journal and share their gates, nothing else. */
  readonly beside?: EmbeddedServer;
}

const index: Route = {
  path: "/",
  about: "This list.",
  answer: (exchange) =>
    exchange.text(200, allRoutes.map(({ path, about }) => `${path.padEnd(52)} ${about}\n`).join("")),
};

const allRoutes: readonly Route[] = [
  index,
  ...echoRoutes,
  ...statusRoutes,
  ...textRoutes,
  ...authRoutes,
  ...digestRoutes,
  ...tokenRoutes,
  ...redirectRoutes,
  ...cookieRoutes,
  ...streamRoutes,
  ...encodingRoutes,
  ...uploadRoutes,
  ...faultRoutes,
  ...observationRoutes,
];

/** Starts one origin on a free port of 127.0.0.1. */
export async function startServer({ beside }: ServerOptions = {}): Promise<EmbeddedServer> {
  const connections = new Connections();
  let world: World | undefined;
  const server = createServer({ maxHeaderSize: 256 * 1024, keepAliveTimeout: 0, requestTimeout: 0 });
  server.headersTimeout = 0;
  server.maxHeadersCount = 0;
  server.on("connection", (socket: Socket) => connections.number(socket));
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (world) void serve(world, connections, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const journal = beside?.journal ?? new Journal();
  const gates = beside?.gates ?? new Gates();
  world = {
    origin: url,
    journal,
    gates,
    nonces: new NonceBook(),
    tokens: new TokenBook(),
    counters: new Map(),
  };
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, journal, gates, close };
}

let connectionsOfProcess = 0;

/** Numbers connections and the requests on each. */
class Connections {
  #seen = new WeakMap<Socket, { connection: number; turn: number }>();

  number(socket: Socket): { connection: number; turn: number } {
    const known = this.#seen.get(socket) ?? { connection: ++connectionsOfProcess, turn: 0 };
    this.#seen.set(socket, known);
    return known;
  }
}

async function serve(
  world: World,
  connections: Connections,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const place = connections.number(request.socket);
  place.turn += 1;
  const entry = newEntry(world, request, place);
  const exchange = new Exchange(request, response, world, entry);
  const allowed = preflight(request, exchange.query);
  if (allowed) return void response.writeHead(204, allowed.flat()).end();
  record(exchange);
  try {
    await answer(exchange);
  } catch (error) {
    if (exchange.gone) return;
    if (response.headersSent) request.socket.destroy();
    else if (error instanceof BadRequest || error instanceof URIError)
      exchange.text(400, `${error.message}\n`);
    else exchange.text(500, `${String(error)}\n`);
  }
}

async function answer(exchange: Exchange): Promise<void> {
  const match = findRoute(allRoutes, exchange.url.pathname);
  if (match === undefined) {
    await exchange.body();
    return exchange.json(404, { error: `No such endpoint: ${exchange.url.pathname}` });
  }
  const { methods, streaming, answer } = match.route;
  exchange.params = match.params;
  if (streaming !== true) await exchange.body();
  const method = exchange.entry.method === "HEAD" ? "GET" : exchange.entry.method;
  if (methods && !methods.includes(method)) {
    return exchange.json(405, { error: `Method is not allowed: ${method}` }, [["Allow", methods.join(", ")]]);
  }
  await answer(exchange);
}

function newEntry(
  world: World,
  request: IncomingMessage,
  place: { connection: number; turn: number },
): Entry {
  const { rawHeaders } = request;
  const headers: Header[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.push([rawHeaders[at] ?? "", rawHeaders[at + 1] ?? ""]);
  return {
    origin: world.origin,
    method: request.method ?? "",
    target: request.url ?? "",
    httpVersion: request.httpVersion,
    headers,
    ...place,
    bodyLength: 0,
    bodyBase64: "",
    complete: false,
    status: 0,
    sent: 0,
    outcome: "open",
  };
}

// Requests about journals and gates are about other requests, so they are not recorded themselves.
function record(exchange: Exchange): void {
  const { entry, request, response, world } = exchange;
  const name = exchange.header("x-journal") ?? exchange.query.get("journal");
  if (name !== null) world.journal.add(name, entry);
  response.once("close", () => {
    entry.complete = request.complete;
    entry.status = response.headersSent ? response.statusCode : 0;
    entry.outcome = response.writableFinished ? "answered" : "dropped";
    world.journal.changed();
  });
}
