/** Endpoints that answer text: in a charset, as broken JSON, as markup. */
import { Buffer } from "node:buffer";
import { encodeText, SAMPLES } from "./charsets.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./router.ts";

export const routes: readonly Route[] = [
  {
    path: "/json",
    about: "A small JSON document.",
    answer: (exchange) => exchange.json(200, { saluki: "fast", legs: 4 }),
  },
  {
    path: "/json-invalid",
    about: "Says that it is JSON and is not.",
    answer: (exchange) => exchange.send(200, [["Content-Type", "application/json"]], '{"open": [1, 2'),
  },
  {
    path: "/empty",
    about: "200 with Content-Length: 0. ?type= sets the Content-Type.",
    answer: (exchange) =>
      exchange.send(200, [["Content-Type", exchange.query.get("type") ?? "application/json"]]),
  },
  {
    path: "/html",
    about: "A small page.",
    answer: (exchange) =>
      exchange.send(
        200,
        [["Content-Type", "text/html; charset=utf-8"]],
        "<!doctype html><title>Saluki</title><p>Grüße",
      ),
  },
  {
    path: "/encoding/:charset",
    about:
      "Text in a charset; X-Text holds it percent-encoded. ?declare=header|none|meta|xml|<other>, ?bom, ?text=",
    answer: encoding,
  },
  {
    path: "/lines",
    about: "Lines that end in LF, CR LF and CR, one of them empty, with U+2028 inside one.",
    answer: (exchange) => exchange.text(200, "one\ntwo\r\nthree\rfour\u2028still four\n\nsix é€😀\r\nlast"),
  },
];

function encoding(exchange: Exchange): void {
  const charset = exchange.param("charset").toLowerCase();
  const declared = exchange.query.get("declare") ?? "header";
  const sample = exchange.query.get("text") ?? SAMPLES.get(charset) ?? SAMPLES.get("utf-8") ?? "";
  const text = wrap(sample, charset, declared);
  const bytes = encodeText(text, charset);
  if (bytes === undefined) return exchange.json(404, { error: `Unknown charset: ${charset}` });
  const bom = exchange.flag("bom") ? encodeText("\uFEFF", charset) : undefined;
  const type = declared === "meta" ? "text/html" : declared === "xml" ? "application/xml" : "text/plain";
  const parameter = ["none", "meta", "xml"].includes(declared)
    ? ""
    : `; charset=${declared === "header" ? charset : declared}`;
  exchange.send(
    200,
    [
      ["Content-Type", type + parameter],
      ["X-Text", encodeURIComponent(text)],
    ],
    Buffer.concat([bom ?? Buffer.alloc(0), bytes]),
  );
}

function wrap(text: string, charset: string, declared: string): string {
  if (declared === "meta") return `<!doctype html><meta charset="${charset}"><title>${text}</title>`;
  if (declared === "xml") return `<?xml version="1.0" encoding="${charset}"?><text>${text}</text>`;
  return text;
}
