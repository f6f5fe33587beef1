/** Cookies: kept by the client on servers, by the platform in pages, where asking the client for them is refused. */
import { Client, get } from "saluki";
import { failure, type Kit } from "../kit.ts";

interface Sent {
  cookies: [string, string][];
}

export function cookies(kit: Kit): void {
  const { test, expect, base, other, runtime } = kit;

  test("A client sends the cookies that it was given, and a page says who keeps them", async () => {
    if (runtime.browser) {
      const error = await failure(() => new Client().cookies);
      expect([error.name, error.message.includes("fetchOptions.credentials")]).toEqual([
        "UnsupportedError",
        true,
      ]);
      expect((await failure(() => new Client({ cookies: { a: "1" } }))).name).toBe("UnsupportedError");
      expect((await failure(get(base, { cookies: { a: "1" } }))).name).toBe("UnsupportedError");
      return;
    }
    const client = new Client({ cookies: { given: "1" } });
    await client.get(`${base}/cookies/raw?line=${encodeURIComponent("set=2; Path=/; HttpOnly")}`);
    const { cookies } = await client.get(`${base}/cookies`).json<Sent>();
    expect(cookies.sort()).toEqual([
      ["given", "1"],
      ["set", "2"],
    ]);
    expect(await client.cookies.get("set")).toBe("2");
    expect(await client.cookies.count()).toBe(2);
  });

  test("A cookie set by a redirect is sent on the next hop", async () => {
    const client = new Client({ fetchOptions: { credentials: "include" } });
    const { cookies } = await client.get(`${base}/redirect-cookie/hop/one`).json<Sent>();
    // In a page the platform decides, and it takes this server for a third party.
    if (runtime.browser) expect(cookies.every(([name]) => name === "hop")).toBe(true);
    else expect(cookies).toEqual([["hop", "one"]]);
  });

  test("Cookies that a call gives are sent with it alone", async () => {
    if (runtime.browser) {
      expect((await failure(get(base, { cookies: { once: "1" } }))).message).toContain("keeps them itself");
      return;
    }
    const client = new Client();
    const { cookies } = await client.get(`${base}/cookies`, { cookies: { once: "1" } }).json<Sent>();
    expect(cookies).toEqual([["once", "1"]]);
    expect((await client.get(`${base}/cookies`).json<Sent>()).cookies).toEqual([]);
    const url = `${base}/redirect-to?url=${encodeURIComponent(`${other}/cookies`)}`;
    expect((await client.get(url, { cookies: { once: "1" } }).json<Sent>()).cookies).toEqual([]);
  });

  test("A deleted cookie is gone, and the functions keep none", async () => {
    if (runtime.browser) return expect((await get(`${base}/cookies`).json<Sent>()).cookies).toEqual([]);
    const client = new Client();
    await client.get(`${base}/cookies/set?a=1&b=2`);
    await client.get(`${base}/cookies/delete?a`);
    expect((await client.get(`${base}/cookies`).json<Sent>()).cookies).toEqual([["b", "2"]]);
    await get(`${base}/cookies/set?kept=no`);
    expect((await get(`${base}/cookies`).json<Sent>()).cookies).toEqual([]);
  });

  test("response.cookies reads what the response set, where it can be seen", async () => {
    const response = await get(`${base}/cookies/raw?line=${encodeURIComponent("a=1; Secure")}`);
    expect(response.cookies.get("a")).toBe(runtime.browser ? undefined : "1");
  });
}
