/** Header fields of a message (RFC 9110 section 5): the Fetch interface, which also keeps order, case and repeats. */
import { argumentError } from "./errors.ts";
import { parseHeaderBlock } from "./fields/header-block.ts";
import { isFieldValue, isToken } from "./grammar.ts";
import { redactHeader, show } from "./redact.ts";

/** One value; null removes a default of the same name, undefined says nothing. */
export type HeaderValue = string | number | boolean | null | undefined;

/** Whatever header fields can be given as. A list in a record repeats the field. */
export type HeadersInit =
  | Headers
  | Iterable<readonly [string, HeaderValue]>
  | { readonly [name: string]: HeaderValue | readonly (string | number)[] };

/**
 * Case-insensitive header fields. Names and values are checked when set: a name must be a token, a value must be
 * free of CR, LF, NUL and other control bytes and lie in Latin-1 (RFC 9110 sections 5.1 and 5.5).
 *
 * Iteration is Fetch's (lower case, sorted, combined); {@link Headers.raw} keeps what was given.
 * @throws {TypeError} when a name or a value is not allowed; the message names the field, never its value.
 */
export class Headers implements Iterable<[string, string]> {
  // Three columns: names as given, names in lower case, values.
  #names: string[] = [];
  #keys: string[] = [];
  #values: string[] = [];

  constructor(init?: HeadersInit | globalThis.Headers | null) {
    if (init) for (const [name, value] of headerEntries(init)) if (value !== null) this.append(name, value);
  }

  /** Fields that a parser has checked already, taken as they are. For transports. */
  static fromRaw(pairs: Iterable<readonly [string, string]>): Headers {
    const headers = new Headers();
    for (const [name, value] of pairs) headers.#push(name, name.toLowerCase(), value);
    return headers;
  }

  /** Every field in order, with the case it was given in. */
  get raw(): [name: string, value: string][] {
    return this.#names.map((name, index) => [name, this.#values[index] as string]);
  }

  /** The values of a field joined by ", ", or null. */
  get(name: string): string | null {
    const values = this.getAll(name);
    return values.length > 0 ? values.join(", ") : null;
  }

  /** Every value of a field, in order. */
  getAll(name: string): string[] {
    const key = toKey(name);
    return this.#values.filter((_, index) => this.#keys[index] === key);
  }

  /** Every `Set-Cookie` value; they cannot be joined. */
  getSetCookie(): string[] {
    return this.getAll("set-cookie");
  }

  has(name: string): boolean {
    return this.#keys.includes(toKey(name));
  }

  /** Gives a field one value. It keeps the place of the first field of that name. */
  set(name: string, value: string | number | boolean): void {
    const checked = check(name, value);
    const key = toKey(name);
    const first = this.#keys.indexOf(key);
    if (first < 0) {
      this.#push(name, key, checked);
      return;
    }
    this.#names[first] = name;
    this.#values[first] = checked;
    if (this.#keys.indexOf(key, first + 1) >= 0)
      this.#filter((other, index) => other !== key || index === first);
  }

  append(name: string, value: string | number | boolean): void {
    this.#push(name, toKey(name), check(name, value));
  }

  delete(name: string): void {
    const key = toKey(name);
    if (this.#keys.includes(key)) this.#filter((other) => other !== key);
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
    for (const [name, value] of this) callback.call(thisArg, value, name, this);
  }

  *entries(): IterableIterator<[string, string]> {
    for (const key of [...new Set(this.#keys)].sort()) {
      if (key === "set-cookie") for (const value of this.getAll(key)) yield [key, value];
      else yield [key, this.get(key) as string];
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
    copy.#names = this.#names.slice();
    copy.#keys = this.#keys.slice();
    copy.#values = this.#values.slice();
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
    this.#filter(passes);
  }

  /** The fields as an object, with credentials and cookies hidden. */
  toJSON(): Record<string, string> {
    return Object.fromEntries([...this].map(([name, value]) => [name, redactHeader(name, value)]));
  }

  toString(): string {
    return `Headers ${JSON.stringify(this)}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  get [Symbol.toStringTag](): string {
    return "Headers";
  }

  #push(name: string, key: string, value: string): void {
    this.#names.push(name);
    this.#keys.push(key);
    this.#values.push(value);
  }

  #filter(passes: (key: string, index: number) => boolean): void {
    const kept = this.#keys.map(passes);
    const keep = <T>(column: T[]): T[] => column.filter((_, index) => kept[index]);
    this.#names = keep(this.#names);
    this.#values = keep(this.#values);
    this.#keys = keep(this.#keys);
  }
}

/**
 * The header fields of a block of text, as it stands on the wire (RFC 9112 section 5).
 * @throws {RemoteProtocolError} when a line is malformed or too long, or there are too many.
 */
export function parseHeaders(text: string): Headers {
  return Headers.fromRaw(parseHeaderBlock(text));
}

/** The names and values of any accepted shape; null stands for "remove", undefined is left out. */
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
      if (value !== undefined) yield [name, value === null ? null : coerce(name, value)];
    }
  }
}

function toKey(name: string): string {
  return String(name).toLowerCase();
}

function coerce(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw argumentError(`Cannot set header ${show(name)}: value must be a string: ${typeof value}`);
}

function check(name: string, value: unknown): string {
  if (!isToken(name))
    throw argumentError(`Cannot set header ${show(name)}: name must be a token of RFC 9110`);
  const text = trim(coerce(name, value));
  if (!isFieldValue(text)) {
    throw argumentError(
      `Cannot set header ${show(name)}: value must not hold control characters or characters beyond Latin-1`,
    );
  }
  return text;
}

/** Without leading and trailing SP and HTAB. `String.trim` takes more: line breaks, and U+00A0, which is obs-text. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(char: string | undefined): boolean {
  return char === " " || char === "\t";
}
