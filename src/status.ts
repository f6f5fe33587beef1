/** Status codes and their names (RFC 9110 section 15 and the IANA registry). Judges no response. */

// One row a class, in the order of the codes from x00 on. 418 is registered as unused; RFC 2324 names it.
const PHRASES = [
  "",
  "Continue,Switching Protocols,Processing,Early Hints",
  "OK,Created,Accepted,Non-Authoritative Information,No Content,Reset Content,Partial Content,Multi-Status,Already Reported,,,,,,,,,,,,,,,,,,IM Used",
  "Multiple Choices,Moved Permanently,Found,See Other,Not Modified,Use Proxy,,Temporary Redirect,Permanent Redirect",
  "Bad Request,Unauthorized,Payment Required,Forbidden,Not Found,Method Not Allowed,Not Acceptable,Proxy Authentication Required,Request Timeout,Conflict,Gone,Length Required,Precondition Failed,Content Too Large,URI Too Long,Unsupported Media Type,Range Not Satisfiable,Expectation Failed,I'm a teapot,,,Misdirected Request,Unprocessable Content,Locked,Failed Dependency,Too Early,Upgrade Required,,Precondition Required,Too Many Requests,,Request Header Fields Too Large,,,,,,,,,,,,,,,,,,,,Unavailable For Legal Reasons",
  "Internal Server Error,Not Implemented,Bad Gateway,Service Unavailable,Gateway Timeout,HTTP Version Not Supported,Variant Also Negotiates,Insufficient Storage,Loop Detected,,Not Extended,Network Authentication Required",
];

/** The reason phrase of a status code, such as "Not Found"; "" for one that is not registered. Throws nothing. */
export function reasonPhrase(status: number): string {
  return PHRASES[Math.floor(status / 100)]?.split(",")[status % 100] ?? "";
}

// The registered name first, then every alias that Requests documents. Of a name with two meanings there
// ("precondition", "uri_too_long") the later code has it, as it has there.
const NAMES = {
  100: "continue",
  101: "switching_protocols",
  102: "processing early-hints",
  103: "early_hints checkpoint",
  122: "request_uri_too_long",
  200: "ok okay all_ok all_okay all_good \\o/ ✓",
  201: "created",
  202: "accepted",
  203: "non_authoritative_information non_authoritative_info",
  204: "no_content",
  205: "reset_content reset",
  206: "partial_content partial",
  207: "multi_status multiple_status multi_stati multiple_stati",
  208: "already_reported",
  226: "im_used",
  300: "multiple_choices",
  301: "moved_permanently moved \\o-",
  302: "found",
  303: "see_other other",
  304: "not_modified",
  305: "use_proxy",
  306: "switch_proxy",
  307: "temporary_redirect temporary_moved temporary",
  308: "permanent_redirect resume_incomplete resume",
  400: "bad_request bad",
  401: "unauthorized",
  402: "payment_required payment",
  403: "forbidden",
  404: "not_found -o-",
  405: "method_not_allowed not_allowed",
  406: "not_acceptable",
  407: "proxy_authentication_required proxy_auth proxy_authentication",
  408: "request_timeout timeout",
  409: "conflict",
  410: "gone",
  411: "length_required",
  412: "precondition_failed",
  413: "content_too_large request_entity_too_large",
  414: "uri_too_long request_uri_too_large",
  415: "unsupported_media_type unsupported_media media_type",
  416: "range_not_satisfiable requested_range_not_satisfiable requested_range",
  417: "expectation_failed",
  418: "im_a_teapot teapot i_am_a_teapot",
  421: "misdirected_request",
  422: "unprocessable_content unprocessable_entity unprocessable",
  423: "locked",
  424: "failed_dependency dependency",
  425: "too_early unordered_collection unordered",
  426: "upgrade_required upgrade",
  428: "precondition_required precondition",
  429: "too_many_requests too_many",
  431: "request_header_fields_too_large header_fields_too_large fields_too_large",
  444: "no_response none",
  449: "retry_with retry",
  450: "blocked_by_windows_parental_controls parental_controls",
  451: "unavailable_for_legal_reasons legal_reasons",
  499: "client_closed_request",
  500: "internal_server_error server_error /o\\ ✗",
  501: "not_implemented",
  502: "bad_gateway",
  503: "service_unavailable unavailable",
  504: "gateway_timeout",
  505: "http_version_not_supported http_version",
  506: "variant_also_negotiates",
  507: "insufficient_storage",
  508: "loop_detected",
  509: "bandwidth_limit_exceeded bandwidth",
  510: "not_extended",
  511: "network_authentication_required network_auth network_authentication",
} as const;

type Table = typeof NAMES;
type Words<Text extends string> = Text extends `${infer Word} ${infer Rest}` ? Word | Words<Rest> : Text;
type First<Text extends string> = Text extends `${infer Word} ${string}` ? Word : Text;
type AnyCase<Name extends string> = Name extends `${"\\" | "/"}${string}` ? Name : Name | Uppercase<Name>;

/** Names to codes, in lower and upper case, and codes to their registered name in upper case. */
export type Codes = Readonly<
  {
    [Code in keyof Table as AnyCase<Words<Table[Code]>>]: Code;
  } & {
    [Code in keyof Table]: Uppercase<First<Table[Code]>>;
  } & { [code: number]: string | undefined }
>;

/**
 * `codes.NOT_FOUND === 404`, `codes.not_found === 404`, `codes[404] === "NOT_FOUND"`, with every alias that Requests has
 * (`codes.teapot`, `codes["✓"]`). Unknown codes and names give undefined; there is no prototype. Frozen.
 */
export const codes: Codes = /* @__PURE__ */ bothWays();

function bothWays(): Codes {
  const found: Record<string, string | number> = Object.create(null);
  for (const [code, text] of Object.entries(NAMES)) {
    const names = text.split(" ");
    found[code] = (names[0] as string).toUpperCase();
    for (const name of names) {
      found[name] = Number(code);
      // As in Requests, the faces have one form.
      if (!/^[\\/]/.test(name)) found[name.toUpperCase()] = Number(code);
    }
  }
  return Object.freeze(found) as unknown as Codes;
}
