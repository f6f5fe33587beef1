import { expect, test } from "vitest";
import { chooseChallenge } from "../../src/auth/digest-challenge.ts";

const digest = (rest: string) => `Digest realm="r", nonce="n"${rest && `, ${rest}`}`;

/** Which challenge was chosen: its algorithm as spelled, its qop, its nonce. */
function chosen(...lines: string[]): string | undefined {
  const { challenge } = chooseChallenge(lines);
  return challenge && `${challenge.algorithmName ?? "-"} ${challenge.qop ?? "-"} ${challenge.nonce}`;
}

const MD5 = 'Digest realm="r", nonce="md5", qop="auth", algorithm=MD5';
const SHA = 'Digest realm="r", nonce="sha", qop="auth", algorithm=SHA';
const SHA256 = 'Digest realm="r", nonce="sha256", qop="auth", algorithm=SHA-256';
const SHA512 = 'Digest realm="r", nonce="sha512", qop="auth", algorithm=SHA-512-256';
const UNKNOWN = 'Digest realm="r", nonce="sha3", qop="auth", algorithm=SHA3-256';
const BASIC = 'Basic realm="a, Digest realm=\\"trap\\", nonce=\\"t\\", b"';

test.each<[name: string, lines: string[], expected: string | undefined]>([
  ["the only one", [MD5], "MD5 auth md5"],
  ["SHA-256 before MD5 on two lines", [MD5, SHA256], "SHA-256 auth sha256"],
  ["SHA-256 before MD5 in the other order", [SHA256, MD5], "SHA-256 auth sha256"],
  ["SHA-256 before MD5 on one line", [`${MD5}, ${SHA256}`], "SHA-256 auth sha256"],
  ["SHA-512-256 before all others", [`${MD5}, ${SHA512}, ${SHA}`, SHA256], "SHA-512-256 auth sha512"],
  ["SHA before MD5", [MD5, SHA], "SHA auth sha"],
  ["a known algorithm beside an unknown one", [UNKNOWN, MD5], "MD5 auth md5"],
  ["Digest beside Basic", [BASIC, MD5], "MD5 auth md5"],
  ["Digest between other schemes on one line", [`${BASIC}, ${MD5}, NTLM, Negotiate abc==`], "MD5 auth md5"],
  ["the first of two equals", [SHA256, SHA256.replace("sha256", "second")], "SHA-256 auth sha256"],
  ["one with qop before one without", [digest(""), digest('qop="auth"')], "- auth n"],
  ["a good one beside a malformed one", ['Digest realm="r"', MD5, 'Digest realm="x'], "MD5 auth md5"],
  ["MD5 where no algorithm is named", [digest('qop="auth"')], "- auth n"],
  ["a quoted algorithm, in the server's spelling", [digest('algorithm="md5-Sess"')], "md5-Sess - n"],
  ["a scheme and names in any case", ['DIGEST REALM="r", Nonce="n", QOP="AUTH"'], "- auth n"],
  ["auth among several qop", [digest('qop="auth-int, token,auth"')], "- auth n"],
  ["auth-int where it is all there is", [digest('qop="auth-int"')], "- auth-int n"],
  ["auth-int beside an unknown qop", [digest('qop="token , Auth-Int"')], "- auth-int n"],
  ["an unquoted qop", [digest("qop=auth")], "- auth n"],
  ["an empty qop as none", [digest('qop=""')], "- - n"],
  ["no qop", [digest("")], "- - n"],
  ["nothing of an unknown algorithm", [UNKNOWN], undefined],
  ["nothing of an empty algorithm", [digest('algorithm=""')], undefined],
  ["nothing of an unknown qop", [digest('qop="token"')], undefined],
  ["nothing of other schemes", [BASIC, "Bearer", "Digestive realm=r, nonce=n"], undefined],
  ["nothing of nothing", [], undefined],
  ["nothing of an empty field", ["", ", ,"], undefined],
])("chooseChallenge takes %s", (_name, lines, expected) => {
  expect(chosen(...lines)).toBe(expected);
  expect(chooseChallenge(lines).fault === undefined || expected !== undefined).toBe(true);
});

test.each<[line: string, fault: string]>([
  ["Digest", 'challenge "Digest" has no realm'],
  ["Digest ,", 'challenge "Digest" has no realm'],
  ['Digest nonce="n"', 'challenge "Digest" has no realm'],
  ['Digest realm="r"', 'challenge "Digest" has no nonce'],
  ['Digest realm="r", nonce=""', 'challenge "Digest" has an empty nonce'],
  ['Digest realm="r", nonce="n', 'cannot read challenge "Digest": quote of parameter "nonce" is not closed'],
  [
    'Digest realm="r", nonce="n\\"',
    'cannot read challenge "Digest": quote of parameter "nonce" is not closed',
  ],
  [
    'Digest realm="r", nonce="n", nonce="m"',
    'cannot read challenge "Digest": parameter "nonce" is given twice',
  ],
  [
    'Digest realm="r", nonce="n", Realm="s"',
    'cannot read challenge "Digest": parameter "Realm" is given twice',
  ],
  ['digest realm="r", nonce=', 'cannot read challenge "digest": parameter "nonce" has no value'],
  [
    'Digest realm="r\0", nonce="n"',
    'cannot read challenge "Digest": parameter "realm" holds a character that is not allowed',
  ],
])("chooseChallenge says what is malformed in %j", (line, fault) => {
  expect(chooseChallenge([line])).toEqual({ fault });
  expect(chooseChallenge([BASIC, UNKNOWN, line])).toEqual({ fault });
});

test("chooseChallenge reads every parameter", () => {
  const line = digest(
    'opaque="", algorithm=SHA-256, qop="auth", stale=TRUE, userhash="True", charset=utf-8, domain="/a /b"',
  );
  expect(chooseChallenge([line]).challenge).toMatchObject({
    realm: "r",
    nonce: "n",
    opaque: "",
    algorithmName: "SHA-256",
    qop: "auth",
    stale: true,
    userhash: true,
    utf8: true,
    domain: "/a /b",
  });
  expect(chooseChallenge([digest('stale=maybe, userhash=1, charset="latin1"')]).challenge).toMatchObject({
    opaque: undefined,
    stale: false,
    userhash: false,
    utf8: false,
    domain: undefined,
  });
});
