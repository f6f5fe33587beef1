import { getPublicSuffix, parseDate } from "tough-cookie";
import { describe, expect, test } from "vitest";
import { draftOf, hostNamed } from "../src/cookie-draft.ts";
import {
  byPathThenAge,
  isSentTo,
  judge,
  type KeptCookie,
  matchesDomain,
  matchesPath,
  surplus,
} from "../src/cookie-rules.ts";
import { readSetCookie } from "../src/fields/set-cookie.ts";

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

const isSuffix = (domain: string) =>
  !domain.includes(".") || !getPublicSuffix(domain, { allowSpecialUseDomain: true, ignoreError: true });

/** What becomes of a line: the cookie as it would be kept, or why it would not. */
function read(line: string, url = "https://www.example.com/a/b", known: KeptCookie[] = []) {
  const parsed = readSetCookie(line);
  if (!parsed) return "unreadable";
  return judge(draftOf(parsed, NOW, parseDate), new URL(url), known, NOW, isSuffix);
}

function kept(line: string, url?: string, changes: Partial<KeptCookie> = {}): KeptCookie {
  const cookie = read(line, url);
  if (typeof cookie === "string") throw new Error(cookie);
  const { name, expires, ...rest } = cookie;
  return {
    ...rest,
    key: name,
    expires: expires === Infinity ? "Infinity" : new Date(expires),
    maxAge: null,
    creation: new Date(NOW),
    creationIndex: 0,
    lastAccessed: null,
    ...changes,
  };
}

