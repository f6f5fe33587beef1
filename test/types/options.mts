/** What compiles against the built types, and what must not. Nothing here runs. */
import saluki, { Auth, BasicAuth, Client, DigestAuth, get, type Request, type Response } from "saluki";

interface User {
  name: string;
}

// Results

export const user: User = await get("https://a.test").json<User>();
export const text: string = await get("https://a.test").text();
export const response: Response = await saluki.post("https://a.test", { json: { a: 1 } });
export const chained: Response = response.raiseForStatus();
export const unknownJson: unknown = await response.json();

// Clients

const client = new Client({
  baseUrl: new URL("https://a.test/"),
  headers: { "X-Number": "1", "X-Removed": null },
  params: { page: 1, all: true, tags: ["a", "b"], none: undefined },
  timeout: { connect: 1_000, total: null },
  auth: ["user", "password"],
  hooks: { request: [(request) => request.headers.set("X-Hook", "1")] },
  raiseForStatus: true,
});
client.auth = new DigestAuth("user", "password");
client.auth = null;
await client.get("users", { signal: AbortSignal.timeout(1), auth: new BasicAuth("user", "password") });
await using stream = await client.stream("GET", "/large");
void stream;

// Options

// @ts-expect-error An option that does not exist
new Client({ followRedirect: true });
// @ts-expect-error An option of another type
new Client({ timeout: "1s" });
// @ts-expect-error An option of a client that a request does not have
await client.get("/", { baseUrl: "https://b.test" });
// @ts-expect-error A URL is needed
await client.get();
// @ts-expect-error Credentials come in pairs
await client.get("/", { auth: ["user"] });

// Auth flows

export class Twice extends Auth {
  override *authFlow(request: Request): Generator<Request, void, Response> {
    const answer = yield request;
    if (answer.status === 401) yield request.clone();
  }
}
export class Async extends Auth {
  override async *authFlow(request: Request): AsyncGenerator<Request, void, Response> {
    yield request;
  }
}
export class Wrong extends Auth {
  // @ts-expect-error A flow yields requests
  override *authFlow(): Generator<string, void, Response> {
    yield "request";
  }
}
