import { expect, test } from "vitest";
import { chooseChallenge, type DigestChallenge } from "../../src/auth/digest-challenge.ts";
import { DigestMemory } from "../../src/auth/digest-memory.ts";
import type { DigestSession } from "../../src/auth/digest-session.ts";

const user = { username: "u", password: "p" };
const message = { method: "GET", uri: "/", body: new Uint8Array(0) };

function read(rest = "", nonce = "n", realm = "r"): DigestChallenge {
  const line = `Digest realm="${realm}", nonce="${nonce}", qop="auth"${rest && `, ${rest}`}`;
  return chooseChallenge([line]).challenge as DigestChallenge;
}

/** A session that the server has accepted. */
function prove(memory: DigestMemory, url: string, challenge = read()): DigestSession {
  const session = memory.begin(new URL(url), challenge);
  session.proven = true;
  return session;
}

test("DigestMemory finds nothing that the server has not accepted", () => {
  const memory = new DigestMemory(user);
  const session = memory.begin(new URL("http://a.example/"), read());
  expect(memory.recall(new URL("http://a.example/"))).toBeUndefined();
  session.proven = true;
  expect(memory.recall(new URL("http://a.example/"))).toBe(session);
});

test("DigestMemory keeps origins apart: scheme, host and port", () => {
  const memory = new DigestMemory(user);
  const session = prove(memory, "http://a.example/x");
  expect(memory.recall(new URL("http://A.example:80/y?z#f"))).toBe(session);
  for (const url of [
    "https://a.example/",
    "http://a.example:8080/",
    "http://b.example/",
    "http://a.example.evil/",
    "http://sub.a.example/",
  ]) {
    expect(memory.recall(new URL(url))).toBeUndefined();
  }
});

test("DigestMemory holds a hundred origins and drops the one used longest ago", () => {
  const memory = new DigestMemory(user);
  const url = (n: number) => `http://host-${n}.example/`;
  for (let n = 0; n < 100; n++) prove(memory, url(n));
  expect(memory.recall(new URL(url(0)))).toBeDefined();
  prove(memory, url(100));
  expect(memory.recall(new URL(url(0)))).toBeDefined();
  expect(memory.recall(new URL(url(1)))).toBeUndefined();
  expect(memory.recall(new URL(url(2)))).toBeDefined();
});

test("DigestMemory holds eight sessions of an origin and leaves the other origins alone", () => {
  const memory = new DigestMemory(user);
  const other = prove(memory, "http://b.example/");
  const url = new URL("http://a.example/");
  const sessions = Array.from({ length: 1000 }, (_, n) => prove(memory, url.href, read("", `n${n}`)));
  expect(memory.recall(new URL("http://b.example/"))).toBe(other);
  for (let n = 999; n >= 992; n--) {
    const session = memory.recall(url);
    expect(session).toBe(sessions[n]);
    if (session) session.proven = false;
  }
  expect(memory.recall(url)).toBeUndefined();
});

test("DigestMemory goes on counting a nonce that comes again", () => {
  const memory = new DigestMemory(user);
  const url = new URL("http://a.example/");
  expect(memory.begin(url, read("", "one")).answer(message, "c").nc).toBe("00000001");
  expect(memory.begin(url, read("", "two")).answer(message, "c").nc).toBe("00000001");
  expect(memory.begin(url, read("", "one")).answer(message, "c").nc).toBe("00000002");
  expect(memory.begin(url, read("", "one", "other realm")).answer(message, "c").nc).toBe("00000001");
  expect(memory.begin(new URL("https://a.example/"), read("", "one")).answer(message, "c").nc).toBe(
    "00000001",
  );
});

test("DigestMemory goes on with a session under the next nonce, and counts that from one", () => {
  const memory = new DigestMemory(user);
  const url = new URL("http://a.example/");
  const session = prove(memory, url.href, read('domain="/in"'));
  session.answer(message, "c");
  memory.renew(url, session, "next");
  const next = memory.recall(new URL("http://a.example/in/x")) as DigestSession;
  expect(next.challenge.nonce).toBe("next");
  expect(next.answer(message, "c").nc).toBe("00000001");
  expect(memory.recall(new URL("http://a.example/out"))).toBeUndefined();
  memory.renew(url, session, "next");
  expect(memory.recall(new URL("http://a.example/in/x"))?.answer(message, "c").nc).toBe("00000002");
  memory.renew(url, next, "next");
  expect(memory.recall(new URL("http://a.example/in/x"))?.answer(message, "c").nc).toBe("00000003");
});

test("DigestMemory keeps to the domain under the next nonce, also when another request has begun the session anew", () => {
  const memory = new DigestMemory(user);
  const url = new URL("http://a.example/in/x");
  const session = prove(memory, url.href, read('domain="/in"'));
  memory.begin(url, read('domain="/in"'));
  memory.renew(url, session, "next");
  expect(memory.recall(url)?.challenge.nonce).toBe("next");
  expect(memory.recall(new URL("http://a.example/out"))).toBeUndefined();
});

test("DigestMemory passes over a session that has no count left", () => {
  const memory = new DigestMemory(user);
  const session = prove(memory, "http://a.example/");
  session.count.value = 0xffff_ffff;
  expect(memory.recall(new URL("http://a.example/"))).toBeUndefined();
});

test.each<[domain: string, inside: string[], outside: string[]]>([
  ["", ["/", "/x", "/dir/a?b"], []],
  [" ", ["/", "/x"], []],
  ["/", ["/", "/x"], []],
  ["/dir", ["/dir", "/dir/x", "/dir?q", "/directory"], ["/", "/di", "/Dir", "/x/dir"]],
  ["/dir/", ["/dir/", "/dir/x"], ["/dir", "/directory"]],
  ["/one /two\t/three", ["/one", "/two/x", "/three"], ["/four"]],
  ["http://a.example/abs", ["/abs"], ["/"]],
  ["relative", ["/challenged/relative"], ["/challenged/x"]],
  ["http://a.example", ["/", "/x"], []],
  ["http://b.example/ https://a.example/ //c.example/ /in", ["/in"], ["/"]],
  ["http://b.example/", [], ["/", "/challenged/here"]],
  ["http://[ /in", ["/in"], ["/x"]],
])("DigestMemory takes domain %j as the protection space", (domain, inside, outside) => {
  const memory = new DigestMemory(user);
  const session = prove(memory, "http://a.example/challenged/here", read(`domain="${domain}"`));
  for (const path of inside) expect(memory.recall(new URL(path, "http://a.example")), path).toBe(session);
  for (const path of outside) expect(memory.recall(new URL(path, "http://a.example")), path).toBeUndefined();
  for (const origin of ["http://b.example/", "https://a.example/", "http://c.example/"]) {
    expect(memory.recall(new URL(origin))).toBeUndefined();
  }
});

test("DigestMemory tells the spaces of one origin apart by domain", () => {
  const memory = new DigestMemory(user);
  const a = prove(memory, "http://a.example/a", read('domain="/a"', "1", "A"));
  const b = prove(memory, "http://a.example/b", read('domain="/b"', "2", "B"));
  expect(memory.recall(new URL("http://a.example/a/1"))).toBe(a);
  expect(memory.recall(new URL("http://a.example/b/1"))).toBe(b);
});
