/** `client.fetch` is a fetch, so any SDK that accepts one gets the client's auth, cookies and limits of time. */
import { Client, DigestAuth } from "saluki";
import { PASSWORD, USER } from "./server/people.ts";
import { startServer } from "./server/server.ts";

/** An SDK as many are: it knows nothing but fetch. */
class ReportsSDK {
  readonly options: { baseURL: string; fetch: typeof fetch };
  constructor(options: { baseURL: string; fetch: typeof fetch }) {
    this.options = options;
  }
  async read(name: string): Promise<{ scheme: string; user: string }> {
    const response = await this.options.fetch(new URL(`/private/digest/${name}`, this.options.baseURL));
    if (!response.ok) throw new Error(`Cannot read report: ${response.status}`);
    return (await response.json()) as { scheme: string; user: string };
  }
}

const server = await startServer();
await using client = new Client({ auth: new DigestAuth(USER, PASSWORD) });
const { scheme, user } = await new ReportsSDK({ baseURL: server.url, fetch: client.fetch }).read("may");
console.log(`${user} by ${scheme}`);
await server.close();
