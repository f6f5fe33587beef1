import { describe, expect, test } from "vitest";
import { chooseChallenge, type DigestChallenge } from "../../src/auth/digest-challenge.ts";
import { type DigestMessage, DigestSession } from "../../src/auth/digest-session.ts";
import { RFC2617 } from "../vectors/rfc2617.ts";
import { RFC7616 } from "../vectors/rfc7616.ts";
import { readAnswer } from "./drive.ts";

const user = { username: "Mufasa", password: "Circle of Life" };
const message: DigestMessage = { method: "GET", uri: "/", body: new Uint8Array(0) };

function read(line: string): DigestChallenge {
  const { challenge } = chooseChallenge([line]);
  if (!challenge) throw new Error(`Not a challenge: ${line}`);
  return challenge;
}

const session = (rest: string, who = user) =>
  new DigestSession(read(`Digest realm="r", nonce="n"${rest && `, ${rest}`}`), who);

test.each([...RFC7616, ...RFC2617].map((vector) => [vector.name, vector] as const))(
  "DigestSession answers as the example of %s",
  (_name, { username, password, method, url, challenge, cnonce, answer }) => {
    const { pathname, search } = new URL(url);
    const given = new DigestSession(read(challenge), { username, password }).answer(
      { method, uri: pathname + search, body: new Uint8Array(0) },
      cnonce,
    );
    expect(readAnswer(given.credentials)).toEqual(answer);
  },
);

test("DigestSession quotes what RFC 7616 wants quoted, and nothing else", () => {
  const rest = 'algorithm="SHA-256", qop="auth", opaque="o", userhash=true, charset=UTF-8';
  expect(session(rest).answer(message, "c").credentials).toMatch(
    /^Digest username="[0-9a-f]{64}", realm="r", nonce="n", uri="\/", response="[0-9a-f]{64}", algorithm=SHA-256, opaque="o", qop=auth, nc=00000001, cnonce="c", userhash=true$/,
  );
});

test("DigestSession leaves out what the challenge does not have", () => {
  expect(session("").answer(message, "c").credentials).toMatch(
    /^Digest username="Mufasa", realm="r", nonce="n", uri="\/", response="[0-9a-f]{32}"$/,
  );
});

test("DigestSession echoes an empty opaque and the server's spelling of the algorithm", () => {
  const { credentials } = session('opaque="", algorithm="mD5"').answer(message, "c");
  expect(readAnswer(credentials)).toMatchObject({ opaque: "", algorithm: "mD5" });
});

test("DigestSession sends the cnonce of a session even without qop, for A1 holds it", () => {
  const answer = readAnswer(session("algorithm=MD5-sess").answer(message, "c").credentials);
  expect(answer).toMatchObject({ cnonce: "c" });
  expect(answer).not.toHaveProperty("nc");
  expect(answer).not.toHaveProperty("qop");
});

describe("DigestSession escapes", () => {
  const hostile = 'a"b\\c\\"d, nc=00000009, realm="x';
  const quoted = `"${hostile.replace(/["\\]/g, "\\$&")}"`;

  test.each(["realm", "nonce", "opaque"])("quotes and backslashes of the server's %s", (name) => {
    const fields = { realm: '"r"', nonce: '"n"', opaque: '"o"', [name]: quoted };
    const line = `Digest ${Object.entries(fields)
      .map(([key, value]) => `${key}=${value}`)
      .join(", ")}`;
    const { credentials } = new DigestSession(read(line), user).answer(message, "c");
    expect(readAnswer(credentials)).toMatchObject({ [name]: hostile });
    expect(Object.keys(readAnswer(credentials))).toEqual([
      "username",
      "realm",
      "nonce",
      "uri",
      "response",
      "opaque",
    ]);
  });

  test("quotes and backslashes of the user name, the request target and the cnonce", () => {
    const { credentials } = session('qop="auth"', { username: 'M"u\\', password: "p" }).answer(
      { ...message, uri: '/a?b="\\' },
      'c"\\',
    );
    expect(readAnswer(credentials)).toMatchObject({ username: 'M"u\\', uri: '/a?b="\\', cnonce: 'c"\\' });
  });
});

test("DigestSession counts every answer with eight hexadecimal digits", () => {
  const counted = session('qop="auth"');
  const counts = Array.from({ length: 17 }, () => counted.answer(message, "c").nc);
  expect(counts[0]).toBe("00000001");
  expect(counts[9]).toBe("0000000a");
  expect(counts[16]).toBe("00000011");
});

test("DigestSession is exhausted where a ninth digit would begin", () => {
  const challenge = read('Digest realm="r", nonce="n", qop="auth"');
  const last = new DigestSession(challenge, user, { value: 0xffff_fffe });
  expect(last.exhausted).toBe(false);
  expect(last.answer(message, "c").nc).toBe("ffffffff");
  expect(last.exhausted).toBe(true);
});

