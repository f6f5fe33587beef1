/** How a call ends before its time: by its caller's signal, or because something took too long. */
import { Client, get, TimeoutError } from "saluki";
import { failure, fresh, journal, type Kit, release, truth } from "../kit.ts";

export function aborts(kit: Kit): void {
  const { test, expect, base } = kit;
  const client = new Client();
  const reason = Object.assign(new Error("changed my mind"), { kind: "reason" });

  test("A signal that is aborted already stops the call before it is sent", async () => {
    const name = fresh();
    expect(await failure(get(`${base}/get?journal=${name}`, { signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    );
    expect(await journal(kit, name, 0)).toEqual([]);
  });

  test("An abort while waiting for the answer rejects with the reason and drops the connection", async () => {
    const name = fresh();
    const controller = new AbortController();
    const call = get(`${base}/slow/headers?journal=${name}`, { signal: controller.signal });
    const error = failure(call);
    await journal(kit, name);
    controller.abort(reason);
    expect(await error).toBe(reason);
    expect((await journal(kit, name, 1, true))[0]?.outcome).toBe("dropped");
  });

  test("An abort in the body rejects with the reason and drops the connection", async () => {
    const name = fresh();
    const controller = new AbortController();
    const url = `${base}/slow/body?journal=${name}`;
    const response = await client.stream("GET", url, { signal: controller.signal });
    const read = async () => {
      for await (const piece of response.iterBytes()) if (piece.length > 0) controller.abort(reason);
    };
    expect(await failure(read)).toBe(reason);
    expect((await journal(kit, name, 1, true))[0]?.outcome).toBe("dropped");
  });

  test("An abort while the body is read to memory rejects with the reason", async () => {
    const controller = new AbortController();
    const name = fresh();
    const error = failure(get(`${base}/slow/body?journal=${name}`, { signal: controller.signal }));
    await journal(kit, name);
    controller.abort(reason);
    expect(await error).toBe(reason);
  });

  test("abort() without a reason is an AbortError, a timeout signal a TimeoutError", async () => {
    const controller = new AbortController();
    controller.abort();
    expect((await failure(get(base, { signal: controller.signal }))).name).toBe("AbortError");
    const signal = AbortSignal.timeout(50);
    const error = await failure(get(`${base}/slow/headers`, { signal }));
    expect(error).toBe(signal.reason);
    expect(error.name).toBe("TimeoutError");
  });

  test("An abort after the end changes nothing", async () => {
    const controller = new AbortController();
    const response = await get(`${base}/json`, { signal: controller.signal });
    controller.abort(reason);
    expect(await response.json()).toEqual({ saluki: "fast", legs: 4 });
  });

  test("A server that does not answer is a ReadTimeoutError", async () => {
    const name = fresh();
    const error = await failure(get(`${base}/slow/headers?journal=${name}`, { timeout: 150 }));
    expect([error.name, error.code]).toEqual(["ReadTimeoutError", "ERR_READ_TIMEOUT"]);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toContain("150 ms");
    expect((await journal(kit, name, 1, true))[0]?.outcome).toBe("dropped");
  });

  test("A body that stops is a ReadTimeoutError", async () => {
    const error = await failure(get(`${base}/slow/body`, { timeout: { read: 150 } }));
    expect(error.name).toBe("ReadTimeoutError");
  });

  test("A read timeout measures silence, not the whole body", async () => {
    const gate = fresh();
    // Firefox waits with the head for the first byte.
    await release(kit, gate);
    const response = await client.stream("GET", `${base}/drip?bytes=4&gate=${gate}`, {
      timeout: { read: 2000 },
    });
    let length = 0;
    for await (const piece of response.iterBytes()) {
      length += piece.length;
      await release(kit, gate);
    }
    expect(length).toBe(4);
  });

  test("timeout.total is over the body too", async () => {
    const error = await failure(get(`${base}/slow/body`, { timeout: { read: null, total: 150 } }));
    expect([error.name, error.code]).toEqual(["TotalTimeoutError", "ERR_TOTAL_TIMEOUT"]);
    const waiting = await failure(get(`${base}/slow/headers`, { timeout: { total: 100 } }));
    expect(waiting.name).toBe("TotalTimeoutError");
  });

  test("A timeout of null waits", async () => {
    const gate = fresh();
    const call = get(`${base}/slow/headers?gate=${gate}`, { timeout: null });
    await release(kit, gate);
    expect(await call.json()).toEqual({ released: true });
  });

  test("A time that is none is a TypeError", async () => {
    for (const timeout of [-1, Number.NaN, "1s", { connnect: 1 }])
      expect(await failure(get(base, { timeout: timeout as number }))).toBeInstanceOf(TypeError);
  });

  test("The reason of an abort may be any value", async () => {
    const controller = new AbortController();
    controller.abort("a text");
    expect(await failure(get(base, { signal: controller.signal }))).toBe(truth(kit, "a text", {}));
  });
}
