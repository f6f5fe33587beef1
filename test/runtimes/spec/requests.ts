/** What goes out: methods, URLs, headers, and what is refused before it does. */
import { Client, FetchTransport, get, request } from "saluki";
import { type Echo, failure, type Kit, sent, truth } from "../kit.ts";

export function requests(kit: Kit): void {
  const { test, expect, base, runtime } = kit;
  const client = new Client();

  test("get reads a JSON document", async () => {
    expect(await get(`${base}/json`).json()).toEqual({ saluki: "fast", legs: 4 });
  });

  test("Each function of a client sends the method that it is named after", async () => {
    for (const method of ["get", "post", "put", "patch", "delete", "options"] as const) {
      const echo = await client[method](`${base}/anything`).json<Echo>();
      expect(echo.method).toBe(method.toUpperCase());
    }
    const head = await client.head(`${base}/anything`);
    expect([head.status, head.content.length]).toEqual([200, 0]);
  });

  test("A known method in lower case goes out in capitals", async () => {
    expect((await request("patch", `${base}/anything`).json<Echo>()).method).toBe("PATCH");
  });

  test("A method reaches the server as it is, or is refused", async () => {
    const refused = truth(kit, [] as string[], { workerd: ["LINK", "M-SEARCH"] });
    for (const method of ["PROPFIND", "REPORT", "PURGE", "QUERY", "LINK", "M-SEARCH"]) {
      const call = request(method, `${base}/anything`);
      if (refused.includes(method)) expect((await failure(call)).name).toBe("UnsupportedError");
      else expect((await call.json<Echo>()).method).toBe(method);
    }
  });

  test("A method that the runtime would make a GET of is refused by name", async () => {
    const transport = new FetchTransport();
    const strict = new Client({ transport });
    for (const method of ["FOO", "Lock", "TRACK"]) {
      if (method !== "TRACK" && !["bun", "workerd"].includes(runtime.name)) continue;
      const error = await failure(strict.request(method, `${base}/anything`));
      expect([error.name, error.message.includes(`method ${method}`)]).toEqual(["UnsupportedError", true]);
    }
  });

  test("TRACE goes out where the transport is not a fetch, and is refused elsewhere", async () => {
    const call = client.request("TRACE", `${base}/anything`);
    if (runtime.name === "node") expect((await call.json<Echo>()).method).toBe("TRACE");
    else expect((await failure(call)).name).toBe("UnsupportedError");
  });

  test("GET has a body where the transport is not a fetch, and is refused elsewhere", async () => {
    const call = client.get(`${base}/anything`, { body: "question" });
    if (runtime.name === "node") expect((await call.json<Echo>()).body.text).toBe("question");
    else expect((await failure(call)).message).toContain("body with GET");
  });

  test("params are appended to the query of the URL, which stays byte for byte", async () => {
    const params = { x: [1, 2], yes: true, none: null, "ü&": "a b" };
    const { target } = await client.get(`${base}/anything?a=%7e&b`, { params }).json<Echo>();
    // WebKitGTK's network library decodes what need not be encoded, out of our sight.
    const own = truth(kit, "%7e", { webkit: "~" });
    expect(target.replace(`a=${own}`, "a=%7e")).toMatch(
      /^\/anything\?a=%7e&b&x=1&x=2&yes=true&%C3%BC%26=a(\+|%20)b$/,
    );
  });

  test("A relative URL is appended to baseUrl and cannot leave it", async () => {
    const api = new Client({ baseUrl: `${base}/anything/v1/` });
    for (const path of ["users", "/users"])
      expect((await api.get(path).json<Echo>()).target).toBe("/anything/v1/users");
    for (const path of ["../../secret", "//evil.example/x"]) {
      try {
        const { url } = api.buildRequest("GET", path);
        expect(url.href.startsWith(`${base}/anything/v1/`)).toBe(true);
      } catch (error) {
        expect((error as Error).name).toBe("InvalidURLError");
      }
    }
  });

  test("A relative URL without a base is the document's in a page, an InvalidURLError elsewhere", () => {
    if (runtime.browser) {
      expect(client.buildRequest("GET", "/x").url.origin).toBe(location.origin);
    } else {
      expect(() => client.buildRequest("GET", "/x")).toThrow(
        expect.objectContaining({ name: "InvalidURLError", code: "ERR_INVALID_URL" }),
      );
    }
  });

  test("Only http and https are spoken", async () => {
    for (const url of ["ftp://127.0.0.1/x", "data:text/plain,x", "file:///etc/passwd"])
      expect((await failure(get(url))).name).toBe("UnsupportedProtocolError");
  });

  test("Headers of a call lie over those of its client, and null removes one", async () => {
    const api = new Client({ headers: { "X-One": "1", "X-Two": "2", "X-Three": "3" } });
    const echo = await api
      .get(`${base}/anything`, { headers: { "x-two": "zwei", "X-Three": null } })
      .json<Echo>();
    expect(["x-one", "x-two", "x-three"].map((name) => sent(echo, name))).toEqual(["1", "zwei", undefined]);
  });

  test("Default headers name Saluki and what this runtime decodes", async () => {
    const echo = await client.get(`${base}/anything`).json<Echo>();
    expect(sent(echo, "accept")).toBe("*/*");
    if (runtime.browser) {
      expect(sent(echo, "user-agent")).toBe(navigator.userAgent);
    } else {
      expect(sent(echo, "user-agent")).toMatch(/^saluki\/\d+\.\d+\.\d+/);
      expect(sent(echo, "accept-encoding")).toMatch(/^gzip, deflate, br(, zstd)?$/);
    }
  });

  test("What is not allowed in a header is a TypeError and is never sent", () => {
    for (const headers of [
      { "X-A": "a\r\nX-B: b" },
      { "X-A": "a\0" },
      { "": "a" },
      { é: "a" },
      { "a b": "a" },
    ])
      expect(() => client.buildRequest("GET", base, { headers })).toThrow(TypeError);
  });

  test("A header that the platform would drop is refused, not lost", async () => {
    const name = truth(kit, "Host", { workerd: "Keep-Alive", browser: "Cookie", node: "", bun: "" });
    const call = client.get(`${base}/anything`, { headers: { [name || "Host"]: "saluki.example" } });
    if (name === "") expect(sent(await call.json<Echo>(), "host")).toBe("saluki.example");
    else {
      const error = await failure(call);
      expect([error.name, error.message.includes(name)]).toEqual(["UnsupportedError", true]);
    }
  });

  test("A header value beyond ASCII is one byte for each character, or is refused", async () => {
    const call = client.get(`${base}/anything`, { headers: { "X-Latin": "é" } });
    if (["workerd", "webkit"].includes(runtime.name))
      expect((await failure(call)).name).toBe("UnsupportedError");
    else expect(sent(await call.json<Echo>(), "x-latin")).toBe("é");
  });

  test("An option that does not exist is a TypeError that suggests one", async () => {
    const error = await failure(get(base, { hedaers: {} } as object));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain('did you mean "headers"?');
  });

  test("A request target of one's own is sent or refused", async () => {
    const call = client.get(`${base}/`, { extensions: { target: "/anything/%zz" } });
    if (runtime.name === "node") expect((await call.json<Echo>()).target).toBe("/anything/%zz");
    else expect((await failure(call)).message).toContain("extensions.target");
  });
}
