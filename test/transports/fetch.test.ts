/** FetchTransport on Node's fetch, and on fetches made by hand that misbehave. */
import { afterEach, expect, inject, test, vi } from "vitest";
import { HTTPStatusError, isHTTPError } from "../../src/errors.ts";
import { Request, type RequestParts } from "../../src/request.ts";
import { FetchTransport } from "../../src/transports/fetch.ts";
import { transportContract } from "./contract.ts";
import { serveOverHttp } from "./serve-over-http.ts";

transportContract("FetchTransport", () => new FetchTransport(), serveOverHttp, {
  dead: "http://127.0.0.1:2",
});

afterEach(() => void vi.useRealTimers());

const [base] = inject("servers").embedded;
const timeout = { connect: 1000, read: 1000, write: 1000, pool: 1000 };

type Fetch = typeof globalThis.fetch;

/** A call of a fetch made by hand; what it was given is told. */
function send(fetch: Fetch, method = "GET", options: RequestParts = {}) {
  const request = new Request(method, "http://fetch.example/path", { extensions: { timeout }, ...options });
  return new FetchTransport({ fetch }).handleRequest(request);
}

/** A fetch that never answers and takes the body as far as it comes. */
function silent(seen: { signal?: AbortSignal; reason?: unknown; read: number }): Fetch {
  return async (_input, init) => {
    seen.signal = init?.signal as AbortSignal;
    seen.signal.addEventListener("abort", () => {
      seen.reason = seen.signal?.reason;
    });
    const reader = (init?.body as ReadableStream<Uint8Array> | undefined)?.getReader?.();
    const pump = async (): Promise<void> => {
      for (let step = await reader?.read(); step && !step.done; step = await reader?.read())
        seen.read += step.value.length;
    };
    pump().catch(() => {});
    return new Promise<never>(() => {});
  };
}

const reasonOf = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    () => {
      throw new Error("Nothing was rejected");
    },
    (error) => error,
  );

test("FetchTransport refuses options that it does not have", () => {
  expect(() => new FetchTransport({ fetsh: fetch } as object)).toThrow('Cannot use option "fetsh"');
  expect(() => new FetchTransport({ fetch: 1 as never })).toThrow("must be a function: number");
});

test("FetchTransport refuses what fetch would drop or send otherwise", async () => {
  const refused: [method: string, options: RequestParts, words: string][] = [
    ["TRACE", {}, "send the method TRACE with fetch; use NodeTransport on Node"],
    ["TRACK", {}, "send the method TRACK with fetch"],
    ["GET", { body: "x" }, "send a body with GET; use QUERY or POST"],
    [
      "GET",
      { headers: { Host: "other.example" } },
      "send the header Host as it is; leave it to the platform",
    ],
    ["GET", { extensions: { target: "*" } }, "use extensions.target with fetch"],
    ["GET", { extensions: { sni_hostname: "x" } }, "use extensions.sni_hostname with fetch"],
  ];
  for (const [method, options, words] of refused) {
    const error = await reasonOf(send(fetch, method, options));
    expect(error.message).toContain(`${method} http://fetch.example/path: Node cannot ${words}`);
    expect(error.code).toBe("ERR_UNSUPPORTED");
  }
});

test("FetchTransport hands over method, URL, headers and fetchOptions, and never follows by itself", async () => {
  let given: [unknown, RequestInit | undefined] | undefined;
  const answer = await send(
    async (input, init) => {
      given = [input, init];
      return new globalThis.Response("ok");
    },
    "PUT",
    {
      body: "data",
      headers: { "X-A": "b" },
      extensions: { fetchOptions: { keepalive: true, redirect: "follow" } },
    },
  );
  expect(await answer.text()).toBe("ok");
  expect(given?.[0]).toBe("http://fetch.example/path");
  expect(given?.[1]).toMatchObject({ method: "PUT", redirect: "manual", keepalive: true });
  expect(given?.[1]?.headers).toContainEqual(["X-A", "b"]);
});

test("FetchTransport passes on an error of ours that a fetch throws, and classifies all others", async () => {
  const ours = new HTTPStatusError("Cannot");
  expect(await reasonOf(send(() => Promise.reject(ours)))).toBe(ours);
  const thrown = await reasonOf(
    send(() => {
      throw new Error("at once");
    }),
  );
  expect(isHTTPError(thrown)).toBe(true);
  expect(thrown.cause).toMatchObject({ message: "at once" });
});

test("FetchTransport releases an answer that comes after the abort", async () => {
  const released = vi.fn();
  const controller = new AbortController();
  let answer: (response: globalThis.Response) => void = () => {};
  const call = send(() => new Promise((resolve) => (answer = resolve)), "GET", { signal: controller.signal });
  controller.abort("over");
  expect(await call.catch((error) => error)).toBe("over");
  answer(new globalThis.Response(new ReadableStream({ cancel: released })));
  await vi.waitFor(() => expect(released).toHaveBeenCalledTimes(1));
});

test("A source that fails aborts the fetch before the stream ends, so that no part is taken for the whole", async () => {
  const seen = { read: 0 } as { signal?: AbortSignal; reason?: unknown; read: number };
  const fault = new Error("the disk is gone");
  async function* broken() {
    yield new Uint8Array(10);
    throw fault;
  }
  expect(await reasonOf(send(silent(seen), "POST", { body: broken() }))).toBe(fault);
  expect([seen.reason, seen.read]).toEqual([fault, 10]);
});

