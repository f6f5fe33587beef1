/** Writes challenges (RFC 7616 section 3.3): good ones in every legal style, and malformed ones of many kinds. */
import type { Header } from "../cors.ts";

export interface Offer {
  /** As spelled in the challenge; the client must spell it the same way. */
  readonly algorithm: string;
  readonly qop: readonly string[];
  readonly realm: string;
  /** Null leaves it out; the empty string is sent, and must come back. */
  readonly opaque: string | null;
  readonly domain: string | null;
  readonly charset: boolean;
  readonly userhash: boolean;
  readonly style: string;
}

export interface ChallengeState {
  readonly nonce: string;
  readonly stale: boolean;
}

/** A parameter, and whether RFC 7616 wants its value quoted. */
type Parameter = readonly [name: string, value: string, quoted: boolean];

const quote = (value: string): string => `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
const write = ([name, value, quoted]: Parameter): string => `${name}=${quoted ? quote(value) : value}`;

/** Each is legal, and each has been seen to break a client. */
const STYLES: ReadonlyMap<string, (parameters: Parameter[]) => string> = new Map([
  ["plain", (parameters) => `Digest ${parameters.map(write).join(", ")}`],
  [
    "upper",
    (parameters) => `DIGEST ${parameters.map(([n, v, q]) => write([n.toUpperCase(), v, q])).join(", ")}`,
  ],
  ["mixed", (parameters) => `dIGEST ${parameters.map(([n, v, q]) => write([capital(n), v, q])).join(",")}`],
  ["quoted", (parameters) => `Digest ${parameters.map(([n, v]) => write([n, v, true])).join(", ")}`],
  [
    "unquoted",
    (parameters) => `Digest ${parameters.map(([n, v, q]) => write([n, v, q && !isToken(v)])).join(", ")}`,
  ],
  [
    "spaced",
    (parameters) => `Digest  ${parameters.map((p) => write(p).replace("=", " = ")).join(" ,\t, ")} ,`,
  ],
  [
    "escaped",
    (parameters) =>
      `Digest ${parameters.map(([n, v, q]) => (q ? `${n}="${escapeAll(v)}"` : `${n}=${v}`)).join(", ")}`,
  ],
  ["reversed", (parameters) => `Digest ${parameters.reverse().map(write).join(", ")}`],
  [
    "extra",
    (parameters) => `Digest x="a, \\"b\\", nonce=\\"c\\"", ${parameters.map(write).join(", ")}, future=1`,
  ],
]);

const capital = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);
const isToken = (value: string): boolean => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value);
const escapeAll = (value: string): string => value.replaceAll(/[ -~]/g, "\\$&");

/** Styles that `?style=` knows. */
export const styleNames: readonly string[] = [...STYLES.keys()];

export function writeChallenge(offer: Offer, { nonce, stale }: ChallengeState): string {
  const parameters: Parameter[] = [["realm", offer.realm, true]];
  if (offer.domain !== null) parameters.push(["domain", offer.domain, true]);
  parameters.push(["nonce", nonce, true]);
  if (offer.opaque !== null) parameters.push(["opaque", offer.opaque, true]);
  if (stale) parameters.push(["stale", "true", false]);
  if (offer.algorithm !== "") parameters.push(["algorithm", offer.algorithm, false]);
  if (offer.qop.length > 0) parameters.push(["qop", offer.qop.join(", "), true]);
  if (offer.charset) parameters.push(["charset", "UTF-8", false]);
  if (offer.userhash) parameters.push(["userhash", "true", false]);
  return (STYLES.get(offer.style) ?? STYLES.get("plain"))?.(parameters) ?? "";
}

/** Malformed or useless challenges by name. `N` stands for a nonce. */
const ODD: ReadonlyMap<string, string> = new Map([
  ["missing-realm", 'Digest nonce="N", qop="auth", algorithm=MD5'],
  ["missing-nonce", 'Digest realm="Saluki", qop="auth", algorithm=MD5'],
  ["empty-nonce", 'Digest realm="Saluki", nonce="", qop="auth", algorithm=MD5'],
  ["unterminated-quote", 'Digest realm="Saluki", qop="auth", algorithm=MD5, nonce="N'],
  ["unterminated-escape", 'Digest realm="Saluki", qop="auth", algorithm=MD5, nonce="N\\'],
  ["duplicate-nonce", 'Digest realm="Saluki", nonce="N", nonce="other", qop="auth", algorithm=MD5'],
  ["duplicate-realm", 'Digest realm="Saluki", REALM="Other", nonce="N", qop="auth", algorithm=MD5'],
  ["bare", "Digest"],
  ["token68", "Digest dG9rZW4="],
  ["no-commas", 'Digest realm="Saluki" nonce="N" qop="auth"'],
  ["no-value", 'Digest realm, nonce="N", qop="auth"'],
  ["no-equals", "Digest realm Saluki"],
  ["only-commas", "Digest ,,,"],
  ["empty", ""],
  ["unknown-algorithm", 'Digest realm="Saluki", nonce="N", qop="auth", algorithm=FUTURE-1'],
  ["unknown-qop", 'Digest realm="Saluki", nonce="N", qop="auth-conf", algorithm=MD5'],
  ["empty-qop", 'Digest realm="Saluki", nonce="N", qop="", algorithm=MD5'],
  ["prototype-algorithm", 'Digest realm="Saluki", nonce="N", qop="auth", algorithm=__proto__'],
  [
    "prototype-parameter",
    'Digest realm="Saluki", nonce="N", qop="auth", algorithm=MD5, __proto__="x", constructor="y"',
  ],
  ["long", `Digest realm="Saluki", nonce="N", algorithm=MD5, qop="${"auth, ".repeat(1500)}auth"`],
]);

/** Kinds that `!kind` and `/digest-malformed/:kind` know. */
export const oddKinds: readonly string[] = [...ODD.keys()];

const OTHER_SCHEMES: ReadonlyMap<string, string> = new Map([
  ["Basic", 'Basic realm="Saluki", charset="UTF-8"'],
  ["Bearer", 'Bearer realm="Saluki", error="invalid_token", error_description="a, b=\\"c\\""'],
  ["Negotiate", "Negotiate"],
  ["NTLM", "NTLM TlRMTVNTUAAC="],
  ["Unknown", 'Unknown realm="Digest realm=\\"x\\", nonce=\\"y\\"", a=b'],
]);

/** A challenge of another scheme, or a malformed one where the name begins with `!`; undefined for Digest names. */
export function otherChallenge(name: string, nonce: string): string | undefined {
  if (name.startsWith("!")) return (ODD.get(name.slice(1)) ?? "").replace('"N', `"${nonce}`);
  return OTHER_SCHEMES.get(name);
}

/** The header lines: one for each challenge, or one for all. */
export function challengeLines(challenges: readonly string[], name: string, oneLine: boolean): Header[] {
  if (oneLine) return [[name, challenges.join(", ")]];
  return challenges.map((challenge): Header => [name, challenge]);
}
