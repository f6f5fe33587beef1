/** What is remembered of challenges, per origin, so that later requests are signed at once. Sees no request. */
import type { DigestChallenge } from "./digest-challenge.ts";
import { DigestSession, type DigestUser } from "./digest-session.ts";

// The bounds keep a client that talks to many servers, and one server that invents nonces, from filling the memory.
const MAX_ORIGINS = 100;
const MAX_SESSIONS_PER_ORIGIN = 8;
const MAX_PREFIXES = 32;

interface Space {
  readonly session: DigestSession;
  /** What a URL in this protection space begins with; undefined for the whole origin. */
  readonly prefixes: readonly string[] | undefined;
}

/** The sessions of one user. Nothing of an origin is ever found under another; `http:` and `https:` are two. */
export class DigestMemory {
  readonly #user: DigestUser;
  /** Newest session first; the origin used last at the end. */
  readonly #origins: Map<string, Space[]> = new Map();

  constructor(user: DigestUser) {
    this.#user = user;
  }

  /** The session to sign a request to this URL with at once, if there is one. */
  recall(url: URL): DigestSession | undefined {
    const target = withoutFragment(url);
    const spaces = this.#spaces(url.origin);
    // A Map keeps the order of insertion: what is put in again is the last to be dropped.
    if (this.#origins.delete(url.origin)) this.#origins.set(url.origin, spaces);
    return spaces.find(
      ({ session, prefixes }) =>
        session.proven &&
        !session.exhausted &&
        (!prefixes || prefixes.some((prefix) => target.startsWith(prefix))),
    )?.session;
  }

  /** Begins a session for a challenge to a request to this URL. A nonce that was seen before goes on being counted. */
  begin(url: URL, challenge: DigestChallenge): DigestSession {
    const session = new DigestSession(challenge, this.#user, this.#count(url.origin, challenge));
    return this.#remember(url, session);
  }

  /** Goes on with a session under the nonce that came with the response to a request to this URL. */
  renew(url: URL, session: DigestSession, nonce: string): void {
    this.#remember(url, session.renew(nonce, this.#count(url.origin, { ...session.challenge, nonce })));
  }

  #spaces(origin: string): Space[] {
    return this.#origins.get(origin) ?? [];
  }

  #count(origin: string, challenge: DigestChallenge): DigestSession["count"] | undefined {
    return this.#spaces(origin).find(({ session }) => isSameNonce(session.challenge, challenge))?.session
      .count;
  }

  #remember({ origin, href }: URL, session: DigestSession): DigestSession {
    const others = this.#spaces(origin).filter(
      (other) => !isSameNonce(other.session.challenge, session.challenge),
    );
    const space = { session, prefixes: readDomain(session.challenge.domain, href) };
    this.#origins.delete(origin);
    this.#origins.set(origin, [space, ...others].slice(0, MAX_SESSIONS_PER_ORIGIN));
    if (this.#origins.size > MAX_ORIGINS) this.#origins.delete(this.#origins.keys().next().value as string);
    return session;
  }
}

function isSameNonce(one: DigestChallenge, other: DigestChallenge): boolean {
  return one.nonce === other.nonce && one.realm === other.realm;
}

/**
 * The protection space that `domain` describes (RFC 7616 section 3.3): every URI that begins with a listed one. URIs of
 * other origins match nothing, for a server does not decide what is sent to another. Without a list it is the whole origin.
 */
function readDomain(domain: string | undefined, base: string): string[] | undefined {
  const listed = (domain ?? "").split(/\s+/).filter(Boolean).slice(0, MAX_PREFIXES);
  if (listed.length === 0) return undefined;
  return listed.flatMap((uri) => {
    try {
      return [withoutFragment(new URL(uri, base))];
    } catch {
      return [];
    }
  });
}

/** The URL as far as servers see it. */
function withoutFragment(url: URL): string {
  return url.origin + url.pathname + url.search;
}
