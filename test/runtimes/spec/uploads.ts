/** Request bodies that are streams: sent piece by piece where the platform can, refused where it would send nonsense. */
import { Client } from "saluki";
import { type Failure, failure, fresh, journal, type Kit, sent } from "../kit.ts";

interface Upload {
  length: number;
  complete: boolean;
  contentLength: string | null;
}

async function* pieces(): AsyncGenerator<string | Uint8Array> {
  yield "one, ";
  yield new Uint8Array([116, 119, 111]);
}

function streamOf(
  chunks: unknown[],
  onCancel: (reason: unknown) => void = () => {},
): ReadableStream<unknown> {
  const iterator = chunks[Symbol.iterator]();
  return new ReadableStream<unknown>({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: onCancel,
  });
}

export function uploads(kit: Kit): void {
  const { test, expect, base, runtime } = kit;
  const client = new Client();

  /** Sends a stream; a page must refuse it, since the servers of these tests speak HTTP/1.1. */
  async function upload(
    body: NonNullable<Parameters<typeof client.post>[1]>["body"],
  ): Promise<string | undefined> {
    const call = client.post(`${base}/body`, { body: body as BodyInit });
    if (!runtime.browser) return call.text();
    expectRefusal(await failure(call));
    return undefined;
  }

  function expectRefusal(error: Failure): void {
    if (runtime.name === "chromium") {
      expect(error.name).toBe("NetworkError");
      expect(error.message).toContain("needs HTTP/2");
    } else {
      expect(error.name).toBe("UnsupportedError");
      expect(error.message).toContain("read it into a Blob or bytes first");
    }
  }

  test("An async generator of text and bytes is streamed, or refused in a page", async () => {
    expect([undefined, "one, two"]).toContain(await upload(pieces()));
  });

  test("A ReadableStream is streamed, text chunks too, and never sent as [object ReadableStream]", async () => {
    const text = await upload(
      streamOf(["text, ", new Uint8Array([98]), new Uint8Array(0), new Uint8Array([99])]),
    );
    expect(text).toBe(runtime.browser ? undefined : "text, bc");
  });

  test("An iterable and a function are streamed as well", async () => {
    expect(await upload(["a", new Uint8Array([98])])).toBe(runtime.browser ? undefined : "ab");
    expect(await upload(() => pieces())).toBe(runtime.browser ? undefined : "one, two");
  });

  test("A stream is read only as the server takes it", async () => {
    if (runtime.browser) return void (await upload(pieces()));
    const gate = fresh();
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const error = await failure(
      client.post(`${base}/read/1?gate=${gate}`, { body: endless, timeout: { write: 150, read: 5000 } }),
    );
    expect(error.name).toBe("WriteTimeoutError");
    expect(pulled).toBeLessThan(1000);
  });

  test("A source that throws fails the call with its error and is never taken for a complete upload", async () => {
    const name = fresh();
    const fault = new Error("the disk is gone");
    async function* broken() {
      yield new Uint8Array(1000);
      // Thrown only when the server has seen that a body is coming.
      await journal(kit, name);
      throw fault;
    }
    const error = await failure(client.post(`${base}/upload?journal=${name}`, { body: broken() }));
    if (runtime.browser) return expectRefusal(error);
    expect([error, error.cause]).toContain(fault);
    expect((await journal(kit, name, 1, true)).map(({ complete }) => complete)).toEqual([false]);
  });

  test("A stream that is not sent is cancelled", async () => {
    let cancelled = false;
    const body = streamOf([new Uint8Array(1)], () => {
      cancelled = true;
    });
    const signal = AbortSignal.abort(new Error("never mind"));
    expect((await failure(client.post(base, { body, signal }))).message).toBe("never mind");
    expect(cancelled).toBe(true);
  });

  test("An abort ends an upload, and the server has no complete body", async () => {
    const name = fresh();
    const controller = new AbortController();
    const reason = new Error("enough");
    async function* endless() {
      for (;;) {
        yield new Uint8Array(65_536);
        if ((await journal(kit, name, 0)).some(({ bodyLength }) => bodyLength > 0)) controller.abort(reason);
      }
    }
    const call = client.post(`${base}/upload?journal=${name}`, {
      body: endless(),
      signal: controller.signal,
    });
    const error = await failure(call);
    if (runtime.browser) return expectRefusal(error);
    expect(error).toBe(reason);
    expect((await journal(kit, name, 1, true)).map(({ complete }) => complete)).toEqual([false]);
  });

  test("onUploadProgress hears of every byte, or is refused in a page", async () => {
    const told: number[] = [];
    const call = client.post(`${base}/upload`, {
      body: new Uint8Array(200_000),
      onUploadProgress: ({ transferred }) => told.push(transferred),
    });
    if (runtime.browser) {
      expect((await failure(call)).message).toContain("onUploadProgress");
    } else {
      expect((await call.json<Upload>()).length).toBe(200_000);
      expect(told.at(-1)).toBe(200_000);
    }
  });

  test("A stream of a known length does not carry two lengths", async () => {
    const call = client.post(`${base}/anything`, { body: pieces(), headers: { "Content-Length": "8" } });
    if (runtime.browser) return expectRefusal(await failure(call));
    const echo = await call.json<{ headers: [string, string][]; body: { text: string } }>();
    expect(echo.body.text).toBe("one, two");
    const lengths = [sent(echo, "content-length"), sent(echo, "transfer-encoding")].filter(Boolean);
    expect(lengths.length).toBe(1);
  });

  test("An answer that comes before the upload has ended is returned", async () => {
    const response = await client.post(`${base}/early-413`, { body: new Uint8Array(100_000) });
    expect(response.status).toBe(413);
  });
}
