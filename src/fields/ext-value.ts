/** `ext-value`: a parameter value with its charset named (RFC 8187), as in `filename*` and `title*`. */

/**
 * Decodes `charset'[language]'value-chars` (RFC 8187 section 3.2). The charset is UTF-8, or ISO-8859-1 as RFC 5987
 * still had it; the language is dropped. Printable ASCII that should have been percent-encoded is taken as it is.
 *
 * Undefined for another charset, a broken percent code, bytes that are not UTF-8, and raw non-ASCII text.
 */
export function decodeExtValue(text: string): string | undefined {
  const [, charset = "", value = ""] = /^(utf-8|iso-8859-1)'[^']*'([ -~]*)$/i.exec(text) ?? [];
  if (!charset || /%(?![\da-f]{2})/i.test(value)) return undefined;
  if (charset.toLowerCase() !== "utf-8") {
    return value.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
