/** What one origin remembers between requests. The journal and the gates may be shared with other origins. */
import type { NonceBook } from "./digest/nonces.ts";
import type { Gates } from "./gates.ts";
import type { Journal } from "./journal.ts";
import type { TokenBook } from "./tokens.ts";

export interface World {
  readonly origin: string;
  readonly journal: Journal;
  readonly gates: Gates;
  readonly nonces: NonceBook;
  readonly tokens: TokenBook;
  /** How often an endpoint with a memory was asked, by a name that the test chose. */
  readonly counters: Map<string, number>;
}
