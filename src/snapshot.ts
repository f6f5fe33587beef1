/** A null-prototype copy of an object's own properties: what a polluted prototype offers is never read. */
export function snapshot<T extends object>(value: T | null | undefined): T {
  return Object.assign(Object.create(null) as T, value);
}
