import { describe, expect, test } from "vitest";
import { AuthError } from "../../src/errors.ts";
import { parseChallenges, parseParameters, readChallenges } from "../../src/fields/www-authenticate.ts";
import { isFieldValue, isToken, quoteString } from "../../src/grammar.ts";
import { type ExpectedChallenge, GREENBYTES, OTHERS, RFCS } from "../vectors/challenges.ts";
import { HOSTILE, PIECES, random, texts } from "./random.ts";

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const VECTORS = [...GREENBYTES, ...RFCS, ...OTHERS];

// A line that begins with a parameter continues the challenge before it, and means something else alone.
const ALONE = VECTORS.filter(([input]) => !input.startsWith("realm="));

/** What was read, in the form of the vectors. */
function plain(input: string | readonly string[]): ExpectedChallenge[] {
  return readChallenges(input).map((challenge) => {
    if (!("error" in challenge)) return challenge;
    const start = `Cannot read challenge "${challenge.scheme}": `;
    expect(challenge.error.startsWith(start), challenge.error).toBe(true);
    return { scheme: challenge.scheme, error: challenge.error.slice(start.length) };
  });
}

function failure(act: () => unknown): AuthError {
  try {
    act();
  } catch (error) {
    if (error instanceof AuthError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown");
}

describe("readChallenges", () => {
  test.each(VECTORS)("readChallenges reads %j", (input, expected) => {
    expect(plain(input)).toEqual(expected);
  });

  test.each(ALONE)("readChallenges reads %j as one line of several", (input, expected) => {
    const before: ExpectedChallenge = { scheme: "X", token68: "y", parameters: {} };
    const after: ExpectedChallenge = { scheme: "Z", parameters: { a: "b" } };
    expect(plain(["X y", input, "Z a=b"])).toEqual([before, ...expected, after]);
  });

  test("readChallenges takes header lines for one list", () => {
    expect(plain(['Digest realm="a"', 'nonce="b", Basic realm="c"'])).toEqual([
      { scheme: "Digest", parameters: { realm: "a", nonce: "b" } },
      { scheme: "Basic", parameters: { realm: "c" } },
    ]);
    expect(plain([])).toEqual([]);
    expect(plain(["", " , ", "Basic"])).toEqual([{ scheme: "Basic", parameters: {} }]);
  });

  test("readChallenges lets no fault reach back into the line before", () => {
    const good: ExpectedChallenge = { scheme: "Digest", parameters: { realm: "a", nonce: "b" } };
    for (const junk of ["@", '"', "=x", '"c" d', 'Digest realm="', "Digest a=b c", "x:y"]) {
      expect(plain(['Digest realm="a", nonce="b"', junk])[0], junk).toEqual(good);
      expect(plain([junk, 'Digest realm="a", nonce="b"']).at(-1), junk).toEqual(good);
    }
  });

  test("readChallenges gives parameters without prototype", () => {
    const [challenge] = parseChallenges("Digest __proto__=x");
    expect(Object.getPrototypeOf(challenge?.parameters)).toBeNull();
    expect(challenge?.parameters.realm).toBeUndefined();
    expect(challenge?.parameters.toString).toBeUndefined();
  });

  test("readChallenges finds a parameter given twice in any case, and names that objects have", () => {
    for (const [first, second] of [
      ["realm", "REALM"],
      ["__proto__", "__PROTO__"],
      ["constructor", "constructor"],
    ]) {
      expect(plain(`Digest ${first}=a, ${second}=b`)).toEqual([
        { scheme: "Digest", error: `parameter "${second}" is given twice` },
      ]);
    }
  });
});

describe("readChallenges, generated", () => {
  const next = random(60);
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  const SCHEMES = ["Basic", "Digest", "Bearer", "Negotiate", "x-New", "realm", "nonce"];
  const NAMES = ["realm", "Nonce", "qop", "opaque", "STALE", "title", "basic", "digest", "__proto__"];
  const VALUES = [
    "",
    "a",
    "a, b",
    'Login to "apps"',
    "\\",
    '\\"',
    '", Basic realm="x',
    "=",
    "Digest a=b",
    "é",
    "\t",
    "a\\",
  ];
  const BLANKS = ["", " ", "\t ", ""];

  /** N schemes, with values quoted or not, blanks around "=", empty list elements. */
  function challenge(): { text: string; expected: ExpectedChallenge } {
    const scheme = pick(SCHEMES);
    const kind = next(4);
    if (kind === 0) return { text: scheme, expected: { scheme, parameters: {} } };
    if (kind === 1) {
      const token68 = pick(["a", "YWJj", "a=", "a/b+c==", "-._~"]);
      return { text: `${scheme} ${token68}`, expected: { scheme, token68, parameters: {} } };
    }
    const parameters: Record<string, string> = Object.create(null);
    const members: string[] = [];
    for (const name of NAMES) {
      if (next(3) > 0) continue;
      const value = pick(VALUES);
      const written = isToken(value) && next(2) ? value : quoteString(value);
      members.push(`${name}${pick(BLANKS)}=${pick(BLANKS)}${written}`);
      parameters[name.toLowerCase()] = value;
    }
    return {
      text: `${scheme} ${members.join(pick([",", ", ", " ,, ", "\t,\t"]))}`,
      expected: { scheme, parameters },
    };
  }

  test("N challenges on one line or on many give the same list", () => {
    for (let round = 0; round < 3000; round++) {
      const made = Array.from({ length: 1 + next(5) }, challenge);
      const expected = made.map((one) => one.expected);
      const lines = made.map((one) => one.text);
      const joint = pick([", ", ",", " ,\t,, "]);
      expect(plain(lines.join(joint))).toEqual(expected);
      expect(plain(lines)).toEqual(expected);
      const half = next(lines.length);
      expect(plain([lines.slice(0, half).join(joint), lines.slice(half).join(joint)])).toEqual(expected);
      expect(parseChallenges(lines)).toEqual(expected);
    }
  });

  test("a quoted value round-trips and never yields another parameter, whatever it holds", () => {
    for (const value of [...VALUES, ...texts(61, 3000, PIECES, 12)]) {
      const [found, ...others] = readChallenges(`Digest realm=${quoteString(value)}, nonce="n"`);
      expect(others).toEqual([]);
      if (isFieldValue(value))
        expect(found).toEqual({ scheme: "Digest", parameters: { realm: value, nonce: "n" } });
      else {
        expect(found).toEqual({
          scheme: "Digest",
          error: 'Cannot read challenge "Digest": parameter "realm" holds a character that is not allowed',
        });
      }
    }
  });

  test("whatever the text, every challenge is well-formed or has a short message without control characters", () => {
    for (const text of [
      ...texts(62, 20_000, PIECES, 20),
      ...HOSTILE,
      ...HOSTILE.map((text) => `Digest ${text}`),
    ]) {
      const bad = readChallenges(text).filter((challenge) =>
        "error" in challenge
          ? challenge.error.length > 200 || CONTROL.test(challenge.error)
          : !isToken(challenge.scheme) ||
            !Object.entries(challenge.parameters).every(
              ([name, value]) => isToken(name) && isFieldValue(value),
            ),
      );
      expect(bad).toEqual([]);
    }
  });

  test("a name of any length keeps the message within 200 characters", () => {
    const long = "x".repeat(10_000);
    for (const text of [
      `${long} a=b, a=c`,
      `Digest ${long}="`,
      `${long}="`,
      `Digest ${long}=, a=b`,
      `${long} ${long} @`,
    ]) {
      expect(failure(() => parseChallenges(text)).message.length).toBeLessThanOrEqual(200);
    }
    expect(failure(() => parseParameters(`${"\u0001".repeat(1000)}`)).message.length).toBeLessThanOrEqual(
      200,
    );
  });
});

describe("parseChallenges", () => {
  test.each(VECTORS)("parseChallenges reads or refuses %j", (input, expected) => {
    const bad = expected.find((challenge) => "error" in challenge);
    if (!bad) {
      expect(parseChallenges(input)).toEqual(expected);
      return;
    }
    const error = failure(() => parseChallenges(input));
    expect(error.message).toBe(`Cannot read challenge "${bad.scheme}": ${"error" in bad ? bad.error : ""}`);
    expect(error.code).toBe("ERR_AUTH");
  });
});

describe("parseParameters", () => {
  test.each<[string, Record<string, string>]>([
    ["", {}],
    [" , ", {}],
    ['nextnonce="abc"', { nextnonce: "abc" }],
    // RFC 7616 section 3.5
    [
      'nextnonce="a,b", qop=auth, rspauth="6629fae49393a05397450978507c4ef1", cnonce="0a4f113b", nc=00000001',
      {
        nextnonce: "a,b",
        qop: "auth",
        rspauth: "6629fae49393a05397450978507c4ef1",
        cnonce: "0a4f113b",
        nc: "00000001",
      },
    ],
    [',,NextNonce = "a\\"b" ,\tqop=auth,', { nextnonce: 'a"b', qop: "auth" }],
    ["__proto__=x", { ["__proto__"]: "x" }],
  ])("parseParameters reads %j", (text, expected) => {
    const parameters = parseParameters(text);
    expect(Object.entries(parameters)).toEqual(Object.entries(expected));
    expect(Object.getPrototypeOf(parameters)).toBeNull();
  });

  test.each([
    ['nextnonce="abc', 'quote of parameter "nextnonce" is not closed'],
    ["nextnonce=a, NEXTNONCE=b", 'parameter "NEXTNONCE" is given twice'],
    ["nextnonce=", 'parameter "nextnonce" has no value'],
    ["nextnonce", 'stray text "nextnonce"'],
    ["Digest nextnonce=a", 'stray text "Digest nextn"'],
    ['a="b"c', 'stray text "c"'],
    ["=a", 'stray text "=a"'],
    ['a="\u0000"', 'parameter "a" holds a character that is not allowed'],
  ])("parseParameters refuses %j", (text, message) => {
    const error = failure(() => parseParameters(text));
    expect(error.message).toBe(`Cannot read authentication parameters: ${message}`);
    expect(error.code).toBe("ERR_AUTH");
  });

  test("parseParameters is total but for its AuthError", () => {
    for (const text of [...texts(63, 10_000, PIECES, 16), ...HOSTILE]) {
      try {
        parseParameters(text);
      } catch (error) {
        expect(error).toBeInstanceOf(AuthError);
      }
    }
  });
});
