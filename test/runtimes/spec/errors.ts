/** Faults of the network and of servers: the same class everywhere, or the nearest one that the platform lets be known. */
import { Client, get, HTTPError, isHTTPError, TransportError } from "saluki";
import { failure, type Kit, truth } from "../kit.ts";

export function errors(kit: Kit): void {
  const { test, expect, base, runtime } = kit;
  const client = new Client();
  // workerd and pages have one text for every fault of a connection.
  const blind = (known: string) => truth(kit, known, { workerd: "NetworkError", browser: "NetworkError" });

  test("A refused connection is a ConnectError", async () => {
    const error = await failure(get("http://127.0.0.1:2/path?token=secret"));
    expect(error.name).toBe(blind("ConnectError"));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toBeInstanceOf(HTTPError);
    expect(isHTTPError(error)).toBe(true);
  });

  test("A network error names method and URL without secrets and keeps its cause", async () => {
    const error = await failure(get("http://olivia:hidden@127.0.0.1:2/path?token=secret"));
    expect(error.message).toContain("GET http://127.0.0.1:2/path");
    expect(error.message).not.toMatch(/hidden|secret/);
    expect(error.cause).toBeInstanceOf(Error);
    expect(String(error.request)).toContain("GET http://127.0.0.1:2/path");
    expect(JSON.stringify([error, String(error)])).not.toMatch(/hidden|secret/);
  });

  test("A host that does not exist is a ConnectError", async () => {
    expect((await failure(get("http://saluki.invalid/"))).name).toBe(blind("ConnectError"));
  });

  test("A server that speaks no TLS is a TLSError", async () => {
    expect((await failure(get(base.replace("http:", "https:")))).name).toBe(blind("TLSError"));
  });

  test("A connection that ends or breaks before the answer is a ReadError", async () => {
    for (const path of ["/close", "/reset", "/half-head"]) {
      // Chromium and Firefox take half a head for a whole one; without its CORS header it is then refused.
      expect([path, (await failure(client.get(base + path))).name]).toEqual([path, blind("ReadError")]);
    }
  });

  test("An answer that is not HTTP is a RemoteProtocolError", async () => {
    for (const kind of ["text", "status"])
      expect((await failure(client.get(`${base}/garbage?kind=${kind}`))).name).toBe(
        blind("RemoteProtocolError"),
      );
  });

  test("A body that ends before its length is a ReadError, never a short read", async () => {
    for (const path of ["/short-content-length", "/short-content-length?reset"])
      expect([path, (await failure(client.get(base + path))).name]).toEqual([path, "ReadError"]);
  });

  test("A chunked body that is cut off is an error, except in WebKit, which ends it", async () => {
    const call = client.get(`${base}/chunked-cut`);
    if (runtime.name === "webkit") expect(await call.text()).toBe("first");
    else expect((await failure(call)).name).toBe("ReadError");
  });

  test("A chunk without a size is an error, except in WebKit, which ends there", async () => {
    const call = client.get(`${base}/bad-chunk`);
    if (runtime.name === "webkit") expect(await call.text()).toContain("first");
    else {
      // Deno, workerd and Chromium cannot tell it from a connection that ends; Firefox may see it with the head.
      const known = {
        deno: /^ReadError$/,
        workerd: /^ReadError$/,
        chromium: /^ReadError$/,
        firefox: /^(Read|Network)Error$/,
      };
      expect((await failure(call)).name).toMatch(truth(kit, /^RemoteProtocolError$/, known));
    }
  });

  test("A body that ends with the connection is whole", async () => {
    expect(await get(`${base}/until-close`).text()).toBe("until close");
  });

  test("Two lengths that differ are an error, except in WebKit", async () => {
    const call = client.get(`${base}/two-content-lengths`);
    if (runtime.name === "webkit") expect((await call).status).toBe(200);
    else expect((await failure(call)).name).toBe(blind("RemoteProtocolError"));
  });

  test("Every class can be caught as HTTPError, and has a stable code", async () => {
    const error = await failure(get("ftp://127.0.0.1/"));
    expect([error.code, error instanceof HTTPError]).toEqual(["ERR_UNSUPPORTED_PROTOCOL", true]);
    expect(isHTTPError(new TypeError("no"))).toBe(false);
  });
}
