import { afterEach, describe, expect, test, vi } from "vitest";
import { checkProtocol, resolveUrl, staysOnOrigin, takeUserinfo } from "../src/url.ts";
import { random } from "./fields/random.ts";
import { CHARACTERS, fault, isHalf } from "./inputs.ts";

const base = new URL("https://a.test/v1/");

describe("resolveUrl without a base", () => {
  test.each([
    ["http:\\\\host.test\\x", "http://host.test/x"],
    ["http:/host.test", "http://host.test/"],
    ["http:///host.test", "http://host.test/"],
    ["http:host.test", "http://host.test/"],
    ["http://a\\@b.test/", "http://a/@b.test/"],
    ["http://a%5c@b.test", "http://a%5c@b.test/"],
    ["http://a@b@c.test/", "http://a%40b@c.test/"],
    ["http://u:p@[::1]:80/", "http://u:p@[::1]/"],
    ["http://a。b.test", "http://a.b.test/"],
    ["http://ａ.test", "http://a.test/"],
    ["http://①.test", "http://1.test/"],
    ["http://straße.de", "http://xn--strae-oqa.de/"],
    ["http://0x7f.1/", "http://127.0.0.1/"],
    ["http://0177.0.0.1", "http://127.0.0.1/"],
    ["http://2130706433", "http://127.0.0.1/"],
    ["http://[::ffff:7f00:1]", "http://[::ffff:7f00:1]/"],
    ["http://h:080", "http://h/"],
    ["http://h.:80", "http://h./"],
    ["http://a#@b/", "http://a/#@b/"],
    ["http://a?@b/", "http://a/?@b/"],
    ["HTTP://A.TEST/é?é#é", "http://a.test/%C3%A9?%C3%A9#%C3%A9"],
  ])("reads %s as the platform does", (text, href) => {
    expect(resolveUrl(text).href).toBe(href);
    expect(new URL(text).href).toBe(href);
  });

  test.each([
    "http://[fe80::1%25eth0]",
    "http://h:99999",
    "http:// h",
    "http://[1.2.3.4]/",
    "http://[::1]x",
    "http://[::1]:80:80",
    "http://h:80x",
    "http://a%2Fb/",
    "http://a%00b/",
    "http://a%40b/",
    "http://a%23b/",
    "http://a%5Bb/",
    "http://",
    "http://?x",
    "\thttp://h",
    "http://h/\n",
    " http://h",
    "http://h/ ",
    "ht\ntp://h",
    "http://h/a\r\nX: y",
    "http://h/\ud83d",
    `http://h/${"x".repeat(65_536)}`,
  ])("refuses %j", (text) => {
    expect(fault(() => resolveUrl(text))?.slice(0, 2)).toEqual(["InvalidURLError", "ERR_INVALID_URL"]);
  });

  test.each([
    ["/x", 'Cannot use URL "/x": it is relative; give a baseUrl or an absolute URL'],
    ["", 'Cannot use URL "": it is relative; give a baseUrl or an absolute URL'],
    ["//h/x", 'Cannot use URL "//h/x": it is relative; give a baseUrl or an absolute URL'],
    ["http://u:s3cret@h:x/", 'Cannot use URL "http://***@h:x/": it cannot be parsed'],
    [
      "http://h/\n",
      'Cannot use URL "http://h/\\n": it must not hold control characters, nor begin or end with a space',
    ],
    ["http://h/\udead", 'Cannot use URL "http://h/\\udead": it holds half of a surrogate pair'],
  ])("says what is wrong with %j", (text, message) => {
    expect(fault(() => resolveUrl(text))).toEqual(["InvalidURLError", "ERR_INVALID_URL", message]);
  });

  test.each([
    ["ftp://u:s3cret@h/x", 'Cannot send a request to "ftp://***@h/x": scheme must be http or https: ftp'],
    [
      "file:///etc/passwd",
      'Cannot send a request to "file:///etc/passwd": scheme must be http or https: file',
    ],
    ["data:,x", 'Cannot send a request to "data:,x": scheme must be http or https: data'],
    [
      "javascript:alert(1)",
      'Cannot send a request to "javascript:alert(1)": scheme must be http or https: javascript',
    ],
    [
      "localhost:3000/x",
      'Cannot send a request to "localhost:3000/x": scheme must be http or https: localhost',
    ],
    ["user:s3cret@h/x", 'Cannot send a request to "user:***@h/x": scheme must be http or https: user'],
  ])("refuses the scheme of %s", (text, message) => {
    const expected = ["UnsupportedProtocolError", "ERR_UNSUPPORTED_PROTOCOL", message];
    expect(fault(() => resolveUrl(text))).toEqual(expected);
    expect(fault(() => checkProtocol(new URL(text)))).toEqual(expected);
  });

  test.each([[undefined], [null], [5], [{}], [["http://h/"]], [{ toString: () => "http://h/" }]])(
    "refuses %s, which is neither text nor a URL",
    (url) => {
      expect(fault(() => resolveUrl(url as never))?.slice(0, 2)).toEqual([
        "TypeError",
        "ERR_INVALID_ARGUMENT",
      ]);
      expect(fault(() => resolveUrl(url as never, base))?.[1]).toBe("ERR_INVALID_ARGUMENT");
    },
  );

  test("takes a URL, and hands out another", () => {
    const url = new URL("http://h/x");
    expect(resolveUrl(url).href).toBe("http://h/x");
    expect(resolveUrl(url)).not.toBe(url);
    expect(resolveUrl(url, base).href).toBe("http://h/x");
  });

  test("every character of a path is kept, encoded or thrown, never dropped", () => {
    for (const [name, char] of CHARACTERS) {
      for (const text of [`http://h/a${char}b`, `http://h/a?${char}b`, `http://h/ab${char}`]) {
        if (/^[\0-\x1f]$/.test(char) || isHalf(char) || (char === " " && text.endsWith(" "))) {
          expect(fault(() => resolveUrl(text))?.[1], name).toBe("ERR_INVALID_URL");
        } else if (char !== "\\" && char !== "%") {
          const { href } = resolveUrl(text);
          expect([href, decodeURIComponent(href)], name).toContain(text);
        }
      }
    }
  });

  test("takes linear time for long nonsense", () => {
    for (const piece of ["@", "%41", "../", "?", "/", "//", "#", ":", "[", "é"]) {
      const long = piece.repeat(Math.floor(65_000 / piece.length));
      fault(() => resolveUrl(`http://h/${long}`));
      fault(() => resolveUrl(`http://${long}`));
      fault(() => resolveUrl(long, base));
    }
  });

  describe("in a document", () => {
    afterEach(() => vi.unstubAllGlobals());

    test("the document is the base", () => {
      vi.stubGlobal("document", { baseURI: "https://d.test/dir/page" });
      expect(resolveUrl("x?y").href).toBe("https://d.test/dir/x?y");
      expect(resolveUrl("/x").href).toBe("https://d.test/x");
      expect(resolveUrl("x", base).href).toBe("https://a.test/v1/x");
    });

    test("a worker's location is the base", () => {
      vi.stubGlobal("location", { href: "https://d.test/dir/worker.js" });
      expect(resolveUrl("x").href).toBe("https://d.test/dir/x");
    });
  });
});

