/** The hash functions of Digest (RFC 7616 section 3.3), from Node's own crypto, and what is computed with them. */
import { createHash } from "node:crypto";

/** What `-sess` adds to a name: A1 then holds the nonce and cnonce of the first request too. */
const SESSION = "-sess";

const HASHES: ReadonlyMap<string, string> = new Map([
  ["md5", "md5"],
  ["sha", "sha1"],
  ["sha-256", "sha256"],
  ["sha-512-256", "sha512-256"],
]);

export interface Algorithm {
  readonly session: boolean;
  hash(input: string | Uint8Array): string;
}

/** The algorithm of that name in any case; undefined for one that is not known. */
export function findAlgorithm(name: string): Algorithm | undefined {
  const lower = name.toLowerCase();
  const session = lower.endsWith(SESSION);
  const hash = HASHES.get(session ? lower.slice(0, -SESSION.length) : lower);
  return hash === undefined
    ? undefined
    : { session, hash: (input) => createHash(hash).update(input).digest("hex") };
}

export interface ResponseParts {
  /** H(A1): section 3.4.2. */
  readonly a1: string;
  readonly nonce: string;
  readonly nc: string | undefined;
  readonly cnonce: string | undefined;
  /** Undefined for RFC 2069, which has neither nc nor cnonce. */
  readonly qop: string | undefined;
  /** Empty for `rspauth` (section 3.5). */
  readonly method: string;
  readonly uri: string;
  readonly body: Uint8Array;
}

/** The value of `response`, and of `rspauth` where the method is empty: sections 3.4.1 and 3.4.3. */
export function digestResponse({ hash }: Algorithm, parts: ResponseParts): string {
  const { a1, nonce, nc, cnonce, qop, method, uri, body } = parts;
  const a2 = qop === "auth-int" ? `${method}:${uri}:${hash(body)}` : `${method}:${uri}`;
  if (qop === undefined) return hash(`${a1}:${nonce}:${hash(a2)}`);
  return hash(`${a1}:${nonce}:${nc}:${cnonce}:${qop}:${hash(a2)}`);
}
