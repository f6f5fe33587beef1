/** The promise that a call returns, with the shortcuts to its body. */
import type { Response } from "./response.ts";
import type { StandardSchema } from "./schema.ts";

/**
 * A promise of a response. The shortcuts skip the response, so they check its status first: they reject with
 * `HTTPStatusError` on 4xx and 5xx.
 */
export class ResponsePromise extends Promise<Response> {
  // What `then` returns is a plain promise: it may hold anything.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** A promise for what the function will bring. */
  static from(work: () => Promise<Response>): ResponsePromise {
    return new ResponsePromise((resolve) => resolve(work()));
  }

  json<T = unknown>(): Promise<T>;
  json<T>(schema: StandardSchema<T>): Promise<T>;
  json(schema?: StandardSchema): Promise<unknown> {
    return this.then((response) => response.raiseForStatus().json(schema as StandardSchema));
  }

  text(): Promise<string> {
    return this.then((response) => response.raiseForStatus().text());
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.then((response) => response.raiseForStatus().bytes());
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.then((response) => response.raiseForStatus().arrayBuffer());
  }

  blob(): Promise<Blob> {
    return this.then((response) => response.raiseForStatus().blob());
  }

  formData(): Promise<FormData> {
    return this.then((response) => response.raiseForStatus().formData());
  }
}
