/** Digest: a handshake of two legs, then one leg for every later request, also for many at once. */
import { Client, DigestAuth } from "saluki";
import { PASSWORD, USER } from "./server/people.ts";
import { startServer } from "./server/server.ts";

const server = await startServer();
await using client = new Client({ baseUrl: server.url, auth: new DigestAuth(USER, PASSWORD) });

const first = await client.get("/private/digest/report");
console.log(
  first.status,
  first.history.map(({ status }) => status),
);

const paths = ["a", "b", "c"].map((name) => `/private/digest/${name}`);
const later = await Promise.all(paths.map((path) => client.get(path).json<{ nc: string }>()));
console.log(later.map(({ nc }) => nc).sort());

await server.close();
