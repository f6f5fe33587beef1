/** Subresource integrity on runtimes whose fetch takes the option and checks nothing. */
import { UnsupportedError } from "../errors.ts";
import type { Request } from "../request.ts";

/** No fetch options. @throws {UnsupportedError} when the request asks for an integrity check. */
export function refuseIntegrity(request: Request, name: string): Record<string, unknown> {
  if (!request.extensions.fetchOptions?.integrity) return {};
  throw new UnsupportedError(
    `Cannot send ${request}: ${name} does not check fetchOptions.integrity; compare the digest of the body yourself`,
    { request },
  );
}
