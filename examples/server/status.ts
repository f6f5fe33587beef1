/** Endpoints about status lines and response headers. */
import { Buffer } from "node:buffer";
import type { Header } from "./cors.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./router.ts";

export const routes: readonly Route[] = [
  { path: "/status/:code", about: "Any status. ?reason= sets the phrase, ?body= the body.", answer: status },
  {
    path: "/response-headers",
    about: "Each query parameter becomes a header; repeats stay apart.",
    answer: chosen,
  },
  { path: "/links", about: "Link headers (RFC 8288): next, last and odd ones, in two lines.", answer: links },
  {
    path: "/informational/:count",
    about: "1xx answers before a 200. ?status= is 103 by default.",
    answer: informational,
  },
  {
    path: "/etag/:etag",
    about: "304 for a matching If-None-Match, 412 for a failing If-Match.",
    answer: etag,
  },
  {
    path: "/retry-after/:value",
    about: "503 with Retry-After. ?status= changes the status.",
    answer: retryAfter,
  },
  {
    path: "/flaky/:name/:times",
    about: "Fails so many times under that name, then 200. ?status= or ?fault=reset|close.",
    answer: flaky,
  },
  {
    path: "/many-headers/:count",
    about: "So many response headers. ?size= sets the length of each value.",
    answer: manyHeaders,
  },
];

function status(exchange: Exchange): void {
  const code = exchange.count(exchange.param("code"), 0);
  const body = exchange.query.get("body");
  if (code < 200 || code > 999) return exchange.json(400, { error: "Status must be 200 to 999" });
  const reason = exchange.query.get("reason") ?? undefined;
  const headers: Header[] = [["Content-Type", "text/plain; charset=utf-8"]];
  const challenge: Header[] = code === 401 ? [["WWW-Authenticate", 'Basic realm="status"']] : [];
  // Where HTTP has no body, a Content-Length may still tell what GET would have sent (RFC 9110 section 8.6).
  const length = exchange.query.get("length");
  const declared: Header[] = length === null ? [] : [["Content-Length", length]];
  exchange.send(code, [...headers, ...challenge, ...declared], body ?? "", reason);
}

function chosen(exchange: Exchange): void {
  const pairs = [...exchange.query].filter(([name]) => !["journal", "cors"].includes(name));
  // A value is sent as its UTF-8 bytes, which Node writes one by one as Latin-1.
  const headers = pairs.map(([name, value]): Header => [name, Buffer.from(value).toString("latin1")]);
  const typed = pairs.some(([name]) => name.toLowerCase() === "content-type");
  const type: Header[] = typed ? [] : [["Content-Type", "application/json"]];
  exchange.send(200, [...type, ...headers], `${JSON.stringify(pairs)}\n`);
}

function links(exchange: Exchange): void {
  exchange.json(200, { page: 2 }, [
    ["Link", `<${exchange.path("/links?page=3")}>; rel="next"; title="Next, \\"page\\""`],
    [
      "Link",
      `<${exchange.path("/links?page=9")}>; rel="last start", <https://example.org/a,b;c>; rel=license`,
    ],
  ]);
}

function informational(exchange: Exchange): void {
  const code = exchange.query.get("status") ?? "103";
  const head = `HTTP/1.1 ${code} Wait\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n`;
  const count = Math.min(exchange.count(exchange.param("count"), 1), 1000);
  exchange.request.socket.write(
    code === "100" ? "HTTP/1.1 100 Continue\r\n\r\n".repeat(count) : head.repeat(count),
  );
  exchange.json(200, { informational: count });
}

function etag(exchange: Exchange): void {
  const tag = `"${exchange.param("etag")}"`;
  const listed = (name: string): boolean | undefined => {
    const value = exchange.header(name);
    return value === undefined ? undefined : value.split(/\s*,\s*/).some((one) => one === "*" || one === tag);
  };
  if (listed("if-match") === false) return exchange.json(412, { etag: tag });
  if (listed("if-none-match") === true) return exchange.send(304, [["ETag", tag]]);
  exchange.json(200, { etag: tag }, [["ETag", tag]]);
}

function retryAfter(exchange: Exchange): void {
  const status = exchange.count(exchange.query.get("status"), 503);
  exchange.json(status, { status }, [["Retry-After", exchange.param("value")]]);
}

function flaky(exchange: Exchange): void {
  const { counters } = exchange.world;
  const name = exchange.param("name");
  const attempt = (counters.get(name) ?? 0) + 1;
  counters.set(name, attempt);
  if (attempt > exchange.count(exchange.param("times"), 1)) return exchange.json(200, { attempt });
  const fault = exchange.query.get("fault");
  if (fault === "reset") return void exchange.request.socket.resetAndDestroy();
  if (fault === "close") return void exchange.request.socket.destroy();
  const retryAfter = exchange.query.get("retry-after");
  const wait: Header[] = retryAfter === null ? [] : [["Retry-After", retryAfter]];
  exchange.json(exchange.count(exchange.query.get("status"), 503), { attempt }, wait);
}

function manyHeaders(exchange: Exchange): void {
  const value = "v".repeat(exchange.count(exchange.query.get("size"), 10));
  const count = exchange.count(exchange.param("count"), 1);
  exchange.json(
    200,
    { count },
    Array.from({ length: count }, (_, at): Header => [`X-Header-${at}`, value]),
  );
}
