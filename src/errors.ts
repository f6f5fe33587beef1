/**
 * Every way a call can fail, as one tree. Decides nothing; each error is made where its fact is known.
 *
 * ```
 * HTTPError
 * ├─ RequestError
 * │  ├─ TransportError
 * │  │  ├─ TimeoutError ── ConnectTimeoutError ReadTimeoutError WriteTimeoutError PoolTimeoutError TotalTimeoutError
 * │  │  ├─ NetworkError ── ConnectError (TLSError below it) ReadError WriteError CloseError
 * │  │  ├─ ProtocolError ── LocalProtocolError RemoteProtocolError
 * │  │  ├─ ProxyError
 * │  │  └─ UnsupportedProtocolError
 * │  ├─ DecodeError   ├─ ValidationError   ├─ ResponseTooLargeError   ├─ TooManyRedirectsError   └─ AuthError
 * ├─ HTTPStatusError
 * ├─ StreamError ── StreamConsumedError StreamClosedError ResponseNotReadError RequestNotReadError
 * ├─ InvalidURLError   ├─ CookieConflictError   ├─ ClientClosedError   └─ UnsupportedError
 * ```
 *
 * Arguments of a wrong kind are a `TypeError`; an abort rejects with the reason of its signal.
 */
import type { Request } from "./request.ts";
import type { Response } from "./response.ts";

/** What an error knows about the exchange that it ended. */
export interface ErrorContext {
  /** The request that failed. */
  request?: Request | undefined;
  /** The response, where one was received. */
  response?: Response | undefined;
  /** The fault underneath, as the runtime reported it. */
  cause?: unknown;
}

// Two copies of this module (ESM beside CommonJS) must know each other's errors, so the brand is a registered symbol.
const BRAND: unique symbol = Symbol.for("saluki.error") as never;

/** The root of the tree: everything that Saluki throws, except `TypeError` for wrong arguments. */
export class HTTPError extends Error {
  override readonly name: string = "HTTPError";
  // Private, so that a logged error shows its message and not two whole messages of HTTP.
  #request: Request | undefined;
  #response: Response | undefined;

  constructor(message: string, context?: ErrorContext) {
    super(message, context?.cause === undefined ? undefined : { cause: context.cause });
    Object.defineProperty(this, BRAND, { value: true });
    this.#request = context?.request;
    this.#response = context?.response;
  }

  /** The error as it may be written down; request and response stay out. */
  toJSON(): unknown {
    const { name, code, message } = this;
    return { name, code, message };
  }

  /** Stable, for programs: the name in capitals, such as `ERR_CONNECT_TIMEOUT` for `ConnectTimeoutError`. */
  get code(): string {
    return `ERR_${this.name
      .slice(0, -"Error".length)
      .replace(/([a-z])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, "$1$2_")
      .toUpperCase()}`;
  }

  /** The request that failed; undefined where there was none yet. */
  get request(): Request | undefined {
    return this.#request;
  }

  set request(request: Request | undefined) {
    this.#request = request;
  }

  /** The response that led to the error; undefined where none was received. */
  get response(): Response | undefined {
    return this.#response;
  }

  set response(response: Response | undefined) {
    this.#response = response;
  }
}

/** True for an error of this tree, also when another copy of the package made it. */
export function isHTTPError(value: unknown): value is HTTPError {
  return typeof value === "object" && value !== null && BRAND in value;
}

/** A `TypeError` for an argument that is wrong, with `code` `ERR_INVALID_ARGUMENT`. */
export function argumentError(message: string): TypeError & { code: string } {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARGUMENT" });
}

/** A request could not be carried through. */
export class RequestError extends HTTPError {
  override readonly name: string = "RequestError";
}

/** No complete response was obtained from the wire. */
export class TransportError extends RequestError {
  override readonly name: string = "TransportError";
}

/** A phase took longer than its limit. */
export class TimeoutError extends TransportError {
  override readonly name: string = "TimeoutError";
}

/** No connection within `timeout.connect`. */
export class ConnectTimeoutError extends TimeoutError {
  override readonly name: string = "ConnectTimeoutError";
}

/** Silence longer than `timeout.read` while waiting for the response or its next bytes. */
export class ReadTimeoutError extends TimeoutError {
  override readonly name: string = "ReadTimeoutError";
}

/** The peer took no bytes of the request for longer than `timeout.write`. */
export class WriteTimeoutError extends TimeoutError {
  override readonly name: string = "WriteTimeoutError";
}

/** No free connection of the pool within `timeout.pool`. */
export class PoolTimeoutError extends TimeoutError {
  override readonly name: string = "PoolTimeoutError";
}

