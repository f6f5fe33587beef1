/** Uploads: a form with files, and a stream that is made while it is sent. */
import { Client } from "saluki";
import type { Echo } from "./server/echo.ts";
import { startServer } from "./server/server.ts";

const server = await startServer();
await using client = new Client({ baseUrl: server.url });

const { form } = await client
  .post("/post", {
    data: { title: "Dogs" },
    files: { photo: { filename: "rex.png", content: new Uint8Array([1, 2, 3]), type: "image/png" } },
  })
  .json<Echo>();
console.log(
  form.fields,
  form.files.map(({ filename, length }) => `${filename}: ${length} bytes`),
);

// A function can be called again, so the body survives redirects and challenges.
async function* lines() {
  for (let line = 1; line <= 1000; line += 1) yield `line ${line}\n`;
}
const counted = await client.put("/upload", { body: lines }).json<{ length: number; chunked: boolean }>();
console.log(counted.length, counted.chunked);

await server.close();
