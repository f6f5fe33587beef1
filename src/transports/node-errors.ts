/** What Node's sockets, TLS, zlib and undici report, as errors of ours. A table; does no I/O. */
import {
  ClientClosedError,
  ConnectError,
  ConnectTimeoutError,
  DecodeError,
  type ErrorContext,
  isHTTPError,
  LocalProtocolError,
  NetworkError,
  ReadError,
  ReadTimeoutError,
  RemoteProtocolError,
  TLSError,
  TransportError,
  WriteError,
} from "../errors.ts";
import { show } from "../redact.ts";
import type { Request } from "../request.ts";

/** How far an exchange had come: no connection yet, request on its way, head awaited, body awaited; or nobody knows. */
export type Stage = "connect" | "write" | "read" | "body" | "unknown";

type ErrorClass = new (
  message: string,
  context?: ErrorContext,
) => TransportError | DecodeError | ClientClosedError;

/** The class of a fault (null: as the stage has it) and the fault in words. */
type Rule = readonly [kind: ErrorClass | null, words: string];

const BY_STAGE: Readonly<Record<Stage, ErrorClass>> = {
  connect: ConnectError,
  write: WriteError,
  read: ReadError,
  body: ReadError,
  unknown: NetworkError,
};

// "HOST" stands for the host of the request.
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  // name look-up and connect: libuv's and the operating system's codes
  ["ENOTFOUND", [ConnectError, "the host name HOST was not found"]],
  ["EAI_AGAIN", [ConnectError, "the name server did not answer for HOST"]],
  ["EAI_NODATA", [ConnectError, "the host name HOST has no address"]],
  ["EAI_NONAME", [ConnectError, "the host name HOST was not found"]],
  ["EAI_FAIL", [ConnectError, "the look-up of HOST failed"]],
  ["ECONNREFUSED", [ConnectError, "HOST refused the connection"]],
  ["EHOSTUNREACH", [null, "HOST cannot be reached"]],
  ["EHOSTDOWN", [null, "HOST is down"]],
  ["ENETUNREACH", [null, "the network of HOST cannot be reached"]],
  ["ENETDOWN", [null, "the network is down"]],
  ["EADDRNOTAVAIL", [ConnectError, "no local address or port is free"]],
  ["EADDRINUSE", [ConnectError, "the local address is in use"]],
  ["EACCES", [ConnectError, "the system does not allow the connection"]],
  ["EPERM", [ConnectError, "the system does not allow the connection"]],
  ["EMFILE", [ConnectError, "this process has too many open files"]],
  ["ENFILE", [ConnectError, "the system has too many open files"]],
  ["ENOBUFS", [null, "the system has no buffer space"]],
  ["ENOENT", [ConnectError, "the socket file does not exist"]],
  // a connection that breaks
  ["ECONNRESET", [null, "the server reset the connection"]],
  ["ECONNABORTED", [null, "the connection was given up by the system"]],
  ["EPIPE", [null, "the server closed the connection"]],
  ["ENOTCONN", [null, "the connection is closed"]],
  ["ETIMEDOUT", [null, "the connection timed out in the network"]],
  ["ERR_STREAM_PREMATURE_CLOSE", [null, "the connection was closed too early"]],
  ["ERR_STREAM_DESTROYED", [null, "the connection was closed too early"]],
  ["UND_ERR_SOCKET", [null, "the server closed the connection before the response was complete"]],
  [
    "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
    [ReadError, "the server closed the connection before the end of the body"],
  ],
  ["HPE_INVALID_EOF_STATE", [ReadError, "the server closed the connection before the response was complete"]],
  // undici's own timers, which run only under Node's fetch
  ["UND_ERR_CONNECT_TIMEOUT", [ConnectTimeoutError, "no connection in time"]],
  ["UND_ERR_HEADERS_TIMEOUT", [ReadTimeoutError, "no response in time"]],
  ["UND_ERR_BODY_TIMEOUT", [ReadTimeoutError, "no more bytes of the body in time"]],
  // broken rules
  ["UND_ERR_HEADERS_OVERFLOW", [RemoteProtocolError, "its header section is too large"]],
  [
    "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
    [LocalProtocolError, "the body is not as long as its Content-Length says"],
  ],
  ["UND_ERR_INVALID_ARG", [LocalProtocolError, "HTTP does not allow it"]],
  ["UND_ERR_NOT_SUPPORTED", [LocalProtocolError, "it cannot be sent over HTTP/1.1"]],
  ["UND_ERR_DESTROYED", [ClientClosedError, "the transport was closed"]],
  ["UND_ERR_CLOSED", [ClientClosedError, "the transport was closed"]],
  // TLS: OpenSSL's verdicts on a certificate
  ["CERT_HAS_EXPIRED", [TLSError, "the certificate of HOST has expired"]],
  ["CERT_NOT_YET_VALID", [TLSError, "the certificate of HOST is not valid yet"]],
  ["CERT_REVOKED", [TLSError, "the certificate of HOST was revoked"]],
  ["CERT_SIGNATURE_FAILURE", [TLSError, "the certificate of HOST has a wrong signature"]],
  ["CERT_UNTRUSTED", [TLSError, "the certificate of HOST is not trusted"]],
  ["CERT_REJECTED", [TLSError, "the certificate of HOST was rejected"]],
  ["CERT_CHAIN_TOO_LONG", [TLSError, "the chain of certificates of HOST is too long"]],
  ["INVALID_CA", [TLSError, "an authority in the chain of HOST is none"]],
  ["INVALID_PURPOSE", [TLSError, "the certificate of HOST is not for servers"]],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", [TLSError, "the certificate of HOST is self-signed"]],
  [
    "SELF_SIGNED_CERT_IN_CHAIN",
    [TLSError, "the certificate of HOST comes from an authority that is not trusted"],
  ],
  [
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    [TLSError, "the certificate of HOST comes from an authority that is not trusted"],
  ],
  [
    "UNABLE_TO_GET_ISSUER_CERT",
    [TLSError, "the certificate of HOST comes from an authority that is not known"],
  ],
  [
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    [TLSError, "the certificate of HOST comes from an authority that is not known"],
  ],
  ["HOSTNAME_MISMATCH", [TLSError, "the certificate is not valid for HOST"]],
  ["ERR_TLS_CERT_ALTNAME_INVALID", [TLSError, "the certificate is not valid for HOST"]],
  ["ERR_SSL_WRONG_VERSION_NUMBER", [TLSError, "HOST does not speak TLS on this port"]],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", [TLSError, "HOST does not speak TLS on this port"]],
  ["EPROTO", [TLSError, "HOST does not speak TLS on this port"]],
]);

