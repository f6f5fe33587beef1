/** Answers every request with the same 1 KB of JSON. Tells its parent where it listens. */
import { createServer } from "node:http";

const body = JSON.stringify({ ok: true, text: "x".repeat(1000) });
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
});
server.listen(0, "127.0.0.1", () => process.send(`http://127.0.0.1:${server.address().port}/`));
process.once("disconnect", () => process.exit());
