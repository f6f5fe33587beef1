/** Basic (RFC 7617), Bearer (RFC 6750) and a scheme of its own. Digest has a folder to itself. */
import { Buffer } from "node:buffer";
import type { Header } from "./cors.ts";
import type { Exchange } from "./exchange.ts";
import { PASSWORD, USER } from "./people.ts";
import type { Route } from "./router.ts";

export const routes: readonly Route[] = [
  { path: "/basic-auth/:user/:password", about: "Basic. ?realm=", answer: basic },
  {
    path: "/private/basic",
    about: "Basic for the user of people.ts, so that no password stands in a URL.",
    answer: (exchange) => {
      exchange.params = { user: USER, password: PASSWORD };
      basic(exchange);
    },
  },
  {
    path: "/hidden-basic-auth/:user/:password",
    about: "Basic, but 404 instead of a challenge.",
    answer: hiddenBasic,
  },
  { path: "/bearer/:token", about: "Bearer with exactly that token.", answer: bearer },
  {
    path: "/challenge",
    about: "401 with the challenges of the query, each ?c= a line of its own.",
    answer: challenge,
  },
  {
    path: "/answer-header/:name/:value",
    about: "Custom: 401 with X-Challenge until the header has that value.",
    answer: custom,
  },
];

/** The credentials of a Basic header; undefined where there are none or they are malformed. */
export function basicCredentials(
  authorization: string | undefined,
): { user: string; password: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString();
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** True when the request carries exactly these Basic credentials. */
export function isBasic(exchange: Exchange, user: string, password: string): boolean {
  const sent = basicCredentials(exchange.header("authorization"));
  return sent !== undefined && sent.user === user && sent.password === password;
}

function basic(exchange: Exchange): void {
  const [user, password] = [exchange.param("user"), exchange.param("password")];
  const realm = exchange.query.get("realm") ?? "Saluki";
  if (isBasic(exchange, user, password))
    return exchange.json(200, { authenticated: true, scheme: "Basic", user });
  exchange.json(401, { authenticated: false }, [
    ["WWW-Authenticate", `Basic realm="${realm}", charset="UTF-8"`],
  ]);
}

function hiddenBasic(exchange: Exchange): void {
  const user = exchange.param("user");
  if (isBasic(exchange, user, exchange.param("password")))
    return exchange.json(200, { authenticated: true, user });
  exchange.json(404, { error: "Not found" });
}

function bearer(exchange: Exchange): void {
  const sent = exchange.header("authorization");
  if (sent === `Bearer ${exchange.param("token")}`)
    return exchange.json(200, { authenticated: true, scheme: "Bearer" });
  const error = sent === undefined ? "" : ', error="invalid_token"';
  exchange.json(401, { authenticated: false }, [["WWW-Authenticate", `Bearer realm="Saluki"${error}`]]);
}

function challenge(exchange: Exchange): void {
  const lines = exchange.query.getAll("c").map((value): Header => ["WWW-Authenticate", value]);
  exchange.json(401, { authorization: exchange.header("authorization") ?? null }, lines);
}

function custom(exchange: Exchange): void {
  const value = exchange.param("value");
  if (exchange.header(exchange.param("name")) === value) return exchange.json(200, { authenticated: true });
  exchange.json(401, { authenticated: false }, [["X-Challenge", value]]);
}
