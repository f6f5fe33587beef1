/** A body whose source waits for ever holds up nobody: the call ends with the reason that ended it. */
import { expect, inject, onTestFinished, test } from "vitest";
import { Client } from "../../src/client.ts";
import type { ClientOptions } from "../../src/options.ts";
import { Response } from "../../src/response.ts";
import { FetchTransport } from "../../src/transports/fetch.ts";
import { MockTransport } from "../../src/transports/mock.ts";

const reader = new MockTransport(async (request) => {
  await request.read();
  return new Response("never");
});

test.each<[name: string, options: () => ClientOptions]>([
  ["NodeTransport", () => ({})],
  ["FetchTransport", () => ({ transport: new FetchTransport() })],
  ["MockTransport", () => ({ transport: reader })],
])("%s gives up a hanging source at an abort, and at the end of its time", async (_, options) => {
  const client = new Client(options());
  onTestFinished(() => client.close());
  const [base] = inject("servers").embedded;
  const controller = new AbortController();
  async function* hang(meanwhile: () => void): AsyncGenerator<string> {
    yield "first";
    meanwhile();
    await new Promise(() => undefined);
  }
  const body = hang(() => controller.abort("enough"));
  await expect(client.post(`${base}/upload`, { body, signal: controller.signal })).rejects.toBe("enough");
  const late = client.post(`${base}/reset`, {
    body: hang(() => undefined),
    timeout: { read: 200, write: 200, total: 300 },
  });
  await expect(late).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) });
});
