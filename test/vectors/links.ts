/** A value and the links in it, without those that are malformed. */
export type LinkVector = readonly [input: string, links: readonly Record<string, string>[]];

/** RFC 8288 sections 3.5 and appendix; RFC 8187; GitHub's pagination as Requests' documentation shows it. */
export const LINKS: readonly LinkVector[] = [
  [
    '<http://example.com/TheBook/chapter2>; rel="previous"; title="previous chapter"',
    [{ url: "http://example.com/TheBook/chapter2", rel: "previous", title: "previous chapter" }],
  ],
  ['</>; rel="http://example.net/foo"', [{ url: "/", rel: "http://example.net/foo" }]],
  ['</terms>; rel="copyright"; anchor="#foo"', [{ url: "/terms", rel: "copyright", anchor: "#foo" }]],
  [
    "</TheBook/chapter2>; rel=\"previous\"; title*=UTF-8'de'letztes%20Kapitel, </TheBook/chapter4>; rel=\"next\"; title*=UTF-8'de'n%c3%a4chstes%20Kapitel",
    [
      { url: "/TheBook/chapter2", rel: "previous", title: "letztes Kapitel", "title*": "UTF-8'de'letztes%20Kapitel" },
      { url: "/TheBook/chapter4", rel: "next", title: "n\u00e4chstes Kapitel", "title*": "UTF-8'de'n%c3%a4chstes%20Kapitel" },
    ],
  ],
  [
    '<http://example.org/>; rel="start http://example.net/relation/other"',
    [{ url: "http://example.org/", rel: "start http://example.net/relation/other" }],
  ],
  [
    '<https://example.org/>; rel="start", <https://example.org/index>; rel="index"',
    [
      { url: "https://example.org/", rel: "start" },
      { url: "https://example.org/index", rel: "index" },
    ],
  ],
  [
    '<https://api.github.com/users/kennethreitz/repos?page=2&per_page=10>; rel="next", <https://api.github.com/users/kennethreitz/repos?page=7&per_page=10>; rel="last"',
    [
      { url: "https://api.github.com/users/kennethreitz/repos?page=2&per_page=10", rel: "next" },
      { url: "https://api.github.com/users/kennethreitz/repos?page=7&per_page=10", rel: "last" },
    ],
  ],

  // Commas, semicolons and quotes within <> and within quotes.
  ["<a,b;c=d>; rel=x", [{ url: "a,b;c=d", rel: "x" }]],
  ['<a"b>; rel=x, <c>; rel=y', [{ url: 'a"b', rel: "x" }, { url: "c", rel: "y" }]],
  ['<a>; title="x, <b>; rel=y"; rel=z, <c>; rel=w', [{ url: "a", title: "x, <b>; rel=y", rel: "z" }, { url: "c", rel: "w" }]],
  ['<a>; title="\\"q\\\\"; rel=x', [{ url: "a", title: '"q\\', rel: "x" }]],

  // Blanks, case, empty members and parameters, values without quotes, parameters without value.
  ["  ,, <a>;rel=next,", [{ url: "a", rel: "next" }]],
  ['< a >\t;\tREL = "next" ; ; Type=text/html;', [{ url: "a", rel: "next", type: "text/html" }]],
  ["<>; rel=self", [{ url: "", rel: "self" }]],
  ['<a>; rel=preload; crossorigin; as="font"; nopush=', [{ url: "a", rel: "preload", crossorigin: "", as: "font", nopush: "" }]],
  ["<a>; rel=next; title=two words , <b>; rel=x", [{ url: "a", rel: "next", title: "two words" }, { url: "b", rel: "x" }]],

  // The first counts; a starred parameter replaces the plain one when it decodes.
  ["<a>; rel=first; rel=second; title=x; title=y", [{ url: "a", rel: "first", title: "x" }]],
  ["<a>; rel=x; title*=UTF-8''%zz; title=plain", [{ url: "a", rel: "x", title: "plain", "title*": "UTF-8''%zz" }]],
  ["<a>; rel=x; title=plain; title*=UTF-8''star", [{ url: "a", rel: "x", title: "star", "title*": "UTF-8''star" }]],

  // Nothing passes for the target or the relation.
  ["<a>; rel=next; url=evil", [{ url: "a", rel: "next" }]],
  ["<a>; rel=next; url*=UTF-8''evil; rel*=UTF-8''evil", [{ url: "a", rel: "next", "url*": "UTF-8''evil", "rel*": "UTF-8''evil" }]],
  ["<a>; rel=next; __proto__=x", [{ url: "a", rel: "next", ["__proto__"]: "x" }]],

  // Malformed members are left out, and those beside them stay.
  ["", []],
  ["junk", []],
  ["<a>", []],
  ['<a>; rel="", <b>; rel=x', [{ url: "b", rel: "x" }]],
  ["<a>; title=x, <b>; rel=x", [{ url: "b", rel: "x" }]],
  ["<unclosed; rel=next, <b>; rel=x", [{ url: "b", rel: "x" }]],
  ["unopened>; rel=next, <b>; rel=x", [{ url: "b", rel: "x" }]],
  ["http://a/; rel=next, <b>; rel=x", [{ url: "b", rel: "x" }]],
  ["<a> rel=next, <b>; rel=x", [{ url: "b", rel: "x" }]],
  ["<a>x; rel=next, <b>; rel=x", [{ url: "b", rel: "x" }]],
  ['<a>; rel="next"x, <b>; rel=x', [{ url: "b", rel: "x" }]],
  ['<a>; rel=ne"xt, <b>; rel=y", <c>; rel=x', [{ url: "c", rel: "x" }]],
  ["<a>; =next; rel=y, <b>; rel=x", [{ url: "b", rel: "x" }]],
  ["<a>; r@l=next, <b>; rel=x", [{ url: "b", rel: "x" }]],
  ['"<a>; rel=next, <b>", <c>; rel=x', [{ url: "c", rel: "x" }]],
  // An unclosed quote hides all the rest.
  ['<a>; rel=next; title="x, <b>; rel=x', []],
  ['<a>; rel=next, <b>; rel="x', [{ url: "a", rel: "next" }]],
];
