/** Bodies read on their way: in pieces, in lines, up to a bound, and let go of in the middle. */
import { Client, get } from "saluki";
import { failure, fresh, journal, type Kit, release } from "../kit.ts";

async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of iterable) list.push(item);
  return list;
}

export function streams(kit: Kit): void {
  const { test, expect, base } = kit;
  const client = new Client();

  test("iterBytes gives every byte, in pieces of a wanted size", async () => {
    const response = await client.stream("GET", `${base}/bytes/1000?chunked`);
    const pieces = await all(response.iterBytes({ chunkSize: 300 }));
    expect(pieces.map(({ length }) => length)).toEqual([300, 300, 300, 100]);
    expect(pieces[3]?.[99]).toBe(999 % 251);
  });

  test("iterLines ends lines at LF, CR LF and CR, and at nothing else", async () => {
    const response = await client.stream("GET", `${base}/lines`);
    expect(await all(response.iterLines())).toEqual([
      "one",
      "two",
      "three",
      "four\u2028still four",
      "",
      "six é€😀",
      "last",
    ]);
  });

  test("iterText never splits a character", async () => {
    const response = await client.stream("GET", `${base}/gzip?chunked&piece=3`);
    expect((await all(response.iterText())).join("")).toContain("Grüße, 😀 ".repeat(20));
  });

  test("The first piece is there before the last is sent", async () => {
    const gate = fresh();
    const response = await client.stream("GET", `${base}/slow/body?chunked&gate=${gate}`);
    const pieces: string[] = [];
    for await (const text of response.iterText()) {
      pieces.push(text);
      if (pieces.length === 1) await release(kit, gate);
    }
    expect(pieces.join("")).toBe("halffull");
    expect(pieces[0]).toBe("half");
  });

  test("Leaving a loop early closes the connection", async () => {
    const name = fresh();
    const response = await client.stream("GET", `${base}/slow/body?journal=${name}`);
    for await (const piece of response.iterBytes()) {
      expect(piece.length).toBe(4);
      break;
    }
    expect((await journal(kit, name, 1, true))[0]?.outcome).toBe("dropped");
  });

  test("close lets go of a body that nobody reads", async () => {
    const name = fresh();
    const response = await client.stream("GET", `${base}/slow/body?journal=${name}`);
    await response.close();
    expect((await journal(kit, name, 1, true))[0]?.outcome).toBe("dropped");
    expect((await failure(response.text())).name).toBe("StreamClosedError");
  });

  test("A response can be disposed of, also where the runtime has no symbol for it", async () => {
    const symbol = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
    const name = fresh();
    const response = await client.stream("GET", `${base}/slow/body?journal=${name}`);
    await (response as unknown as Record<symbol, () => Promise<void>>)[symbol]?.();
    expect((await journal(kit, name, 1, true))[0]?.outcome).toBe("dropped");
  });

  test("An unread body has no content, and a streamed one cannot be read twice", async () => {
    const response = await client.stream("GET", `${base}/json`);
    expect(() => response.content).toThrow(expect.objectContaining({ name: "ResponseNotReadError" }));
    await all(response.iterBytes());
    expect((await failure(response.text())).name).toBe("StreamConsumedError");
    expect(response.bodyUsed).toBe(true);
  });

  test("A streamed body can be read to memory after all", async () => {
    const response = await client.stream("GET", `${base}/json`);
    await response.read();
    expect(await response.json()).toEqual({ saluki: "fast", legs: 4 });
  });

  test("body is a ReadableStream of bytes", async () => {
    const response = await client.stream("GET", `${base}/bytes/10`);
    const reader = response.body?.getReader();
    let length = 0;
    for (let step = await reader?.read(); step && !step.done; step = await reader?.read())
      length += step.value.length;
    expect(length).toBe(10);
  });

  test("maxResponseSize ends a body at its bound", async () => {
    const name = fresh();
    const error = await failure(
      get(`${base}/large?size=64000000&journal=${name}`, { maxResponseSize: 100_000 }),
    );
    expect([error.name, error.code]).toEqual(["ResponseTooLargeError", "ERR_RESPONSE_TOO_LARGE"]);
    expect((await journal(kit, name, 1, true))[0]?.outcome).toBe("dropped");
    expect((await get(`${base}/bytes/1000`, { maxResponseSize: 1000 })).content.length).toBe(1000);
  });

  test("maxResponseSize counts decoded bytes", async () => {
    const error = await failure(get(`${base}/gzip?size=1000000`, { maxResponseSize: 100_000 }));
    expect(error.name).toBe("ResponseTooLargeError");
  });

  test("onDownloadProgress hears of every byte", async () => {
    const told: [number, number | undefined][] = [];
    await get(`${base}/bytes/100000`, {
      onDownloadProgress: ({ transferred, total }) => told.push([transferred, total]),
    });
    expect(told.at(-1)).toEqual([100_000, 100_000]);
  });
}
