/** The cookies that one response set, as they were sent. Keeps nothing and judges nothing. */
import { readSetCookie, type SetCookie } from "./fields/set-cookie.ts";

/** Reads the `Set-Cookie` fields of one response. */
export class ResponseCookies implements Iterable<SetCookie> {
  readonly #cookies: SetCookie[];

  constructor(lines: readonly string[]) {
    this.#cookies = lines.flatMap((line) => readSetCookie(line) ?? []);
  }

  /** The value of a cookie, or undefined; of several with one name the last. */
  get(name: string): string | undefined {
    return this.#cookies.findLast((cookie) => cookie.name === name)?.value;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Names and values. */
  toObject(): Record<string, string> {
    return Object.assign(
      Object.create(null) as Record<string, string>,
      Object.fromEntries(this.#cookies.map(({ name, value }) => [name, value])),
    );
  }

  [Symbol.iterator](): Iterator<SetCookie> {
    return this.#cookies[Symbol.iterator]();
  }

  /** The names; values are hidden. */
  toJSON(): string[] {
    return this.#cookies.map(({ name }) => name);
  }
}
