/** The hash algorithms of the Digest scheme (RFC 7616 section 6.1), as a table. Holds no hash of its own. */
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha512_256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import md5 from "js-md5/build/md5-lite.mjs";

/** One way to compute a digest. */
export interface DigestAlgorithm {
  /** H(data) of RFC 7616 section 3.3: lower-case hex of the hash of these bytes. */
  readonly hash: (bytes: Uint8Array) => string;
  /** True for the "-sess" forms, whose A1 holds the first nonce and cnonce of a session. */
  readonly session: boolean;
  /** The higher of two is preferred. */
  readonly strength: number;
}

type Hash = DigestAlgorithm["hash"];

// js-md5 hashes other views than Uint8Array wrongly and says nothing: the parameter's type is the guard.
const SHA1: Hash = (bytes) => bytesToHex(sha1(bytes));
const SHA256: Hash = (bytes) => bytesToHex(sha256(bytes));
const SHA512_256: Hash = (bytes) => bytesToHex(sha512_256(bytes));

/**
 * Algorithms by their name in lower case, which is how a challenge is looked up.
 *
 * Facts: "SHA" is not registered; HTTPX and a few servers know it. "SHA-512-256" is SHA-512/256 of FIPS 180-4, with
 * initial values of its own, not SHA-512 cut short: the example in RFC 7616 section 3.9.2 mixes them up (erratum 4897).
 */
const ALGORITHMS: ReadonlyMap<string, DigestAlgorithm> = /* @__PURE__ */ new Map([
  ["md5", { hash: md5, session: false, strength: 1 }],
  ["md5-sess", { hash: md5, session: true, strength: 1 }],
  ["sha", { hash: SHA1, session: false, strength: 2 }],
  ["sha-sess", { hash: SHA1, session: true, strength: 2 }],
  ["sha-256", { hash: SHA256, session: false, strength: 3 }],
  ["sha-256-sess", { hash: SHA256, session: true, strength: 3 }],
  ["sha-512-256", { hash: SHA512_256, session: false, strength: 4 }],
  ["sha-512-256-sess", { hash: SHA512_256, session: true, strength: 4 }],
]);

/** The algorithm that a challenge names in whatever case, MD5 where it names none (RFC 7616 section 3.3). */
export function findAlgorithm(name: string | undefined): DigestAlgorithm | undefined {
  return ALGORITHMS.get(name?.toLowerCase() ?? "md5");
}
