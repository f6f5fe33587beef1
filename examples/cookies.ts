/** Cookies: the client keeps what servers set, and sends it where it belongs. */
import { Client } from "saluki";
import { startServer } from "./server/server.ts";

const server = await startServer();
await using client = new Client({ baseUrl: server.url });

await client.get("/cookies/set/theme/dark?path=/");
await client.get("/cookies/set/draft/7?path=/cookies/at/editor");
console.log(await client.get("/cookies").json());
console.log(await client.get("/cookies/at/editor/page").json());

for await (const { name, value, path } of client.cookies) console.log(`${name}=${value} for ${path}`);
await client.cookies.delete("draft");
console.log(await client.cookies.toObject());

await server.close();
