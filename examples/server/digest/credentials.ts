/** Reads what a client sends (RFC 7616 section 3.4), and is as strict about its form as the grammar is. */
import { Buffer } from "node:buffer";

export interface Credentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm: string | undefined;
  readonly cnonce: string | undefined;
  readonly opaque: string | undefined;
  readonly qop: string | undefined;
  readonly nc: string | undefined;
  readonly userhash: boolean;
  /** True when the name came as `username*`. */
  readonly extended: boolean;
}

/** The client broke the grammar; the message says where. */
export class Malformed extends Error {}

// "For historical reasons, a sender MUST only generate the quoted string syntax" for these, and none for those.
const QUOTED = new Set(["username", "realm", "nonce", "uri", "response", "cnonce", "opaque"]);
const UNQUOTED = new Set(["algorithm", "qop", "nc", "userhash", "username*"]);
const REQUIRED = ["realm", "nonce", "uri", "response"];

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)")(?:, *|$)`, "y");

/** @throws {Malformed} */
export function parseCredentials(header: string): Credentials {
  if (!header.startsWith("Digest ")) throw new Malformed("scheme is not Digest, followed by one space");
  const values = parseParameters(header.slice("Digest ".length));
  for (const name of REQUIRED) if (!values.has(name)) throw new Malformed(`${name} is missing`);
  const text = (name: string): string => values.get(name) ?? "";
  if (values.has("username") === values.has("username*"))
    throw new Malformed("username or username*, one of the two");
  if (!/^[0-9a-f]+$/.test(text("response"))) throw new Malformed("response is not lower-case hexadecimal");
  const nc = values.get("nc");
  if (nc !== undefined && !/^[0-9a-f]{8}$/.test(nc))
    throw new Malformed("nc is not eight lower-case hexadecimal digits");
  const userhash = values.get("userhash") ?? "false";
  if (userhash !== "true" && userhash !== "false") throw new Malformed("userhash is neither true nor false");
  const extended = values.get("username*");
  return {
    username: extended === undefined ? text("username") : decodeExtended(extended),
    realm: text("realm"),
    nonce: text("nonce"),
    uri: text("uri"),
    response: text("response"),
    algorithm: values.get("algorithm"),
    cnonce: values.get("cnonce"),
    opaque: values.get("opaque"),
    qop: values.get("qop"),
    nc,
    userhash: userhash === "true",
    extended: extended !== undefined,
  };
}

function parseParameters(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (PARAMETER.lastIndex = 0; PARAMETER.lastIndex < text.length; ) {
    const at = PARAMETER.lastIndex;
    const [, name, token, quoted] = PARAMETER.exec(text) ?? [];
    if (name === undefined) throw new Malformed(`no parameter at ${at}`);
    const key = name.toLowerCase();
    if (values.has(key)) throw new Malformed(`${key} comes twice`);
    if (QUOTED.has(key) && quoted === undefined) throw new Malformed(`${key} is not quoted`);
    if (UNQUOTED.has(key) && token === undefined) throw new Malformed(`${key} is quoted`);
    // Node hands out the bytes of a header as Latin-1; Digest means UTF-8 by them.
    values.set(
      key,
      token ?? Buffer.from((quoted ?? "").replaceAll(/\\(.)/g, "$1"), "latin1").toString("utf8"),
    );
  }
  if (text.endsWith(",") || text.endsWith(" ")) throw new Malformed("list ends with a comma");
  return values;
}

// RFC 8187: charset'language'percent-encoded.
function decodeExtended(value: string): string {
  const [, charset, encoded] = /^([^']*)'[^']*'([^']*)$/.exec(value) ?? [];
  if (charset?.toUpperCase() !== "UTF-8" || encoded === undefined)
    throw new Malformed("username* is not UTF-8''...");
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new Malformed("username* is not well percent-encoded");
  }
}
