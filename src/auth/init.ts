/** From what callers give as `auth` to the flow that it means. */
import { argumentError } from "../errors.ts";
import type { Request } from "../request.ts";
import { Auth } from "./auth.ts";
import { BasicAuth } from "./basic.ts";
import { FunctionAuth } from "./function.ts";

/** How to authenticate: user name and password for Basic, an auth flow, or a function that edits the request. */
export type AuthInit =
  | readonly [username: string, password: string]
  | Auth
  | ((request: Request) => Request | void | Promise<Request | void>);

/** The flow that an `auth` option means. @throws {TypeError} when it means none. */
export function toAuth(init: AuthInit): Auth {
  if (init instanceof Auth) return init;
  if (Array.isArray(init) && init.length === 2) return new BasicAuth(init[0], init[1]);
  if (typeof init === "function") return new FunctionAuth(init);
  throw argumentError("Cannot use auth: must be [username, password], an Auth, a function or null");
}
