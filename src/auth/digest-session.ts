/** The digests of one nonce: answers of the client, and the server's proof that it knows the password (RFC 7616 sections 3.4, 3.5). */
import { quoteString } from "../grammar.ts";
import { toByteString } from "./credentials.ts";
import type { DigestChallenge } from "./digest-challenge.ts";

/** Who is to be authenticated. */
export interface DigestUser {
  readonly username: string;
  readonly password: string;
}

/** What of a request goes into its digest. */
export interface DigestMessage {
  readonly method: string;
  /** The request target exactly as sent. */
  readonly uri: string;
  /** The body as sent; needed for auth-int alone. */
  readonly body: Uint8Array;
}

/** An answer to a challenge. */
export interface DigestAnswer {
  /** The value for `Authorization`. */
  readonly credentials: string;
  readonly uri: string;
  /** Empty where the answer has none (RFC 2069). */
  readonly nc: string;
  readonly cnonce: string;
}

/** How often a nonce was used. Shared by all sessions of that nonce, so that no count is ever sent twice. */
export interface NonceCount {
  value: number;
}

// nc is eight hexadecimal digits (RFC 7616 section 3.4).
const MAX_COUNT = 0xffff_ffff;

/**
 * The use of one nonce. Text of the server is held as it came from the header, one character per byte, and hashed as
 * those bytes; the user's own is UTF-8.
 */
export class DigestSession {
  readonly challenge: DigestChallenge;
  readonly count: NonceCount;
  /** True once the server has accepted an answer; only then are other requests signed with it at once. */
  proven = false;
  readonly #user: DigestUser;
  /** H(A1). Of a "-sess" algorithm it is made with the first cnonce and then stays (RFC 7616 section 3.4.2). */
  #secret: string | undefined;

  constructor(challenge: DigestChallenge, user: DigestUser, count: NonceCount = { value: 0 }) {
    this.challenge = challenge;
    // Who announces UTF-8 expects it in Normalization Form C (RFC 7616 section 3.3).
    const normal = (text: string): string => (challenge.utf8 ? text.normalize("NFC") : text);
    this.#user = { username: normal(user.username), password: normal(user.password) };
    this.count = count;
  }

  /** True when no count is left: a ninth digit does not exist. */
  get exhausted(): boolean {
    return this.count.value >= MAX_COUNT;
  }

  /** Signs a message with the next count. */
  answer({ method, uri, body }: DigestMessage, cnonce: string): DigestAnswer {
    const { realm, nonce, opaque, algorithm, algorithmName, qop, userhash } = this.challenge;
    const nc = qop ? (++this.count.value).toString(16).padStart(8, "0") : "";
    this.#secret ??= this.#agree(cnonce);
    const fields = [
      this.#userField(),
      `realm=${quoteString(realm)}`,
      `nonce=${quoteString(nonce)}`,
      `uri=${quoteString(uri)}`,
      `response="${this.#digest(method, uri, body, qop, nc, cnonce)}"`,
    ];
    // RFC 7616 section 3.4: algorithm, qop, nc and userhash are not quoted.
    if (algorithmName !== undefined) fields.push(`algorithm=${algorithmName}`);
    if (opaque !== undefined) fields.push(`opaque=${quoteString(opaque)}`);
    if (qop) fields.push(`qop=${qop}`, `nc=${nc}`);
    // Without qop there is none, except that nobody could compute the A1 of a session without it.
    if (qop || algorithm.session) fields.push(`cnonce=${quoteString(cnonce)}`);
    if (userhash) fields.push("userhash=true");
    return { credentials: `Digest ${fields.join(", ")}`, uri, nc, cnonce };
  }

  /**
   * True unless `rspauth` of an `Authentication-Info` is wrong (RFC 7616 section 3.5). What cannot be checked is not
   * wrong: no `rspauth`, or one over a body that is not in memory.
   */
  verify(
    answer: DigestAnswer,
    info: Readonly<Record<string, string | undefined>>,
    body: Uint8Array | undefined,
  ): boolean {
    const { rspauth } = info;
    if (rspauth === undefined || this.#secret === undefined) return true;
    const { qop } = this.challenge;
    const named = info.qop?.toLowerCase();
    const used = qop && (named === "auth" || named === "auth-int") ? named : qop;
    if (used === "auth-int" && !body) return true;
    const expected = this.#digest("", answer.uri, body ?? new Uint8Array(0), used, answer.nc, answer.cnonce);
    return equalInConstantTime(expected, rspauth.toLowerCase());
  }

  /** The same session under the nonce that the server wants next (RFC 7616 section 3.5). */
  renew(nonce: string, count: NonceCount = { value: 0 }): DigestSession {
    const next = new DigestSession({ ...this.challenge, nonce }, this.#user, count);
    // A session key lasts until the next challenge, which a nextnonce is not.
    next.#secret = this.#secret;
    next.proven = this.proven;
    return next;
  }

  /** H(A1) (RFC 7616 section 3.4.2). */
  #agree(cnonce: string): string {
    const { realm, nonce, algorithm } = this.challenge;
    const { username, password } = this.#user;
    const secret = this.#hash(`${toByteString(username)}:${realm}:${toByteString(password)}`);
    return algorithm.session ? this.#hash(`${secret}:${nonce}:${cnonce}`) : secret;
  }

  /** request-digest (RFC 7616 section 3.4.1), and with an empty method response-digest (section 3.5). */
  #digest(
    method: string,
    uri: string,
    body: Uint8Array,
    qop: string | undefined,
    nc: string,
    cnonce: string,
  ): string {
    const { nonce, algorithm } = this.challenge;
    let a2 = `${method}:${uri}`;
    if (qop === "auth-int") a2 += `:${algorithm.hash(body)}`;
    const middle = qop ? `${nonce}:${nc}:${cnonce}:${qop}` : nonce;
    return this.#hash(`${this.#secret}:${middle}:${this.#hash(a2)}`);
  }

  /** RFC 7616 sections 3.4 and 3.4.4: hashed, plain, or as ext-value of RFC 8187 where quotes cannot hold the name. */
  #userField(): string {
    const { realm, userhash, utf8 } = this.challenge;
    const { username } = this.#user;
    const bytes = toByteString(username);
    if (userhash) return `username="${this.#hash(`${bytes}:${realm}`)}"`;
    // Without the announcement, servers that store UTF-8 compare the raw bytes (Apache refuses username*).
    return utf8 && bytes !== username
      ? `username*=UTF-8''${toExtValue(username)}`
      : `username=${quoteString(bytes)}`;
  }

  #hash(bytes: string): string {
    return this.challenge.algorithm.hash(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
  }
}

/** value-chars (RFC 8187 section 3.2.1): encodeURIComponent leaves four characters alone that attr-char does not have. */
function toExtValue(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Compares without telling by its duration how far two digests agree. */
function equalInConstantTime(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return difference === 0;
}
