/** What may be shown of URLs, headers and peers' text in messages, logs and dumps. Changes nothing that is sent. */

const SENSITIVE = /auth|cookie|token|secret|passw|key|session|signature|credential|^code$|^sig$/i;
const HIDDEN = "***";

/** True for names of headers and query fields whose values are secrets as a rule. */
export function isSensitive(name: string): boolean {
  return SENSITIVE.test(name);
}

/** A URL without userinfo and fragment, and without the values of secret-looking (or all) query fields. */
export function redactUrl(url: URL | string, allValues = false): string {
  if (typeof url === "string") return show(url.replace(/\/\/[^/?#]*@/g, `//${HIDDEN}@`));
  return url.origin + url.pathname + redactQuery(url.search, allValues);
}

function redactQuery(search: string, allValues: boolean): string {
  if (!search) return "";
  return search
    .split("&")
    .map((field) => {
      const at = field.indexOf("=");
      return at >= 0 && (allValues || isSensitive(field.slice(0, at).replace("?", "")))
        ? `${field.slice(0, at)}=${HIDDEN}`
        : field;
    })
    .join("&");
}

/** A header's value as it may be shown: of credentials only the scheme is left. */
export function redactHeader(name: string, value: string): string {
  if (!isSensitive(name)) return value;
  const scheme = /auth/i.test(name) ? /^[\w-]+ /.exec(value)?.[0] : undefined;
  return (scheme ?? "") + HIDDEN;
}

/** Text of a peer or a caller, quoted, escaped and cut to 200 characters. */
export function show(text: unknown): string {
  const cut = String(text);
  return JSON.stringify(cut.length > 200 ? `${cut.slice(0, 200)}…` : cut).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
