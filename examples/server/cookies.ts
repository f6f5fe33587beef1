/** Cookies (RFC 6265): what came, and setting and deleting them with any attribute. */
import type { Header } from "./cors.ts";
import type { Exchange } from "./exchange.ts";
import type { Route } from "./router.ts";

export const routes: readonly Route[] = [
  { path: "/cookies", about: "The cookies of the request, in order.", answer: show },
  {
    path: "/cookies/set",
    about: "Sets one cookie for each query parameter, then redirects to /cookies.",
    answer: setAll,
  },
  {
    path: "/cookies/set/:name/:value",
    about: "Sets one; the query holds its attributes, such as ?path=/&httponly.",
    answer: set,
  },
  {
    path: "/cookies/delete",
    about: "Deletes each cookie that the query names, then redirects to /cookies.",
    answer: remove,
  },
  { path: "/cookies/raw", about: "Each ?line= is a Set-Cookie header as it stands.", answer: raw },
  { path: "/cookies/at/*", about: "Like /cookies, below any path.", answer: show },
];

const OWN_PARAMETERS = new Set(["journal", "cors", "redirect"]);

function show(exchange: Exchange): void {
  const pairs = (exchange.header("cookie") ?? "").split("; ").filter(Boolean);
  const cookies = pairs.map((pair): Header => {
    const [name = "", ...value] = pair.split("=");
    return [name, value.join("=")];
  });
  exchange.json(200, { cookies }, [["Cache-Control", "no-store"]]);
}

function parameters(exchange: Exchange): [string, string][] {
  return [...exchange.query].filter(([name]) => !OWN_PARAMETERS.has(name));
}

// Redirects unless ?redirect=no, so that a test sees whether a client sends at once what it was just given.
function answer(exchange: Exchange, lines: readonly string[]): void {
  const headers = lines.map((line): Header => ["Set-Cookie", line]);
  if (exchange.query.get("redirect") === "no") return exchange.json(200, { set: lines.length }, headers);
  exchange.text(302, "See /cookies\n", [["Location", exchange.path("/cookies")], ...headers]);
}

function setAll(exchange: Exchange): void {
  answer(
    exchange,
    parameters(exchange).map(([name, value]) => `${name}=${value}; Path=/`),
  );
}

function set(exchange: Exchange): void {
  const attributes = parameters(exchange).map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  answer(exchange, [[`${exchange.param("name")}=${exchange.param("value")}`, ...attributes].join("; ")]);
}

function remove(exchange: Exchange): void {
  answer(
    exchange,
    parameters(exchange).map(([name]) => `${name}=; Path=/; Max-Age=0`),
  );
}

function raw(exchange: Exchange): void {
  const lines = exchange.query.getAll("line").map((line): Header => ["Set-Cookie", line]);
  exchange.json(200, { set: lines.length }, lines);
}
