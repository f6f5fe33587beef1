/** The head of a response: what is known before its body is read. */
import { argumentError } from "./errors.ts";
import { type Link, linksByRel, parseLink } from "./fields/link.ts";
import { Headers, type HeadersInit } from "./headers.ts";
import { ResponseCookies } from "./response-cookies.ts";
import { Closable } from "./shown.ts";
import { snapshot } from "./snapshot.ts";

/** What a response is made with. */
export interface ResponseInit {
  /** 100 to 999; 0 for the opaque responses of browsers. Default 200. */
  status?: number;
  statusText?: string;
  headers?: HeadersInit | globalThis.Headers;
  url?: string;
  redirected?: boolean;
  httpVersion?: string | undefined;
}

/** Status, headers and what they say. */
export abstract class ResponseHead extends Closable {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  /** The URL that answered, without fragment; "" for a response made by hand. */
  url: string;
  /** True when redirects led here. */
  redirected: boolean;
  /** "HTTP/1.1", "HTTP/2", or undefined where the platform hides it. */
  readonly httpVersion: string | undefined;

  constructor(init?: ResponseInit) {
    super();
    const {
      status = 200,
      statusText = "",
      headers,
      url = "",
      redirected = false,
      httpVersion,
    } = snapshot(init);
    if (!Number.isInteger(status) || (status < 100 && status !== 0) || status > 999) {
      throw argumentError(`Cannot make response: status must be an integer from 100 to 999: ${status}`);
    }
    this.status = status;
    this.statusText = statusText;
    this.headers = headers instanceof Headers ? headers : new Headers(headers);
    this.url = url.split("#", 1)[0] as string;
    this.redirected = redirected;
    this.httpVersion = httpVersion;
  }

  /** True for 2xx. */
  get ok(): boolean {
    return this.isSuccess;
  }

  get isInformational(): boolean {
    return this.#isIn(1);
  }

  get isSuccess(): boolean {
    return this.#isIn(2);
  }

  get isClientError(): boolean {
    return this.#isIn(4);
  }

  get isServerError(): boolean {
    return this.#isIn(5);
  }

  /** True for 4xx and 5xx. */
  get isError(): boolean {
    return this.isClientError || this.isServerError;
  }

  /** True for 301, 302, 303, 307 and 308 with a Location. */
  get isRedirect(): boolean {
    return /^30[12378]$/.test(String(this.status)) && this.headers.has("location");
  }

  /** True for 301 and 308 with a Location. */
  get isPermanentRedirect(): boolean {
    return this.isRedirect && (this.status === 301 || this.status === 308);
  }

  /** `Link` fields by `rel` (RFC 8288); malformed ones are left out. */
  get links(): Record<string, Link> {
    return linksByRel(parseLink(this.headers.get("link") ?? ""));
  }

  /** The cookies that this response set. */
  get cookies(): ResponseCookies {
    return new ResponseCookies(this.headers.getSetCookie());
  }

  #isIn(hundred: number): boolean {
    return Math.floor(this.status / 100) === hundred;
  }
}
