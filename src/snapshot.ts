/** Reads what a caller gave once, and only what is its own: what a polluted prototype offers is never read. */
import { argumentError } from "./errors.ts";

/**
 * A copy, without prototype, of an object's own properties.
 * @throws {TypeError} when it is something else than an object, null or undefined.
 */
export function snapshot<T extends object>(value: T | null | undefined): T {
  if (value !== null && value !== undefined && typeof value !== "object") {
    throw argumentError(`Cannot read options: must be an object: ${typeof value}`);
  }
  // Engines make such a literal faster than `Object.create(null)`, and keep its shape.
  return Object.assign({ __proto__: null } as object, value) as T;
}
