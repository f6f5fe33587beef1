/** Digest endpoints: the path says who and how, the query says what is special. */
import { Buffer } from "node:buffer";
import { isBasic } from "../auth.ts";
import type { Header } from "../cors.ts";
import type { Exchange } from "../exchange.ts";
import { PASSWORD, USER } from "../people.ts";
import type { Route } from "../router.ts";
import { challengeLines, type Offer, otherChallenge, writeChallenge } from "./challenge.ts";
import { digestResponse } from "./hash.ts";
import { type Accepted, judge, type Refused } from "./judge.ts";

/**
 * What the query can say, beside `journal` and `cors`:
 *
 * | parameter | meaning |
 * | --- | --- |
 * | `realm`, `domain` | their values |
 * | `opaque` | its value, also the empty one; `none` leaves it out |
 * | `userhash`, `charset` | announces it, and then insists on it |
 * | `omit=algorithm` | a challenge without algorithm, which means MD5 |
 * | `style` | how the challenge is written, see `STYLES` in challenge.ts |
 * | `challenges` | a list in place of the path's algorithm: algorithms, `Basic`, `Bearer`, `!missing-realm`, ... |
 * | `lines=one` | all challenges in one header line |
 * | `uses=2` | a nonce is good for two requests, then `stale=true` (or silence, with `expired=silent`) |
 * | `stale=1`, `stale=always` | so many right answers in a row are called stale |
 * | `nextnonce` | every success brings the next nonce |
 * | `rspauth` | `right` (default), `wrong`, `none` (an Authentication-Info without), `off` (no such header) |
 * | `early` | refuses without having read the request body |
 */
const about = "Digest. qop: auth, auth-int, both or none (RFC 2069). Query: see digest/routes.ts.";

export const routes: readonly Route[] = [
  { path: "/digest-auth/:qop/:user/:password", about: `${about} MD5.`, answer: digest, streaming: true },
  { path: "/digest-auth/:qop/:user/:password/:algorithm", about, answer: digest, streaming: true },
  { path: "/digest-auth/:qop/:user/:password/:algorithm/*", about, answer: digest, streaming: true },
  {
    path: "/private/digest/*",
    about: "Digest, SHA-256 and MD5, for the user of people.ts. Query as above.",
    answer: (exchange) => {
      exchange.params = { qop: "both", user: USER, password: PASSWORD };
      exchange.query.append("challenges", "SHA-256,MD5");
      // Firefox hides this header from fetch when it comes in two lines.
      exchange.query.append("lines", "one");
      return digest(exchange);
    },
    streaming: true,
  },
  {
    path: "/digest-malformed/:kind",
    about: "A challenge that is malformed; kinds in digest/challenge.ts.",
    answer: malformed,
  },
];

const QOPS: ReadonlyMap<string, readonly string[]> = new Map([
  ["auth", ["auth"]],
  ["auth-int", ["auth-int"]],
  ["both", ["auth", "auth-int"]],
  ["none", []],
]);

function offers(exchange: Exchange): { name: string; offer: Offer | undefined }[] {
  const { query } = exchange;
  const opaque = query.get("opaque") ?? "5ccc069c403ebaf9";
  const common = {
    qop: QOPS.get(exchange.param("qop")) ?? [exchange.param("qop")],
    realm: query.get("realm") ?? "Saluki",
    opaque: opaque === "none" ? null : opaque,
    domain: query.get("domain"),
    charset: exchange.flag("charset"),
    userhash: exchange.flag("userhash"),
    style: query.get("style") ?? "plain",
  };
  const names = query.get("challenges")?.split(",") ?? [exchange.params.algorithm ?? "MD5"];
  const other = (name: string): boolean => otherChallenge(name, "") !== undefined;
  return names.map((name) => ({
    name,
    offer: other(name) ? undefined : { ...common, algorithm: query.get("omit") === "algorithm" ? "" : name },
  }));
}

