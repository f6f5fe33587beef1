/** Digest against a server that judges every field: all algorithms, both protections, nonces that come and go. */
import { Client, DigestAuth, get } from "saluki";
import { failure, fresh, journal, type Kit, sent } from "../kit.ts";

interface Answer {
  authenticated: boolean;
  algorithm: string;
  qop: string | null;
  nc: string | null;
  userhash: boolean;
  uri: string;
}

export function digest(kit: Kit): void {
  const { test, expect, base, other, runtime } = kit;
  const path = (qop: string, rest = "") => `${base}/digest-auth/${qop}/olivia/secret${rest}`;
  const olivia = () => new DigestAuth("olivia", "secret");

  for (const algorithm of ["MD5", "SHA", "SHA-256", "SHA-512-256"]) {
    test(`Digest speaks ${algorithm} and ${algorithm}-sess`, async () => {
      for (const name of [algorithm, `${algorithm}-sess`]) {
        const response = await get(path("auth", `/${name}?a=b&c=%2Fd`), { auth: olivia() });
        const answer = await response.json<Answer>();
        expect([response.status, answer.algorithm, answer.qop]).toEqual([200, name, "auth"]);
        expect(answer.uri).toBe(`/digest-auth/auth/olivia/secret/${name}?a=b&c=%2Fd`);
        expect(response.history.map(({ status }) => status)).toEqual([401]);
      }
    });
  }

  test("Digest protects the body with auth-int where that is all that is offered", async () => {
    const client = new Client({ auth: olivia() });
    for (const algorithm of ["MD5", "SHA-256", "SHA-512-256-sess"]) {
      const answer = await client.post(path("auth-int", `/${algorithm}`), { json: { a: 1 } }).json<Answer>();
      expect([answer.authenticated, answer.qop]).toEqual([true, "auth-int"]);
    }
    expect((await get(path("both"), { auth: olivia() }).json<Answer>()).qop).toBe("auth");
  });

  test("Digest answers a challenge of RFC 2069, without qop", async () => {
    expect((await get(path("none"), { auth: olivia() }).json<Answer>()).qop).toBeNull();
    expect((await get(path("none", "?omit=algorithm"), { auth: olivia() })).status).toBe(200);
  });

  test("Digest hides the user name with userhash and encodes it beyond ASCII", async () => {
    expect(
      (await get(path("auth", "/SHA-256?userhash&charset"), { auth: olivia() }).json<Answer>()).userhash,
    ).toBe(true);
    const url = `${base}/digest-auth/auth/${encodeURIComponent("Jäsøn Doe")}/${encodeURIComponent("Secret €")}`;
    const auth = new DigestAuth("Jäsøn Doe", "Secret €");
    for (const query of ["/SHA-256?charset", "/SHA-512-256?charset&userhash", "/MD5?charset"])
      expect((await get(url + query, { auth })).status).toBe(200);
  });

  test("Digest reads challenges in every style, and echoes opaque", async () => {
    for (const query of [
      "style=upper",
      "style=spaced",
      "style=escaped",
      "style=unquoted",
      "opaque=",
      "opaque=none",
    ])
      expect([query, (await get(path("auth", `/SHA-256?${query}`), { auth: olivia() })).status]).toEqual([
        query,
        200,
      ]);
  });

  test("A second request authenticates at once, with the next count", async () => {
    const name = fresh();
    const client = new Client({ auth: olivia() });
    const url = path("auth", `?journal=${name}`);
    const counts = [];
    for (let call = 0; call < 3; call++) counts.push((await client.get(url).json<Answer>()).nc);
    expect(counts).toEqual(["00000001", "00000002", "00000003"]);
    expect((await journal(kit, name, 4)).map(({ status }) => status)).toEqual([401, 200, 200, 200]);
  });

  test("A hundred requests at once have a hundred counts", async () => {
    const client = new Client({ auth: olivia() });
    await client.get(path("auth"));
    const calls = Array.from({ length: 100 }, () => client.get(path("auth")).json<Answer>());
    const counts = (await Promise.all(calls)).map(({ nc }) => nc);
    expect(new Set(counts).size).toBe(100);
  });

  test("A stale nonce is answered anew, and a nextnonce is used", async () => {
    expect((await get(path("auth", "?stale=1"), { auth: olivia() })).status).toBe(200);
    const client = new Client({ auth: olivia() });
    for (let call = 0; call < 3; call++) {
      const response = await client.get(path("auth", "?nextnonce&uses=1"));
      expect([response.status, response.history.length]).toEqual([200, call === 0 ? 1 : 0]);
    }
  });

  test("A server that says stale for ever gets three answers", async () => {
    const name = fresh();
    const response = await get(path("auth", `?stale=always&journal=${name}`), { auth: olivia() });
    expect([response.status, response.history.length]).toEqual([401, 3]);
  });

  test("A wrong password is tried once, and the 401 is returned", async () => {
    const name = fresh();
    const response = await get(path("auth", `?journal=${name}`), { auth: new DigestAuth("olivia", "wrong") });
    expect(response.status).toBe(401);
    expect((await journal(kit, name, 2)).length).toBe(2);
  });

  test("The strongest of several challenges in one line is answered", async () => {
    const response = await get(path("auth", "?challenges=Basic,MD5,SHA-256,Bearer&lines=one"), {
      auth: olivia(),
    });
    expect((await response.json<Answer>()).algorithm).toBe("SHA-256");
  });

  test("Challenges in two lines are read, except in Firefox, which hides them both", async () => {
    const response = await get(path("auth", "?challenges=MD5,SHA-256"), { auth: olivia() });
    if (runtime.name === "firefox") {
      expect([response.status, response.headers.has("www-authenticate")]).toEqual([401, false]);
    } else {
      expect((await response.json<Answer>()).algorithm).toBe("SHA-256");
    }
  });

  test("A malformed challenge is an AuthError that says what is wrong", async () => {
    for (const kind of ["missing-realm", "missing-nonce", "unterminated-quote", "duplicate-nonce"]) {
      const error = await failure(get(`${base}/digest-malformed/${kind}`, { auth: olivia() }));
      expect([kind, error.name, error.code]).toEqual([kind, "AuthError", "ERR_AUTH"]);
    }
  });

  test("A challenge that cannot be answered leaves the 401", async () => {
    for (const kind of ["unknown-algorithm", "unknown-qop", "prototype-algorithm"])
      expect((await get(`${base}/digest-malformed/${kind}`, { auth: olivia() })).status).toBe(401);
  });

  test("A server that does not know the password is an AuthError", async () => {
    const error = await failure(get(path("auth", "?rspauth=wrong"), { auth: olivia() }));
    expect([error.name, error.message.includes("rspauth")]).toEqual(["AuthError", true]);
  });

  test("Digest keeps its state to one origin", async () => {
    const name = fresh();
    const client = new Client({ auth: olivia() });
    await client.get(path("auth"));
    await client.get(`${other}/digest-auth/auth/olivia/secret?journal=${name}`);
    const [first] = await journal(kit, name, 2);
    expect(first && sent(first, "authorization")).toBeUndefined();
  });

  test("After a redirect Digest answers the challenge of the new target", async () => {
    const to = "/digest-auth/auth/olivia/secret/SHA-256?b=c";
    const response = await get(`${base}/redirect-to?url=${encodeURIComponent(to)}`, { auth: olivia() });
    if (runtime.browser) {
      // The page's fetch has followed, and a challenge that was met on the way is not ours to answer.
      expect([response.status, response.redirected, response.history.length]).toEqual([401, true, 0]);
    } else {
      expect(response.history.map(({ status }) => status)).toEqual([302, 401]);
      expect((await response.json<Answer>()).uri).toBe(to);
    }
  });
}
