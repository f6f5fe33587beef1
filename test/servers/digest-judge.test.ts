/**
 * The embedded server judges the client's Digest, so here it is judged itself: by curl, by the examples of the RFC,
 * and by a small client that shares no code with either side.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { request } from "node:http";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digestResponse, findAlgorithm } from "../../examples/server/digest/hash.ts";
import { type EmbeddedServer, startServer } from "../../examples/server/server.ts";
import { answer, type Client } from "./digest-client.ts";

let server: EmbeddedServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  challenges: string[];
  body: { refused?: string; authenticated?: boolean };
}

interface Sent {
  method?: string;
  authorization?: string;
  body?: string;
}

async function send(path: string, { method = "GET", authorization, body }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    const outgoing = request(`${server.url}${path}`, { method, headers, agent: false }, async (response) => {
      let text = "";
      for await (const piece of response.setEncoding("utf8")) text += String(piece);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        challenges: response.headersDistinct["www-authenticate"] ?? [],
        body: text === "" ? {} : (JSON.parse(text) as Answer["body"]),
      });
    });
    outgoing.once("error", reject).end(body);
  });
}

/** The first challenge of a path. */
async function challengeOf(path: string, options: Sent = {}): Promise<string> {
  const { status, challenges } = await send(path, options);
  expect(status).toBe(401);
  return challenges[0] ?? "";
}

/** Both legs. */
async function authenticate(options: Client): Promise<Answer> {
  const { path, method = "GET", body } = options;
  const sent = { method, ...(body === undefined ? {} : { body }) };
  const challenge = await challengeOf(path, sent);
  return send(path, { ...sent, authorization: answer(challenge, options) });
}

const ALGORITHMS = ["MD5", "SHA-256", "SHA-512-256", "MD5-sess", "SHA-256-sess", "SHA-512-256-sess"];
const PATH = "/digest-auth/auth/u/p/SHA-256";

describe("The judge accepts", () => {
  for (const algorithm of ALGORITHMS) {
    for (const qop of ["auth", "auth-int", "both", "none"]) {
      test(`a right answer with ${algorithm} and qop ${qop}`, async () => {
        const path = `/digest-auth/${qop}/u/p/${algorithm}`;
        const { status, body } = await authenticate({ path, method: "POST", body: "name=value" });
        expect(body).toMatchObject({ authenticated: true });
        expect(status).toBe(200);
      });
    }
  }

  test("the counts of a nonce in any order, each one time", async () => {
    const challenge = await challengeOf(PATH);
    for (const nc of [1, 3, 2, 255]) {
      const { status } = await send(PATH, {
        authorization: answer(challenge, { path: PATH, nc, cnonce: `c${nc}` }),
      });
      expect(status).toBe(200);
    }
  });

  test("a session that goes on with the cnonce that it began with", async () => {
    const path = "/digest-auth/auth/u/p/MD5-sess";
    const challenge = await challengeOf(path);
    const nonce = /nonce="([^"]*)"/.exec(challenge)?.[1] ?? "";
    expect((await send(path, { authorization: answer(challenge, { path, cnonce: "one" }) })).status).toBe(
      200,
    );
    const session = { nonce, cnonce: "one" };
    const second = answer(challenge, { path, nc: 2, cnonce: "two", session });
    expect((await send(path, { authorization: second })).status).toBe(200);
    const restarted = answer(challenge, { path, nc: 3, cnonce: "three" });
    expect((await send(path, { authorization: restarted })).body.refused).toBe("response is wrong");
  });

  test("names and realms with quotes, and keeps an empty opaque", async () => {
    const path = "/digest-auth/auth/u/p/MD5?opaque=";
    expect((await authenticate({ path })).status).toBe(200);
    expect((await authenticate({ path, replace: { opaque: undefined } })).body.refused).toMatch(/^opaque/);
  });

  test("a hashed name, and nothing else, after userhash=true", async () => {
    const path = "/digest-auth/auth/u/p/SHA-256?userhash";
    const hashed = createHash("sha256").update("u:Saluki").digest("hex");
    const replace = { username: `"${hashed}"`, userhash: "true" };
    expect((await authenticate({ path, replace })).status).toBe(200);
    expect((await authenticate({ path })).body.refused).toMatch(/^userhash/);
  });

  test("username* for a name beyond ASCII, and nothing else, after charset=UTF-8", async () => {
    const path = "/digest-auth/auth/j%C3%A4s%C3%B8n/p/SHA-256?charset";
    const extended = { username: undefined, "username*": "UTF-8''j%C3%A4s%C3%B8n" };
    expect((await authenticate({ path, user: "jäsøn", replace: extended })).status).toBe(200);
    const raw = { username: `"${Buffer.from("jäsøn").toString("latin1")}"` };
    expect((await authenticate({ path, user: "jäsøn", replace: raw })).body.refused).toMatch(/^username\*/);
  });
});

