/** Which Digest challenge to answer, and what it asks for (RFC 7616 section 3.3). Computes no digest. */
import { readChallenges } from "../fields/www-authenticate.ts";
import { type DigestAlgorithm, findAlgorithm } from "./digest-algorithms.ts";

/** What is protected by a digest: the request line, or the body too. */
export type QualityOfProtection = "auth" | "auth-int";

/** A challenge that can be answered. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  /** Echoed when it was sent, even empty. */
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** The algorithm in the server's spelling, which the answer repeats; undefined where it named none. */
  readonly algorithmName: string | undefined;
  /** Undefined: the digest of RFC 2069, without nc and cnonce. */
  readonly qop: QualityOfProtection | undefined;
  /** The nonce of the request was too old, its password was right. */
  readonly stale: boolean;
  /** The user name goes out hashed. */
  readonly userhash: boolean;
  /** The server announced that it expects UTF-8. */
  readonly utf8: boolean;
  /** The URIs of the protection space, separated by blanks. */
  readonly domain: string | undefined;
}

/** What is to be made of the challenges of one response. */
export interface Choice {
  /** The strongest challenge that can be answered. */
  readonly challenge?: DigestChallenge;
  /** What is wrong with the first Digest challenge that is malformed, as the end of a message. */
  readonly fault?: string;
}

/**
 * Chooses among every challenge of a response: the strongest hash, then one with qop, then the server's order.
 * Challenges of other schemes, unknown algorithms and unknown qop are passed over. Throws nothing.
 */
export function chooseChallenge(lines: readonly string[]): Choice {
  let challenge: DigestChallenge | undefined;
  let fault: string | undefined;
  for (const { scheme, ...rest } of readChallenges(lines)) {
    if (scheme.toLowerCase() !== "digest") continue;
    const read = "error" in rest ? lowerFirst(rest.error) : readDigest(rest.parameters);
    if (typeof read === "string") fault ??= read;
    else if (read && (!challenge || rank(read) > rank(challenge))) challenge = read;
  }
  return { ...(challenge && { challenge }), ...(fault !== undefined && { fault }) };
}

/** A challenge; undefined when it asks for something unknown; a string when it is malformed. */
function readDigest(
  parameters: Readonly<Record<string, string | undefined>>,
): DigestChallenge | string | undefined {
  const { realm, nonce, opaque, algorithm: algorithmName, domain } = parameters;
  if (realm === undefined) return 'challenge "Digest" has no realm';
  if (nonce === undefined) return 'challenge "Digest" has no nonce';
  if (nonce === "") return 'challenge "Digest" has an empty nonce';
  const algorithm = findAlgorithm(algorithmName);
  const qop = readQop(parameters.qop);
  if (!algorithm || qop === null) return undefined;
  const is = (name: string, value: string): boolean => parameters[name]?.toLowerCase() === value;
  return {
    realm,
    nonce,
    opaque,
    algorithm,
    algorithmName,
    qop,
    stale: is("stale", "true"),
    userhash: is("userhash", "true"),
    utf8: is("charset", "utf-8"),
    domain,
  };
}

/** "auth" where it is offered, "auth-int" where it is all there is, undefined for none, null for unknown ones only. */
function readQop(text = ""): QualityOfProtection | undefined | null {
  const offered = text
    .toLowerCase()
    .split(",")
    .map((qop) => qop.trim());
  if (offered.includes("auth")) return "auth";
  if (offered.includes("auth-int")) return "auth-int";
  // RFC 7616 wants at least one, but servers of RFC 2069's days send qop="" for none.
  return offered.some((qop) => qop) ? null : undefined;
}

function rank({ algorithm, qop }: DigestChallenge): number {
  return 2 * algorithm.strength + (qop ? 1 : 0);
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
