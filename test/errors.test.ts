import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import * as errors from "../src/errors.ts";
import { argumentError, type HTTPError, isHTTPError } from "../src/errors.ts";
import { Request } from "../src/request.ts";
import { Response } from "../src/response.ts";

/** The tree of the contract: each class under its parent. */
const TREE: Record<string, string> = {
  RequestError: "HTTPError",
  TransportError: "RequestError",
  TimeoutError: "TransportError",
  ConnectTimeoutError: "TimeoutError",
  ReadTimeoutError: "TimeoutError",
  WriteTimeoutError: "TimeoutError",
  PoolTimeoutError: "TimeoutError",
  TotalTimeoutError: "TimeoutError",
  NetworkError: "TransportError",
  ConnectError: "NetworkError",
  TLSError: "ConnectError",
  ReadError: "NetworkError",
  WriteError: "NetworkError",
  CloseError: "NetworkError",
  ProtocolError: "TransportError",
  LocalProtocolError: "ProtocolError",
  RemoteProtocolError: "ProtocolError",
  ProxyError: "TransportError",
  UnsupportedProtocolError: "TransportError",
  DecodeError: "RequestError",
  ValidationError: "RequestError",
  ResponseTooLargeError: "RequestError",
  TooManyRedirectsError: "RequestError",
  AuthError: "RequestError",
  HTTPStatusError: "HTTPError",
  StreamError: "HTTPError",
  StreamConsumedError: "StreamError",
  StreamClosedError: "StreamError",
  ResponseNotReadError: "StreamError",
  RequestNotReadError: "StreamError",
  InvalidURLError: "HTTPError",
  CookieConflictError: "HTTPError",
  ClientClosedError: "HTTPError",
  UnsupportedError: "HTTPError",
};

const CODES: Record<string, string> = {
  HTTPError: "ERR_HTTP",
  TLSError: "ERR_TLS",
  HTTPStatusError: "ERR_HTTP_STATUS",
  InvalidURLError: "ERR_INVALID_URL",
  ConnectTimeoutError: "ERR_CONNECT_TIMEOUT",
  TooManyRedirectsError: "ERR_TOO_MANY_REDIRECTS",
  ResponseNotReadError: "ERR_RESPONSE_NOT_READ",
  UnsupportedProtocolError: "ERR_UNSUPPORTED_PROTOCOL",
};

type Kind = new (message: string, context?: object) => HTTPError;
const classes = Object.entries(errors).filter(([name]) => /Error$/.test(name) && /^[A-Z]/.test(name)) as [
  string,
  Kind,
][];
const kind = (name: string) => Object.fromEntries(classes)[name] as Kind;

test("The tree has every class of the contract and no other", () => {
  expect(classes.map(([name]) => name).sort()).toEqual(["HTTPError", ...Object.keys(TREE)].sort());
});

describe.each(classes)("%s", (name, Kind) => {
  const request = new Request("GET", "https://u:TAINT-1@a.test/?token=TAINT-2", {
    headers: { Authorization: "Bearer TAINT-3" },
  });
  const response = new Response("TAINT-4", { status: 404, headers: { "Set-Cookie": "a=TAINT-5" } });
  const cause = new Error("underneath");
  const error = new Kind("Cannot do it", { request, response, cause, issues: [], history: [response] });

  test("stands where the tree says, with its name and code", () => {
    expect(Object.getPrototypeOf(Kind)).toBe(name === "HTTPError" ? Error : kind(TREE[name] as string));
    expect([error.name, error.message, String(error)]).toEqual([
      name,
      "Cannot do it",
      `${name}: Cannot do it`,
    ]);
    const snake = name
      .replace(/Error$/, "")
      .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
      .toUpperCase();
    expect(error.code).toBe(CODES[name] ?? `ERR_${snake}`);
    expect(isHTTPError(error)).toBe(true);
    expect(error).toBeInstanceOf(Error);
  });

  test("knows its exchange and its cause", () => {
    expect([error.request, error.response, error.cause]).toEqual([request, response, cause]);
    const bare = new Kind("Cannot do it", { issues: [], history: [] });
    expect([bare.request, bare.response, "cause" in bare]).toEqual([undefined, undefined, false]);
  });

  test("shows no secret in any dump, nor to who walks it", () => {
    const dumps = [inspect(error, { depth: 10 }), JSON.stringify(error), String(error), error.stack];
    dumps.push(inspect(structuredClone(error), { depth: 10 }), inspect({ ...error }, { depth: 10 }));
    dumps.push(JSON.stringify(Object.getOwnPropertyNames(error).map((key) => (error as never)[key])));
    for (const dump of dumps) expect(dump).not.toContain("TAINT");
  });
});

test("isHTTPError knows errors of another copy of the package, and nothing else", () => {
  const foreign = Object.assign(new Error("x"), { [Symbol.for("saluki.error")]: true });
  expect(isHTTPError(foreign)).toBe(true);
  for (const value of [null, undefined, "HTTPError", 5, {}, new Error("x"), argumentError("x")]) {
    expect(isHTTPError(value)).toBe(false);
  }
});

test("argumentError is a TypeError with a code", () => {
  const error = argumentError("Cannot do it");
  expect(error).toBeInstanceOf(TypeError);
  expect([error.name, error.code, error.message]).toEqual([
    "TypeError",
    "ERR_INVALID_ARGUMENT",
    "Cannot do it",
  ]);
});
