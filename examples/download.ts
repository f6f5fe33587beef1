/** A download that is never in memory as a whole: to a file, with its progress. */
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { stream } from "saluki";
import { startServer } from "./server/server.ts";

const server = await startServer();
const file = join(tmpdir(), `saluki-download-${process.pid}`);

await using response = await stream("GET", `${server.url}/large?size=5000000`);
response.raiseForStatus();
await pipeline(response.iterBytes(), createWriteStream(file));
console.log(response.numBytesDownloaded);

let size = 0;
for await (const piece of createReadStream(file)) size += (piece as Uint8Array).length;
console.log(size);
await rm(file);
await server.close();