test("DigestSession sends user names beyond ASCII as UTF-8 bytes, extended, or hashed, as the server announced", () => {
  const who = { username: "J\u00e4s\u00f8n", password: "p" };
  const answer = (rest: string) => readAnswer(session(rest, who).answer(message, "c").credentials);
  expect(answer("").username).toBe(Buffer.from("J\u00e4s\u00f8n").toString("latin1"));
  expect(answer("charset=UTF-8")["username*"]).toBe("UTF-8''J%C3%A4s%C3%B8n");
  expect(answer("charset=UTF-8")).not.toHaveProperty("username");
  expect(answer("charset=UTF-8, userhash=true").username).toMatch(/^[0-9a-f]{32}$/);
  expect(answer("charset=UTF-8, userhash=true")).not.toHaveProperty("username*");
});

test("DigestSession sends a user name in ASCII plainly, whatever the server announced", () => {
  expect(readAnswer(session("charset=UTF-8").answer(message, "c").credentials).username).toBe("Mufasa");
});

test("DigestSession percent-encodes all but attr-char of RFC 8187", () => {
  const who = { username: "\u00e9 !#$&+-.^_`|~'()*%\"\\/", password: "p" };
  expect(readAnswer(session("charset=UTF-8", who).answer(message, "c").credentials)["username*"]).toBe(
    "UTF-8''%C3%A9%20!%23%24%26%2B-.%5E_%60%7C~%27%28%29%2A%25%22%5C%2F",
  );
});

test("DigestSession normalizes the user's text where the server announced UTF-8, and only there", () => {
  const composed = { username: "\u00e4", password: "\u00f8\u00e9" };
  const decomposed = { username: "a\u0308", password: "\u00f8e\u0301" };
  const response = (rest: string, who: typeof user) => session(rest, who).answer(message, "c").credentials;
  expect(response("charset=UTF-8", decomposed)).toBe(response("charset=UTF-8", composed));
  expect(response("", decomposed)).not.toBe(response("", composed));
});

test("DigestSession hashes the server's text as the bytes that it came as", () => {
  // The realm "Zürich" in UTF-8, as a header field shows it.
  const realm = "Z\u00c3\u00bcrich";
  const challenge = read(`Digest realm="${realm}", nonce="n"`);
  const { credentials } = new DigestSession(challenge, user).answer(message, "c");
  // With A1 = Mufasa:Zürich:Circle of Life and A2 = GET:/ in UTF-8, by md5sum.
  expect(readAnswer(credentials)).toMatchObject({ realm, response: "1072253eec7fee02b8e5130ddc3cdedd" });
});

describe("DigestSession verifies", () => {
  const answered = (rest: string) => {
    const one = session(rest);
    return { one, answer: one.answer(message, "c") };
  };

  test("no claim where none is made, or none can be checked", () => {
    const { one, answer } = answered('qop="auth-int"');
    expect(one.verify(answer, {}, undefined)).toBe(true);
    expect(one.verify(answer, { rspauth: "0".repeat(32) }, undefined)).toBe(true);
    expect(one.verify(answer, { rspauth: "0".repeat(32) }, new Uint8Array(0))).toBe(false);
  });

  test("a claim for auth in the face of any body", () => {
    const { one, answer } = answered('qop="auth"');
    for (const body of [undefined, new Uint8Array(3)]) {
      for (const rspauth of ["", "0", "0".repeat(32), "0".repeat(33)]) {
        expect(one.verify(answer, { rspauth }, body)).toBe(false);
      }
    }
  });

  test("a claim as a whole, not its beginning", () => {
    const { one, answer } = answered("");
    // H(H("Mufasa:r:Circle of Life"):n:H(":/")), by md5sum.
    const right = "e8168c805e5c288554fb1ff6bb3580b3";
    expect(one.verify(answer, { rspauth: right }, undefined)).toBe(true);
    for (const rspauth of [right.slice(1), right.slice(0, -1), `${right}0`, `${right}${right}`]) {
      expect(one.verify(answer, { rspauth }, undefined)).toBe(false);
    }
  });
});

test("DigestSession shows no secret in dumps", async () => {
  const { inspect } = await import("node:util");
  const shown = session('algorithm=MD5-sess, qop="auth"', { username: "user-7", password: "hunter2" });
  shown.answer(message, "c");
  for (const dump of [inspect(shown, { depth: 9, showHidden: true }), JSON.stringify(shown), String(shown)]) {
    expect(dump).not.toMatch(/hunter2|user-7/);
    expect(dump).not.toMatch(/[0-9a-f]{32}/);
  }
});
