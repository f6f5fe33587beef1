/** A scheme of one's own: a Bearer token that is refreshed when the server says that it has run out. */
import { Auth, Request, type Response } from "saluki";

interface Tokens {
  access_token: string;
  refresh_token: string;
}

export class TokenAuth extends Auth {
  readonly #tokenURL: string;
  #tokens: Tokens;

  constructor(tokenURL: string, tokens: Tokens) {
    super();
    this.#tokenURL = tokenURL;
    this.#tokens = tokens;
  }

  /** Yields what to send, gets back what came, and never touches the network itself. */
  override async *authFlow(request: Request): AsyncGenerator<Request, void, Response> {
    request.headers.set("Authorization", `Bearer ${this.#tokens.access_token}`);
    const response = yield request;
    if (response.status !== 401) return;

    const form = { grant_type: "refresh_token", refresh_token: this.#tokens.refresh_token };
    const refreshed = yield new Request("POST", this.#tokenURL, { data: form });
    if (!refreshed.ok) return;
    this.#tokens = await refreshed.json<Tokens>();

    const again = request.clone();
    again.headers.set("Authorization", `Bearer ${this.#tokens.access_token}`);
    yield again;
  }
}
