/**
 * Requests per second of the built package beside its peers: `npm run bench`.
 *
 * The server runs in a process of its own. Rounds are interleaved, so that whatever else the machine does hits all
 * alike; the median of the rounds and its ratio to the platform's fetch are printed.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Client, FetchTransport, MockTransport, Response } from "saluki";
import { request } from "undici";

const ROUNDS = 7;
const REQUESTS = 4000;
const IN_FLIGHT = 32;

const server = fork(fileURLToPath(new URL("./server.mjs", import.meta.url)));
const url = await new Promise((resolve) => server.once("message", resolve));

const native = new Client();
const fetching = new Client({ transport: new FetchTransport() });
const mocked = new Client({ transport: new MockTransport(() => new Response('{"ok":true}')) });
const clients = {
  "platform fetch": async () => (await fetch(url)).json(),
  "undici.request": async () => (await request(url)).body.json(),
  "Saluki, NodeTransport": () => native.get(url).json(),
  "Saluki, FetchTransport": () => fetching.get(url).json(),
  "Saluki, MockTransport (no network)": () => mocked.get(url).json(),
};

async function round(send) {
  let left = REQUESTS;
  const cpu = process.cpuUsage();
  const started = performance.now();
  const worker = async () => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const { user, system } = process.cpuUsage(cpu);
  return { rate: (REQUESTS / (performance.now() - started)) * 1000, cpu: (user + system) / REQUESTS };
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const results = new Map(Object.keys(clients).map((name) => [name, []]));
for (let turn = 0; turn <= ROUNDS; turn++) {
  for (const [name, send] of Object.entries(clients)) {
    const result = await round(send);
    // The first turn warms up.
    if (turn > 0) results.get(name).push(result);
  }
}

const base = median(results.get("platform fetch").map(({ rate }) => rate));
console.log(
  `Node ${process.version}, GET of 1 KB JSON, ${IN_FLIGHT} in flight, median of ${ROUNDS} rounds of ${REQUESTS}\n`,
);
console.log("| client | requests/s | CPU µs/request | ratio to fetch |\n| --- | ---: | ---: | ---: |");
for (const [name, rounds] of results) {
  const rate = median(rounds.map((each) => each.rate));
  const cpu = median(rounds.map((each) => each.cpu));
  console.log(`| ${name} | ${Math.round(rate)} | ${cpu.toFixed(1)} | ${(rate / base).toFixed(2)} |`);
}
await native.close();
server.kill();
