/** A fetch handler behind a real HTTP/1.1 server, for transports that need one. */
import { createServer } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";
import type { ContractHandler, ContractServer } from "./contract.ts";

/** Serves native requests over HTTP/1.1. */
export async function serveOverHttp(handler: ContractHandler): Promise<ContractServer> {
  const server = createServer(async (incoming, outgoing) => {
    const { method = "GET", url = "/", rawHeaders } = incoming;
    const headers = new Headers();
    for (let i = 0; i < rawHeaders.length; i += 2)
      headers.append(rawHeaders[i] as string, rawHeaders[i + 1] as string);
    const body = method === "GET" || method === "HEAD" ? null : (Readable.toWeb(incoming) as ReadableStream);
    const init = { method, headers, body, duplex: "half" } as RequestInit;
    const response = await handler(new Request(`http://${headers.get("host")}${url}`, init));
    outgoing.writeHead(response.status, response.statusText, [...response.headers].flat());
    if (!response.body) return void outgoing.end();
    const source = Readable.fromWeb(response.body as NodeStream);
    outgoing.on("close", () => source.destroy());
    source.on("error", () => {});
    source.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