test("A source that fails after the answer has ended aborts the fetch as well", async () => {
  const seen = { read: 0 } as { signal?: AbortSignal; read: number };
  let fail: () => void = () => {};
  const failing = new Promise<void>((_, reject) => {
    fail = () => reject(new Error("too late"));
  });
  async function* body() {
    yield new Uint8Array(10);
    await failing;
  }
  const early: Fetch = async (input, init) => {
    void silent(seen)(input, init);
    return new globalThis.Response("early");
  };
  const response = await send(early, "POST", { body: body() });
  expect(await response.text()).toBe("early");
  fail();
  await vi.waitFor(() => expect(seen.signal?.reason).toMatchObject({ message: "too late" }));
});

test("A generator that hangs does not keep the error of its request", async () => {
  async function* hanging() {
    yield new Uint8Array(1);
    await new Promise(() => {});
  }
  const refusing: Fetch = async (_input, init) => {
    await (init as { body: ReadableStream }).body.getReader().read();
    throw new TypeError("fetch failed");
  };
  expect((await reasonOf(send(refusing, "POST", { body: hanging() }))).name).toBe("TransportError");
});

test("A server that takes no bytes is a WriteTimeoutError", async () => {
  vi.useFakeTimers();
  const reads: number[] = [];
  const stuck: Fetch = async (_input, init) => {
    const reader = (init as { body: ReadableStream<Uint8Array> }).body.getReader();
    reads.push((await reader.read()).value?.length ?? 0);
    return new Promise<never>(() => {});
  };
  const limits = { timeout: { ...timeout, read: null, write: 200 } };
  const call = reasonOf(
    send(stuck, "POST", { body: () => [new Uint8Array(5), new Uint8Array(5)], extensions: limits }),
  );
  await vi.advanceTimersByTimeAsync(199);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect([(await call).name, reads]).toEqual(["WriteTimeoutError", [5]]);
});

test("After an early answer neither the upload nor its end starts a clock", async () => {
  vi.useFakeTimers();
  const seen = { read: 0 };
  const early: Fetch = async (input, init) => {
    void silent(seen)(input, init);
    return new globalThis.Response("early");
  };
  const response = await send(early, "POST", { body: () => [new Uint8Array(5), new Uint8Array(5)] });
  await vi.advanceTimersByTimeAsync(5000);
  expect([await response.text(), seen.read, vi.getTimerCount()]).toEqual(["early", 10, 0]);
});

test("A body that fetch sends by itself may take the write timeout for each 64 KiB of it", async () => {
  vi.useFakeTimers();
  const seen = { read: 0 };
  const ended: string[] = [];
  const start = (size: number) =>
    reasonOf(send(silent(seen), "POST", { body: new Uint8Array(size) })).then(({ message }) =>
      ended.push(message),
    );
  void start(100);
  void start(131_072);
  await vi.advanceTimersByTimeAsync(1000);
  expect(ended).toEqual(["Cannot complete POST http://fetch.example/path: no response came for 1000 ms"]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(ended[1]).toContain("for 3000 ms");
});

test("Closing a short body reads it off, which keeps the connection; a long or stalled one is aborted", async () => {
  const transport = new FetchTransport();
  const get = (path: string) => transport.handleRequest(new Request("GET", base + path));
  const place = async () => (await (await get("/connection")).json()) as { connection: number; turn: number };
  // Node's fetch takes turns with two connections.
  for (let call = 0; call < 4; call++) await (await get("/bytes/1000")).close();
  const after = await place();
  expect(after.turn).toBeGreaterThan(1);
  const stalled = await get("/slow/body?journal=fetch-stalled");
  await stalled.close();
  const long = await get("/large?size=10000000&journal=fetch-long");
  await long.close();
  for (const name of ["fetch-stalled", "fetch-long"]) {
    const seen = await fetch(`${base}/journal/${name}?count=1&settled`);
    expect(await seen.json()).toMatchObject([{ outcome: "dropped" }]);
  }
});

test("Corrupt gzip ends, whether Node's fetch reports it or hangs", async () => {
  const transport = new FetchTransport();
  const limits = { timeout: { ...timeout, read: 300 } };
  const errors = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const request = new Request("GET", `${base}/gzip?damage=plain`, { extensions: limits });
      return reasonOf(transport.handleRequest(request).then((response) => response.read()));
    }),
  );
  for (const { name } of errors) expect(name).toMatch(/^(Decode|ReadTimeout)Error$/);
});

test("More than five codings are a DecodeError, also where the fetch has undone them", async () => {
  const five = Array(5).fill("gzip").join(", ");
  const many: Fetch = async () =>
    new globalThis.Response("text", { headers: { "Content-Encoding": `${five}, gzip` } });
  const error = await reasonOf((await send(many)).text());
  expect([error.name, error.message.includes("more than 5 content codings")]).toEqual(["DecodeError", true]);
  const few: Fetch = async () => new globalThis.Response("text", { headers: { "Content-Encoding": five } });
  expect(await (await send(few)).text()).toBe("text");
});

test("A body that the fetch has decoded shows neither raw bytes nor their number", async () => {
  const decoded: Fetch = async () =>
    new globalThis.Response("text", { headers: { "Content-Encoding": "gzip" } });
  const response = await send(decoded);
  expect(() => response.iterRaw()).toThrow("they were decoded before they could be seen");
  await response.read();
  expect(response.numBytesDownloaded).toBeUndefined();
});

test("A closed FetchTransport refuses, and disposes of the body", async () => {
  const transport = new FetchTransport();
  await transport.close();
  const cancel = vi.fn();
  const request = new Request("POST", base, { body: new ReadableStream({ cancel }) });
  expect((await reasonOf(transport.handleRequest(request))).name).toBe("ClientClosedError");
  expect(cancel).toHaveBeenCalledTimes(1);
});
