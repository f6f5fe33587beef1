/** Decides whether a request is authenticated by Digest (RFC 7616), and says why not. Remembers through the nonces. */
import type { Offer } from "./challenge.ts";
import { type Credentials, Malformed, parseCredentials } from "./credentials.ts";
import { type Algorithm, digestResponse, findAlgorithm } from "./hash.ts";
import type { Nonce, NonceBook } from "./nonces.ts";

export interface Attempt {
  readonly authorization: string;
  readonly method: string;
  /** The request target, byte for byte. */
  readonly target: string;
  readonly body: Uint8Array;
  readonly user: string;
  readonly password: string;
  readonly realm: string;
}

export interface Accepted {
  readonly accepted: true;
  readonly nonce: Nonce;
  readonly credentials: Credentials;
  readonly algorithm: Algorithm;
  /** H(A1), for `rspauth`. */
  readonly a1: string;
}

export interface Refused {
  readonly accepted: false;
  /** 400 where the client broke the protocol, 401 where it may try again. */
  readonly status: 400 | 401;
  readonly reason: string;
  readonly stale: boolean;
  readonly nonce?: Nonce;
}

const refuse = (reason: string, status: 400 | 401 = 401): Refused => ({
  accepted: false,
  status,
  reason,
  stale: false,
});

export function judge(nonces: NonceBook, attempt: Attempt): Accepted | Refused {
  let credentials: Credentials;
  try {
    credentials = parseCredentials(attempt.authorization);
  } catch (error) {
    if (error instanceof Malformed) return refuse(error.message, 400);
    throw error;
  }
  const nonce = nonces.find(credentials.nonce);
  if (!nonce) return refuse("nonce was not given by this origin");
  if (nonce.offer.realm !== attempt.realm) return refuse("nonce is of another realm");
  const breach = protocolBreach(credentials, nonce, attempt);
  if (breach !== undefined) return refuse(breach, 400);
  const algorithm = findAlgorithm(nonce.offer.algorithm || "MD5");
  if (!algorithm) return refuse("algorithm is one that nobody knows", 400);
  return verify(credentials, nonce, algorithm, attempt);
}

/** What the client must repeat or may not send, beside the secret. */
function protocolBreach(sent: Credentials, { offer }: Nonce, attempt: Attempt): string | undefined {
  if (sent.realm !== offer.realm) return "realm is not the one of the challenge";
  if (sent.uri !== attempt.target) return "uri is not the request target";
  if ((sent.opaque ?? null) !== offer.opaque) return "opaque is not the one of the challenge";
  if (
    sent.algorithm !== (offer.algorithm || undefined) &&
    !(offer.algorithm === "" && sent.algorithm === "MD5")
  ) {
    return "algorithm is not spelled as in the challenge";
  }
  if (sent.userhash !== offer.userhash) return "userhash is not what the challenge said";
  return qopBreach(sent, offer) ?? nameBreach(sent, offer, attempt.user);
}

function qopBreach(sent: Credentials, offer: Offer): string | undefined {
  if (offer.qop.length > 0) {
    if (sent.qop === undefined || !offer.qop.includes(sent.qop)) return "qop was not offered";
    if (!sent.cnonce) return "cnonce is missing or empty";
    return sent.nc === undefined ? "nc is missing" : undefined;
  }
  // RFC 2617 section 3.2.2: neither may be sent when the challenge has no qop; only -sess cannot do without cnonce.
  if (sent.qop !== undefined || sent.nc !== undefined) return "qop or nc is sent without having been offered";
  const session = findAlgorithm(offer.algorithm || "MD5")?.session ?? false;
  return (sent.cnonce !== undefined) === session
    ? undefined
    : "cnonce is for -sess or a qop, and needed there";
}

// RFC 7616 section 3.4.4: username* is for names that a quoted string cannot hold, where the server knows UTF-8.
function nameBreach(sent: Credentials, offer: Offer, user: string): string | undefined {
  const needed = offer.charset && !offer.userhash && /[^ -~]/.test(user);
  if (sent.extended && !needed) return "username* is sent without need or leave";
  return !sent.extended && needed ? "username* is needed for this name" : undefined;
}

function verify(sent: Credentials, nonce: Nonce, algorithm: Algorithm, attempt: Attempt): Accepted | Refused {
  const { offer } = nonce;
  const normal = (text: string): string => (offer.charset ? text.normalize("NFC") : text);
  const [user, password] = [normal(attempt.user), normal(attempt.password)];
  const expectedName = offer.userhash ? algorithm.hash(`${user}:${offer.realm}`) : user;
  if (sent.username !== expectedName) return refuse("username is not the expected one");
  const count = sent.nc === undefined ? undefined : Number.parseInt(sent.nc, 16);
  if (count === 0) return refuse("nc begins at 1", 400);
  if (count !== undefined && nonce.counts.has(count)) return refuse(`nc was used before: ${sent.nc}`);

  const secret = algorithm.hash(`${user}:${offer.realm}:${password}`);
  const first = algorithm.hash(`${secret}:${nonce.value}:${sent.cnonce}`);
  const a1 = algorithm.session ? (nonce.session.a1 ?? first) : secret;
  if (sent.response !== digestResponse(algorithm, { ...sent, ...attempt, a1 }))
    return refuse("response is wrong");

  if (count !== undefined) nonce.counts.add(count);
  if (algorithm.session) nonce.session.a1 = a1;
  if (nonce.staleLeft > 0 || nonce.usesLeft === 0) {
    return { accepted: false, status: 401, reason: "nonce is stale", stale: true, nonce };
  }
  nonce.usesLeft -= 1;
  return { accepted: true, nonce, credentials: sent, algorithm, a1 };
}