describe("The judge refuses", () => {
  test("a wrong password, and says so with a new challenge", async () => {
    const { status, body, challenges } = await authenticate({ path: PATH, password: "wrong" });
    expect([status, body.refused]).toEqual([401, "response is wrong"]);
    expect(challenges[0]).not.toContain("stale");
  });

  test("an unknown user", async () => {
    expect((await authenticate({ path: PATH, user: "v" })).body.refused).toMatch(/^username/);
  });

  test("a count that was used before", async () => {
    const authorization = answer(await challengeOf(PATH), { path: PATH });
    expect((await send(PATH, { authorization })).status).toBe(200);
    const { status, body } = await send(PATH, { authorization });
    expect([status, body.refused]).toEqual([401, "nc was used before: 00000001"]);
  });

  test("a uri that is not the request target", async () => {
    const challenge = await challengeOf(PATH);
    const elsewhere = `${PATH}?x=1`;
    const { status, body } = await send(elsewhere, { authorization: answer(challenge, { path: PATH }) });
    expect([status, body.refused]).toEqual([400, "uri is not the request target"]);
  });

  test("a body that was changed on the way under auth-int", async () => {
    const path = "/digest-auth/auth-int/u/p/MD5";
    const challenge = await challengeOf(path);
    const authorization = answer(challenge, { path, method: "POST", body: "right" });
    const { body } = await send(path, { method: "POST", body: "wrong", authorization });
    expect(body.refused).toBe("response is wrong");
  });

  test("another method than the one that was signed", async () => {
    const authorization = answer(await challengeOf(PATH), { path: PATH, method: "POST" });
    expect((await send(PATH, { authorization })).body.refused).toBe("response is wrong");
  });

  test("a nonce of another origin", async () => {
    const other = await startServer({ beside: server });
    const response = await fetch(`${other.url}${PATH}`);
    const challenge = response.headers.get("www-authenticate") ?? "";
    await response.body?.cancel();
    await other.close();
    const { body } = await send(PATH, { authorization: answer(challenge, { path: PATH }) });
    expect(body.refused).toBe("nonce was not given by this origin");
  });

  test("a nonce of another realm", async () => {
    const challenge = await challengeOf(`${PATH}?realm=Other`);
    const { body } = await send(PATH, { authorization: answer(challenge, { path: PATH }) });
    expect(body.refused).toBe("nonce is of another realm");
  });

  const breaches: [name: string, replace: Record<string, string | undefined>, reason: string][] = [
    ["another realm", { realm: '"Other"' }, "realm is not the one of the challenge"],
    ["another opaque", { opaque: '"other"' }, "opaque is not the one of the challenge"],
    ["no opaque", { opaque: undefined }, "opaque is not the one of the challenge"],
    [
      "the algorithm spelled otherwise",
      { algorithm: "sha-256" },
      "algorithm is not spelled as in the challenge",
    ],
    ["no algorithm", { algorithm: undefined }, "algorithm is not spelled as in the challenge"],
    ["a qop that was not offered", { qop: "auth-int" }, "qop was not offered"],
    ["no cnonce", { cnonce: undefined }, "cnonce is missing or empty"],
    ["an empty cnonce", { cnonce: '""' }, "cnonce is missing or empty"],
    ["no nc", { nc: undefined }, "nc is missing"],
    ["nc of seven digits", { nc: "0000001" }, "nc is not eight lower-case hexadecimal digits"],
    ["nc 0", { nc: "00000000" }, "nc begins at 1"],
    ["a quoted nc", { nc: '"00000001"' }, "nc is quoted"],
    ["a quoted qop", { qop: '"auth"' }, "qop is quoted"],
    ["a quoted algorithm", { algorithm: '"SHA-256"' }, "algorithm is quoted"],
    ["an unquoted name", { username: "u" }, "username is not quoted"],
    ["no name", { username: undefined }, "username or username*, one of the two"],
    ["both kinds of name", { "username*": "UTF-8''u" }, "username or username*, one of the two"],
    ["a response in capitals", { response: '"ABCDEF"' }, "response is not lower-case hexadecimal"],
    ["no response", { response: undefined }, "response is missing"],
    ["a parameter that comes twice", { REALM: '"Saluki"' }, "realm comes twice"],
    ["userhash that was not offered", { userhash: "true" }, "userhash is not what the challenge said"],
    ["an unterminated quote", { z: '"open' }, expect.stringMatching(/^no parameter at/) as string],
  ];
  for (const [name, replace, reason] of breaches) {
    test(name, async () => {
      const { status, body } = await authenticate({ path: PATH, replace });
      expect({ status, reason: body.refused }).toEqual({ status: 400, reason });
    });
  }
});

