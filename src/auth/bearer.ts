/** The Bearer scheme (RFC 6750): a token with every request. Does not obtain or refresh tokens by itself. */
import { argumentError } from "../errors.ts";
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";
import { Auth, type AuthFlow } from "./auth.ts";

/** Gives the token; called for every request, so it may answer with a fresh one each time. */
export type TokenSource = () => string | Promise<string>;

/**
 * Sends a token at once, with every request.
 * @throws {TypeError} when the token, given or made by the function, is empty or holds anything but visible ASCII.
 */
export class BearerAuth extends Auth {
  readonly #token: string | TokenSource;

  constructor(token: string | TokenSource) {
    super();
    this.#token = typeof token === "function" ? token : checkToken(token);
  }

  override authFlow(request: Request): AuthFlow {
    return typeof this.#token === "string" ? send(request, this.#token) : ask(request, this.#token);
  }
}

function* send(request: Request, token: string): Generator<Request, void, Response> {
  request.headers.set("Authorization", `Bearer ${token}`);
  yield request;
}

async function* ask(request: Request, source: TokenSource): AsyncGenerator<Request, void, Response> {
  yield* send(request, checkToken(await source()));
}

// RFC 6750 section 2.1 allows b64token alone, but servers issue tokens such as "12|abc": any visible ASCII will do.
function checkToken(token: unknown): string {
  if (typeof token !== "string") throw argumentError(`Cannot use token: must be a string: ${typeof token}`);
  if (/^[!-~]+$/.test(token)) return token;
  throw argumentError("Cannot use token: must be visible ASCII characters without blanks");
}
