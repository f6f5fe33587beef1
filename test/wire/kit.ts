/** What the wire tests share. */
import { onTestFinished } from "vitest";
import type { HTTPError } from "../../src/errors.ts";
import { NodeTransport } from "../../src/transports/node.ts";

/** A transport that closes with its test. */
export function open(): NodeTransport {
  const transport = new NodeTransport();
  onTestFinished(() => transport.close());
  return transport;
}

/** What a promise rejected with. */
export async function fault(promise: Promise<unknown>): Promise<HTTPError> {
  return promise.then(
    () => {
      throw new Error("Nothing was rejected");
    },
    (error) => error,
  );
}
