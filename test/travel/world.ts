/** A client whose servers are functions: "host/path" to an answer. Keeps every request that was sent. */
import { Client } from "../../src/client.ts";
import type { ClientOptions } from "../../src/options.ts";
import type { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";
import { MockTransport } from "../../src/transports/mock.ts";

export type Answer = (request: Request) => Response | Promise<Response>;

export interface World {
  readonly client: Client;
  readonly sent: Request[];
}

export function world(answers: Record<string, Answer>, options: ClientOptions = {}): World {
  const sent: Request[] = [];
  const transport = new MockTransport((request) => {
    sent.push(request);
    const answer = answers[request.url.host + request.url.pathname];
    return answer ? answer(request) : new Response("nothing here", { status: 404 });
  });
  return { sent, client: new Client({ transport, ...options }) };
}

/** Answers with a redirect. */
export const to =
  (location: string, status = 302): Answer =>
  () =>
    new Response(null, { status, headers: { location } });

/** Answers 200. */
export const ok: Answer = () => new Response("ok");

/** What a call rejected with. */
export async function failure(promise: PromiseLike<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error("The call did not reject");
}
