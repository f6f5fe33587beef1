/** What the tests of the models share: odd characters for every text input, and the fault that a call throws. */

/** A character and how to call it: every byte, what has no byte, line separators, halves of a surrogate pair. */
export const CHARACTERS: readonly (readonly [name: string, char: string])[] = [
  ...Array.from({ length: 256 }, (_, code) => code),
  0x100,
  0x10a,
  0x10d,
  0x2028,
  0x20ac,
  0xd83d,
  0xde00,
  0xfffd,
  0xfeff,
].map((code) => [`U+${code.toString(16).padStart(4, "0").toUpperCase()}`, String.fromCharCode(code)]);

/** True for half of a surrogate pair. */
export const isHalf = (char: string): boolean => /^[\ud800-\udfff]$/.test(char);

/** Class, code and message of what a function throws; undefined when it throws nothing. */
export function fault(
  run: () => unknown,
): readonly [name: string, code: string, message: string] | undefined {
  try {
    run();
  } catch (error) {
    return describe(error);
  }
  return undefined;
}

/** The same of what a promise rejects with. */
export async function rejection(
  promise: Promise<unknown>,
): Promise<readonly [name: string, code: string, message: string] | undefined> {
  try {
    await promise;
  } catch (error) {
    return describe(error);
  }
  return undefined;
}

function describe(error: unknown): readonly [name: string, code: string, message: string] {
  const { name, code, message } = error as Error & { code: string };
  return [name, code, message];
}