describe("The judge calls stale", () => {
  test("a nonce after its uses, and takes the next one", async () => {
    const path = `${PATH}?uses=1`;
    const challenge = await challengeOf(path);
    expect((await send(path, { authorization: answer(challenge, { path }) })).status).toBe(200);
    const spent = await send(path, { authorization: answer(challenge, { path, nc: 2 }) });
    expect(spent.status).toBe(401);
    expect(spent.challenges[0]).toContain("stale=true");
    const next = await send(path, { authorization: answer(spent.challenges[0] ?? "", { path }) });
    expect(next.status).toBe(200);
  });

  test("no answer that is wrong anyway", async () => {
    const path = `${PATH}?stale=always`;
    const { challenges } = await authenticate({ path, password: "wrong" });
    expect(challenges[0]).not.toContain("stale");
  });

  test("as many answers as asked, or all", async () => {
    for (const [stale, accepted] of [
      ["2", true],
      ["always", false],
    ] as const) {
      const path = `${PATH}?stale=${stale}`;
      let answered = await authenticate({ path });
      for (let leg = 0; leg < 2; leg++) {
        expect(answered.challenges[0]).toContain("stale=true");
        answered = await send(path, { authorization: answer(answered.challenges[0] ?? "", { path }) });
      }
      expect(answered.status === 200).toBe(accepted);
    }
  });
});

describe("Authentication-Info", () => {
  test("proves that the server knows the password, in auth-int over its body", async () => {
    for (const qop of ["auth", "auth-int"]) {
      const path = `/digest-auth/${qop}/u/p/MD5`;
      const { headers, body } = await authenticate({ path });
      const info = String(headers["authentication-info"]);
      expect(info).toMatch(new RegExp(`^qop=${qop}, nc=00000001, cnonce="cafe", rspauth="[0-9a-f]{32}"$`));
      expect(body.authenticated).toBe(true);
    }
  });

  test("brings the next nonce, whose session goes on", async () => {
    const path = "/digest-auth/auth/u/p/SHA-256-sess?nextnonce&uses=1";
    const challenge = await challengeOf(path);
    const first = await send(path, { authorization: answer(challenge, { path, cnonce: "one" }) });
    const next = /nextnonce="([^"]*)"/.exec(String(first.headers["authentication-info"]))?.[1] ?? "";
    const nonce = /nonce="([^"]*)"/.exec(challenge)?.[1] ?? "";
    const session = { nonce, cnonce: "one" };
    const renewed = challenge.replace(nonce, next);
    const second = await send(path, { authorization: answer(renewed, { path, cnonce: "two", session }) });
    expect(second.status).toBe(200);
  });

  test("is wrong, bare or absent on request", async () => {
    const info = async (mode: string) =>
      (await authenticate({ path: `${PATH}?rspauth=${mode}` })).headers["authentication-info"];
    expect(await info("wrong")).not.toBe(await info("right"));
    expect(await info("none")).toBe('qop=auth, nc=00000001, cnonce="cafe"');
    expect(await info("off")).toBeUndefined();
  });
});