describe("resolveUrl against a base", () => {
  test.each([
    ["users", "https://a.test/v1/users"],
    ["/users", "https://a.test/v1/users"],
    ["./users", "https://a.test/v1/users"],
    ["/users/", "https://a.test/v1/users/"],
    ["?q=1", "https://a.test/v1/?q=1"],
    ["#f", "https://a.test/v1/#f"],
    ["", "https://a.test/v1/"],
    [".", "https://a.test/v1/"],
    ["a/../b", "https://a.test/v1/b"],
    ["a/../../v1/b", "https://a.test/v1/b"],
    ["a:b", "https://a.test/v1/a:b"],
    ["http:x", "https://a.test/v1/http:x"],
    ["http:/b.test", "https://a.test/v1/http:/b.test"],
    ["https:\\\\b.test", "https://a.test/v1/https://b.test"],
    ["javascript:alert(1)", "https://a.test/v1/javascript:alert(1)"],
    ["x\\y", "https://a.test/v1/x/y"],
    ["x?a=../..#b/../..", "https://a.test/v1/x?a=../..#b/../.."],
    ["x#\u2028y", "https://a.test/v1/x#%E2%80%A8y"],
    ["x%2fy", "https://a.test/v1/x%2fy"],
    ["user@b.test", "https://a.test/v1/user@b.test"],
    [":80/x", "https://a.test/v1/:80/x"],
    ["http://b.test/x", "http://b.test/x"],
    ["HTTPS://b.test/x", "https://b.test/x"],
  ])("reads %j", (text, href) => {
    expect(resolveUrl(text, base).href).toBe(href);
    const bare = new URL("https://a.test/v1");
    const start = /^(?:$|[?#])/.test(text) ? href.replace("/v1/", "/v1") : href;
    expect(resolveUrl(text, bare).href).toBe(start);
  });

  test.each([
    "..",
    "../x",
    "/..",
    "/../x",
    "a/../../x",
    "a/../..",
    "%2e%2e/x",
    ".%2E/x",
    "..\\x",
    "..%2fx",
    "a%2f..%2f..%2fx",
    "%2e%2e%5cx",
    "//b.test/x",
    "\\\\b.test\\x",
    "/\\b.test",
    "\\/b.test",
    "../v1x",
    "../v",
  ])("refuses %j, which would leave it", (text) => {
    expect(fault(() => resolveUrl(text, base))?.slice(0, 2)).toEqual(["InvalidURLError", "ERR_INVALID_URL"]);
  });

  test("says what would leave it", () => {
    expect(fault(() => resolveUrl("../x?token=s3cret", new URL("https://u:p@a.test/v1/")))?.[2]).toBe(
      'Cannot resolve URL "../x?token=***" against https://a.test/v1/: it must not leave the path of the base URL',
    );
    expect(fault(() => resolveUrl("//b.test", base))?.[2]).toBe(
      'Cannot resolve URL "//b.test" against https://a.test/v1/: a relative URL must not start with "//"',
    );
  });

  test("keeps its userinfo and its query, which other queries are added to", () => {
    const full = new URL("https://u:p@a.test/v1?k=1");
    expect(resolveUrl("x", full).href).toBe("https://u:p@a.test/v1/x?k=1");
    expect(resolveUrl("x?y=2#z", full).href).toBe("https://u:p@a.test/v1/x?k=1&y=2#z");
    expect(resolveUrl("x?", full).href).toBe("https://u:p@a.test/v1/x?k=1");
    expect(resolveUrl("https://u2:p2@b.test/x", full).href).toBe("https://u2:p2@b.test/x");
  });

  test("cannot be left, whatever 20,000 random texts try", () => {
    const next = random(11);
    const pieces = [
      ..."./\\?#@:%[]~;&=+ ",
      ...[
        "..",
        "%2e",
        "%2E%2e",
        "%2f",
        "%5C",
        "//",
        "\\\\",
        "\t",
        "\n",
        "\r",
        "\0",
        "http:",
        "https://",
        "http:/",
      ],
      ...[
        "javascript:",
        "v1",
        "v",
        "b.test",
        "user:pw@",
        "é",
        "\u2028",
        "％",
        "。",
        "\ud800",
        "%",
        "%00",
        "a",
        ":80",
      ],
    ];
    const bases = [
      "https://a.test/v1/",
      "https://a.test/v1",
      "http://a.test:81/",
      "https://u:p@a.test/v%31/x/?q=1",
    ];
    let stayed = 0;
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: next(8) }, () => pieces[next(pieces.length)]).join("");
      const from = new URL(bases[next(bases.length)] as string);
      let url: URL;
      try {
        url = resolveUrl(text, from);
      } catch (error) {
        expect((error as Error).name, text).toMatch(/^(?:InvalidURLError|UnsupportedProtocolError)$/);
        continue;
      }
      if (/^https?:\/\//i.test(text)) continue;
      stayed++;
      const root = from.pathname.replace(/\/?$/, "/");
      expect([url.origin, url.username, url.password], text).toEqual([
        from.origin,
        from.username,
        from.password,
      ]);
      expect(`${url.pathname}/`.startsWith(root), `${text} became ${url}`).toBe(true);
      const decoded = new URL(`http://x${url.pathname.replace(/%2f|%5c/gi, "/")}`).pathname;
      expect(`${decoded}/`.startsWith(root), `${text} decodes to ${decoded}`).toBe(true);
    }
    expect(stayed).toBeGreaterThan(5_000);
  });
});

