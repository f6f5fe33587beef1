/** `Content-Disposition` (RFC 6266): how a body wants to be presented, and its file name. Writes no file. */
import { isToken, scanParameters, trimBlanks } from "../grammar.ts";
import { decodeExtValue } from "./ext-value.ts";

/** A disposition taken apart. */
export interface ContentDisposition {
  /** `inline`, `attachment`, `form-data`, ..., in lower case. */
  type: string;
  /** Names in lower case, values with quotes undone (`filename*` still encoded); no prototype. */
  parameters: Record<string, string>;
  /**
   * `filename*` decoded, else `filename`. The server's words: it may hold path separators, control characters or
   * the name of a device, so it is no path until it has been cleaned.
   */
  filename?: string;
}

/**
 * Reads a `Content-Disposition` value (RFC 6266 section 4.1). `filename*` (RFC 8187, UTF-8 and ISO-8859-1) goes before
 * `filename`, unless its coding is broken. Malformed parameters are left out; of two with one name the first counts.
 * Undefined when the type is missing or no token. Throws nothing.
 */
export function parseContentDisposition(given: string | null | undefined): ContentDisposition | undefined {
  const text = given ?? "";
  const end = text.indexOf(";");
  const type = trimBlanks(end < 0 ? text : text.slice(0, end));
  if (!isToken(type)) return undefined;
  const parameters = scanParameters({ text, at: 0 });
  const filename = decodeExtValue(parameters["filename*"] ?? "") ?? parameters.filename;
  return { type: type.toLowerCase(), parameters, ...(filename !== undefined && { filename }) };
}