describe("Domain", () => {
  // Each row: the host, the attribute, and what the cookie's domain becomes; null where it is dropped.
  const rows: [host: string, domain: string, becomes: string | null, hostOnly: boolean][] = [
    ["www.example.com", "", "www.example.com", true],
    ["www.example.com", "www.example.com", "www.example.com", false],
    ["www.example.com", "example.com", "example.com", false],
    ["www.example.com", ".example.com", "example.com", false],
    ["www.example.com", "..example.com", null, false],
    ["www.example.com", "ample.com", null, false],
    ["www.example.com", "ww.example.com", null, false],
    ["www.example.com", "x.www.example.com", null, false],
    ["www.example.com", "other.com", null, false],
    ["www.example.com", "example.com.", null, false],
    ["www.example.com", "com", null, false],
    ["www.example.com", ".com", null, false],
    ["www.example.com", "com.", null, false],
    ["www.example.com.", "com.", null, false],
    ["www.example.com.", "com", null, false],
    ["www.example.com.", "example.com", null, false],
    ["www.example.com.", "example.com.", null, false],
    ["www.example.com.", "", "www.example.com.", true],
    ["a.co.uk", "co.uk", null, false],
    ["a.co.uk.", "co.uk.", null, false],
    ["a.co.uk", "a.co.uk", "a.co.uk", false],
    // The private section of the list.
    ["a.github.io", "github.io", null, false],
    ["a.vercel.app", "vercel.app", null, false],
    ["a.github.io", "a.github.io", "a.github.io", false],
    // A host that is itself a public suffix may set cookies for itself alone.
    ["github.io", "github.io", "github.io", true],
    ["com", "com", "com", true],
    // IDN suffixes and names, as URL writes them.
    ["a.xn--55qx5d.cn", "xn--55qx5d.cn", null, false],
    ["a.xn--bcher-kva.example", "xn--bcher-kva.example", "xn--bcher-kva.example", false],
    ["a.xn--bcher-kva.example", "bücher.example", null, false],
    // Lone names.
    ["intranet", "", "intranet", true],
    ["intranet", "intranet", "intranet", true],
    ["a.intranet", "intranet", null, false],
    ["localhost", "localhost", "localhost", true],
    ["a.localhost", "localhost", null, false],
    ["a.local", "local", null, false],
    ["b.a.local", "a.local", "a.local", false],
    ["test", "test", "test", true],
    ["b.a.test", "a.test", "a.test", false],
    // Addresses.
    ["127.0.0.1", "", "127.0.0.1", true],
    ["127.0.0.1", "127.0.0.1", "127.0.0.1", true],
    ["127.0.0.1", "0.0.1", null, false],
    ["127.0.0.1", "1", null, false],
    ["[::1]", "", "::1", true],
    ["[::1]", "[::1]", "::1", true],
    ["[::1]", "::1", "::1", true],
    ["[::ffff:1.2.3.4]", "1.2.3.4", null, false],
    ["1.2.3.4", "::ffff:1.2.3.4", null, false],
    // Traps.
    ["www.example.com", "__proto__", null, false],
    ["www.example.com", "example.com/x", null, false],
    ["www.example.com", "x@example.com", null, false],
  ];

  test.each(rows)("of %s with Domain=%s becomes %s", (host, domain, becomes, hostOnly) => {
    for (const spelled of new Set([domain, domain.toUpperCase(), alternate(domain)])) {
      const cookie = read(`a=1${domain && `; Domain=${spelled}`}`, `https://${host}/`);
      if (becomes === null) expect(cookie, spelled).toBeTypeOf("string");
      else expect(cookie, spelled).toMatchObject({ domain: becomes, hostOnly });
    }
  });

  test("matches on label boundaries only, in a generated family", () => {
    const labels = ["a", "b", "ab", "xn--a", "a-b", "_a"];
    const hosts = labels.flatMap((x) =>
      labels.flatMap((y) => [`${x}.test`, `${x}.${y}.test`, `${x}${y}.test`]),
    );
    for (const host of hosts) {
      for (const domain of hosts) {
        const parts = host.split(".");
        const suffixes = parts.map((_, i) => parts.slice(i).join("."));
        expect(matchesDomain(host, domain), `${host} ${domain}`).toBe(suffixes.includes(domain));
      }
    }
  });

  test("never matches part of an address", () => {
    for (const domain of ["0.0.1", "0.1", "1", ""]) expect(matchesDomain("127.0.0.1", domain)).toBe(false);
    expect(matchesDomain("127.0.0.1", "127.0.0.1")).toBe(true);
  });

  test("of an address is host-only, even where public suffixes are allowed", () => {
    const draft = draftOf(readSetCookie("a=1; Domain=127.0.0.1")!, NOW, parseDate);
    const verdict = judge(draft, new URL("https://127.0.0.1/"), [], NOW, () => false);
    expect(verdict).toMatchObject({ domain: "127.0.0.1", hostOnly: true });
  });

  test("given twice counts last, and an empty one means the host", () => {
    expect(read("a=1; Domain=other.com; Domain=example.com")).toMatchObject({ domain: "example.com" });
    expect(read("a=1; Domain=example.com; Domain=")).toMatchObject({
      domain: "www.example.com",
      hostOnly: true,
    });
  });

  test("longer than 1024 bytes is left out", () => {
    expect(read(`a=1; Domain=${"x".repeat(1025)}`)).toMatchObject({ hostOnly: true });
  });
});

describe("Path", () => {
  test.each([
    ["/", "/"],
    ["/a", "/"],
    ["/a/", "/a"],
    ["/a/b", "/a"],
    ["/a%20b/c", "/a%20b"],
    ["/a%2Fb/c", "/a%2Fb"],
    ["//", "/"],
    ["/a//", "/a/"],
  ])("of %s is %s by default", (path, expected) => {
    expect(read("a=1", `https://example.com${path}?q=/x/y`)).toMatchObject({
      path: expected,
      pathIsDefault: true,
    });
  });

  test.each([
    ["/x", "/x"],
    ["/x/", "/x/"],
    ["x", "/a"],
    ["", "/a"],
    ['"/x"', "/a"],
    ["/__proto__", "/__proto__"],
    [`/${"x".repeat(1023)}`, `/${"x".repeat(1023)}`],
    [`/${"x".repeat(1024)}`, "/a"],
  ])("attribute %s gives %s", (path, expected) => {
    expect(read(`a=1; Path=${path}`)).toMatchObject({ path: expected });
  });

  test.each([
    ["/", "/", true],
    ["/x", "/", true],
    ["/x", "/x", true],
    ["/x/", "/x", true],
    ["/x/y", "/x", true],
    ["/x/y", "/x/", true],
    ["/x", "/x/", false],
    ["/xy", "/x", false],
    ["/", "/x", false],
    ["/X", "/x", false],
    ["/%78", "/x", false],
    ["/a%20b/c", "/a%20b", true],
    ["/a/../x", "/x", false],
  ])("%s is in %s: %s", (path, cookiePath, expected) => {
    expect(matchesPath(path, cookiePath)).toBe(expected);
  });
});

