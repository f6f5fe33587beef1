/** Any WHATWG fetch can carry the requests: here fetch-cookie, which keeps its cookies in a jar of tough-cookie. */
import fetchCookie from "fetch-cookie";
import { Client, FetchTransport } from "saluki";
import { CookieJar } from "tough-cookie";
import { startServer } from "./server/server.ts";

const server = await startServer();
const jar = new CookieJar();
const transport = new FetchTransport({ fetch: fetchCookie(fetch, jar) });
await using client = new Client({ baseUrl: server.url, transport });

await client.get("/cookies/set/theme/dark?path=/&redirect=no");
console.log(await client.get("/cookies").json());
console.log(await jar.getCookieString(server.url));

await server.close();