async function digest(exchange: Exchange): Promise<void> {
  const authorization = exchange.header("authorization");
  if (authorization === undefined && exchange.flag("early")) return challenge(exchange);
  const body = await exchange.body();
  const offered = offers(exchange);
  const [user, password] = [exchange.param("user"), exchange.param("password")];
  if (offered.some(({ name }) => name === "Basic") && isBasic(exchange, user, password)) {
    return exchange.json(200, { authenticated: true, scheme: "Basic", user });
  }
  if (authorization === undefined) return challenge(exchange);
  const verdict = judge(exchange.world.nonces, {
    authorization,
    method: exchange.entry.method,
    target: exchange.entry.target,
    body,
    user,
    password,
    realm: exchange.query.get("realm") ?? "Saluki",
  });
  if (verdict.accepted) succeed(exchange, verdict);
  else if (verdict.status === 401) challenge(exchange, verdict);
  else
    exchange.json(400, { authenticated: false, refused: verdict.reason }, [
      ["X-Digest-Refused", verdict.reason],
    ]);
}

function challenge(exchange: Exchange, refused?: Refused): void {
  const { query, world } = exchange;
  const wanted = query.get("stale") === "always" ? Infinity : exchange.count(query.get("stale"), 0);
  const staleLeft = refused?.stale ? Math.max(0, (refused.nonce?.staleLeft ?? 0) - 1) : wanted;
  const usesLeft = exchange.count(query.get("uses"), Number.MAX_SAFE_INTEGER);
  const stale = refused?.stale === true && query.get("expired") !== "silent";
  const challenges = offers(exchange).map(({ name, offer }) => {
    if (!offer) return otherChallenge(name, "b2RkIG5vbmNl") ?? "";
    return writeChallenge(offer, { nonce: world.nonces.issue(offer, { usesLeft, staleLeft }).value, stale });
  });
  const reason: Header[] = refused ? [["X-Digest-Refused", refused.reason]] : [];
  const lines = challengeLines(challenges.map(asBytes), "WWW-Authenticate", query.get("lines") === "one");
  exchange.json(401, { authenticated: false, refused: refused?.reason ?? null }, [...lines, ...reason]);
}

// Node writes each character of a header as one byte; a realm goes out as its UTF-8 bytes.
function asBytes(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function succeed(exchange: Exchange, accepted: Accepted): void {
  const { credentials, nonce } = accepted;
  const body = `${JSON.stringify({
    authenticated: true,
    scheme: "Digest",
    user: exchange.param("user"),
    algorithm: nonce.offer.algorithm || "MD5",
    qop: credentials.qop ?? null,
    nc: credentials.nc ?? null,
    userhash: credentials.userhash,
    uri: credentials.uri,
  })}\n`;
  const info = authenticationInfo(exchange, accepted, exchange.entry.method === "HEAD" ? "" : body);
  exchange.send(200, [["Content-Type", "application/json"], ...info], body);
}

// Section 3.5. `rspauth` is the response again, with an empty method and the body of the answer.
function authenticationInfo(
  exchange: Exchange,
  { credentials, nonce, algorithm, a1 }: Accepted,
  body: string,
): Header[] {
  const mode = exchange.query.get("rspauth") ?? "right";
  if (mode === "off") return [];
  const values: string[] = [];
  if (exchange.flag("nextnonce")) {
    const usesLeft = exchange.count(exchange.query.get("uses"), Number.MAX_SAFE_INTEGER);
    const next = exchange.world.nonces.issue(nonce.offer, { usesLeft, staleLeft: 0 }, nonce.session);
    values.push(`nextnonce="${next.value}"`);
  }
  const { qop, nc, cnonce } = credentials;
  if (qop !== undefined) values.push(`qop=${qop}`, `nc=${nc}`, `cnonce="${cnonce}"`);
  if (qop !== undefined && mode !== "none") {
    const right = digestResponse(algorithm, {
      ...credentials,
      a1,
      method: "",
      body: new TextEncoder().encode(body),
    });
    values.push(`rspauth="${mode === "wrong" ? algorithm.hash(right) : right}"`);
  }
  return values.length === 0 ? [] : [["Authentication-Info", values.join(", ")]];
}

function malformed(exchange: Exchange): void {
  const value = otherChallenge(`!${exchange.param("kind")}`, "b2RkIG5vbmNl") ?? "";
  exchange.json(401, { authorization: exchange.header("authorization") ?? null }, [
    ["WWW-Authenticate", value],
  ]);
}
