/** A scheme of one's own: `TokenAuth` (demo/token-auth.ts) refreshes a token that has run out, unseen by the caller. */
import { Client } from "saluki";
import { TokenAuth } from "./demo/token-auth.ts";
import { PASSWORD, USER } from "./server/people.ts";
import { startServer } from "./server/server.ts";

const server = await startServer();
await using client = new Client({ baseUrl: server.url });

// The server lets this token be used one time.
const login = { grant_type: "password", username: USER, password: PASSWORD };
const issued = client.post("/token", { params: { uses: 1 }, data: login });
client.auth = new TokenAuth(`${server.url}/token`, await issued.json());

for (const attempt of [1, 2]) {
  const response = await client.get("/token/protected");
  console.log(
    attempt,
    response.status,
    response.history.map(({ status }) => status),
  );
}
await server.close();
