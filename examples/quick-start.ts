/** One-liners, and a client that holds what its calls share. */
import saluki, { Client, HTTPStatusError } from "saluki";
import { startServer } from "./server/server.ts";

const server = await startServer();

const dog = await saluki.get(`${server.url}/json`).json<{ saluki: string; legs: number }>();
console.log(`${dog.saluki}, ${dog.legs} legs`);

await using client = new Client({ baseUrl: server.url, headers: { "X-Team": "blue" }, timeout: 5_000 });
const response = await client.post("/anything/dogs", { json: { name: "Rex" }, params: { dry: true } });
console.log(response.status, new URL(response.url).search);

try {
  await client.get("/status/404").json();
} catch (error) {
  if (!(error instanceof HTTPStatusError)) throw error;
  console.log(error.code, error.response.status);
}
await server.close();
