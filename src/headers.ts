/** Header fields of a message (RFC 9110 section 5): the Fetch interface, which also keeps order, case and repeats. */
import { argumentError } from "./errors.ts";
import { parseHeaderBlock } from "./fields/header-block.ts";
import { isFieldValue, isToken, trimBlanks } from "./grammar.ts";
import { redactHeader, show } from "./redact.ts";
import { Shown } from "./shown.ts";

/** One value; null removes a default of the same name, undefined says nothing. */
export type HeaderValue = string | number | boolean | null | undefined;

/** Whatever header fields can be given as. A list in a record repeats the field. */
export type HeadersInit =
  | Headers
  | Iterable<readonly [string, HeaderValue]>
  | { readonly [name: string]: HeaderValue | readonly (string | number)[] };

/** A field: its name as it was given, in lower case, and its value. */
type Field = readonly [name: string, key: string, value: string];

/**
 * Case-insensitive header fields. Names and values are checked when set: a name must be a token, a value must be
 * free of CR, LF, NUL and other control bytes and lie in Latin-1 (RFC 9110 sections 5.1 and 5.5).
 *
 * Iteration is Fetch's (lower case, sorted, combined); {@link Headers.raw} keeps what was given.
 * @throws {TypeError} when a name or a value is not allowed; the message names the field, never its value.
 */
export class Headers extends Shown implements Iterable<[string, string]> {
  #fields: Field[] = [];
  #sorted: [string, string][] | undefined;

  constructor(init?: HeadersInit | globalThis.Headers | null) {
    super();
    if (init === undefined || init === null) return;
    for (const [name, value] of headerEntries(init)) if (value !== null) this.append(name, value);
  }

  /** Fields that a parser has checked already, taken as they are. For transports. */
  static fromRaw(pairs: Iterable<readonly [string, string]>): Headers {
    const headers = new Headers();
    for (const [name, value] of pairs) headers.#fields.push([name, name.toLowerCase(), value]);
    return headers;
  }

  /** Every field in order, with the case it was given in. */
  get raw(): [name: string, value: string][] {
    return this.#fields.map(([name, , value]) => [name, value]);
  }

  /** The values of a field joined by ", ", or null. */
  get(name: string): string | null {
    const values = this.getAll(name);
    return values.length > 0 ? values.join(", ") : null;
  }

  /** Every value of a field, in order. */
  getAll(name: string): string[] {
    const key = toKey(name);
    return this.#fields.filter((field) => field[1] === key).map((field) => field[2]);
  }

  /** Every `Set-Cookie` value; they cannot be joined. */
  getSetCookie(): string[] {
    return this.getAll("set-cookie");
  }

  has(name: string): boolean {
    const key = toKey(name);
    return this.#fields.some((field) => field[1] === key);
  }

  /** Gives a field one value. It keeps the place of the first field of that name. */
  set(name: string, value: string | number | boolean): void {
    const field = toField(name, value);
    const first = this.#fields.findIndex((other) => other[1] === field[1]);
    if (first < 0) return this.append(name, value);
    this.#change(this.#fields.filter((other, index) => index <= first || other[1] !== field[1]));
    this.#fields[first] = field;
  }

  append(name: string, value: string | number | boolean): void {
    this.#fields.push(toField(name, value));
    this.#sorted = undefined;
  }

  delete(name: string): void {
    const key = toKey(name);
    this.keep((other) => other !== key);
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
    for (const [name, value] of this) callback.call(thisArg, value, name, this);
  }

  *entries(): IterableIterator<[string, string]> {
    // Rule (Web IDL, "value iterator"): a change during the iteration shows in what is still to come.
    for (let index = 0; ; index++) {
      const entry = (this.#sorted ??= this.#sort())[index];
      if (!entry) return;
      yield [...entry];
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  /** A copy that changes on its own. */
  clone(): Headers {
    const copy = new Headers();
    copy.#fields = [...this.#fields];
    return copy;
  }

  /** Lays other fields over these: a name given there replaces all of that name here, null removes it. */
  merge(init: HeadersInit | globalThis.Headers | null | undefined): this {
    if (!init) return this;
    const seen = new Set<string>();
    for (const [name, value] of headerEntries(init)) {
      const key = toKey(name);
      if (value === null) this.delete(name);
      else if (seen.has(key)) this.append(name, value);
      else this.set(name, value);
      seen.add(key);
    }
    return this;
  }

  /** Drops every field whose lower-case name does not pass. */
  keep(passes: (key: string) => boolean): void {
    this.#change(this.#fields.filter((field) => passes(field[1])));
  }

  /** The fields as an object, with credentials and cookies hidden. */
  toJSON(): Record<string, string> {
    return Object.fromEntries([...this].map(([name, value]) => [name, redactHeader(name, value)]));
  }

  override toString(): string {
    return `Headers ${JSON.stringify(this)}`;
  }

  get [Symbol.toStringTag](): string {
    return "Headers";
  }

  #change(fields: Field[]): void {
    this.#fields = fields;
    this.#sorted = undefined;
  }

  #sort(): [string, string][] {
    return [...new Set(this.#fields.map((field) => field[1]))]
      .sort()
      .flatMap((key): [string, string][] =>
        key === "set-cookie"
          ? this.getAll(key).map((value) => [key, value])
          : [[key, this.get(key) as string]],
      );
  }
}

/**
 * The header fields of a block of text, as it stands on the wire (RFC 9112 section 5).
 * @throws {RemoteProtocolError} when a line is malformed or too long, or there are too many.
 */
export function parseHeaders(text: string | null | undefined): Headers {
  return Headers.fromRaw(parseHeaderBlock(text ?? ""));
}

/** The names and values of any accepted shape, unchecked; null stands for "remove", undefined is left out. */
export function* headerEntries(init: HeadersInit | globalThis.Headers): Iterable<[string, string | null]> {
  if (typeof init !== "object") {
    throw argumentError(`Cannot read headers: must be an object, pairs or Headers: ${typeof init}`);
  }
  if (init instanceof Headers) return yield* init.raw;
  const pairs =
    Symbol.iterator in init
      ? (init as Iterable<readonly [string, HeaderValue]>)
      : Object.entries(init as object);
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw argumentError("Cannot read headers: a list must hold pairs of name and value");
    }
    const [name, given] = pair as [string, unknown];
    for (const value of Array.isArray(given) ? given : [given]) {
      if (value !== undefined) yield [name, value as string | null];
    }
  }
}

/** A checked field. The value is made text once, before it is looked at. */
function toField(name: string, given: unknown): Field {
  const key = toKey(name);
  const fail = (why: string): never => {
    throw argumentError(`Cannot set header ${show(name)}: value must ${why}`);
  };
  if (!/^(?:string|number|boolean)$/.test(typeof given)) fail(`be a string: ${typeof given}`);
  const value = trimBlanks(String(given));
  if (!isFieldValue(value)) fail("not hold control characters or characters beyond Latin-1");
  return [name, key, value];
}

function toKey(name: string): string {
  if (typeof name === "string" && isToken(name)) return name.toLowerCase();
  // What follows a colon is the value, where a whole line was taken for a name.
  const start = typeof name === "string" ? show(name.replace(/:.*/s, ":…")) : typeof name;
  throw argumentError(`Cannot use header ${start}: name must be a token of RFC 9110`);
}
