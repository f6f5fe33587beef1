/** A value, its essence (null for junk) and its parameters. */
export type ContentTypeVector = readonly [input: string, type: string | null, parameters?: Record<string, string>];

const LONG = "0123456789".repeat(13);
const TCHARS = "!#$%&'*+-.^_`|~0123456789";

/**
 * web-platform-tests, mimesniff/mime-types/resources/mime-types.json (3-Clause BSD), as pairs instead of serialised
 * types. Two vectors with blanks beside "=" are below, under our own reading.
 */
export const WPT: readonly ContentTypeVector[] = [
  ["text/html;charset=gbk", "text/html", { charset: "gbk" }],
  ["TEXT/HTML;CHARSET=GBK", "text/html", { charset: "GBK" }],
  ["text/html;charset=gbk(", "text/html", { charset: "gbk(" }],
  ["text/html;x=(;charset=gbk", "text/html", { x: "(", charset: "gbk" }],
  ["text/html;charset=gbk;charset=windows-1255", "text/html", { charset: "gbk" }],
  ["text/html;charset=();charset=GBK", "text/html", { charset: "()" }],
  ["text/html ;charset=gbk", "text/html", { charset: "gbk" }],
  ["text/html; charset=gbk", "text/html", { charset: "gbk" }],
  ["text/html;charset='gbk'", "text/html", { charset: "'gbk'" }],
  ["text/html;charset='gbk", "text/html", { charset: "'gbk" }],
  ["text/html;charset=gbk'", "text/html", { charset: "gbk'" }],
  ["text/html;charset=';charset=GBK", "text/html", { charset: "'" }],
  ["text/html;test;charset=gbk", "text/html", { charset: "gbk" }],
  ["text/html;test=;charset=gbk", "text/html", { charset: "gbk" }],
  ["text/html;';charset=gbk", "text/html", { charset: "gbk" }],
  ['text/html;";charset=gbk', "text/html", { charset: "gbk" }],
  ["text/html ; ; charset=gbk", "text/html", { charset: "gbk" }],
  ["text/html;;;;charset=gbk", "text/html", { charset: "gbk" }],
  ['text/html;charset="gbk"', "text/html", { charset: "gbk" }],
  ['text/html;charset="gbk', "text/html", { charset: "gbk" }],
  ['text/html;charset=gbk"', "text/html", { charset: 'gbk"' }],
  ['text/html;charset=" gbk"', "text/html", { charset: " gbk" }],
  ['text/html;charset="\\ gbk"', "text/html", { charset: " gbk" }],
  ['text/html;charset="\\g\\b\\k"', "text/html", { charset: "gbk" }],
  ['text/html;charset="gbk"x', "text/html", { charset: "gbk" }],
  ['text/html;charset="";charset=GBK', "text/html", { charset: "" }],
  ['text/html;charset=";charset=GBK', "text/html", { charset: ";charset=GBK" }],
  ["text/html;charset={gbk}", "text/html", { charset: "{gbk}" }],
  [`text/html;${LONG}=x;charset=gbk`, "text/html", { [LONG]: "x", charset: "gbk" }],
  [`${LONG}/${LONG}`, `${LONG}/${LONG}`],
  [`${TCHARS}AZaz/${TCHARS}AZaz;${TCHARS}AZaz=${TCHARS}AZaz`, `${TCHARS}azaz/${TCHARS}azaz`, { [`${TCHARS}azaz`]: `${TCHARS}AZaz` }],
  ['x/x;x="\t !\\"#[\\\\]{|}~\u0080\u00a0\u00ff"', "x/x", { x: '\t !"#[\\]{|}~\u0080\u00a0\u00ff' }],
  ["x/x;test", "x/x"],
  ['x/x;test="\\', "x/x", { test: "\\" }],
  ["x/x;x= ", "x/x"],
  ["x/x;x=\t", "x/x"],
  ["text/html;test=\u00ff;charset=gbk", "text/html", { test: "\u00ff", charset: "gbk" }],
  ["x/x;test=\ufffd;x=x", "x/x", { x: "x" }],
  ["", null],
  ["\t", null],
  ["/", null],
  ["bogus", null],
  ["bogus/", null],
  ["bogus/ ", null],
  ["bogus/bogus/;", null],
  ["</>", null],
  ["(/)", null],
  ["\u00ff/\u00ff", null],
  ["text/html(;doesnot=matter", null],
  ["{/}", null],
  ["\u0100/\u0100", null],
  ["text /html", null],
  ["text/ html", null],
  ['"text/html"', null],
];

/** Examples of RFC 9110 section 8.3 and others. */
export const OTHERS: readonly ContentTypeVector[] = [
  ["text/html; charset=ISO-8859-4", "text/html", { charset: "ISO-8859-4" }],
  ['Text/HTML;Charset="utf-8"', "text/html", { charset: "utf-8" }],
  ["application/problem+json", "application/problem+json"],
  ["multipart/form-data; boundary=AaB03x", "multipart/form-data", { boundary: "AaB03x" }],
  ['multipart/mixed; boundary="a;b=c, \\"d\\""; x=y', "multipart/mixed", { boundary: 'a;b=c, "d"', x: "y" }],
  // Blanks beside "=": WPT drops the first and keeps the blank of the second.
  ["text/html;charset =gbk", "text/html", { charset: "gbk" }],
  ["text/html;charset= gbk", "text/html", { charset: "gbk" }],
  ['text/html; charset = "utf-8" ; x = y ', "text/html", { charset: "utf-8", x: "y" }],
  // Two fields joined: no subtype holds a comma.
  ["text/html, application/json", null],
  ["*/*", "*/*"],
  ["text/html\u00a0", null],
  ["text/html\r\n", null],
  ["text/html; charset=utf-8\u0000", "text/html"],
  ["; charset=utf-8", null],
  ["text/html; __proto__=x; constructor=y", "text/html", { ["__proto__"]: "x", constructor: "y" }],
];
