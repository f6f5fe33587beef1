/** A request: valid when made, open to change until it is sent. */
import { Body, type BodyInit, fromJSON, toBody } from "./body.ts";
import { argumentError, RequestNotReadError } from "./errors.ts";
import { parseContentType } from "./fields/content-type.ts";
import { isToken } from "./grammar.ts";
import { Headers, type HeadersInit, headerEntries } from "./headers.ts";
import { type FilesInit, fromFormData, toMultipart } from "./multipart.ts";
import { encodeForm, formEntries, type ParamsInit } from "./params.ts";
import { redactUrl, show } from "./redact.ts";
import { Shown } from "./shown.ts";
import { snapshot } from "./snapshot.ts";
import { isA, toBytes } from "./source.ts";
import { addParams, resolveUrl, takeUserinfo } from "./url.ts";

/** Limits of silence, in milliseconds, of the phases of an exchange; null waits for ever. */
export interface PhaseTimeouts {
  connect: number | null;
  read: number | null;
  write: number | null;
  pool: number | null;
}

/** How far a body has come. */
export interface Progress {
  /** Bytes so far. */
  readonly transferred: number;
  /** Bytes in all, where they are known. */
  readonly total?: number;
  /** Bytes per second since the start. */
  readonly rate: number;
}

/** What a request tells its transport beyond HTTP. Unknown keys are left alone. */
export interface RequestExtensions {
  timeout?: PhaseTimeouts;
  /** Options for the platform's fetch. */
  fetchOptions?: RequestInit;
  /** What a platform that redirects by itself shall do. */
  redirect?: "follow" | "manual";
  /** What the caller says of redirects, for a platform that follows them by itself. */
  maxRedirects?: number;
  redirectHeaders?: readonly string[];
  /** True once a redirect chain has left its first origin. */
  crossOrigin?: boolean;
  onUploadProgress?: (progress: Progress) => void;
  [key: string]: unknown;
}

/** At most one body. */
export interface BodyOptions {
  /** Any value that JSON can hold, null included. */
  json?: unknown;
  /** Form fields; with `files` they become parts. */
  data?: Exclude<ParamsInit, string>;
  /** Files of a multipart form. */
  files?: FilesInit;
  /** Anything else: text, bytes, Blob, FormData, stream, iterable, or a function that makes one each time. */
  body?: BodyInit | null;
}

/** What a request is made of. The other options of a call may stand beside these; sending reads them. */
export interface RequestParts extends BodyOptions {
  /** Appended to the URL's own query. */
  params?: ParamsInit;
  headers?: HeadersInit | globalThis.Headers;
  /** Aborts the call; it then rejects with the signal's reason. */
  signal?: AbortSignal | null;
  extensions?: RequestExtensions;
}

/** What a client lays under its requests, once it is known where they go. */
export interface RequestDefaults {
  readonly base: URL | null;
  /** A copy of the default headers that may go to this URL. */
  headersFor(url: URL): Headers;
  /** The default query fields that may go to this URL. */
  paramsFor(url: URL): ParamsInit | null;
}

/** What a request was given, as far as sending must know. */
export interface Given {
  readonly settings: Readonly<Record<string, unknown>>;
  /** User name and password of the URL, decoded. */
  readonly userinfo: readonly [username: string, password: string] | undefined;
  /** The Authorization value that came from a client's defaults. */
  readonly inheritedAuthorization: string | null;
}

// Fetch upper-cases the first six (Fetch standard, "normalize a method"); the rest are registered too, and no
// server tells "patch" from "PATCH" on purpose. Methods beyond these are case-sensitive and kept as they are.
const KNOWN_METHODS = /^(?:CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|QUERY|TRACE)$/i;

/** The options that a request is made of; sending reads the others. */
const PARTS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "json",
  "data",
  "files",
  "body",
  "params",
  "headers",
  "signal",
  "extensions",
]);

/**
 * A request. Auth flows and hooks edit it in place before it is sent.
 * @throws {TypeError} when the method, an option or a header is not allowed, or two bodies are given.
 * @throws {InvalidURLError} when the URL cannot be used.
 * @throws {UnsupportedProtocolError} when its scheme is not http or https.
 */
export class Request extends Shown {
  /** Absolute, http or https, without userinfo. */
  url: URL;
  headers: Headers;
  /** For the transport: `timeout`, `target`, ... */
  extensions: RequestExtensions;
  signal: AbortSignal | undefined;
  /** The body and what is known of it; null for none. */
  body: Body | null;
  #method: string;
  #given: Given;

