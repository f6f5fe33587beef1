import { inspect } from "node:util";
import { CookieJar } from "tough-cookie";
import { describe, expect, test } from "vitest";
import { type CookieRecord, Cookies, type CookiesInit } from "../src/cookies.ts";
import { CookieConflictError, isHTTPError } from "../src/errors.ts";

const NOW = Date.UTC(2026, 0, 1);
const SECRET = "s3cret-value";

/** Cookies on a clock of their own. */
function open(init?: CookiesInit) {
  const clock = { now: NOW };
  const cookies = new Cookies(init, () => clock.now);
  return {
    clock,
    cookies,
    sent: (url: string, local = false) => cookies.header(new URL(url), local),
    receive: (url: string, ...lines: string[]) => cookies.store(new URL(url), lines),
  };
}

async function records(cookies: Cookies): Promise<CookieRecord[]> {
  const all: CookieRecord[] = [];
  for await (const cookie of cookies) all.push(cookie);
  return all;
}

async function fault(work: Promise<unknown>): Promise<Error & { code?: string }> {
  return work.then(
    () => {
      throw new Error("Nothing was thrown");
    },
    (error) => error,
  );
}

describe("cookies without a domain", () => {
  test("go to the origin that the call names, and nowhere else", () => {
    const { sent } = open({ a: "1", b: "2" });
    expect(sent("https://example.com/", true)).toBe("a=1; b=2");
    expect(sent("http://other.test:81/x", true)).toBe("a=1; b=2");
    expect(sent("https://example.com/", false)).toBe("");
  });

  test("are set, read and removed by name", async () => {
    const { cookies, sent } = open();
    await cookies.set("a", "1");
    await cookies.set("a", "2");
    await cookies.set("b", "3");
    expect(await cookies.get("a")).toBe("2");
    expect(await cookies.get("A")).toBeUndefined();
    expect(await cookies.delete("a")).toBe(true);
    expect(await cookies.delete("a")).toBe(false);
    expect(sent("https://x.test/", true)).toBe("b=3");
  });

  test("are set at once, awaited or not", () => {
    const { cookies, sent } = open();
    void cookies.set("a", "1");
    expect(sent("https://x.test/", true)).toBe("a=1");
  });

  test("keep to their path, to https when Secure, and to their time", async () => {
    const { clock, cookies, sent } = open();
    await cookies.set("path", "1", { path: "/x" });
    await cookies.set("secure", "2", { secure: true });
    await cookies.set("short", "3", { maxAge: 60 });
    await cookies.set("dated", "4", { expires: new Date(NOW + 120_000) });
    expect(sent("https://a.test/x/y", true)).toBe("path=1; secure=2; short=3; dated=4");
    expect(sent("http://a.test/", true)).toBe("short=3; dated=4");
    clock.now += 60_000;
    expect(sent("http://a.test/", true)).toBe("dated=4");
    expect(await cookies.keys()).toEqual(["path", "secure", "dated"]);
    await cookies.set("dated", "5", { maxAge: 0 });
    expect(sent("http://a.test/", true)).toBe("");
  });

  test("of one name on two paths are two", async () => {
    const { cookies, sent } = open({ a: "1" });
    await cookies.set("a", "2", { path: "/x" });
    expect(sent("https://a.test/x", true)).toBe("a=2; a=1");
    expect(await cookies.get("a", { path: "/x" })).toBe("2");
    await expect(cookies.get("a")).rejects.toThrow(CookieConflictError);
  });

  test("beat the jar's cookies of the same name, on the origin of the call only", async () => {
    const { sent, receive } = open({ a: "mine" });
    await receive("https://a.test/", "a=theirs; Path=/", "b=2; Path=/");
    expect(await sent("https://a.test/", true)).toBe("b=2; a=mine");
    expect(await sent("https://a.test/", false)).toBe("a=theirs; b=2");
  });

  test("keep their place when set anew", async () => {
    const { clock, cookies, sent } = open({ a: "1" });
    clock.now++;
    await cookies.set("b", "2");
    clock.now++;
    await cookies.set("a", "3");
    expect(sent("https://a.test/", true)).toBe("a=3; b=2");
  });

  test("may have names that are traps of prototypes", async () => {
    const { cookies, sent } = open(JSON.parse('{ "__proto__": "1", "constructor": "2" }'));
    expect(sent("https://a.test/", true)).toBe("__proto__=1; constructor=2");
    const object = await cookies.toObject();
    expect(Object.entries(object)).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(await cookies.get("toString")).toBeUndefined();
  });
});

