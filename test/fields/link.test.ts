import { describe, expect, test } from "vitest";
import { linksByRel, parseLink } from "../../src/fields/link.ts";
import { LINKS } from "../vectors/links.ts";
import { HOSTILE, PIECES, texts } from "./random.ts";

describe("parseLink", () => {
  test.each(LINKS)("parseLink reads %j", (input, expected) => {
    expect(parseLink(input).map((link) => Object.entries(link).sort())).toEqual(
      expected.map((link) => Object.entries(link).sort()),
    );
  });

  test("parseLink gives links without prototype", () => {
    const [link] = parseLink("<a>; rel=x; __proto__=y");
    expect(Object.getPrototypeOf(link)).toBeNull();
    expect(link?.toString).toBeUndefined();
  });

  test("parseLink gives back every link that was written, around members that are malformed", () => {
    const urls = texts(30, 300, ["/", "a", ",", ";", "=", "?", "&", '"', "'"], 8);
    const titles = texts(31, 300, ["a", " ", ",", ";", "<", ">", "=", '"', "\\", "é"], 8);
    const junk = [
      "",
      "junk",
      "<x",
      "<x> y",
      "<x>; =z",
      "<x>; title=nothing",
      '"<x>; rel=z, <y>"',
      '<x>; rel=z q"a,b"',
    ];
    for (const [index, url] of urls.entries()) {
      const title = titles[index] ?? "";
      const text = [
        junk[index % junk.length],
        `<${url}>; rel="a b"; title="${title.replace(/["\\]/g, "\\$&")}"`,
        junk[(index * 3 + 1) % junk.length],
        `<${url}>;rel=c`,
      ].join(" , ");
      expect(
        parseLink(text).map((link) => ({ ...link })),
        text,
      ).toEqual([
        { url, rel: "a b", title },
        { url, rel: "c" },
      ]);
    }
  });

  test("parseLink is total, and every link has a relation", () => {
    for (const text of [...texts(32, 20_000, [...PIECES, "<a>", "; rel=x", ", "], 20), ...HOSTILE]) {
      const bad = parseLink(text).filter(
        (link) =>
          !link.rel ||
          /[<>]/.test(link.url) ||
          Object.values(link).some((value) => typeof value !== "string"),
      );
      expect(bad).toEqual([]);
    }
  });
});

describe("linksByRel", () => {
  test("linksByRel gives each link under every one of its relations, in lower case", () => {
    const links = linksByRel(parseLink('<a>; rel="Next \t http://example.net/Foo", <b>; rel=prev'));
    expect(Object.keys(links).sort()).toEqual(["http://example.net/foo", "next", "prev"]);
    expect(links.next?.url).toBe("a");
    expect(links.next).toBe(links["http://example.net/foo"]);
  });

  test("linksByRel keeps the first link of a relation", () => {
    expect(linksByRel(parseLink("<a>; rel=next, <b>; rel=next")).next?.url).toBe("a");
  });

  test("linksByRel leaves out links that speak of another resource", () => {
    const links = linksByRel(parseLink('<a>; rel=next; anchor="/other", <b>; rel=next; anchor=""'));
    expect(links.next?.url).toBe("b");
  });

  test("linksByRel gives an object without prototype", () => {
    const links = linksByRel(parseLink("<a>; rel=__proto__"));
    expect(Object.getPrototypeOf(links)).toBeNull();
    expect(Object.keys(links)).toEqual(["__proto__"]);
    expect(linksByRel([]).constructor).toBeUndefined();
  });
});