describe("Expires and Max-Age", () => {
  const cap = NOW + 400 * DAY;
  test.each([
    ["Max-Age=60", NOW + 60_000],
    ["Max-Age=0", -Infinity],
    ["Max-Age=-1", -Infinity],
    ["Max-Age=-0", -Infinity],
    ["Max-Age=00060", NOW + 60_000],
    ["Max-Age=34560000", cap],
    ["Max-Age=34560001", cap],
    [`Max-Age=1${"0".repeat(30)}`, cap],
    [`Max-Age=${"9".repeat(1000)}`, cap],
    [`Max-Age=-1${"0".repeat(30)}`, -Infinity],
    ["Max-Age=1e9", Infinity],
    ["Max-Age=+5", Infinity],
    ["Max-Age=0x10", Infinity],
    ["Max-Age=1.5", Infinity],
    ["Max-Age=", Infinity],
    ["Max-Age", Infinity],
    ['Max-Age="60"', Infinity],
    ["Max-Age=NaN", Infinity],
    ["Expires=Fri, 02 Jan 2026 00:00:00 GMT", NOW + DAY],
    ["Expires=Friday, 02-Jan-26 00:00:00 GMT", NOW + DAY],
    ["Expires=Fri Jan  2 00:00:00 2026", NOW + DAY],
    ["Expires=Fri, 31 Dec 9999 23:59:59 GMT", cap],
    ["Expires=Mon, 01 Jan 1601 00:00:00 GMT", Date.UTC(1601, 0, 1)],
    ["Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["Expires=Sat, 31 Feb 2026 00:00:00 GMT", Infinity],
    ["Expires=tomorrow", Infinity],
    ["Expires=0", Infinity],
    ["Expires=", Infinity],
    ["Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", NOW + 60_000],
    ["Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", NOW + 60_000],
    ["Max-Age=junk; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["Max-Age=10; Max-Age=60", NOW + 60_000],
  ])("%s ends at %d", (attributes, expires) => {
    expect(read(`a=1; ${attributes}`)).toMatchObject({ expires });
  });
});

describe("Secure", () => {
  test.each([
    ["https://example.com/", true],
    ["http://example.com/", false],
    ["http://localhost/", true],
    ["http://LOCALHOST:8080/", true],
    ["http://a.localhost/", true],
    ["http://127.0.0.1/", true],
    ["http://127.9.9.9/", true],
    ["http://[::1]/", true],
    ["http://localhost.example.com/", false],
    ["http://notlocalhost/", false],
    ["http://127.0.0.1.example.com/", false],
    ["http://128.0.0.1/", false],
    ["http://[::2]/", false],
    ["http://localhost./", false],
  ])("may be set from %s: %s, and is sent there as well", (url, allowed) => {
    const cookie = read("a=1; Secure; Path=/", url);
    if (!allowed) expect(cookie).toBe("it is Secure, and the URL is not");
    else expect(cookie).toMatchObject({ secure: true });
    const secure = kept("a=1; Path=/", url, { secure: true });
    expect(isSentTo(new URL(url), secure, NOW)).toBe(allowed);
  });

  const why = "a Secure cookie of this name exists, and the URL is not secure";
  const insecure = (
    line: string,
    path = "/",
    host = "www.example.com",
    known = [kept("a=1; Secure; Path=/login")],
  ) => read(line, `http://${host}${path}`, known);

  test("cookies are not shadowed by an insecure response on their path or below", () => {
    expect(insecure("a=2; Path=/login")).toBe(why);
    expect(insecure("a=2; Path=/login/en")).toBe(why);
    expect(insecure("a=2", "/login/en/x")).toBe(why);
    expect(insecure("a=; Path=/login; Max-Age=0")).toBe(why);
    expect(insecure("a=; Path=/login; Expires=Thu, 01 Jan 1970 00:00:00 GMT")).toBe(why);
  });

  test("cookies leave other paths and names to insecure responses", () => {
    for (const line of [
      "a=2; Path=/",
      "a=2; Path=/foo",
      "a=2; Path=/loginx",
      "b=2; Path=/login",
      "A=2; Path=/login",
    ]) {
      expect(insecure(line)).toMatchObject({ secure: false });
    }
  });

  test("cookies are protected across domains that contain each other, and no others", () => {
    const parent = [kept("a=1; Secure; Path=/; Domain=example.com")];
    const child = [kept("a=1; Secure; Path=/", "https://x.www.example.com/")];
    const sibling = [kept("a=1; Secure; Path=/", "https://x.example.com/")];
    expect(insecure("a=2", "/", "www.example.com", parent)).toBe(why);
    expect(insecure("a=2; Domain=example.com", "/", "www.example.com", parent)).toBe(why);
    expect(insecure("a=2", "/", "www.example.com", child)).toBe(why);
    expect(insecure("a=2; Domain=example.com", "/", "www.example.com", sibling)).toBe(why);
    expect(insecure("a=2", "/", "www.example.com", sibling)).toMatchObject({ value: "2" });
  });

  test("cookies alone are protected: what http set, http replaces", () => {
    const known = [kept("a=1; Path=/", "http://www.example.com/")];
    expect(insecure("a=2; Path=/", "/", "www.example.com", known)).toMatchObject({ value: "2" });
  });

  test("cookies that have expired protect nothing", () => {
    const dead = [kept("a=1; Secure; Path=/; Max-Age=0")];
    expect(insecure("a=2", "/", "www.example.com", dead)).toMatchObject({ value: "2" });
  });

  test("cookies may be replaced from https and from this machine", () => {
    expect(read("a=2; Path=/", "https://www.example.com/", [kept("a=1; Secure; Path=/")])).toMatchObject({
      value: "2",
    });
    const local = [kept("a=1; Secure; Path=/", "https://localhost/")];
    expect(read("a=2; Path=/", "http://localhost/", local)).toMatchObject({ value: "2" });
  });
});

describe("prefixes", () => {
  const spell = (name: string) => [name, name.toLowerCase(), name.toUpperCase(), alternate(name)];
  const lines: [attributes: string, secure: boolean, host: boolean][] = [
    ["", false, false],
    ["; Path=/", false, false],
    ["; Domain=example.com", false, false],
    ["; Secure", true, false],
    ["; Secure; Domain=example.com", true, false],
    ["; Secure; Domain=example.com; Path=/", true, false],
    ["; Secure; Path=/x", true, false],
    ["; Secure; Path=x", true, false],
    ["; Secure; Path=/", true, true],
    ["; Secure; Path=/; Domain=", true, true],
    ["; Path=/; HttpOnly; SECURE", true, true],
  ];

  test.each(lines)("with %j: __Secure- %s, __Host- %s, in any spelling", (attributes, secure, host) => {
    for (const name of spell("__Secure-")) {
      expect(typeof read(`${name}a=1${attributes}`, "https://www.example.com/"), name).toBe(
        secure ? "object" : "string",
      );
    }
    for (const name of spell("__Host-")) {
      expect(typeof read(`${name}a=1${attributes}`, "https://www.example.com/"), name).toBe(
        host ? "object" : "string",
      );
    }
  });

  test("say why", () => {
    expect(read("__secure-a=1")).toBe("the prefix __secure- needs Secure");
    expect(read("__HOST-a=1")).toBe("the prefix __host- needs Secure");
    expect(read("__Host-a=1; Secure")).toBe("the prefix __host- needs Path=/ and no Domain");
    expect(read("__Host-a=1; Secure; Path=/", "http://www.example.com/")).toBe(
      "it is Secure, and the URL is not",
    );
  });

  test("are not forged by a cookie without a name", () => {
    for (const prefix of [...spell("__Secure-"), ...spell("__Host-")]) {
      for (const line of [`=${prefix}a=1; Secure; Path=/`, `${prefix}a; Secure; Path=/`, ` = ${prefix}`]) {
        expect(read(line), line).toBe("it has no name, and its value begins like one with a prefix");
      }
    }
    expect(read("=x__Host-a=1")).toMatchObject({ name: "", value: "x__Host-a=1" });
  });

  test("are prefixes only", () => {
    expect(read("x__Host-a=1")).toMatchObject({ name: "x__Host-a" });
    expect(read("__Host=1")).toMatchObject({ name: "__Host" });
    expect(read("__Hosta-=1")).toMatchObject({ name: "__Hosta-" });
  });
});

describe("names, values and other attributes", () => {
  test("control characters anywhere drop the cookie whole; HTAB does not", () => {
    for (const code of [...Array(0x20).keys(), 0x7f]) {
      const char = String.fromCharCode(code);
      const places = [
        `a${char}b=1`,
        `a=1${char}2`,
        `a=1; Path=/${char}x`,
        `a=1; Domain=example.com${char}x`,
        `a=1; x=${char}y`,
      ];
      for (const line of places) expect(read(line) === "unreadable", JSON.stringify(line)).toBe(code !== 9);
    }
    expect(read("a=1\t2")).toMatchObject({ value: "1\t2" });
  });

  test.each([
    ["a=1", "a", "1"],
    [" a = 1 ", "a", "1"],
    ["a=", "a", ""],
    ["a=b=c", "a", "b=c"],
    ["abc", "", "abc"],
    ["=abc", "", "abc"],
    ["=a=b", "", "a=b"],
    ['a="x y"', "a", '"x y"'],
    ["a=%0D%0A", "a", "%0D%0A"],
    ["a=x,y", "a", "x,y"],
    ["a=\u00c3\u00a0", "a", "\u00c3\u00a0"],
    ["a=\u00a0", "a", "\u00a0"],
    ["a b=1", "a b", "1"],
    ["__proto__=1", "__proto__", "1"],
  ])("%j is %j and %j, byte for byte", (line, name, value) => {
    expect(read(line)).toMatchObject({ name, value });
  });

  test("name and value of 4096 bytes are kept, one more is not", () => {
    expect(read(`a=${"x".repeat(4095)}`)).toMatchObject({ name: "a" });
    expect(read(`a=${"x".repeat(4096)}`)).toBeTypeOf("string");
    expect(read("")).toBeTypeOf("string");
    expect(read("=")).toBeTypeOf("string");
    expect(read("; Path=/")).toBeTypeOf("string");
  });

  test("SameSite is compared whole and without regard to case", () => {
    expect(read("a=1; SameSite=STRICT")).toMatchObject({ sameSite: "strict" });
    expect(read("a=1; SameSite=Lax")).toMatchObject({ sameSite: "lax" });
    expect(read("a=1; SameSite=none; Secure")).toMatchObject({ sameSite: "none" });
    for (const junk of ["NoneOfYourBusiness", "", "laxx", "None,Lax", '"None"']) {
      expect(read(`a=1; SameSite=${junk}`)).toMatchObject({ sameSite: undefined });
    }
  });

  test("SameSite=None without Secure is refused", () => {
    expect(read("a=1; SameSite=None")).toBe("SameSite=None needs Secure");
  });

  test("Partitioned is refused, with and without Secure", () => {
    expect(read("a=1; Secure; Partitioned")).toBe("it is Partitioned, which is not supported");
    expect(read("a=1; partitioned")).toBe("it is Partitioned, which is not supported");
    expect(read("a=1; x=Partitioned")).toMatchObject({ name: "a" });
  });

  test("64 KiB of separators take no time", () => {
    for (const filler of [";", " ", "=", "\t", "; ", "a;", " ;=", ","]) {
      const flood = filler.repeat(65_536);
      for (const line of [flood, `a=1${flood}`, `a=1;${flood}x`, `a=1; Expires=${flood}`]) read(line);
    }
  });
});

describe("isSentTo", () => {
  const to = (url: string, cookie: KeptCookie, now = NOW) => isSentTo(new URL(url), cookie, now);

  test("keeps a host-only cookie to its host", () => {
    const cookie = kept("a=1; Path=/", "https://a.test/");
    expect(to("https://a.test/", cookie)).toBe(true);
    expect(to("https://a.test:8443/", cookie)).toBe(true);
    expect(to("https://x.a.test/", cookie)).toBe(false);
    expect(to("https://xa.test/", cookie)).toBe(false);
  });

  test("takes a cookie that lost its host-only flag for host-only", () => {
    const cookie = kept("a=1; Path=/; Domain=a.test", "https://a.test/", { hostOnly: null });
    expect(to("https://x.a.test/", cookie)).toBe(false);
  });

  test("ends at the expiry", () => {
    const cookie = kept("a=1; Max-Age=60");
    const at = (now: number) => to("https://www.example.com/a/b", cookie, now);
    expect([at(NOW), at(NOW + 59_999), at(NOW + 60_000)]).toEqual([true, true, false]);
  });

  test("never sends what would be two cookies or two headers", () => {
    for (const value of ["1; b=2", "1\r\nX: 2", "1\0", "\u0141"]) {
      expect(to("https://a.test/", kept("a=1", "https://a.test/", { value }))).toBe(false);
      expect(to("https://a.test/", kept("a=1", "https://a.test/", { key: value }))).toBe(false);
    }
  });
});

test("byPathThenAge puts longer paths first, then older cookies", () => {
  const at = (path: string, creation: number, creationIndex: number) =>
    kept(`c${creationIndex}=1; Path=${path}`, undefined, { creation: new Date(creation), creationIndex });
  const cookies = [at("/", 2, 1), at("/", 1, 2), at("/x/y", 9, 3), at("/x", 5, 5), at("/x", 5, 4)];
  expect(cookies.sort(byPathThenAge).map(({ key }) => key)).toEqual(["c3", "c4", "c5", "c2", "c1"]);
});

test("surplus gives up expired cookies, then insecure ones, then the oldest", () => {
  const make = (key: string, age: number, changes: Partial<KeptCookie> = {}) =>
    kept(`${key}=1`, undefined, { creation: new Date(NOW - age), ...changes });
  const cookies = [
    make("secureOld", 90, { secure: true }),
    make("plainNew", 10),
    make("expiredNew", 1, { expires: new Date(NOW - 1) }),
    make("plainOld", 80),
  ];
  const gone = (limit: number) => surplus(cookies, limit, NOW).map(({ key }) => key);
  expect(gone(4)).toEqual([]);
  expect(gone(3)).toEqual(["expiredNew"]);
  expect(gone(2)).toEqual(["expiredNew", "plainOld"]);
  expect(gone(0)).toEqual(["expiredNew", "plainOld", "plainNew", "secureOld"]);
});

test.each([
  ["example.com", "example.com"],
  [".Example.COM", "example.com"],
  ["bücher.example", "xn--bcher-kva.example"],
  ["::1", "::1"],
  ["[::1]", "::1"],
  ["127.1", "127.0.0.1"],
  ["localhost", "localhost"],
  ["", undefined],
  ["example.com:80", undefined],
  ["example.com/x", undefined],
  ["https://example.com", undefined],
  ["user@example.com", undefined],
  ["exa mple.com", undefined],
  ["[::1]:80", undefined],
  ["%65xample.com", undefined],
  ["a\\b", undefined],
])("hostNamed reads %j as %j", (domain, host) => {
  expect(hostNamed(domain)).toBe(host);
});

/** Upper and lower case in turn. */
function alternate(text: string): string {
  return [...text].map((char, i) => (i % 2 ? char.toUpperCase() : char.toLowerCase())).join("");
}
