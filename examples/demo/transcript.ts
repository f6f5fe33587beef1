/** Writes down every exchange as it happens. Knows no terminal and no page: those give it a `Teller`. */
import type { Request, Response, Transport } from "saluki";

export type Kind = "title" | "note" | "sent" | "received" | "header" | "fact" | "fault";

/** Shows one line of the transcript. */
export type Teller = (kind: Kind, text: string) => void;

/** The headers that matter to the story; a real exchange has more. */
const SENT = ["Authorization", "Cookie", "Content-Type"];
const RECEIVED = ["WWW-Authenticate", "Authentication-Info", "Location", "Set-Cookie", "Content-Type"];

/** A transport around another one, so it sees what really goes out: each leg, each hop, each cookie. */
export class TranscriptTransport implements Transport {
  readonly #inner: Transport;
  readonly #tell: Teller;

  constructor(inner: Transport, tell: Teller) {
    this.#inner = inner;
    this.#tell = tell;
  }

  async handleRequest(request: Request): Promise<Response> {
    this.#tell("sent", `${request.method} ${redactURL(request.url)}`);
    this.#headers(request.headers, SENT);
    try {
      const response = await this.#inner.handleRequest(request);
      this.#tell("received", `${response.status} ${response.statusText}`.trim());
      this.#headers(response.headers, RECEIVED);
      return response;
    } catch (error) {
      this.#tell("fault", String(error));
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#inner.close?.();
  }

  #headers(headers: Request["headers"], names: readonly string[]): void {
    for (const name of names) {
      for (const value of headers.getAll(name)) this.#tell("header", `${name}: ${redactHeader(name, value)}`);
    }
  }
}

const HIDDEN = "[redacted]";

/** The value without what only the two sides may know. */
export function redactHeader(name: string, value: string): string {
  switch (name.toLowerCase()) {
    case "authorization":
      // The rest of a Digest header is no secret, and is what there is to see.
      if (/^digest /i.test(value)) return value.replace(/\bresponse="[^"]*"/i, `response="${HIDDEN}"`);
      return value.includes(" ") ? `${value.split(" ", 1)[0]} ${HIDDEN}` : HIDDEN;
    case "authentication-info":
      return value.replace(/\brspauth="[^"]*"/i, `rspauth="${HIDDEN}"`);
    case "cookie":
      return value.replaceAll(/=[^;]*/g, `=${HIDDEN}`);
    case "set-cookie":
      return value.replace(/=[^;]*/, `=${HIDDEN}`);
    case "location":
      return URL.canParse(value) ? redactURL(new URL(value)) : value.replace(/\?.*/, "?...");
    default:
      return value;
  }
}

/** The URL without user name, password and the values of its query. */
export function redactURL(url: URL): string {
  const names = [...url.searchParams.keys()].map((name) => `${name}=...`);
  return `${url.origin}${url.pathname}${names.length > 0 ? `?${names.join("&")}` : ""}`;
}
