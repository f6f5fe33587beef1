/** Drives the auth flow of a hop: sends what it yields, hands it what came back. Loaded when a call has auth. */
import type { Auth } from "./auth/auth.ts";
import { AuthError, argumentError } from "./errors.ts";
import type { Authenticate } from "./exchange.ts";
import { Request } from "./request.ts";

// RFC 7616 needs two legs, three with a stale nonce; a token refresh in between makes five.
const MAX_LEGS = 6;

/** What runs this auth on each hop that it may run on. */
export function authenticateWith(auth: Auth): Authenticate {
  return async (request, send, history) => {
    if (auth.scope !== "any" && request.extensions.crossOrigin) return send(request);
    if (auth.requiresRequestBody) await request.read();
    // The flow edits a copy, so that the next hop starts from what the caller gave.
    const flow = auth.authFlow(request.clone());
    if (typeof flow?.next !== "function") {
      throw argumentError(
        `Cannot authenticate ${request}: authFlow must be a generator (*authFlow): ${typeof flow}`,
      );
    }
    try {
      let step = await flow.next();
      for (let legs = 1; !step.done; legs++) {
        const response = await send(checkLeg(request, step.value, legs));
        try {
          if (auth.requiresResponseBody) await response.read();
          step = await flow.next(response);
        } catch (error) {
          await response.close();
          throw error;
        }
        if (step.done) return response;
        await response.close();
        history.push(response);
      }
    } finally {
      await flow.return();
    }
    throw new AuthError(`Cannot authenticate ${request}: the auth flow yielded no request`, { request });
  };
}

function checkLeg(request: Request, leg: unknown, legs: number): Request {
  if (!(leg instanceof Request)) {
    throw argumentError(`Cannot authenticate ${request}: the auth flow must yield a Request: ${typeof leg}`);
  }
  if (legs <= MAX_LEGS) return leg;
  throw new AuthError(`Cannot authenticate ${request}: the auth flow took more than ${MAX_LEGS} legs`, {
    request,
  });
}
