/** A function as an authentication scheme: whatever it does to a request is the scheme. */
import { argumentError } from "../errors.ts";
import type { Request } from "../request.ts";
import type { Response } from "../response.ts";
import { Auth } from "./auth.ts";

/** Edits the request, or returns the one to send instead. */
export type AuthFunction = (request: Request) => Request | void | Promise<Request | void>;

/**
 * Calls a function on every request, when headers and body are final.
 * @throws {TypeError} when `authorize` is no function.
 */
export class FunctionAuth extends Auth {
  readonly #authorize: AuthFunction;

  constructor(authorize: AuthFunction) {
    super();
    if (typeof authorize !== "function") {
      throw argumentError(
        `Cannot use auth: must be a function: ${authorize === null ? "null" : typeof authorize}`,
      );
    }
    this.#authorize = authorize;
  }

  override async *authFlow(request: Request): AsyncGenerator<Request, void, Response> {
    yield (await this.#authorize(request)) ?? request;
  }
}
