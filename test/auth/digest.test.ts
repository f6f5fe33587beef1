import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { DigestAuth } from "../../src/auth/digest.ts";
import { AuthError, StreamConsumedError } from "../../src/errors.ts";
import { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";
import { DigestServer, type DigestServerOptions } from "./digest-server.ts";
import { challenge, drive, readAnswer } from "./drive.ts";

type RequestInit = ConstructorParameters<typeof Request>[2];
type ResponseInit = NonNullable<ConstructorParameters<typeof Response>[1]>;

const URL_A = "http://a.example/dir/index.html?q=1&r=a%20b";

const get = (url = URL_A) => new Request("GET", url);
const digestAuth = (options: DigestServerOptions = {}) =>
  new DigestAuth(options.username ?? "Mufasa", options.password ?? "Circle of Life");

/** What happened, in short: a status and whether the request was signed, for each leg. */
const story = (legs: readonly { authorization: string | null; response: Response }[]) =>
  legs.map(({ authorization, response }) => `${authorization ? "signed" : "plain"} ${response.status}`);

const stream = () => {
  async function* pieces() {
    yield "piece";
  }
  return pieces();
};

describe("DigestAuth satisfies an independent server with", () => {
  const algorithms = ["MD5", "SHA", "SHA-256", "SHA-512-256"].flatMap((name) => [name, `${name}-sess`]);
  const qops = ["auth", "auth-int", "auth-int,auth", "", null];
  const cases = algorithms.flatMap((algorithm) => qops.map((qop) => [algorithm, qop] as const));

  test.each(cases)("%s and qop %j, twice, with rspauth", async (algorithm, qop) => {
    const server = new DigestServer({ algorithm, qop, info: true });
    const auth = digestAuth();
    const first = await drive(auth, get(), server.handle);
    expect(server.refusal).toBe("");
    expect(story(first)).toEqual(["plain 401", "signed 200"]);
    const second = await drive(auth, new Request("POST", URL_A, { json: { a: "\u00e9" } }), server.handle);
    expect(server.refusal).toBe("");
    expect(story(second)).toEqual(["signed 200"]);
  });

  const options: [string, DigestServerOptions][] = [
    ["userhash", { userhash: true, algorithm: "SHA-256" }],
    ["a name beyond ASCII", { username: "J\u00e4s\u00f8n" }],
    ["a name beyond ASCII and charset", { username: "J\u00e4s\u00f8n", utf8: true, password: "p\u00e4ss" }],
    [
      "a name beyond ASCII, charset and userhash",
      { username: "J\u00e4s\u00f8n", utf8: true, userhash: true },
    ],
    ["an empty opaque", { opaque: "" }],
    ["no opaque", { opaque: null }],
    ["quotes in realm and opaque", { realm: 'a "b" \\c', opaque: '"\\"' }],
    ["a realm in Latin-1", { realm: "Z\u00fcrich" }],
    ["an empty realm and password", { realm: "", password: "" }],
    ["a quote in the user name", { username: 'a"b\\c' }],
    ["a lower-case algorithm", { algorithm: "md5" }],
    ["a nextnonce each time", { info: true, nextnonce: true, nonceUses: 1 }],
    ["a nextnonce for a session", { info: true, nextnonce: true, nonceUses: 1, algorithm: "SHA-256-sess" }],
  ];

  test.each(options)("%s", async (_name, options) => {
    const server = new DigestServer(options);
    const auth = digestAuth(options);
    expect(story(await drive(auth, get(), server.handle))).toEqual(["plain 401", "signed 200"]);
    expect(story(await drive(auth, get(), server.handle))).toEqual(["signed 200"]);
    expect(story(await drive(auth, get(), server.handle))).toEqual(["signed 200"]);
    expect(server.refusal).toBe("");
  });
});

test("DigestAuth signs the request target exactly as it is sent", async () => {
  for (const [url, uri] of [
    ["http://a.example", "/"],
    ["http://a.example/a b/\u00e9?x=\u00e9&y='\"#frag", "/a%20b/%C3%A9?x=%C3%A9&y=%27%22"],
    ["http://a.example/a%2Fb/../c?d=/../e\\f", "/c?d=/../e\\f"],
  ] as const) {
    const server = new DigestServer();
    const legs = await drive(digestAuth(), get(url), server.handle);
    expect(readAnswer(legs[1]?.authorization ?? null)).toMatchObject({ uri });
    expect(server.refusal).toBe("");
  }
});

test("DigestAuth signs a request target given in extensions", async () => {
  const request = new Request("OPTIONS", "http://a.example/", { extensions: { target: "*" } });
  const legs = await drive(digestAuth(), request, (sent) =>
    sent.headers.has("authorization") ? new Response() : challenge('Digest realm="r", nonce="n"'),
  );
  expect(readAnswer(legs[1]?.authorization ?? null)).toMatchObject({ uri: "*" });
});

test("DigestAuth leaves the request that was sent as it was", async () => {
  const server = new DigestServer();
  const request = get();
  const legs = await drive(digestAuth(), request, server.handle);
  expect(legs[0]?.request).toBe(request);
  expect(request.headers.has("authorization")).toBe(false);
  expect(legs[1]?.request).not.toBe(request);
});

test("DigestAuth sends a body again that can be sent again", async () => {
  const server = new DigestServer();
  const request = new Request("PUT", URL_A, { body: () => "made anew" });
  const legs = await drive(digestAuth(), request, (sent) => {
    sent.body?.open();
    return server.handle(sent);
  });
  expect(story(legs)).toEqual(["plain 401", "signed 200"]);
});

test("DigestAuth replaces an Authorization header that a default has set", async () => {
  const server = new DigestServer();
  const auth = digestAuth();
  const request = () => new Request("GET", URL_A, { headers: { Authorization: "Bearer default" } });
  expect(story(await drive(auth, request(), server.handle))).toEqual(["plain 401", "signed 200"]);
  expect(story(await drive(auth, request(), server.handle))).toEqual(["signed 200"]);
});

describe("DigestAuth returns the 401", () => {
  test("of a wrong password, after one answer", async () => {
    const server = new DigestServer({ password: "another" });
    const auth = digestAuth();
    expect(story(await drive(auth, get(), server.handle))).toEqual(["plain 401", "signed 401"]);
    expect(server.refusal).toBe("response");
    // Nothing was learnt: the next request does not try the password one time more.
    expect(story(await drive(auth, get(), server.handle))).toEqual(["plain 401", "signed 401"]);
  });

  test("without a challenge that it can answer, after no answer", async () => {
    for (const lines of [
      [],
      ['Basic realm="r"'],
      ['Digest realm="r", nonce="n", algorithm=SHA3-512'],
      ['Digest realm="r", nonce="n", qop="token"'],
    ]) {
      expect(story(await drive(digestAuth(), get(), () => challenge(...lines)))).toEqual(["plain 401"]);
    }
  });

  test("of a password that was right before, after the remembered nonce and one answer", async () => {
    const server = new DigestServer();
    const auth = digestAuth();
    await drive(auth, get(), server.handle);
    server.options.password = "changed";
    expect(story(await drive(auth, get(), server.handle))).toEqual(["signed 401", "signed 401"]);
    expect(story(await drive(auth, get(), server.handle))).toEqual(["plain 401", "signed 401"]);
  });

  test("of a server that says stale for ever, after three answers", async () => {
    const server = new DigestServer();
    const auth = digestAuth();
    const legs = await drive(auth, get(), () => server.challenge(true));
    expect(story(legs)).toEqual(["plain 401", "signed 401", "signed 401", "signed 401"]);
    expect(legs.slice(1).map(({ authorization }) => readAnswer(authorization).nonce)).toEqual([
      "nonce-1",
      "nonce-2",
      "nonce-3",
    ]);
  });

  test("of a malformed challenge to an answer, for it is the answer that was refused", async () => {
    const legs = await drive(digestAuth(), get(), (sent) =>
      sent.headers.has("authorization") ? challenge("Digest") : challenge('Digest realm="r", nonce="n"'),
    );
    expect(story(legs)).toEqual(["plain 401", "signed 401"]);
  });

  test("that the platform met behind a redirect which it followed by itself", async () => {
    const init: ResponseInit = {
      status: 401,
      url: "http://b.example/login",
      redirected: true,
      headers: { "WWW-Authenticate": 'Digest realm="r", nonce="n"' },
    };
    expect(story(await drive(digestAuth(), get(), () => new Response(null, init)))).toEqual(["plain 401"]);
  });
});

describe("DigestAuth answers again", () => {
  test("when the nonce of its answer was stale", async () => {
    const server = new DigestServer();
    let staleOnce = true;
    const legs = await drive(digestAuth(), get(), (sent) => {
      if (!sent.headers.has("authorization") || !staleOnce) return server.handle(sent);
      staleOnce = false;
      return server.challenge(true);
    });
    expect(story(legs)).toEqual(["plain 401", "signed 401", "signed 200"]);
  });

  test("when a remembered nonce was stale", async () => {
    const server = new DigestServer({ nonceUses: 2 });
    const auth = digestAuth();
    await drive(auth, get(), server.handle);
    await drive(auth, get(), server.handle);
    expect(story(await drive(auth, get(), server.handle))).toEqual(["signed 401", "signed 200"]);
    expect(story(await drive(auth, get(), server.handle))).toEqual(["signed 200"]);
  });

  test("when a remembered nonce was refused without a word of stale", async () => {
    const auth = digestAuth();
    await drive(auth, get(), new DigestServer({ nonce: (count) => `old-${count}` }).handle);
    const restarted = new DigestServer({ nonce: (count) => `new-${count}` });
    expect(story(await drive(auth, get(), restarted.handle))).toEqual(["signed 401", "signed 200"]);
  });
});

test("DigestAuth makes a new session key from each challenge and keeps it in between", async () => {
  const cnonces = ["c1", "c2", "c3", "c4"];
  const auth = new DigestAuth("Mufasa", "Circle of Life", { cnonce: () => cnonces.shift() as string });
  const server = new DigestServer({ algorithm: "MD5-sess", nonceUses: 2 });
  await drive(auth, get(), server.handle);
  await drive(auth, get(), server.handle);
  const legs = await drive(auth, get(), server.handle);
  expect(story(legs)).toEqual(["signed 401", "signed 200"]);
  expect(server.refusal).toBe("");
  expect(cnonces).toEqual([]);
});

test("DigestAuth keeps a hundred requests at once apart by count", async () => {
  // One nonce for all, and one that changes back and forth: both must never see a count twice.
  for (const nonce of [() => "same", (count: number) => `nonce-${count % 3}`]) {
    const server = new DigestServer({ nonce });
    const auth = digestAuth();
    const flows = Array.from({ length: 100 }, () => auth.authFlow(get()));
    const sent = await Promise.all(flows.map(async (flow) => (await flow.next()).value as Request));
    const challenged = sent.map(server.handle);
    const answered = await Promise.all(
      flows.map(async (flow, n) => (await flow.next(challenged[n] as Response)).value as Request),
    );
    const responses = answered.reverse().map(server.handle);
    expect(responses.map(({ status }) => status)).toEqual(Array(100).fill(200));
    for (const [n, flow] of flows.reverse().entries()) {
      expect((await flow.next(responses[n] as Response)).done).toBe(true);
    }

    const again = Array.from({ length: 100 }, () => auth.authFlow(get()));
    const signed = await Promise.all(again.map(async (flow) => (await flow.next()).value as Request));
    expect(signed.map((request) => server.handle(request).status)).toEqual(Array(100).fill(200));
    expect(server.used.size).toBe(200);
    expect(server.cnonces.size).toBe(200);
    expect(server.refusal).toBe("");
  }
});

test("DigestAuth makes a cnonce of 128 random bits for every request", async () => {
  const server = new DigestServer();
  const auth = digestAuth();
  for (let n = 0; n < 200; n++) await drive(auth, get(), server.handle);
  expect(server.cnonces.size).toBe(200);
  for (const cnonce of server.cnonces) expect(cnonce).toMatch(/^[0-9a-f]{32}$/);
});

test("DigestAuth signs nothing for an origin that has not challenged it", async () => {
  const server = new DigestServer();
  const auth = digestAuth();
  await drive(auth, get("http://a.example/"), server.handle);
  const ok = () => new Response();
  for (const url of ["https://a.example/", "http://a.example:81/", "http://b.example/"]) {
    expect(story(await drive(auth, get(url), ok))).toEqual(["plain 200"]);
  }
  expect(story(await drive(auth, get("http://a.example/other"), server.handle))).toEqual(["signed 200"]);
});

test("DigestAuth signs at once only within the domain of the challenge", async () => {
  const server = new DigestServer({ more: 'domain="/dir http://b.example/"' });
  const auth = digestAuth();
  await drive(auth, get(), server.handle);
  expect(story(await drive(auth, get("http://a.example/dir/x"), server.handle))).toEqual(["signed 200"]);
  const ok = () => new Response();
  expect(story(await drive(auth, get("http://a.example/public"), ok))).toEqual(["plain 200"]);
  expect(story(await drive(auth, get("http://b.example/"), ok))).toEqual(["plain 200"]);
});

describe("DigestAuth checks Authentication-Info", () => {
  const answerWith = (info: string, init: ResponseInit = {}, body: string | null = "welcome") => {
    const server = new DigestServer(init.statusText ? { qop: init.statusText } : {});
    return (sent: Request) => {
      const response = server.handle(sent);
      if (response.status !== 200) return response;
      return new Response(body, { ...init, headers: { ...init.headers, "Authentication-Info": info } });
    };
  };

  test("and throws when rspauth is wrong", async () => {
    const auth = digestAuth();
    const handle = answerWith(`rspauth="${"0".repeat(32)}"`);
    const request = get("http://a.example/x?token=t0p");
    const error = await drive(auth, request, handle).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({
      code: "ERR_AUTH",
      message:
        "Cannot trust the response to GET http://a.example/x?token=***: its rspauth is wrong, so the server does not know the password",
    });
    expect((error as AuthError).response?.status).toBe(200);
    // The session is not trusted either.
    expect((await drive(auth, request, () => new Response()))[0]?.authorization).toBeNull();
  });

  test("and takes a right rspauth in capitals", async () => {
    const server = new DigestServer({ info: true });
    const legs = await drive(digestAuth(), get(), (sent) => {
      const response = server.handle(sent);
      const info = response.headers.get("authentication-info");
      if (info)
        response.headers.set(
          "Authentication-Info",
          info.replace(/[0-9a-f]{32}/, (hex) => hex.toUpperCase()),
        );
      return response;
    });
    expect(story(legs)).toEqual(["plain 401", "signed 200"]);
  });

  test("over the body for auth-int, where the body is in memory as it was sent", async () => {
    const wrong = `qop=auth-int, rspauth="${"0".repeat(32)}"`;
    const run = (handle: (sent: Request) => Response) => drive(digestAuth(), get(), handle);
    await expect(run(answerWith(wrong, { statusText: "auth-int" }))).rejects.toThrow(AuthError);
    const server = new DigestServer({ qop: "auth-int" });
    const live = (sent: Request) => {
      const response = server.handle(sent);
      if (response.status !== 200) return response;
      return new Response(stream(), { headers: { "Authentication-Info": wrong } });
    };
    expect(story(await run(live))).toEqual(["plain 401", "signed 200"]);
    const decoded = answerWith(wrong, { statusText: "auth-int", headers: { "Content-Encoding": "gzip" } });
    expect(story(await run(decoded))).toEqual(["plain 401", "signed 200"]);
  });

  test("and takes a malformed one, or an empty nextnonce, for none", async () => {
    for (const info of ["", "nextnonce", 'nextnonce=""', 'rspauth="', "a=1, a=2, ="]) {
      const auth = digestAuth();
      const handle = answerWith(info);
      expect(story(await drive(auth, get(), handle))).toEqual(["plain 401", "signed 200"]);
      expect(story(await drive(auth, get(), handle))).toEqual(["signed 200"]);
    }
  });
});

describe("DigestAuth throws", () => {
  test.each([
    ["Digest", 'challenge "Digest" has no realm'],
    ['Digest realm="r"', 'challenge "Digest" has no nonce'],
    ['Digest realm="r", nonce=""', 'challenge "Digest" has an empty nonce'],
    [
      'Digest realm="r", nonce="n',
      'cannot read challenge "Digest": quote of parameter "nonce" is not closed',
    ],
    [
      'Digest realm="r", nonce="n", nonce="n"',
      'cannot read challenge "Digest": parameter "nonce" is given twice',
    ],
  ])("an AuthError for %s", async (line, fault) => {
    const run = (...lines: string[]) =>
      drive(digestAuth(), get("http://a.example/x"), (sent) =>
        sent.headers.has("authorization") ? new Response() : challenge(...lines),
      );
    const error = await run(line).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({
      name: "AuthError",
      code: "ERR_AUTH",
      message: `Cannot authenticate GET http://a.example/x: ${fault}`,
    });
    expect((error as AuthError).response?.status).toBe(401);
    expect((error as AuthError).request?.url.href).toBe("http://a.example/x");
    // A good one beside it is used.
    expect(story(await run('Digest realm="r", nonce="good"', line))).toEqual(["plain 401", "signed 200"]);
    expect(story(await run(line, 'Digest realm="r", nonce="good"'))).toEqual(["plain 401", "signed 200"]);
  });

  test("a StreamConsumedError when a stream would have to be sent again, and not before", async () => {
    const request = () => new Request("POST", "http://a.example/x", { body: stream() });
    const spend = (response: () => Response) => (sent: Request) => {
      sent.body?.open();
      return response();
    };
    expect(
      story(
        await drive(
          digestAuth(),
          request(),
          spend(() => new Response()),
        ),
      ),
    ).toEqual(["plain 200"]);
    const unanswerable = spend(() => challenge('Basic realm="r"'));
    expect(story(await drive(digestAuth(), request(), unanswerable))).toEqual(["plain 401"]);
    const challenged = spend(() => challenge('Digest realm="r", nonce="n", qop="auth"'));
    const error = await drive(digestAuth(), request(), challenged).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StreamConsumedError);
    expect(error).toMatchObject({
      code: "ERR_STREAM_CONSUMED",
      message:
        "Cannot authenticate POST http://a.example/x: the body is a stream that can be read once; give a function that returns a new stream",
    });
  });

  test("an AuthError when auth-int is all that is offered and the body is not in memory", async () => {
    const request = (parts: RequestInit) => new Request("POST", "http://a.example/x", parts);
    const server = new DigestServer({ qop: "auth-int" });
    const auth = digestAuth();
    for (const body of [() => "made anew", new Blob(["blob"])]) {
      const error = await drive(auth, request({ body }), server.handle).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AuthError);
      expect(error).toMatchObject({
        code: "ERR_AUTH",
        message:
          "Cannot authenticate POST http://a.example/x: auth-int needs the body in memory; give it as text or bytes, or call request.read() before",
      });
    }
    const read = request({ body: () => "made anew" });
    await read.read();
    expect(story(await drive(auth, read, server.handle))).toEqual(["plain 401", "signed 200"]);
    // With a session at hand such a body is still sent, unsigned: another resource may not want auth-int.
    const ok = () => new Response();
    expect(story(await drive(auth, request({ body: () => "again" }), ok))).toEqual(["plain 200"]);
    expect(story(await drive(auth, request({ body: "text" }), server.handle))).toEqual(["signed 200"]);
  });
});