describe("takeUserinfo", () => {
  test.each<[string, [string, string] | undefined]>([
    ["http://h/", undefined],
    ["http://u@h/", ["u", ""]],
    ["http://:p@h/", ["", "p"]],
    ["http://u%40:p%3A%C3%A9@h/", ["u@", "p:é"]],
    ["http://u%:p%zz@h/", ["u%", "p%zz"]],
    ["http://u:%FF@h/", ["u", "%FF"]],
  ])("takes it from %s", (text, expected) => {
    const url = new URL(text);
    expect(takeUserinfo(url)).toEqual(expected);
    expect(url.href).toBe("http://h/");
  });
});

test.each([
  ["http://a.test/", "http://a.test:80/x", true],
  ["http://a.test/", "https://a.test/", true],
  ["https://a.test/", "http://a.test/", false],
  ["http://a.test:81/", "https://a.test:81/", false],
  ["http://a.test/", "https://a.test:444/", false],
  ["http://a.test:81/", "https://a.test/", false],
  ["http://a.test/", "http://a.test:81/", false],
  ["http://a.test/", "http://x.a.test/", false],
  ["http://a.test/", "http://a.test./", false],
  ["http://a.test/", "http://xa.test/", false],
  ["http://a.test/", "https://b.test/", false],
])("staysOnOrigin from %s to %s is %s", (from, to, stays) => {
  expect(staysOnOrigin(new URL(from), new URL(to))).toBe(stays);
});