/** The whole call, redirects and auth legs and body included, took longer than `timeout.total`. */
export class TotalTimeoutError extends TimeoutError {
  override readonly name: string = "TotalTimeoutError";
}

/** The network failed. */
export class NetworkError extends TransportError {
  override readonly name: string = "NetworkError";
}

/** No connection could be made: name not found, refused, unreachable. Nothing was sent. */
export class ConnectError extends NetworkError {
  override readonly name: string = "ConnectError";
}

/** The TLS handshake failed, or the certificate is not trusted. Nothing was sent. */
export class TLSError extends ConnectError {
  override readonly name: string = "TLSError";
}

/** The connection broke while the response was awaited or read. */
export class ReadError extends NetworkError {
  override readonly name: string = "ReadError";
}

/** The connection broke while the request was written. */
export class WriteError extends NetworkError {
  override readonly name: string = "WriteError";
}

/** The connection could not be closed in order. */
export class CloseError extends NetworkError {
  override readonly name: string = "CloseError";
}

/** One side broke the protocol. */
export class ProtocolError extends TransportError {
  override readonly name: string = "ProtocolError";
}

/** The request breaks HTTP and was not sent. */
export class LocalProtocolError extends ProtocolError {
  override readonly name: string = "LocalProtocolError";
}

/** What the server sent breaks HTTP. */
export class RemoteProtocolError extends ProtocolError {
  override readonly name: string = "RemoteProtocolError";
}

/** The proxy refused, or could not be spoken to. */
export class ProxyError extends TransportError {
  override readonly name: string = "ProxyError";
}

/** The URL's scheme is not http or https. */
export class UnsupportedProtocolError extends TransportError {
  override readonly name: string = "UnsupportedProtocolError";
}

/** The body is not what it says it is: invalid JSON, corrupt or truncated content coding. */
export class DecodeError extends RequestError {
  override readonly name: string = "DecodeError";
}

/** The body does not satisfy the schema it was read with. */
export class ValidationError extends RequestError {
  override readonly name: string = "ValidationError";
  /** What the schema found wrong, in its own words. */
  readonly issues: readonly unknown[];

  constructor(message: string, context: ErrorContext & { issues: readonly unknown[] }) {
    super(message, context);
    this.issues = context.issues;
  }
}

/** The body grew over `maxResponseSize` and was cut off. */
export class ResponseTooLargeError extends RequestError {
  override readonly name: string = "ResponseTooLargeError";
}

/** More redirects than `maxRedirects`. */
export class TooManyRedirectsError extends RequestError {
  override readonly name: string = "TooManyRedirectsError";
  readonly #history: readonly Response[];

  constructor(message: string, context: ErrorContext & { history: readonly Response[] }) {
    super(message, context);
    this.#history = context.history;
  }

  /** Every response received, oldest first. */
  get history(): readonly Response[] {
    return this.#history;
  }
}

/** An auth flow could not do its work. */
export class AuthError extends RequestError {
  override readonly name: string = "AuthError";
}

/** The response says that the request failed (RFC 9110 sections 15.5 and 15.6). */
export class HTTPStatusError extends HTTPError {
  override readonly name: string = "HTTPStatusError";

  override get request(): Request {
    return super.request as Request;
  }

  override get response(): Response {
    return super.response as Response;
  }

  /** The status of the response. */
  get status(): number {
    return this.response.status;
  }
}

/** A body was used in a way its state does not allow. */
export class StreamError extends HTTPError {
  override readonly name: string = "StreamError";
}

/** A body that can be read once was wanted twice. */
export class StreamConsumedError extends StreamError {
  override readonly name: string = "StreamConsumedError";
}

/** The body was released before it was read. */
export class StreamClosedError extends StreamError {
  override readonly name: string = "StreamClosedError";
}

/** `response.content` of a body that is still on the wire. */
export class ResponseNotReadError extends StreamError {
  override readonly name: string = "ResponseNotReadError";
}

/** `request.content` of a body that is an unread stream. */
export class RequestNotReadError extends StreamError {
  override readonly name: string = "RequestNotReadError";
}

/** The URL cannot be used. */
export class InvalidURLError extends HTTPError {
  override readonly name: string = "InvalidURLError";
}

/** Several cookies have the name that was asked for. */
export class CookieConflictError extends HTTPError {
  override readonly name: string = "CookieConflictError";
}

/** The client was used after `close()`. */
export class ClientClosedError extends HTTPError {
  override readonly name: string = "ClientClosedError";
}

/** This runtime cannot do what was asked; the message names the way out. */
export class UnsupportedError extends HTTPError {
  override readonly name: string = "UnsupportedError";
}
