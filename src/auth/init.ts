/** From what callers give as `auth` to the flow that it means. */
import { argumentError } from "../errors.ts";
import type { Request } from "../request.ts";
import type { Auth } from "./auth.ts";
import { BasicAuth } from "./basic.ts";
import { FunctionAuth } from "./function.ts";

/** How to authenticate: user name and password for Basic, an auth flow, or a function that edits the request. */
export type AuthInit =
  | readonly [username: string, password: string]
  | Auth
  | ((request: Request) => Request | void | Promise<Request | void>);

/** The flow that an `auth` option means. @throws {TypeError} when it means none. */
export function toAuth(init: AuthInit): Auth {
  // By what it can do: an Auth of another copy of the package is one too.
  if (typeof init === "object" && "authFlow" in init) return init;
  if (Array.isArray(init) && init.length === 2) return new BasicAuth(init[0], init[1]);
  if (typeof init === "function") {
    if ((init.prototype as object | undefined) && "authFlow" in init.prototype) {
      throw argumentError(`Cannot use auth: it is a class; give an object of it: new ${init.name}(...)`);
    }
    return new FunctionAuth(init);
  }
  throw argumentError("Cannot use auth: must be [username, password], an Auth, a function or null");
}
