import { describe, expect, test } from "vitest";
import { isSensitive, redactHeader, redactUrl, show } from "../src/redact.ts";

describe("redactUrl", () => {
  test.each([
    ["https://a.test/x?y=1#f", "https://a.test/x?y=1"],
    ["https://user:s3cret@a.test/x", "https://a.test/x"],
    ["https://a.test/?access_token=s3cret&y=1", "https://a.test/?access_token=***&y=1"],
    [
      "https://a.test/?X-Amz-Signature=s3cret&sig=s3cret&code=s3cret",
      "https://a.test/?X-Amz-Signature=***&sig=***&code=***",
    ],
    ["https://a.test/?code", "https://a.test/?code"],
    ["https://a.test/?a=1&a=2&postcode=3", "https://a.test/?a=1&a=2&postcode=3"],
    ["https://a.test/?password=a=s3cret", "https://a.test/?password=***"],
  ])("of the URL %s leaves %s", (url, shown) => {
    expect(redactUrl(new URL(url))).toBe(shown);
  });

  test("hides every value of a query on demand", () => {
    expect(redactUrl(new URL("https://a.test/?x=1&y=2&z"), true)).toBe("https://a.test/?x=***&y=***&z");
  });

  test.each([
    ["http://user:s3cret@a.test:99999/", '"http://***@a.test:99999/"'],
    ["http://user:s3/cret@a.test/", '"http://***@a.test/"'],
    ["http://user:s3?cret@a.test/", '"http://***@a.test/"'],
    ["http://user:s3#cret@a.test/", '"http://***@a.test/"'],
    ["http:\\\\user:s3cret@a.test", '"http:\\\\\\\\***@a.test"'],
    ["http:user:s3cret@a.test", '"http:***@a.test"'],
    ["//user:s3cret@a.test/x", '"//***@a.test/x"'],
    ["user:s3cret@a.test/x", '"user:***@a.test/x"'],
    ["http://[?token=s3cret", '"http://[?token=***"'],
    ["http://[#access_token=s3cret", '"http://["'],
    ["/users/@me", '"/users/@me"'],
    ["/users?x=a@b", '"/users?x=a@b"'],
    ["\u001b[31m\u202e", '"\\u001b[31m\\u202e"'],
  ])("of the text %s leaves %s", (text, shown) => {
    expect(redactUrl(text)).toBe(shown);
    expect(redactUrl(text)).not.toContain("cret");
  });

  test("cuts long ones, and takes linear time", () => {
    expect(redactUrl(new URL(`https://a.test/${"x".repeat(60_000)}`)).length).toBe(501);
    expect(redactUrl("x".repeat(60_000)).length).toBe(203);
    for (const piece of ["?", "&", "/", "@", "//", "?a", "?token=", ":", "http://", "//@", "#"]) {
      const long = piece.repeat(300_000 / piece.length);
      redactUrl(long);
      redactUrl(`http:${long}`);
      redactHeader("location", long);
    }
  });
});

describe("redactHeader", () => {
  test.each([
    ["Authorization", "Basic dTpw", "Basic ***"],
    ["Authorization", "Digest username=x", "Digest ***"],
    ["Authorization", "AWS4-HMAC-SHA256 Credential=x", "AWS4-HMAC-SHA256 ***"],
    ["Authorization", "s3cret", "***"],
    ["Authorization", "s3cret rest", "***"],
    ["Cookie", "a=s3cret", "***"],
    ["X-Session-Id", "s3cret", "***"],
    ["Accept", "text/plain", "text/plain"],
    ["Referer", "https://u:s3cret@a.test/?key=s3cret", "https://***@a.test/?key=***"],
  ])("of %s: %s leaves %s", (name, value, shown) => {
    expect(redactHeader(name, value)).toBe(shown);
  });
});

test("isSensitive knows the names of secrets in any case", () => {
  for (const name of ["AUTHORIZATION", "X-API-Key", "set-cookie", "client_secret", "Passwd", "pwd", "SIG"]) {
    expect(isSensitive(name), name).toBe(true);
  }
  for (const name of ["Accept", "page", "codec", "design"]) expect(isSensitive(name), name).toBe(false);
});

test("show quotes, escapes and cuts to 200 characters", () => {
  expect(show('a"b\n\0\u009b\u2028\u202e')).toBe('"a\\"b\\n\\u0000\\u009b\\u2028\\u202e"');
  expect(show("x".repeat(300))).toBe(`"${"x".repeat(200)}…"`);
  expect(show(`${"x".repeat(199)}😀`)).toBe(`"${"x".repeat(199)}\\ud83d…"`);
  expect(show(Symbol("s"))).toBe('"Symbol(s)"');
});
