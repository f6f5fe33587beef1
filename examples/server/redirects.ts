/** Redirects (RFC 9110 section 15.4): plain ones, and Locations that a client must refuse or repair. */
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import type { Header } from "./cors.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./router.ts";

export const routes: readonly Route[] = [
  {
    path: "/redirect/:count",
    about: "So many redirects, then /anything. ?status=, ?absolute, ?to=/path",
    answer: hops,
  },
  {
    path: "/relative-redirect/:count",
    about: "The same with a Location relative to the directory.",
    answer: relative,
  },
  {
    path: "/redirect-to",
    about: "?url= is the Location as it stands, ?status= is 302 by default.",
    answer: redirectTo,
  },
  {
    path: "/redirect-loop",
    about: "Redirects to itself.",
    answer: (exchange) => redirect(exchange, exchange.entry.target),
  },
  { path: "/redirect-loop/:side", about: "Redirects from a to b and back.", answer: pingPong },
  {
    path: "/redirect-cookie/:name/:value",
    about: "Sets a cookie and redirects to /cookies, or to ?url=.",
    answer: withCookie,
  },
  { path: "/redirect-odd/:kind", about: "A Location that is odd; kinds in redirects.ts.", answer: odd },
  {
    path: "/redirect-body/:kind",
    about: "To /anything with a body that is corrupt, large or stalled.",
    answer: withBody,
    streaming: true,
  },
];

function redirect(exchange: Exchange, location: string, extra: readonly Header[] = []): void {
  const status = exchange.count(exchange.query.get("status"), 302);
  // The bytes of the Location as UTF-8, whatever they are: Node writes each character as one byte.
  const bytes = Buffer.from(location).toString("latin1");
  exchange.text(status, `See ${location}\n`, [["Location", bytes], ...extra]);
}

function onward(exchange: Exchange, count: number, name: string): string {
  const query = new URLSearchParams(exchange.query);
  if (count > 1) return `/${name}/${count - 1}${query.size > 0 ? `?${query}` : ""}`;
  return exchange.path(query.get("to") ?? "/anything");
}

function hops(exchange: Exchange): void {
  const next = onward(exchange, exchange.count(exchange.param("count"), 1), "redirect");
  redirect(exchange, exchange.flag("absolute") ? exchange.world.origin + next : next);
}

function relative(exchange: Exchange): void {
  redirect(
    exchange,
    `..${onward(exchange, exchange.count(exchange.param("count"), 1), "relative-redirect")}`,
  );
}

function redirectTo(exchange: Exchange): void {
  redirect(exchange, exchange.query.get("url") ?? "/anything");
}

function pingPong(exchange: Exchange): void {
  redirect(exchange, exchange.path(`/redirect-loop/${exchange.param("side") === "a" ? "b" : "a"}`));
}

function withCookie(exchange: Exchange): void {
  const cookie = `${exchange.param("name")}=${exchange.param("value")}; Path=/`;
  redirect(exchange, exchange.query.get("url") ?? exchange.path("/cookies"), [["Set-Cookie", cookie]]);
}

/** Locations by what is odd about them. Each gets the origin of the server. */
const ODD: ReadonlyMap<string, (origin: string) => readonly string[]> = new Map([
  ["missing", () => []],
  ["empty", () => [""]],
  ["two", () => ["/anything/first", "/anything/second"]],
  ["data", () => ["data:text/plain,secret"]],
  ["javascript", () => ["javascript:alert(1)"]],
  ["file", () => ["file:///etc/passwd"]],
  ["ftp", () => ["ftp://127.0.0.1/file"]],
  ["mailto", () => ["mailto:olivia@example.org"]],
  ["unknown-scheme", () => ["saluki://host/path"]],
  ["bad-host", () => ["http://[broken/path"]],
  ["bad-port", () => ["http://127.0.0.1:99999/"]],
  ["no-host", () => ["http://"]],
  ["userinfo", (origin) => [`${origin.replace("://", "://eve:stolen@")}/anything/userinfo`]],
  ["fragment", () => ["/anything/fragment#new"]],
  ["spaces", () => ["  /anything/with spaces  "]],
  ["non-ascii", () => ["/anything/größe?q=é"]],
  ["percent", () => ["/anything/%zz%2F%e9"]],
  ["backslash", () => ["\\anything\\backslash"]],
  ["scheme-relative", (origin) => [`${origin.slice("http:".length)}/anything/scheme-relative`]],
  ["query-only", () => ["?moved"]],
  ["dots", () => ["/a/b/../../anything/./dots"]],
  ["upper-scheme", (origin) => [`${origin.replace("http", "HTTP")}/anything/upper-scheme`]],
  ["long", () => [`/anything/${"x".repeat(60_000)}`]],
]);

/** Kinds that `/redirect-odd/:kind` knows. */
export const oddLocations: readonly string[] = [...ODD.keys()];

function odd(exchange: Exchange): void {
  if (exchange.param("kind") === "query-only" && exchange.query.has("moved"))
    return exchange.text(200, "moved\n");
  const locations = ODD.get(exchange.param("kind"))?.(exchange.world.origin);
  if (!locations) return exchange.json(404, { error: `Unknown kind: ${exchange.param("kind")}` });
  const lines = locations.map((value): Header => ["Location", Buffer.from(value).toString("latin1")]);
  exchange.text(exchange.count(exchange.query.get("status"), 302), "odd\n", lines);
}

async function withBody(exchange: Exchange): Promise<void> {
  const kind = exchange.param("kind");
  const location: Header = ["Location", exchange.path("/anything")];
  if (kind === "corrupt") {
    const bytes = gzipSync("x".repeat(1000)).fill(0xff, 12);
    return exchange.send(302, [location, ["Content-Encoding", "gzip"]], bytes);
  }
  exchange.response.writeHead(302, exchange.head([location]));
  const megabytes = kind === "large" ? 64 : 0;
  for (let sent = 0; sent < megabytes; sent += 1)
    if (!(await exchange.write(Buffer.alloc(1024 * 1024)))) return;
  if (kind === "stalled") {
    await exchange.write("the rest never comes");
    await exchange.stall();
  }
  exchange.response.end();
}
