/**
 * No secret goes where it was not meant to go, nor into anything that is shown. Random worlds of redirects and
 * challenges over several origins; each seed is a world, and each secret is a text that stands nowhere else.
 */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { BearerAuth } from "../../src/auth/bearer.ts";
import { DigestAuth } from "../../src/auth/digest.ts";
import { Client } from "../../src/client.ts";
import type { ClientOptions, RequestOptions } from "../../src/options.ts";
import type { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";
import { MockTransport } from "../../src/transports/mock.ts";

const ORIGINS = [
  "http://a.test",
  "https://a.test",
  "http://a.test:8080",
  "https://a.test:8443",
  "http://sub.a.test",
  "https://b.test",
  "http://c.test",
];
const NODES = 10;
const CALLS = 4;
const WORLDS = 300;
/** A header by this name is what the caller lets go everywhere. */
const WISH = "X-Wish-Token";

type Random = () => number;

/** Mulberry32: small, and the same on every machine. */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** The rule of the contract, written anew: the same origin, or http to https of one host on default ports. */
function stays(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  return from.protocol === "http:" && to.protocol === "https:" && from.host === to.host && !to.port;
}

/** What a server does at a URL. */
function answers(random: Random): Map<string, () => Response> {
  const urls = Array.from({ length: NODES }, (_, i) => `${pick(random, ORIGINS)}/${i}`);
  const world = new Map<string, () => Response>();
  for (const url of urls) {
    const challenge = random() < 0.3 ? pick(random, ["Digest", "Basic"]) : "";
    const { host } = new URL(url);
    const headers: [string, string][] = random() < 0.3 ? [["Set-Cookie", `kept-${host}=kept; Path=/`]] : [];
    const to = new URL(pick(random, urls));
    const status = pick(random, [301, 302, 303, 307, 308, 200]);
    if (random() < 0.3) to.username = to.password = "planted-secret";
    let location = to.href;
    if (random() < 0.05) location = "ftp://u:planted-secret@c.test/";
    if (random() < 0.05) location = "http://u:planted-secret@c.test:99999/";
    if (status !== 200) headers.push(["Location", location]);
    let challenged = 0;
    world.set(url, () => {
      // Now and then a challenge comes again, or cannot be read.
      if (challenge && challenged++ % 3 === 0) {
        const fields = random() < 0.1 ? 'realm="r"' : `realm="r", nonce="n${challenged}", qop="auth"`;
        return new Response("no", {
          status: 401,
          headers: [...headers, ["WWW-Authenticate", `${challenge} ${fields}`]],
        });
      }
      return new Response("yes", { status, headers });
    });
  }
  return world;
}

/** One kind of auth, made of a secret name and password. */
function authOf(random: Random, secret: string): NonNullable<RequestOptions["auth"]> {
  return pick(random, [
    [`${secret}-user`, `${secret}-password`] as const,
    new DigestAuth(`${secret}-user`, `${secret}-password`),
    new BearerAuth(`${secret}-token`),
    (request: Request) => request.headers.set("X-Signature", `${secret}-signature`),
  ]);
}

function clientOptions(random: Random): ClientOptions {
  const maybe = (): boolean => random() < 0.6;
  return {
    ...(maybe() && { baseUrl: pick(random, ORIGINS) }),
    ...(maybe() && { auth: authOf(random, "client-secret-auth") }),
    ...(maybe() && { cookies: { session: "client-secret-cookie" } }),
    ...(maybe() && { params: { token: "client-secret-param" } }),
    headers: { "X-Client-Key": "client-secret-header", [WISH]: "wished" },
    redirectHeaders: [WISH.toLowerCase()],
    maxRedirects: 6,
  };
}

function callOptions(random: Random): RequestOptions {
  const maybe = (): boolean => random() < 0.4;
  const ownHeader = maybe();
  return {
    headers: {
      "X-Api-Key": "call-secret-key",
      ...(ownHeader && { Authorization: "Custom call-secret-header" }),
      ...(maybe() && { Cookie: "by-hand=call-secret-hand" }),
    },
    ...(maybe() && { cookies: { own: "call-secret-cookie" } }),
    ...(!ownHeader && maybe() && { auth: authOf(random, "call-secret-auth") }),
    ...(maybe() && { followRedirects: false }),
  };
}

/** All that another site could read of a request, with what Basic hides behind base64. */
function wire(request: Request): string {
  const headers = request.headers.raw.map(([name, value]) => `${name}: ${value}`).join("\n");
  const basic = /^authorization: basic (\S+)$/im.exec(headers)?.[1];
  return `${request.url.href}\n${headers}\n${basic ? atob(basic) : ""}`;
}

/** Every way in which a program may put an object into its log. */
function dumps(value: unknown): string[] {
  const shown = [
    String(value),
    JSON.stringify(value) ?? "",
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
  ];
  if (value instanceof Error)
    shown.push(value.message, value.stack ?? "", ...(value.cause ? dumps(value.cause) : []));
  return shown;
}

/** The public objects that can be reached from what a call came to. */
function reachable(outcome: Response | Error): unknown[] {
  const { request, response, history = [] } = outcome as Partial<Response & { response: Response }>;
  const responses = [...history, ...(response ? [response, ...response.history] : [])];
  if (outcome instanceof Response) responses.push(outcome);
  const objects: unknown[] = [outcome, request, request?.headers];
  for (const each of responses) {
    objects.push(each, each.headers, each.cookies, each.request, each.request?.headers, each.nextRequest);
  }
  return objects;
}

interface Exchange {
  readonly url: URL;
  readonly text: string;
}

interface Call {
  readonly sent: readonly Exchange[];
  readonly first: URL;
  readonly outcome: Response | Error;
}

/** Makes the calls of a world, one after the other. */
async function play(seed: number): Promise<{ client: Client; base: URL | undefined; calls: Call[] }> {
  const random = seeded(seed);
  const world = answers(random);
  const options = clientOptions(random);
  let sent: Exchange[] = [];
  const transport = new MockTransport((request) => {
    sent.push({ url: new URL(request.url), text: wire(request) });
    return world.get(request.url.origin + request.url.pathname)?.() ?? new Response("nothing here");
  });
  const client = new Client({ transport, ...options });
  const calls: Call[] = [];
  for (let i = 0; i < CALLS; i++) {
    sent = [];
    const first = new URL(pick(random, [...world.keys()]));
    const target = new URL(first);
    if (random() < 0.4) [target.username, target.password] = ["call-secret-user", "call-secret-password"];
    const call = callOptions(random);
    let outcome: Response | Error;
    try {
      outcome = await client.request(pick(random, ["GET", "POST"]), target, call);
      const { nextRequest } = outcome;
      // Whoever follows by hand is as safe.
      if (nextRequest) outcome = await client.send(nextRequest, { followRedirects: true });
    } catch (error) {
      outcome = error as Error;
    }
    calls.push({ sent, first, outcome });
  }
  return { client, base: options.baseUrl ? new URL(options.baseUrl) : undefined, calls };
}

const SECRET = /(?:call|client|planted)-secret(?:-\w+)+|planted-secret/g;
const seeds = Array.from({ length: WORLDS }, (_, seed) => seed);

describe("a secret", () => {
  test("goes only where it was meant to go, and does not come back once the chain has left", async () => {
    const met = new Set<string>();
    for (const seed of seeds) {
      const { base, calls } = await play(seed);
      for (const { sent, first } of calls) {
        const clientAtHome = !base || stays(base, first);
        let home = true;
        let last = first;
        for (const { url, text } of sent) {
          home &&= stays(last, url);
          last = url;
          const found = text.match(SECRET) ?? [];
          const allowed = home
            ? found.filter((name) => /^call/.test(name) || (clientAtHome && /^client/.test(name)))
            : [];
          for (const name of allowed) met.add(name);
          expect(found, `world ${seed}: ${first} led to ${text}`).toEqual(allowed);
          if (!home) expect(text, `world ${seed}`).not.toMatch(/^(?:authorization|x-signature|x-api-key):/im);
          // What a host set comes back to that host alone.
          for (const [, host] of text.matchAll(/kept-([\w.:]+)=/g)) {
            expect(new URL(`http://${host}`).hostname, `world ${seed}`).toBe(url.hostname);
          }
        }
      }
    }
    // A world without secrets would prove nothing.
    expect([...met].sort()).toEqual([
      "call-secret-auth-password",
      "call-secret-auth-signature",
      "call-secret-auth-token",
      "call-secret-auth-user",
      "call-secret-cookie",
      "call-secret-hand",
      "call-secret-header",
      "call-secret-key",
      "call-secret-password",
      "call-secret-user",
      "client-secret-auth-password",
      "client-secret-auth-signature",
      "client-secret-auth-token",
      "client-secret-auth-user",
      "client-secret-cookie",
      "client-secret-header",
      "client-secret-param",
    ]);
  });

  test("stands in no error, dump, JSON or text of a public object", async () => {
    const kinds = new Set<string>();
    for (const seed of seeds) {
      const { client, calls } = await play(seed);
      const objects = [
        client,
        client.auth,
        client.headers,
        client.cookies,
        ...calls.flatMap((call) => reachable(call.outcome)),
      ];
      for (const { outcome } of calls) kinds.add(outcome.constructor.name);
      for (const text of objects.flatMap(dumps)) {
        expect(text.match(SECRET), `world ${seed}: ${text}`).toBeNull();
        expect(text, `world ${seed}`).not.toMatch(/Basic [\w+/]{8}/);
      }
    }
    expect([...kinds].sort()).toEqual([
      "AuthError",
      "RemoteProtocolError",
      "Response",
      "TooManyRedirectsError",
      "UnsupportedProtocolError",
    ]);
  });
});