describe("header and store", () => {
  test("give a string, and nothing to wait for, as long as there is no jar", () => {
    const { sent, receive } = open({ a: "1" });
    expect(receive("https://a.test/")).toBeUndefined();
    expect(receive("https://a.test/", "junk\0=1", "=")).toBeUndefined();
    expect(sent("https://a.test/", true)).toBe("a=1");
    expect(open().sent("https://a.test/", true)).toBe("");
  });

  test("send back what a response set, in the order of path and age", async () => {
    const { sent, receive } = open();
    await receive(
      "https://a.test/x/y",
      "old=1; Path=/",
      "new=2; Path=/",
      "deep=3; Path=/x",
      'raw="a b, %41"; Path=/',
    );
    expect(await sent("https://a.test/x/z")).toBe('deep=3; old=1; new=2; raw="a b, %41"');
    expect(await sent("https://a.test/")).toBe('old=1; new=2; raw="a b, %41"');
    expect(await sent("https://b.test/")).toBe("");
    expect(await sent("https://x.a.test/")).toBe("");
  });

  test("replace a cookie in its place", async () => {
    const { clock, sent, receive } = open();
    await receive("https://a.test/", "a=1; Path=/");
    clock.now += 1000;
    await receive("https://a.test/", "b=2; Path=/");
    clock.now += 1000;
    await receive("https://a.test/", "a=3; Path=/");
    expect(await sent("https://a.test/")).toBe("a=3; b=2");
  });

  test("remove what a response expires, and only that", async () => {
    const { cookies, sent, receive } = open();
    await receive("https://a.test/", "a=1; Path=/", "a=2; Path=/x", "b=3; Path=/");
    await receive(
      "https://a.test/",
      "a=; Path=/; Max-Age=0",
      "b=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    );
    await receive("https://a.test/", "never=1; Max-Age=-1");
    expect(await sent("https://a.test/x")).toBe("a=2");
    expect(await cookies.count()).toBe(1);
  });

  test("give a cookie that was removed and set again a new place", async () => {
    const { clock, sent, receive } = open();
    await receive("https://a.test/", "a=1; Path=/", "b=2; Path=/");
    clock.now++;
    await receive("https://a.test/", "a=; Path=/; Max-Age=0", "a=3; Path=/");
    expect(await sent("https://a.test/")).toBe("b=2; a=3");
  });

  test("protect a Secure cookie of a host below from an insecure response above", async () => {
    const { sent, receive } = open();
    await receive("https://x.a.test/", "a=1; Secure; Path=/");
    await receive("http://a.test/", "a=2; Path=/; Domain=a.test", "b=3; Path=/; Domain=a.test");
    expect(await sent("https://x.a.test/")).toBe("a=1; b=3");
  });

  test("keep a host's own cookie apart from one that a host below it sets for both", async () => {
    const { cookies, sent, receive } = open();
    await receive("https://a.test/", "session=own; Path=/");
    await receive("https://sub.a.test/", "session=tossed; Path=/; Domain=a.test");
    expect(await sent("https://a.test/")).toBe("session=own; session=tossed");
    expect(await sent("https://sub.a.test/")).toBe("session=tossed");
    await receive("https://sub.a.test/", "session=; Path=/; Domain=a.test; Max-Age=0");
    expect(await sent("https://a.test/")).toBe("session=own");
    expect(await cookies.count()).toBe(1);
  });

  test("ignore a domain that is not the responding host's", async () => {
    const { cookies, receive } = open();
    await receive("https://evil.test/", "a=1; Domain=victim.test", "b=1; Domain=test", "c=1; Domain=co.uk");
    expect(await cookies.count()).toBe(0);
  });

  test("work for hosts that tough-cookie cannot look up", async () => {
    for (const host of [
      "test",
      "local",
      "example",
      "intranet",
      "localhost",
      "a.test.",
      "[::1]",
      "127.0.0.1",
      "github.io",
    ]) {
      const { sent, receive } = open();
      await receive(`https://${host}/`, "a=1; Path=/");
      expect(await sent(`https://${host}/`), host).toBe("a=1");
      expect(await sent("https://other.test/"), host).toBe("");
    }
  });

  test("read 50 cookies of a response and ignore the rest", async () => {
    const { cookies, receive } = open();
    await receive("https://a.test/", ...Array.from({ length: 60 }, (_, i) => `c${i}=1`));
    const keys = await cookies.keys();
    expect(keys).toHaveLength(50);
    expect(keys.at(-1)).toBe("c49");
  });

  test("keep 180 cookies of a domain: insecure and old ones go first", async () => {
    const { clock, cookies, receive } = open();
    await receive("https://a.test/", "login=1; Secure");
    for (let i = 0; i < 200; i++) {
      clock.now++;
      await receive("https://a.test/", `c${i}=1`);
    }
    const keys = await cookies.keys();
    expect(keys).toHaveLength(180);
    expect(keys.slice(0, 2)).toEqual(["login", "c21"]);
    await receive("https://b.test/", "x=1");
    expect(await cookies.count()).toBe(181);
  });

  test("push nothing out by replacing a cookie", async () => {
    const { cookies, receive } = open();
    for (let i = 0; i < 180; i += 45) {
      await receive("https://a.test/", ...Array.from({ length: 45 }, (_, k) => `c${i + k}=1`));
    }
    await receive("https://a.test/", "c179=2", "c179=3", "c179=4");
    expect(await cookies.count()).toBe(180);
    expect(await cookies.get("c179")).toBe("4");
  });

  test("keep 3000 cookies in all", async () => {
    const { cookies, receive } = open();
    const fifty = Array.from({ length: 50 }, (_, i) => `c${i}=1`);
    for (let i = 0; i < 61; i++) await receive(`https://h${i}.test/`, ...fifty);
    expect(await cookies.count()).toBe(3000);
    expect((await cookies.listDomains())[0]).toBe("h1.test");
  });

  test("send at most 150 cookies and 8190 bytes, longest paths first", async () => {
    const { sent, receive } = open();
    for (let i = 0; i < 4; i++) {
      await receive("https://a.test/", ...Array.from({ length: 45 }, (_, k) => `c${i}-${k}=1; Path=/`));
    }
    await receive("https://a.test/", "deep=1; Path=/x");
    const names = (await sent("https://a.test/x")).split("; ");
    expect(names).toHaveLength(150);
    expect(names[0]).toBe("deep=1");
    await receive("https://b.test/", ...["a", "b", "c"].map((name) => `${name}=${"x".repeat(4000)}; Path=/`));
    expect(await sent("https://b.test/")).toHaveLength(2 * 4002 + 2);
  });

  test("forget a cookie when its time is over, however often it was used", async () => {
    const { clock, cookies, sent, receive } = open();
    await receive("https://a.test/", "a=1; Max-Age=60");
    clock.now += 40_000;
    expect(await sent("https://a.test/")).toBe("a=1");
    clock.now += 19_999;
    expect(await sent("https://a.test/")).toBe("a=1");
    clock.now += 1;
    expect(await sent("https://a.test/")).toBe("");
    expect(await cookies.get("a")).toBeUndefined();
  });
});

describe("set with a domain", () => {
  test("reaches the domain and the hosts below it, from any call", async () => {
    const { cookies, sent } = open();
    await cookies.set("a", "1", { domain: ".Example.com" });
    expect(await sent("https://example.com/")).toBe("a=1");
    expect(await sent("http://x.example.com/y")).toBe("a=1");
    expect(await sent("https://notexample.com/")).toBe("");
    expect(await cookies.get("a", { domain: "EXAMPLE.com" })).toBe("1");
    expect(await cookies.get("a", { domain: "x.example.com" })).toBeUndefined();
  });

  test("reaches the host alone when it says so", async () => {
    const { cookies, sent } = open();
    await cookies.set("a", "1", { domain: "example.com", hostOnly: true });
    expect(await sent("https://example.com/")).toBe("a=1");
    expect(await sent("https://x.example.com/")).toBe("");
  });

  test("works for lone names, addresses, IDN and public suffixes, which have no hosts below", async () => {
    for (const [domain, host] of [
      ["localhost", "localhost"],
      ["127.0.0.1", "127.0.0.1"],
      ["::1", "[::1]"],
      ["bücher.example", "xn--bcher-kva.example"],
      ["github.io", "github.io"],
    ] as const) {
      const { cookies, sent } = open();
      await cookies.set("a", "1", { domain });
      expect(await sent(`https://${host}/`), domain).toBe("a=1");
      expect(await cookies.get("a", { domain })).toBe("1");
    }
    const { cookies, sent } = open();
    await cookies.set("a", "1", { domain: "github.io" });
    expect(await sent("https://evil.github.io/")).toBe("");
  });

  test("keeps every attribute", async () => {
    const { cookies } = open();
    const expires = new Date(NOW + 5000);
    const options = { path: "/x", expires, secure: true, httpOnly: true, sameSite: "strict" } as const;
    await cookies.set("a", "1", { domain: "example.com", ...options });
    await cookies.set("b", "2", options);
    const shared = { path: "/x", expires, secure: true, httpOnly: true, sameSite: "strict" };
    expect(await records(cookies)).toEqual([
      { name: "b", value: "2", domain: undefined, hostOnly: true, ...shared },
      { name: "a", value: "1", domain: "example.com", hostOnly: false, ...shared },
    ]);
  });

  test("removes with a time that is over", async () => {
    const { cookies } = open();
    await cookies.set("a", "1", { domain: "example.com" });
    await cookies.set("a", "", { domain: "example.com", maxAge: 0 });
    expect(await cookies.count()).toBe(0);
  });

  test.each([
    [["a b", "1"], 'Cannot use cookie: name must be a token: "a b"'],
    [["a", `${SECRET}\n`], 'Cannot use cookie "a": value must not contain control characters'],
    [["a", `${SECRET};`], 'Cannot use cookie "a": value must not contain a semicolon'],
    [["a", SECRET, { domian: "x" }], 'Cannot set cookie "a": there is no option "domian"'],
    [["a", SECRET, { domain: "" }], 'Cannot set cookie "a": domain must be a host name: ""'],
    [["a", SECRET, { domain: "a/b" }], 'Cannot set cookie "a": domain must be a host name: "a/b"'],
    [["a", SECRET, { domain: 5 }], 'Cannot set cookie "a": domain must be a host name: "5"'],
    [["a", SECRET, { domain: "a.test." }], 'Cannot set cookie "a": its domain ends with a dot'],
    [["a", SECRET, { path: "x" }], 'Cannot set cookie "a": path must begin with "/" and be ASCII: "x"'],
    [["a", SECRET, { path: "/;x" }], 'Cannot set cookie "a": path must begin with "/" and be ASCII: "/;x"'],
    [["a", SECRET, { path: "/\n" }], 'Cannot set cookie "a": path must begin with "/" and be ASCII: "/\\n"'],
    [["a", SECRET, { expires: new Date(Number.NaN) }], 'Cannot set cookie "a": expires must be a valid Date'],
    [["a", SECRET, { expires: "tomorrow" }], 'Cannot set cookie "a": expires must be a valid Date'],
    [
      ["a", SECRET, { maxAge: Number.NaN }],
      'Cannot set cookie "a": maxAge must be a number of seconds: "NaN"',
    ],
    [["a", SECRET, { maxAge: "5" }], 'Cannot set cookie "a": maxAge must be a number of seconds: "5"'],
    [["a", SECRET, { secure: 1 }], 'Cannot set cookie "a": secure must be true or false: "1"'],
    [
      ["a", SECRET, { sameSite: "Lax" }],
      'Cannot set cookie "a": sameSite must be "strict", "lax" or "none": "Lax"',
    ],
    [
      ["a", SECRET, { domain: "a.test", sameSite: "none" }],
      'Cannot set cookie "a": SameSite=None needs Secure',
    ],
    [
      ["__Host-a", SECRET, { domain: "a.test", secure: true }],
      'Cannot set cookie "__Host-a": the prefix __host- needs Path=/ and no Domain',
    ],
    [
      ["__secure-a", SECRET, { domain: "a.test" }],
      'Cannot set cookie "__secure-a": the prefix __secure- needs Secure',
    ],
    [
      ["a", SECRET.repeat(500), { domain: "a.test" }],
      'Cannot set cookie "a": name and value are longer than 4096 bytes',
    ],
  ])("refuses %j", async (args, message) => {
    const { cookies } = open();
    const error = await fault(cookies.set(...(args as Parameters<Cookies["set"]>)));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.code).toBe("ERR_INVALID_ARGUMENT");
    expect(error.message).toBe(message);
    expect(await cookies.count()).toBe(0);
  });

  test("reads own options only", async () => {
    const { cookies } = open();
    await cookies.set("a", "1", Object.create({ domain: "evil.test", nonsense: 1 }));
    expect((await records(cookies))[0]).toMatchObject({ domain: undefined });
  });

  test("takes the prefixes where their rules are kept", async () => {
    const { cookies, sent } = open();
    await cookies.set("__Host-a", "1", { domain: "a.test", hostOnly: true, secure: true });
    expect(await sent("https://a.test/")).toBe("__Host-a=1");
    expect(await sent("http://a.test/")).toBe("");
  });
});