/** The error that `fault` means for a request that had come as far as `stage`. Errors of ours are returned as they are. */
export function toError(fault: unknown, stage: Stage, request: Request): Error {
  if (isHTTPError(fault)) return fault;
  const source = withCode(fault);
  const [kind, words] = ruleOf(source, stage, request);
  const { code } = source;
  const reason = words.replace("HOST", request.url.hostname);
  return new kind(`Cannot ${actionOf(kind)} ${request}: ${reason}${code ? ` (${code})` : ""}`, {
    request,
    cause: fault,
  });
}

interface Coded {
  readonly code?: string | undefined;
  readonly name?: string;
  readonly message?: string;
  readonly syscall?: string;
}

/** The error that carries the code: itself, or one that it wraps, as Node's fetch does; else the innermost. */
function withCode(fault: unknown): Coded {
  let error: unknown = fault;
  let innermost: Coded = { message: String(fault) };
  // A chain of causes is short; a crafted one may be endless.
  for (let depth = 0; depth < 5 && typeof error === "object" && error !== null; depth++) {
    const { code, cause, name, message } = error as Error & { code?: unknown };
    if (typeof code === "string" || name === "HTTPParserError") return error as Coded;
    innermost = { name, message };
    error = cause;
  }
  return innermost;
}

function ruleOf(error: Coded, stage: Stage, request: Request): readonly [ErrorClass, string] {
  const { code = "", message = "", name } = error;
  const place = stage === "unknown" ? placeOf(error) : stage;
  // An answer of 101, or any answer while none is due.
  if (code === "UND_ERR_SOCKET" && message.startsWith("bad ")) {
    return [RemoteProtocolError, `the server sent a response that was not asked for: ${message.slice(4)}`];
  }
  if (code === "ECONNRESET" && place === "connect" && request.url.protocol === "https:") {
    return [TLSError, "HOST closed the connection during the TLS handshake"];
  }
  // undici says this of every broken rule while a length is announced; within the body only a missing end can break one.
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH" && place !== "body") {
    return [RemoteProtocolError, "its header section breaks HTTP/1.1"];
  }
  const reason = name === "HTTPParserError" ? (/\((.*)\)/.exec(message)?.[1] ?? message) : undefined;
  if (reason && /EOF/.test(reason))
    return [ReadError, "the server closed the connection before the response was complete"];
  const rule = RULES.get(code);
  if (rule) return [rule[0] ?? BY_STAGE[place], rule[1]];
  if (reason || code.startsWith("HPE_"))
    return [RemoteProtocolError, `it breaks HTTP/1.1: ${show(reason ?? message)}`];
  if (
    code.startsWith("Z_") ||
    code.startsWith("ZSTD_") ||
    /^ERR_(?:_?ERROR_|BROTLI|ZSTD|TRAILING_JUNK)/.test(code)
  ) {
    return [DecodeError, "its content coding is corrupt or cut short"];
  }
  // An alert may come late: TLS 1.3 lets the client send before the server has judged its certificate.
  if (/^ERR_(?:SSL|TLS)_/.test(code) && (place === "connect" || code.includes("ALERT"))) {
    return [TLSError, "the TLS handshake with HOST failed"];
  }
  // Node's own fetch bounds them as we do.
  if (message.includes("content-encodings")) return [DecodeError, "it names too many content codings"];
  if (place === "unknown" && !code) return [TransportError, show(message).slice(1, -1)];
  return [BY_STAGE[place], "the connection failed"];
}

/** Node's fetch tells by the system call how far it had come. */
function placeOf({ code, syscall }: Coded): Stage {
  if (syscall === "connect" || syscall === "getaddrinfo") return "connect";
  if (syscall === "write") return "write";
  if (code === undefined) return "unknown";
  return /^ERR_(?:SSL|TLS)_/.test(code) ? "connect" : "read";
}

function actionOf(kind: ErrorClass): string {
  const is = (parent: ErrorClass) => kind === parent || kind.prototype instanceof parent;
  if (is(ConnectError) || is(ConnectTimeoutError)) return "connect for";
  if (is(WriteError) || is(LocalProtocolError) || is(ClientClosedError) || kind === TransportError)
    return "send";
  return is(NetworkError) && !is(ReadError) ? "send" : "read the response to";
}