describe("Challenges", () => {
  test("come in one line or several, in the order asked", async () => {
    const list = "challenges=SHA-256,Basic,MD5,Negotiate";
    const schemes = (lines: string[]) => lines.join(", ").match(/Digest|Basic|Negotiate/g);
    const several = await send(`/digest-auth/auth/u/p/MD5?${list}`);
    expect(several.challenges).toHaveLength(4);
    const one = await send(`/digest-auth/auth/u/p/MD5?${list}&lines=one`);
    expect(one.challenges).toHaveLength(1);
    for (const { challenges } of [several, one]) {
      expect(schemes(challenges)).toEqual(["Digest", "Basic", "Digest", "Negotiate"]);
    }
  });

  test("of several may each be answered, and Basic too where it is offered", async () => {
    const path = "/digest-auth/auth/u/p/MD5?challenges=!missing-realm,SHA-256,MD5,Basic";
    const { challenges } = await send(path);
    for (const challenge of challenges.slice(1, 3)) {
      expect((await send(path, { authorization: answer(challenge, { path }) })).status).toBe(200);
    }
    const basic = `Basic ${Buffer.from("u:p").toString("base64")}`;
    expect((await send(path, { authorization: basic })).status).toBe(200);
    expect((await send(PATH, { authorization: basic })).status).toBe(400);
  });

  test("without an algorithm mean MD5", async () => {
    const path = "/digest-auth/auth/u/p/MD5?omit=algorithm";
    expect(await challengeOf(path)).not.toContain("algorithm");
    expect((await authenticate({ path })).status).toBe(200);
    expect((await authenticate({ path, replace: { algorithm: "MD5" } })).status).toBe(200);
  });
});

describe("curl, which shares no code with the judge,", () => {
  const run = promisify(execFile);
  const curl = async (url: string, ...args: string[]) => {
    const all = ["-sS", "--digest", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", ...args, url];
    return (await run("curl", all)).stdout;
  };

  // Debian's curl computes SHA-512-256 wrongly, and has no answer to -sess without a qop.
  for (const algorithm of ["MD5", "SHA-256", "MD5-sess", "SHA-256-sess"]) {
    for (const qop of ["auth", "auth-int", "both"]) {
      test(`is accepted with ${algorithm} and ${qop}, and refused with a wrong password`, async () => {
        const url = `${server.url}/digest-auth/${qop}/u/p/${algorithm}`;
        expect(await curl(url, "-u", "u:p")).toBe("200");
        expect(await curl(url, "-u", "u:wrong")).toBe("401");
      });
    }
  }

  test("is accepted with a stale nonce, userhash, RFC 2069, an odd realm and every style of challenge", async () => {
    const ask = (path: string, ...args: string[]) =>
      curl(`${server.url}/digest-auth/${path}`, "-u", "u:p", ...args);
    expect(await ask("none/u/p/MD5")).toBe("200");
    expect(await ask("auth/u/p/MD5?stale=1")).toBe("200");
    expect(await ask("auth/u/p/SHA-256?userhash")).toBe("200");
    expect(await ask("auth/u/p/MD5?realm=a%22b%5Cc")).toBe("200");
    for (const style of ["plain", "upper", "mixed", "extra", "reversed"]) {
      expect(`${style} ${await ask(`auth/u/p/MD5?style=${style}`)}`).toBe(`${style} 200`);
    }
  });
});

describe("digestResponse computes the examples of RFC 7616", () => {
  const path = "/dir/index.html";
  const nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  for (const [name, expected] of [
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ] as const) {
    test(`section 3.9.1 with ${name}`, () => {
      const algorithm = findAlgorithm(name);
      const a1 = algorithm?.hash("Mufasa:http-auth@example.org:Circle of Life") ?? "";
      const parts = {
        a1,
        nonce,
        nc: "00000001",
        cnonce,
        qop: "auth",
        method: "GET",
        uri: path,
        body: Buffer.alloc(0),
      };
      expect(algorithm && digestResponse(algorithm, parts)).toBe(expected);
    });
  }

  // Erratum 4897: the RFC prints SHA-512 cut short where SHA-512/256 is meant.
  test("section 3.9.2 with SHA-512-256 as erratum 4897 has it", () => {
    const algorithm = findAlgorithm("SHA-512-256");
    const a1 = algorithm?.hash("Jäsøn Doe:api@example.org:Secret, or not?") ?? "";
    const parts = {
      a1,
      nonce: "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
      nc: "00000001",
      cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
      qop: "auth",
      method: "GET",
      uri: "/doe.json",
      body: Buffer.alloc(0),
    };
    expect(algorithm && digestResponse(algorithm, parts)).toBe(
      "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5",
    );
  });
});
