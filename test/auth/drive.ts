/** Runs auth flows by hand: the server is a function, and every request is seen as it went out. */
import type { Auth } from "../../src/auth/auth.ts";
import type { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";

/** One exchange as the server saw it. */
export interface Leg {
  readonly request: Request;
  /** The Authorization header at the time of sending. */
  readonly authorization: string | null;
  readonly response: Response;
}

export type Server = (request: Request) => Response;

/** Every exchange of one flow, in order. */
export async function drive(auth: Auth, request: Request, server: Server): Promise<Leg[]> {
  const legs: Leg[] = [];
  const flow = auth.authFlow(request);
  try {
    let step = await flow.next();
    while (!step.done) {
      const sent = step.value;
      const authorization = sent.headers.get("authorization");
      const response = server(sent);
      legs.push({ request: sent, authorization, response });
      step = await flow.next(response);
    }
  } finally {
    await flow.return();
  }
  return legs;
}

/** The parameters of an Authorization value of the Digest scheme, with quotes undone. */
export function readAnswer(authorization: string | null): Record<string, string> {
  if (!authorization?.startsWith("Digest ")) throw new Error(`Not a Digest answer: ${authorization}`);
  const found: Record<string, string> = {};
  for (const [, name = "", quoted, token = ""] of authorization
    .slice(7)
    .matchAll(/([\w*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))(?:, |$)/g)) {
    if (name in found) throw new Error(`${name} is given twice`);
    found[name] = quoted?.replace(/\\(.)/g, "$1") ?? token;
  }
  return found;
}

/** A 401 with these challenges, each in a line of its own. */
export function challenge(...lines: string[]): Response {
  return new Response(null, { status: 401, headers: lines.map((line) => ["WWW-Authenticate", line]) });
}
