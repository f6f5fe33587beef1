/** The Basic scheme (RFC 7617): user name and password with every request. */
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";
import { Auth } from "./auth.ts";
import { checkSecret, checkUsername, toByteString } from "./credentials.ts";

/** The `Authorization` (or `Proxy-Authorization`) value for a user, in UTF-8 (RFC 7617 section 2.1). */
export function basicCredentials(username: string, password: string): string {
  return `Basic ${btoa(toByteString(`${checkUsername(username)}:${checkSecret("password", password)}`))}`;
}

/**
 * Sends user name and password at once, with every request. Anyone who can read the request can read them: use https.
 * @throws {TypeError} when either is no string or holds a control character, or the user name holds a colon.
 */
export class BasicAuth extends Auth {
  readonly #credentials: string;

  constructor(username: string, password: string) {
    super();
    this.#credentials = basicCredentials(username, password);
  }

  override *authFlow(request: Request): Generator<Request, void, Response> {
    request.headers.set("Authorization", this.#credentials);
    yield request;
  }
}
