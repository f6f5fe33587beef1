/** Everything that is public. Names only; the code is where its name says. */
export { default, del, get, head, options, patch, post, put, request, type Saluki, stream } from "./api.ts";
export { Auth, type AuthFlow, type AuthScope } from "./auth/auth.ts";
export { BasicAuth } from "./auth/basic.ts";
export { BearerAuth } from "./auth/bearer.ts";
export { DigestAuth, type DigestOptions } from "./auth/digest.ts";
export { FunctionAuth } from "./auth/function.ts";
export type { AuthInit } from "./auth/init.ts";
export { NetRCAuth } from "./auth/netrc.ts";
export type { Body, BodyInit } from "./body.ts";
export { Client } from "./client.ts";
export {
  type CookieFilter,
  type CookieOptions,
  type CookieRecord,
  Cookies,
  type CookiesInit,
} from "./cookies.ts";
export {
  AuthError,
  ClientClosedError,
  CloseError,
  ConnectError,
  ConnectTimeoutError,
  CookieConflictError,
  DecodeError,
  HTTPError,
  HTTPStatusError,
  InvalidURLError,
  isHTTPError,
  LocalProtocolError,
  NetworkError,
  PoolTimeoutError,
  ProtocolError,
  ProxyError,
  ReadError,
  ReadTimeoutError,
  RemoteProtocolError,
  RequestError,
  RequestNotReadError,
  ResponseNotReadError,
  ResponseTooLargeError,
  StreamClosedError,
  StreamConsumedError,
  StreamError,
  TimeoutError,
  TLSError,
  TooManyRedirectsError,
  TotalTimeoutError,
  TransportError,
  UnsupportedError,
  UnsupportedProtocolError,
  ValidationError,
  WriteError,
  WriteTimeoutError,
} from "./errors.ts";
export { type CacheControl, parseCacheControl } from "./fields/cache-control.ts";
export { type ContentDisposition, parseContentDisposition } from "./fields/content-disposition.ts";
export { type ContentType, parseContentType } from "./fields/content-type.ts";
export { parseHTTPDate } from "./fields/date.ts";
export { type Link, parseLink } from "./fields/link.ts";
export { parseRetryAfter } from "./fields/retry-after.ts";
export { type Challenge, parseChallenges } from "./fields/www-authenticate.ts";
export { Headers, type HeadersInit, type HeaderValue, parseHeaders } from "./headers.ts";
export type { FileInit, FilesInit } from "./multipart.ts";
export type {
  ClientOptions,
  ErrorHook,
  Hooks,
  Logger,
  RequestHook,
  RequestOptions,
  ResponseHook,
} from "./options.ts";
export type { ParamsInit, ParamValue } from "./params.ts";
export {
  type BodyOptions,
  type PhaseTimeouts,
  type Progress,
  Request,
  type RequestExtensions,
} from "./request.ts";
export { Response } from "./response.ts";
export type { ResponseCookies } from "./response-cookies.ts";
export type { ResponseInit } from "./response-head.ts";
export type { ResponsePromise } from "./response-promise.ts";
export type { StandardSchema } from "./schema.ts";
export type { SendOptions } from "./session.ts";
export type { ByteSource } from "./source.ts";
export { codes, reasonPhrase } from "./status.ts";
export type { DefaultEncoding } from "./text.ts";
export type { TimeoutInit, TimeoutOptions, Timeouts } from "./timeouts.ts";
export { type AppHandler, AppTransport } from "./transports/app.ts";
export { FetchTransport, type FetchTransportOptions } from "./transports/fetch.ts";
export { type MockHandler, MockTransport } from "./transports/mock.ts";
export type { Transport } from "./transports/transport.ts";
export { VERSION } from "./version.ts";
