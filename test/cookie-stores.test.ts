/** Cookies on tough-cookie's jars: with its own store, with one that answers late, with one that fails. */
import { createRequire } from "node:module";
import { type Cookie, CookieJar, MemoryCookieStore, Store } from "tough-cookie";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Cookies } from "../src/cookies.ts";

const NOW = Date.UTC(2026, 0, 1);
const HOME = new URL("https://a.test/");

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/**
 * A store that answers through callbacks, a few turns late, and saves all of its cookies at once, as one in a
 * file does: two writers at a time would lose what one of them saved.
 */
class SlowStore extends Store {
  saved: Cookie[] = [];
  override synchronous = false;
  failing = false;

  #late<T>(work: () => T, done: (error: Error | null, result?: T) => void, turns = 3): void {
    if (turns > 0) setImmediate(() => this.#late(work, done, turns - 1));
    else if (this.failing) done(new Error("The disk is full"));
    else done(null, work());
  }
  #change(change: (cookies: Cookie[]) => Cookie[], done: (error: Error | null) => void): void {
    const read = [...this.saved];
    this.#late(() => void (this.saved = change(read)), done);
  }
  override findCookie = ((domain: string, path: string, key: string, done: never) =>
    this.#late(
      () => this.saved.find((c) => c.domain === domain && c.path === path && c.key === key),
      done,
    )) as never;
  override findCookies = ((domain: string, _path: string, _special: boolean, done: never) =>
    this.#late(() => this.saved.filter((c) => domain.endsWith(c.domain ?? "")), done)) as never;
  override getAllCookies = ((done: never) => this.#late(() => [...this.saved], done)) as never;
  override putCookie = ((cookie: Cookie, done: never) =>
    this.#change((all) => [...all, cookie], done)) as never;
  override updateCookie = ((old: Cookie, cookie: Cookie, done: never) =>
    this.#change((all) => all.map((c) => (c.key === old.key ? cookie : c)), done)) as never;
  override removeCookie = ((domain: string, _path: string, key: string, done: never) =>
    this.#change((all) => all.filter((c) => c.domain !== domain || c.key !== key), done)) as never;
}

describe("a jar of the caller's", () => {
  test("is used as it is, and written into", async () => {
    const jar = new CookieJar();
    await jar.setCookie("a=1; Path=/", "https://a.test/");
    const cookies = new Cookies(jar);
    expect(await cookies.header(HOME, false)).toBe("a=1");
    await cookies.store(HOME, ["b=2; Path=/; Max-Age=60"]);
    expect(await jar.getCookieString("https://a.test/")).toBe("a=1; b=2");
    expect(await cookies.jar()).toBe(jar);
  });

  test("of another copy of tough-cookie works the same", async () => {
    const other = createRequire(import.meta.url)("tough-cookie") as typeof import("tough-cookie");
    expect(other.CookieJar).not.toBe(CookieJar);
    const jar = new other.CookieJar();
    const cookies = new Cookies(jar);
    await cookies.store(HOME, ["a=1; Path=/", "b=2; Path=/"]);
    await cookies.store(HOME, ["a=3; Path=/", "b=; Path=/; Max-Age=0"]);
    expect(await cookies.header(HOME, false)).toBe("a=3");
    expect(await jar.getCookieString("https://a.test/")).toBe("a=3");
  });

  test("keeps tough-cookie's meaning of Max-Age for what it stored by itself", async () => {
    const jar = new CookieJar();
    await jar.setCookie("a=1; Max-Age=60", "https://a.test/");
    await jar.setCookie("b=1; Max-Age=-1", "https://a.test/");
    const cookies = new Cookies(jar);
    vi.setSystemTime(NOW + 59_999);
    expect(await cookies.header(HOME, false)).toBe("a=1");
    vi.setSystemTime(NOW + 60_000);
    expect(await cookies.header(HOME, false)).toBe("");
  });

  test("that allows public suffixes allows them here", async () => {
    const corp = new URL("https://a.corp/");
    const strict = new Cookies(new CookieJar());
    await strict.store(corp, ["a=1; Domain=corp"]);
    expect(await strict.count()).toBe(0);
    const lax = new Cookies(new CookieJar(undefined, { rejectPublicSuffixes: false }));
    await lax.store(corp, ["a=1; Domain=corp"]);
    expect(await lax.count()).toBe(1);
  });

  test("works for hosts that its store cannot look up", async () => {
    for (const host of ["test", "local", "a.test."]) {
      const cookies = new Cookies(new CookieJar());
      const url = new URL(`https://${host}/`);
      await cookies.store(url, ["a=1"]);
      expect(await cookies.header(url, false), host).toBe("a=1");
    }
  });

  test("that was loaded from a file sends nothing that breaks the rules", async () => {
    const load = (cookies: Record<string, unknown>[]) =>
      new Cookies(CookieJar.fromJSON({ version: "", storeType: null, rejectPublicSuffixes: true, cookies }));
    const home = { domain: "a.test", path: "/", creation: new Date(NOW).toISOString() };
    const cookies = load([
      { ...home, key: "good", value: "1", hostOnly: true },
      { ...home, key: "forgot", value: "2" },
      { ...home, key: "crlf", value: "1\r\nX-Evil: 1", hostOnly: true },
      { ...home, key: "more", value: "1; admin=1", hostOnly: true },
      { ...home, domain: "test", key: "suffix", value: "1", hostOnly: false },
      { ...home, domain: "__proto__", key: "__proto__", value: "1", hostOnly: true },
      JSON.parse('{ "__proto__": { "key": "polluted" } }'),
    ]);
    for (const each of [cookies, await cookies.copy()]) {
      expect(await each.header(HOME, false)).toBe("good=1; forgot=2");
      expect(await each.header(new URL("https://x.a.test/"), false)).toBe("");
    }
    expect(({} as Record<string, unknown>).key).toBeUndefined();
  });

  test("is copied into memory, and then apart", async () => {
    const jar = new CookieJar();
    await jar.setCookie("a=1; Max-Age=60; Path=/", "https://a.test/");
    const copy = await new Cookies(jar).copy();
    await copy.store(HOME, ["b=2; Path=/"]);
    expect(await jar.getCookieString("https://a.test/")).toBe("a=1");
    expect(await copy.header(HOME, false)).toBe("a=1; b=2");
    // tough-cookie puts the end of its own cookies off with each use; in the copy it is a date.
    const copied = await copy.jar();
    vi.setSystemTime(NOW + 40_000);
    expect(await copied.getCookieString("https://a.test/")).toBe("a=1; b=2");
    vi.setSystemTime(NOW + 60_000);
    expect(await copied.getCookieString("https://a.test/")).toBe("b=2");
    expect(await copy.header(HOME, false)).toBe("b=2");
  });
});

describe("the jar in memory", () => {
  test("is a jar of tough-cookie's in every way", async () => {
    const cookies = new Cookies();
    await cookies.store(HOME, ["a=1; Path=/", "b=2; Path=/x; Secure; Max-Age=60"]);
    const jar = await cookies.jar();
    expect(jar).toBeInstanceOf(CookieJar);
    expect(jar.getCookieStringSync("https://a.test/x")).toBe("b=2; a=1");
    await jar.setCookie("c=3; Path=/", "https://a.test/");
    jar.setCookieSync("a=4; Path=/", "https://a.test/");
    expect(await cookies.header(HOME, false)).toBe("a=4; c=3");
    await jar.store.removeCookie("a.test", "/", "a");
    await jar.store.removeCookies("a.test", "/x");
    expect(await cookies.keys()).toEqual(["c"]);
    await jar.removeAllCookies();
    expect(await cookies.count()).toBe(0);
  });

  test("comes back from JSON as it was", async () => {
    const cookies = new Cookies();
    await cookies.store(HOME, [
      "a=1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60",
      "b=2; Domain=a.test",
    ]);
    const text = JSON.stringify(await cookies.jar());
    const loaded = new Cookies(CookieJar.fromJSON(text));
    const list = async (all: Cookies) => {
      const records: unknown[] = [];
      for await (const cookie of all) records.push(cookie);
      return records;
    };
    expect(await list(loaded)).toEqual(await list(cookies));
    expect(JSON.stringify(await (await loaded.copy()).jar())).toBe(text);
    expect(await loaded.header(new URL("https://x.a.test/"), false)).toBe("b=2");
  });
});

describe("a store that answers late", () => {
  test("loses nothing of parallel responses", async () => {
    const store = new SlowStore();
    const cookies = new Cookies(new CookieJar(store));
    const responses = Array.from({ length: 10 }, (_, i) => cookies.store(HOME, [`shared=${i}`, `own${i}=1`]));
    await Promise.all(responses);
    expect((await cookies.keys()).sort()).toEqual([
      ...Array.from({ length: 10 }, (_, i) => `own${i}`),
      "shared",
    ]);
    expect(await cookies.get("shared")).toBe("9");
  });

  test("loses nothing when two clients share it", async () => {
    const jar = new CookieJar(new SlowStore());
    const [one, two] = [new Cookies(jar), new Cookies(jar)];
    await Promise.all([
      one.store(HOME, ["a=1", "b=1"]),
      two.store(HOME, ["c=1"]),
      one.set("d", "1", { domain: "a.test" }),
      two.set("e", "1", { domain: "a.test" }),
    ]);
    expect((await one.keys()).sort()).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("is read after what was written before, awaited or not", async () => {
    const cookies = new Cookies(new CookieJar(new SlowStore()));
    void cookies.store(HOME, ["a=1"]);
    expect(await cookies.header(HOME, false)).toBe("a=1");
    void cookies.set("b", "2", { domain: "a.test" });
    void cookies.delete("a");
    expect(await cookies.header(HOME, false)).toBe("b=2");
    const fresh = new Cookies();
    void fresh.store(HOME, ["a=1"]);
    expect(await fresh.get("a")).toBe("1");
  });

  test("passes on its faults, and works again afterwards", async () => {
    const store = new SlowStore();
    const cookies = new Cookies(new CookieJar(store));
    await cookies.store(HOME, ["a=1"]);
    store.failing = true;
    await expect(cookies.store(HOME, ["b=1"])).rejects.toThrow("The disk is full");
    await expect(cookies.header(HOME, false)).rejects.toThrow("The disk is full");
    await expect(cookies.get("a")).rejects.toThrow("The disk is full");
    await expect(cookies.copy()).rejects.toThrow("The disk is full");
    const unused = new Cookies(cookies);
    await expect(unused.keys()).rejects.toThrow("The disk is full");
    // A copy that nobody uses has nobody to tell.
    void new Cookies(cookies);
    await new Promise((done) => setTimeout(done, 20));
    store.failing = false;
    await cookies.store(HOME, ["c=1"]);
    expect(await cookies.header(HOME, false)).toBe("a=1; c=1");
  });

  test("that throws in an async method fails the call, and does not hang it", async () => {
    class Broken extends MemoryCookieStore {
      override findCookies = (async () => {
        throw new Error("No connection");
      }) as never;
    }
    const cookies = new Cookies(new CookieJar(new Broken()));
    await expect(cookies.header(HOME, false)).rejects.toThrow("No connection");
  });
});