describe("methods", () => {
  async function three() {
    const all = open({ a: "0" });
    await all.cookies.set("a", "1", { domain: "x.test", path: "/p", maxAge: 60 });
    await all.cookies.set("a", "2", { domain: "x.test" });
    await all.cookies.set("b", "3", { domain: "y.test" });
    return all;
  }

  test("keys, values, count, listDomains and listPaths tell what is there", async () => {
    const { cookies } = await three();
    expect(await cookies.keys()).toEqual(["a", "a", "a", "b"]);
    expect(await cookies.values()).toEqual(["0", "1", "2", "3"]);
    expect(await cookies.count()).toBe(4);
    expect(await cookies.listDomains()).toEqual(["x.test", "y.test"]);
    expect(await cookies.listPaths()).toEqual(["/", "/p"]);
  });

  test("get says with an error which cookies are in conflict", async () => {
    const { cookies } = await three();
    const error = await fault(cookies.get("a"));
    expect(error).toBeInstanceOf(CookieConflictError);
    expect(isHTTPError(error)).toBe(true);
    expect(error).toMatchObject({ name: "CookieConflictError", code: "ERR_COOKIE_CONFLICT" });
    expect(error.message).toBe(
      'Cannot choose among 3 cookies named "a": give a domain or path: "(no domain) /, x.test/p, x.test/"',
    );
    await expect(cookies.get("a", { domain: "x.test" })).rejects.toThrow(CookieConflictError);
    expect(await cookies.get("a", { domain: "x.test", path: "/p" })).toBe("1");
    expect(await cookies.get("a", { path: "/p" })).toBe("1");
    expect(await cookies.get("b")).toBe("3");
    expect(await cookies.get("c")).toBeUndefined();
  });

  test("toObject gives names and values, and refuses to choose", async () => {
    const { cookies } = await three();
    expect(await cookies.toObject({ domain: "y.test" })).toStrictEqual({ b: "3" });
    expect(await cookies.toObject({ path: "/p" })).toStrictEqual({ a: "1" });
    await expect(cookies.toObject()).rejects.toThrow(CookieConflictError);
    expect(await open().cookies.toObject()).toStrictEqual({});
  });

  test("delete removes every cookie of a name, or those it is told", async () => {
    const { cookies } = await three();
    expect(await cookies.delete("a", { domain: "y.test" })).toBe(false);
    expect(await cookies.delete("a", { domain: "x.test", path: "/p" })).toBe(true);
    expect(await cookies.values()).toEqual(["0", "2", "3"]);
    expect(await cookies.delete("a")).toBe(true);
    expect(await cookies.values()).toEqual(["3"]);
  });

  test("pop removes one cookie and gives its value, or leaves all of them", async () => {
    const { cookies } = await three();
    await expect(cookies.pop("a")).rejects.toThrow(CookieConflictError);
    expect(await cookies.count()).toBe(4);
    expect(await cookies.pop("a", { path: "/p" })).toBe("1");
    expect(await cookies.pop("b")).toBe("3");
    expect(await cookies.pop("b")).toBeUndefined();
    expect(await cookies.values()).toEqual(["0", "2"]);
  });

  test("clear removes all, a domain, a path of it, or a name there", async () => {
    const left = async (...args: Parameters<Cookies["clear"]>) => {
      const { cookies } = await three();
      await cookies.clear(...args);
      return cookies.values();
    };
    expect(await left()).toEqual([]);
    expect(await left("x.test")).toEqual(["0", "3"]);
    expect(await left("x.test", "/p")).toEqual(["0", "2", "3"]);
    expect(await left("x.test", "/", "b")).toEqual(["0", "1", "2", "3"]);
    expect(await left("x.test", "/", "a")).toEqual(["0", "1", "3"]);
    expect((await fault(left(undefined, "/"))).message).toBe("Cannot clear cookies: a path needs a domain");
    expect((await fault(left("x.test", undefined, "a"))).message).toBe(
      "Cannot clear cookies: a name needs a path",
    );
  });

  test("clearSessionCookies leaves what has an expiry", async () => {
    const { cookies } = await three();
    await cookies.clearSessionCookies();
    expect(await cookies.values()).toEqual(["1"]);
  });

  test("clearExpiredCookies removes what is over from the jar as well", async () => {
    const { clock, cookies } = await three();
    clock.now += 60_000;
    const inJar = async () => (await (await cookies.jar()).serialize()).cookies.length;
    expect(await cookies.values()).toEqual(["0", "2", "3"]);
    expect(await inJar()).toBe(3);
    await cookies.clearExpiredCookies();
    expect(await inJar()).toBe(2);
  });

  test("copy and new Cookies are apart from the original", async () => {
    for (const copyOf of [(c: Cookies) => c.copy(), (c: Cookies) => new Cookies(c, () => NOW)]) {
      const { cookies } = await three();
      const copy = await copyOf(cookies);
      await cookies.set("late", "9", { domain: "x.test" });
      await cookies.delete("b");
      expect(await records(copy)).toEqual(await records((await three()).cookies));
      await copy.clear();
      expect(await cookies.values()).toEqual(["0", "1", "2", "9"]);
    }
  });

  test("new Cookies holds what there was when it was made", async () => {
    const { cookies, receive } = open();
    await receive("https://a.test/", "a=1");
    const copy = new Cookies(cookies, () => NOW);
    void cookies.clear();
    expect(await copy.keys()).toEqual(["a"]);
  });

  test("update adds records, other Cookies and jars, and replaces what is the same", async () => {
    const { cookies } = await three();
    const other = open({ a: "10" });
    await other.cookies.set("a", "12", { domain: "x.test" });
    await cookies.update(other.cookies);
    expect(await cookies.values()).toEqual(["10", "1", "12", "3"]);
    await cookies.update({ a: "20", c: "21" });
    expect(await cookies.get("c")).toBe("21");
    const jar = new CookieJar();
    await jar.setCookie("b=23; Domain=y.test; Path=/", "https://y.test/");
    await jar.setCookie("d=24; Max-Age=60", "https://z.test/");
    await cookies.update(jar);
    expect(await cookies.get("b")).toBe("23");
    expect(await cookies.get("d", { domain: "z.test" })).toBe("24");
    await cookies.update(cookies);
    expect(await cookies.count()).toBe(6);
  });

  test("iteration gives each cookie as a record", async () => {
    const { receive, cookies } = open();
    await receive(
      "https://a.test/x/y",
      "a=1; Secure; HttpOnly; SameSite=Lax; Max-Age=60",
      "b=2; Domain=a.test",
    );
    expect(await records(cookies)).toEqual([
      {
        name: "a",
        value: "1",
        domain: "a.test",
        path: "/x",
        expires: new Date(NOW + 60_000),
        secure: true,
        httpOnly: true,
        sameSite: "lax",
        hostOnly: true,
      },
      {
        name: "b",
        value: "2",
        domain: "a.test",
        path: "/x",
        expires: undefined,
        secure: false,
        httpOnly: false,
        sameSite: undefined,
        hostOnly: false,
      },
    ]);
  });

  test("Cookies.from takes a record", async () => {
    expect(await Cookies.from({ a: "1", b: "2" }).toObject()).toStrictEqual({ a: "1", b: "2" });
  });

  test("the constructor refuses what is no cookies", () => {
    for (const init of ["a=1", 5, true, () => {}, ["a=1"], { a: 1 }, { "a b": "1" }]) {
      expect(() => new Cookies(init as never), inspect(init)).toThrow(TypeError);
    }
    expect(() => new Cookies(null)).not.toThrow();
  });
});

test("dumps of Cookies and of its errors show no value", async () => {
  const { cookies, receive } = open({ loose: SECRET });
  await cookies.set("domain", SECRET, { domain: "a.test" });
  await receive("https://a.test/", `a=${SECRET}; Path=/x`, `a=${SECRET}; Path=/y`);
  const conflict = await fault(cookies.get("a"));
  const refused = await fault(cookies.set("__Host-x", SECRET, { domain: "a.test" }));
  const wrong = await fault(cookies.set("x", `${SECRET}\n`));
  for (const value of [cookies, conflict, refused, wrong]) {
    const dumps = [
      inspect(value, { depth: 10, showHidden: true }),
      JSON.stringify(value),
      String(value),
      `${(value as Error).stack}`,
      JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(value))),
    ];
    for (const dump of dumps) expect(dump).not.toContain(SECRET);
  }
});
