/** Faults that a runtime tells apart by nothing but their text, as errors of ours. Decides; does no I/O. */
import {
  ConnectError,
  DecodeError,
  type ErrorContext,
  type NetworkError,
  ReadError,
  RemoteProtocolError,
} from "../errors.ts";
import type { Request } from "../request.ts";

type Fault = new (message: string, context: ErrorContext) => Error;

/** A part of the runtime's text, the class of the fault, and the fault in words; "HOST" stands for the host. */
export type FaultRule = readonly [text: string, kind: Fault, words: string];

// What the client was about when it failed.
const ACTIONS: ReadonlyMap<Fault, string> = new Map<Fault, string>([
  [ReadError, "read the response to"],
  [RemoteProtocolError, "read the response to"],
  [DecodeError, "decode the body of"],
]);

/** The error of the first rule whose text occurs in what the runtime said; else one of `otherwise`. */
export function toFault(
  error: unknown,
  request: Request,
  rules: readonly FaultRule[],
  otherwise: typeof NetworkError | typeof ReadError,
): Error {
  const text = textOf(error);
  const [, kind, words] = rules.find(([part]) => text.includes(part)) ?? [
    "",
    otherwise,
    "the network failed",
  ];
  const connects = kind === ConnectError || kind.prototype instanceof ConnectError;
  const action = ACTIONS.get(kind) ?? (connects ? "connect for" : "send");
  return new kind(`Cannot ${action} ${request}: ${words.replace("HOST", request.url.hostname)}`, {
    request,
    cause: error,
  });
}

/** The messages of an error and of what it wraps. */
function textOf(error: unknown): string {
  const texts: string[] = [];
  let current = error;
  // A chain of causes is short; a crafted one may be endless.
  for (let depth = 0; depth < 5 && typeof current === "object" && current !== null; depth++) {
    const { name, message, cause } = current as Error;
    texts.push(`${name}: ${message}`);
    current = cause;
  }
  return texts.join("\n");
}
