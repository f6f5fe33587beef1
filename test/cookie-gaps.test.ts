/**
 * What tough-cookie 6.1.0 does by itself, next to what Cookies does: every rule that had to be added. When a
 * row of tough-cookie's changes, its rule here may be able to go.
 */
import { Cookie, CookieJar } from "tough-cookie";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Cookies } from "../src/cookies.ts";

const NOW = Date.UTC(2026, 0, 1);

// tough-cookie has no clock to pass in when it reads.
beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

type Step = [url: string, ...lines: string[]];

/** What tough-cookie's own jar sends after these responses, or the message it throws. */
async function theirs(steps: Step[], url: string): Promise<string> {
  const jar = new CookieJar();
  for (const [from, ...lines] of steps) {
    for (const line of lines) await jar.setCookie(line, from, { ignoreError: true });
  }
  return Promise.resolve()
    .then(() => jar.getCookieString(url))
    .catch((error: Error) => `throws: ${error.message.slice(0, 42)}`);
}

async function ours(steps: Step[], url: string): Promise<string> {
  const cookies = new Cookies();
  for (const [from, ...lines] of steps) await cookies.store(new URL(from), lines);
  return cookies.header(new URL(url), true);
}

const HOME = "https://example.com/";
const secure: Step = [HOME, "a=1; Secure; Path=/"];

const rows: [rule: string, steps: Step[], url: string, theirs: string, ours: string][] = [
  [
    "an insecure response replaces a Secure cookie",
    [secure, ["http://example.com/", "a=2; Path=/"]],
    HOME,
    "a=2",
    "a=1",
  ],
  [
    "an insecure response expires a Secure cookie",
    [secure, ["http://example.com/", "a=; Path=/; Max-Age=0"]],
    HOME,
    "",
    "a=1",
  ],
  [
    "an insecure response shadows a Secure cookie on a deeper path",
    [secure, ["http://example.com/", "a=2; Path=/x"]],
    `${HOME}x`,
    "a=2; a=1",
    "a=1",
  ],
  ["a prefix in lower case", [[HOME, "__host-a=1", "__secure-b=1"]], HOME, "__host-a=1; __secure-b=1", ""],
  ["a prefix in upper case", [[HOME, "__HOST-a=1", "__SECURE-b=1"]], HOME, "__HOST-a=1; __SECURE-b=1", ""],
  ["NUL in a value", [[HOME, "a=1\x002"]], HOME, "a=1", ""],
  ["CR LF in a value", [[HOME, "a=1\r\nX: 2"]], HOME, "a=1", ""],
  ["DEL in a value", [[HOME, "a=1\x7f"]], HOME, "a=1\x7f", ""],
  ["a control character in an attribute", [[HOME, "a=1; x=\x01"]], HOME, "a=1", ""],
  ["HTAB in a value, which is allowed", [[HOME, "a=1\t2"]], HOME, "", "a=1\t2"],
  [
    "a value that ends in U+00A0, as \u00e0 in UTF-8 does",
    [[HOME, "a=\u00c3\u00a0"]],
    HOME,
    "a=\u00c3",
    "a=\u00c3\u00a0",
  ],
  ["a cookie without a name", [[HOME, "abc"]], HOME, "", "abc"],
  ["name and value over 4096 bytes", [[HOME, `a=${"x".repeat(4096)}`]], HOME, `a=${"x".repeat(4096)}`, ""],
  [
    "a path over 1024 bytes, which is as if not given",
    [[HOME, `a=1; Path=/${"x".repeat(1024)}`]],
    HOME,
    "",
    "a=1",
  ],
  ["SameSite=None without Secure", [[HOME, "a=1; SameSite=None"]], HOME, "a=1", ""],
  ["Partitioned", [[HOME, "a=1; Secure; Partitioned"]], HOME, "a=1", ""],
  ["an escape in a path", [[HOME, "a=1; Path=/a%20b"]], `${HOME}a%20b`, "", "a=1"],
  ["a path that is the same only when decoded", [[HOME, "a=1; Path=/admin"]], `${HOME}%61dmin`, "a=1", ""],
  [
    "Domain given twice, the last one empty",
    [[HOME, "a=1; Domain=example.com; Domain="]],
    "https://x.example.com/",
    "a=1",
    "",
  ],
  [
    "Domain that is the host and a public suffix",
    [["https://github.io/", "a=1; Domain=github.io"]],
    "https://github.io/",
    "",
    "a=1",
  ],
  [
    "Domain that is the host and a lone name",
    [["https://intranet/", "a=1; Domain=intranet"]],
    "https://intranet/",
    "",
    "a=1",
  ],
  ["Domain that is the host in IPv6", [["https://[::1]/", "a=1; Domain=[::1]"]], "https://[::1]/", "", "a=1"],
  [
    "Domain=localhost from below it",
    [["https://a.localhost/", "a=1; Domain=localhost"]],
    "https://localhost/",
    "a=1",
    "",
  ],
  ["a host that ends in a dot", [["https://example.com./", "a=1"]], "https://example.com./", "", "a=1"],
  [
    "the host test",
    [["https://test/", "a=1"]],
    "https://test/",
    "throws: Cookie has domain set to the public suffix",
    "a=1",
  ],
  [
    "the host local",
    [["https://local/", "a=1"]],
    "https://local/",
    "throws: Cookie has domain set to the public suffix",
    "a=1",
  ],
  [
    "a cookie of the same name from a host below, for both",
    [
      ["https://a.test/", "s=1; Path=/"],
      ["https://x.a.test/", "s=2; Path=/; Domain=a.test"],
    ],
    "https://a.test/",
    "s=2",
    "s=1; s=2",
  ],
];

