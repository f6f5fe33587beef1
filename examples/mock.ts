/** In tests the server is a function: it gets each request as it would be sent. */
import assert from "node:assert/strict";
import { Client, MockTransport, Response } from "saluki";

async function countDogs(client: Client): Promise<number> {
  return (await client.get("/dogs", { params: { adopted: true } }).json<string[]>()).length;
}

const asked: string[] = [];
const transport = new MockTransport((request) => {
  asked.push(`${request.method} ${request.url.pathname}${request.url.search}`);
  return request.headers.has("Authorization")
    ? Response.json(["Rex", "Bo"])
    : new Response("no", { status: 401 });
});
const client = new Client({ baseUrl: "https://dogs.test", auth: ["olivia", "secret"], transport });

assert.equal(await countDogs(client), 2);
assert.deepEqual(asked, ["GET /dogs?adopted=true"]);
console.log("2 dogs, as expected");