  constructor(
    method: string,
    url: string | URL,
    options?: RequestParts & { readonly [setting: string]: unknown },
    defaults?: RequestDefaults,
  ) {
    super();
    this.#method = checkMethod(method);
    const own = snapshot(options);
    const { signal } = own;
    if (signal && typeof signal.addEventListener !== "function")
      throw argumentError(`Cannot use option "signal": must be an AbortSignal: ${typeof signal}`);
    this.signal = signal ?? undefined;
    this.extensions = snapshot(own.extensions);
    this.url = resolveUrl(url, defaults?.base);
    const userinfo = takeUserinfo(this.url);
    addParams(this.url, defaults?.paramsFor(this.url), own.params);
    this.headers = defaults?.headersFor(this.url) ?? new Headers();
    const inheritedAuthorization = this.headers.get("authorization");
    const headers = own.headers ? [...headerEntries(own.headers)] : [];
    this.headers.merge(headers);
    const declared = this.headers.get("content-type");
    this.body = readBody(own, boundaryOf(declared));
    const type = this.body?.type ?? null;
    const boundary = boundaryOf(type);
    const unwanted = headers.some(([name, value]) => value === null && /^content-type$/i.test(name));
    // A multipart body goes out with the boundary that it was built with, whatever a default says.
    if (type && !unwanted && (declared === null || (boundary && boundary !== boundaryOf(declared)))) {
      this.headers.set("Content-Type", type);
    }
    const settings: Record<string, unknown> = Object.create(null);
    for (const key of Object.keys(own))
      if (!PARTS.has(key) && own[key] !== undefined) settings[key] = own[key];
    this.#given = { settings, userinfo, inheritedAuthorization };
    if (settings.auth && this.hasOwnAuthorization) {
      throw argumentError("Cannot use auth and an Authorization header on one request: give one of them");
    }
  }

  /** Registered methods in capitals, others as they were given. */
  get method(): string {
    return this.#method;
  }

  set method(method: string) {
    this.#method = checkMethod(method);
  }

  /** What the request was made with and sending has to know. */
  get given(): Given {
    return this.#given;
  }

  /** True when its Authorization header is the request's own, not a default of the client. */
  get hasOwnAuthorization(): boolean {
    const value = this.headers.get("authorization");
    return value !== null && value !== this.#given.inheritedAuthorization;
  }

  /**
   * The body in memory; empty when there is none.
   * @throws {RequestNotReadError} while it is a stream that `read()` has not read.
   */
  get content(): Uint8Array<ArrayBuffer> {
    if (!this.body) return new Uint8Array(0);
    if (this.body.bytes) return this.body.bytes;
    throw new RequestNotReadError("Cannot give content: the body is a stream; call read() first", {
      request: this,
    });
  }

  /** Reads the body to memory; from then on it can be replayed. */
  async read(): Promise<Uint8Array<ArrayBuffer>> {
    await this.body?.read();
    return this.content;
  }

  /** A request of its own that shares the body. */
  clone(): Request {
    const copy = new Request(this.method, this.url);
    copy.headers = this.headers.clone();
    copy.extensions = snapshot(this.extensions);
    copy.signal = this.signal;
    copy.body = this.body;
    copy.#given = this.#given;
    return copy;
  }

  /** The request as it may be shown. */
  toJSON(): unknown {
    return { method: this.method, url: redactUrl(this.url), headers: this.headers };
  }

  override toString(): string {
    return `${this.method} ${redactUrl(this.url)}`;
  }
}

function checkMethod(method: unknown): string {
  if (typeof method !== "string" || !isToken(method)) {
    throw argumentError(
      `Cannot make request: method must be a token of RFC 9110: ${typeof method === "string" ? show(method) : typeof method}`,
    );
  }
  const known = KNOWN_METHODS.test(method) ? method.toUpperCase() : method;
  if (known === "CONNECT")
    throw argumentError("Cannot make request: CONNECT is made by a proxy setting only");
  return known;
}

/** The one body among the options. */
function readBody(options: BodyOptions, boundary: string | undefined): Body | null {
  const { json, data, files, body } = options;
  const given = Object.entries({ json, "data or files": data ?? files, body: body ?? undefined }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length > 1) {
    throw argumentError(`Cannot send two bodies: ${given.map(([name]) => name).join(" and ")} were given`);
  }
  if (files !== undefined && files !== null) {
    return toMultipart(data ? formEntries(data) : [], files, boundary);
  }
  if (data !== undefined && data !== null) {
    if (typeof data === "string")
      throw argumentError("Cannot send data: must be form fields; use body for text");
    return new Body({ bytes: toBytes(encodeForm(data)), type: "application/x-www-form-urlencoded" });
  }
  if (json !== undefined) return fromJSON(json);
  if (body === undefined || body === null) return null;
  return isA(body, "FormData") ? fromFormData(body as FormData, boundary) : toBody(body);
}

/** The boundary that a Content-Type announces: a caller's is the one to use. */
function boundaryOf(contentType: string | null): string | undefined {
  const media = parseContentType(contentType ?? "");
  return media?.type.startsWith("multipart/") ? media.parameters.boundary : undefined;
}