test.each<[args: unknown[], message: string]>([
  [[undefined, "p"], "Cannot use username: must be a string: undefined"],
  [["u", 7], "Cannot use password: must be a string: number"],
  [["u:v", "p"], "Cannot use username: must not contain a colon"],
  [["u\r\nX: y", "p"], "Cannot use username: must not contain control characters"],
  [["u", "p\n"], "Cannot use password: must not contain control characters"],
  [["u", "p", { cnonce: "c" }], "Cannot use DigestAuth: cnonce must be a function: string"],
  [["u", "p", { qop: "auth" }], "Cannot use DigestAuth: there is no option qop"],
])("DigestAuth refuses arguments %j", (args, message) => {
  const make = () => new (DigestAuth as new (...args: unknown[]) => DigestAuth)(...args);
  expect(make).toThrow(expect.objectContaining({ name: "TypeError", code: "ERR_INVALID_ARGUMENT", message }));
});

test("DigestAuth reads its own options alone", () => {
  const polluted = Object.create({ cnonce: "not a function", junk: 1 }) as object;
  expect(() => new DigestAuth("u", "p", polluted)).not.toThrow();
});

test("DigestAuth shows no secret in dumps", async () => {
  const auth = new DigestAuth("user-7", "hunter2");
  await drive(auth, get(), new DigestServer({ username: "user-7", password: "hunter2" }).handle);
  for (const dump of [inspect(auth, { depth: 9, showHidden: true }), JSON.stringify(auth), String(auth)]) {
    expect(dump).not.toMatch(/hunter2|user-7|nonce-1/);
  }
});
