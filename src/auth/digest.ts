/** The Digest scheme (RFC 7616): proves knowledge of a password without sending it. Sends nothing itself. */
import { AuthError, argumentError, StreamConsumedError } from "../errors.ts";
import { parseParameters } from "../fields/www-authenticate.ts";
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";
import { snapshot } from "../snapshot.ts";
import { Auth } from "./auth.ts";
import { checkSecret, checkUsername } from "./credentials.ts";
import type { Choice, DigestChallenge } from "./digest-challenge.ts";
import { DigestMemory } from "./digest-memory.ts";
import type { DigestAnswer, DigestMessage, DigestSession } from "./digest-session.ts";

/** What can be changed about {@link DigestAuth}. */
export interface DigestOptions {
  /** Makes the client's nonce, anew for every request. Default 128 random bits in hexadecimal. */
  cnonce?: () => string;
}

// A nonce may go stale between challenge and answer. That it does so three times in a row means that it always will.
const MAX_ANSWERS = 3;

/**
 * Answers Digest challenges, and signs later requests to the same protection space at once.
 *
 * MD5, SHA, SHA-256, SHA-512-256 and their "-sess" forms; qop auth, auth-int (where it is all that is offered) and none.
 * Of several challenges the strongest is answered. An answer that is refused is not repeated, unless the nonce was stale
 * or remembered from earlier: the 401 is then the result. One object may serve many requests at once.
 *
 * A flow throws, beside what the constructor throws:
 * - `AuthError` when the challenge is malformed, and no other can be answered.
 * - `AuthError` when only auth-int is offered and the body is not in memory.
 * - `AuthError` when the server claims to know the password and does not (`rspauth`).
 * - `StreamConsumedError` when the body would have to be sent again and cannot be.
 * @throws {TypeError} when user name or password is no string or holds a control character, the user name holds a
 * colon, or an option is wrong.
 */
export class DigestAuth extends Auth {
  readonly #memory: DigestMemory;
  readonly #cnonce: () => string;

  constructor(username: string, password: string, options?: DigestOptions) {
    super();
    const { cnonce = makeCnonce, ...unknown } = snapshot(options);
    for (const name of Object.keys(unknown))
      throw argumentError(`Cannot use DigestAuth: there is no option ${name}`);
    if (typeof cnonce !== "function") {
      throw argumentError(`Cannot use DigestAuth: cnonce must be a function: ${typeof cnonce}`);
    }
    this.#memory = new DigestMemory({
      username: checkUsername(username),
      password: checkSecret("password", password),
    });
    this.#cnonce = cnonce;
  }

  override async *authFlow(given: Request): AsyncGenerator<Request, void, Response> {
    let request = given;
    let session = this.#memory.recall(request.url);
    // Where the body is not at hand the server is asked first: it may want no auth-int for this request.
    if (session && !readMessage(request, session.challenge)) session = undefined;
    let answer = session && this.#sign(request, session);
    if (!answer) request.headers.delete("Authorization");
    let response = yield request;
    for (let answers = 0; response.status === 401; answers++) {
      // Whatever comes next, later requests start from a challenge: a wrong password is not tried more than need be.
      if (session) session.proven = false;
      // The hashes weigh more than all the rest: nothing loads them before a challenge comes.
      const { chooseChallenge } = await import("./digest-challenge.ts");
      const choice = chooseChallenge(response.headers.getAll("www-authenticate"));
      const challenge = pickChallenge(request, response, choice, answers);
      if (!challenge) return;
      request = repeat(request, response);
      session = this.#memory.begin(request.url, challenge);
      answer = this.#sign(request, session);
      response = yield request;
    }
    if (session && answer && answersRequest(request, response))
      this.#accept(session, answer, request, response);
  }

  #sign(request: Request, session: DigestSession): DigestAnswer {
    const message = readMessage(request, session.challenge);
    if (!message) {
      throw new AuthError(
        `Cannot authenticate ${request}: auth-int needs the body in memory; give it as text or bytes, or call request.read() before`,
        { request },
      );
    }
    const answer = session.answer(message, this.#cnonce());
    request.headers.set("Authorization", answer.credentials);
    return answer;
  }

  /** Reads `Authentication-Info` of a response to a signed request (RFC 7616 section 3.5). */
  #accept(session: DigestSession, answer: DigestAnswer, request: Request, response: Response): void {
    const info = readInfo(response);
    session.proven = session.verify(answer, info, readContent(response));
    if (!session.proven) {
      throw new AuthError(
        `Cannot trust the response to ${request}: its rspauth is wrong, so the server does not know the password`,
        { request, response },
      );
    }
    if (info.nextnonce) this.#memory.renew(request.url, session, info.nextnonce);
  }
}

/** The challenge to answer now; undefined when the 401 is the result. */
function pickChallenge(
  request: Request,
  response: Response,
  { challenge, fault }: Choice,
  answers: number,
): DigestChallenge | undefined {
  if (!answersRequest(request, response)) return undefined;
  if (challenge) return answers === 0 || (challenge.stale && answers < MAX_ANSWERS) ? challenge : undefined;
  if (fault === undefined || answers > 0) return undefined;
  throw new AuthError(`Cannot authenticate ${request}: ${fault}`, { request, response });
}

/** False where the platform followed a redirect by itself: what the response says is then about another target. */
function answersRequest({ url }: Request, response: Response): boolean {
  return !response.redirected || !response.url || response.url === url.href.split("#", 1)[0];
}

/** The same request once more; what was sent stays as it was. */
function repeat(request: Request, response: Response): Request {
  if (!request.body?.consumed) return request.clone();
  throw new StreamConsumedError(
    `Cannot authenticate ${request}: the body is a stream that can be read once; give a function that returns a new stream`,
    { request, response },
  );
}

/** What the digest is about; undefined when it is about a body that is not in memory. */
function readMessage(
  { method, url, body, extensions }: Request,
  { qop }: DigestChallenge,
): DigestMessage | undefined {
  const { target } = extensions;
  const uri = typeof target === "string" ? target : url.pathname + url.search;
  if (qop !== "auth-int" || !body) return { method, uri, body: new Uint8Array(0) };
  return body.bytes ? { method, uri, body: body.bytes } : undefined;
}

/** The body as it was sent, where it is in memory and was not decoded. */
function readContent(response: Response): Uint8Array | undefined {
  if (response.headers.has("content-encoding")) return undefined;
  try {
    return response.content;
  } catch {
    return undefined;
  }
}

/** The parameters of `Authentication-Info`; none where it is malformed, for then it proves nothing either way. */
function readInfo(response: Response): Record<string, string> {
  try {
    return parseParameters(response.headers.get("authentication-info") ?? "");
  } catch {
    return {};
  }
}

// RFC 7616 section 5.4 wants it unpredictable; 128 bits never repeat by chance.
function makeCnonce(): string {
  let hex = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) hex += byte.toString(16).padStart(2, "0");
  return hex;
}
