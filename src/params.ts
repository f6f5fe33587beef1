/** Query and form fields: from the shapes callers give to the application/x-www-form-urlencoded text they become. */
import { argumentError } from "./errors.ts";
import { show } from "./redact.ts";
import { isWellFormed } from "./source.ts";

/** One value. undefined is left out; null is left out and removes a default of the same name. */
export type ParamValue = string | number | bigint | boolean | null | undefined;

/** Fields of a query or a form. A list repeats its key; a string is taken as it is. */
export type ParamsInit =
  | string
  | URLSearchParams
  | Iterable<readonly [string, ParamValue]>
  | { readonly [name: string]: ParamValue | readonly ParamValue[] };

/** A key with its encoded field, or null where the key is to be removed. */
type Field = readonly [key: string, encoded: string | null];

/** The names and values of any accepted shape; null stands for null, undefined is left out. */
export function* paramEntries(
  init: Exclude<ParamsInit, string>,
  option = "params",
): Iterable<[string, string | null]> {
  if (typeof init !== "object" || init === null) {
    throw argumentError(`Cannot read ${option}: must be an object, pairs or URLSearchParams: ${typeof init}`);
  }
  const pairs = Symbol.iterator in init ? init : Object.entries(init);
  for (const pair of pairs as Iterable<readonly [string, unknown]>) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw argumentError(`Cannot read ${option}: a list must hold pairs of name and value`);
    }
    const [name, given] = pair as [string, unknown];
    for (const value of Array.isArray(given) ? given : [given]) {
      const key = coerce(option, "name", name);
      if (value === null) yield [key, null];
      else if (value !== undefined) yield [key, coerce(option, show(key), value)];
    }
  }
}

/** Query text of several layers; a key of a later layer replaces that key of the earlier ones. */
export function mergeParams(...layers: (ParamsInit | null | undefined)[]): string {
  let merged: Field[] = [];
  for (const layer of layers) {
    if (layer === undefined || layer === null) continue;
    const fields = [...toFields(layer)];
    if (merged.length > 0) {
      const replaced = new Set(fields.map(([key]) => key));
      merged = merged.filter(([key]) => !replaced.has(key));
    }
    merged.push(...fields);
  }
  return merged.flatMap(([, encoded]) => (encoded === null ? [] : [encoded])).join("&");
}

/** Form text: null and undefined are left out. */
export function encodeForm(init: Exclude<ParamsInit, string>): string {
  return new URLSearchParams(formEntries(init)).toString();
}

/** Form fields with null and undefined left out. */
export function formEntries(init: Exclude<ParamsInit, string>): [string, string][] {
  return [...paramEntries(init, "data")].filter((entry): entry is [string, string] => entry[1] !== null);
}

function* toFields(init: ParamsInit): Iterable<Field> {
  if (typeof init === "string") {
    if (/[\0-\x1f]/.test(init) || !isWellFormed(init)) {
      throw argumentError(
        "Cannot read params: text must not hold control characters or half of a surrogate pair",
      );
    }
    for (const field of init.replace(/^\?/, "").split("&")) {
      if (field) yield [[...new URLSearchParams(`?${field}`).keys()][0] ?? "", field];
    }
    return;
  }
  for (const [key, value] of paramEntries(init)) {
    yield [key, value === null ? null : new URLSearchParams([[key, value]]).toString()];
  }
}

function coerce(option: string, what: string, value: unknown): string {
  const fail = (why: string): never => {
    throw argumentError(`Cannot use ${option} ${what}: ${why}`);
  };
  if (!/^(?:string|number|bigint|boolean)$/.test(typeof value)) {
    fail(`must be a string, number, boolean or a list of them: ${typeof value}`);
  }
  const text = String(value);
  if (!isWellFormed(text)) fail("it holds half of a surrogate pair");
  return text;
}