test.each(rows)(
  "%s: tough-cookie and Cookies differ",
  async (_, steps, url, expectedTheirs, expectedOurs) => {
    expect(await theirs(steps, url)).toBe(expectedTheirs);
    expect(await ours(steps, url)).toBe(expectedOurs);
  },
);

// The other half: what tough-cookie does as RFC 6265bis says, and Cookies must do too.
const agreed: [rule: string, steps: Step[], url: string, sent: string][] = [
  ["Secure is not set from http", [["http://example.com/", "a=1; Secure"]], HOME, ""],
  [
    "Secure is set and sent on this machine",
    [["http://localhost/", "a=1; Secure"]],
    "http://localhost/",
    "a=1",
  ],
  ["Secure is set and sent on 127.0.0.1", [["http://127.0.0.1/", "a=1; Secure"]], "http://127.0.0.1/", "a=1"],
  ["__Host- needs Path", [[HOME, "__Host-a=1; Secure"]], HOME, ""],
  ["quotes belong to the value", [[HOME, 'a="x y"']], HOME, 'a="x y"'],
  ["escapes stay", [[HOME, "a=%0D%0A"]], HOME, "a=%0D%0A"],
  [
    "a public suffix is no domain",
    [["https://a.github.io/", "a=1; Domain=github.io"]],
    "https://a.github.io/",
    "",
  ],
  ["in any spelling", [["https://a.co.uk/", "a=1; Domain=co.UK"]], "https://a.co.uk/", ""],
  [
    "an address has no domain above it",
    [["https://127.0.0.1/", "a=1; Domain=0.0.1"]],
    "https://127.0.0.1/",
    "",
  ],
  ["a host-only cookie stays", [[HOME, "a=1"]], "https://x.example.com/", ""],
  [
    "__proto__ is a name",
    [[HOME, "__proto__=1", "constructor=2; Path=/__proto__"]],
    `${HOME}__proto__`,
    "constructor=2; __proto__=1",
  ],
];

test.each(agreed)("%s: tough-cookie and Cookies agree", async (_, steps, url, sent) => {
  expect(await theirs(steps, url)).toBe(sent);
  expect(await ours(steps, url)).toBe(sent);
});

describe("time", () => {
  test("Max-Age starts anew with each use in tough-cookie, and never in Cookies", async () => {
    const jar = new CookieJar();
    const cookies = new Cookies();
    await jar.setCookie("a=1; Max-Age=60", HOME);
    await cookies.store(new URL(HOME), ["a=1; Max-Age=60"]);
    const sent: [theirs: string, ours: string][] = [];
    for (let i = 0; i < 3; i++) {
      vi.setSystemTime(Date.now() + 40_000);
      sent.push([await jar.getCookieString(HOME), await cookies.header(new URL(HOME), false)]);
    }
    expect(sent).toEqual([
      ["a=1", "a=1"],
      ["a=1", ""],
      ["a=1", ""],
    ]);
    // The jar of Cookies is tough-cookie's too, and its cookies keep their end.
    expect(await (await cookies.jar()).getCookieString(HOME)).toBe("");
  });

  test("tough-cookie keeps any lifetime, Cookies 400 days", async () => {
    expect(String(Cookie.parse(`a=1; Max-Age=${"9".repeat(31)}`)?.expiryDate())).toBe("Invalid Date");
    const cookies = new Cookies();
    await cookies.store(new URL(HOME), [
      `a=1; Max-Age=${"9".repeat(31)}`,
      "b=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT",
    ]);
    for await (const { expires } of cookies) expect(expires).toEqual(new Date(NOW + 400 * 86_400_000));
  });

  test("tough-cookie keeps any number of cookies, Cookies 180 of a domain", async () => {
    const jar = new CookieJar();
    const cookies = new Cookies();
    for (let i = 0; i < 200; i++) {
      await jar.setCookie(`c${i}=1`, HOME);
      await cookies.store(new URL(HOME), [`c${i}=1`]);
    }
    expect(await jar.getCookies(HOME)).toHaveLength(200);
    expect(await cookies.count()).toBe(180);
  });
});
