/** What may be shown of URLs, headers and peers' text in messages, logs and dumps. Changes nothing that is sent. */

const SENSITIVE = /auth|cookie|token|secret|passw|pwd|jwt|key|session|signature|credential|^code$|^sig$/i;
const HIDDEN = "***";

// The one word of a credential that is no secret. Anything else may be the secret itself.
const SCHEME = /^(?:basic|bearer|digest|dpop|negotiate|ntlm|token|aws4-[\w-]+) /i;

// Longer URLs would bury the sentence that names them, and a redirect's is its server's to choose.
const LONGEST_URL = 500;

/** True for names of headers and query fields whose values are secrets as a rule. */
export function isSensitive(name: string): boolean {
  return SENSITIVE.test(name);
}

/** A URL without userinfo and fragment, and without the values of secret-looking (or all) query fields. */
export function redactUrl(url: URL | string, allValues = false): string {
  if (typeof url !== "string") return cut(url.origin + url.pathname + redactQuery(url.search, allValues));
  // Text that may be no URL at all: a password with a slash in it ends at the last "@".
  const at = url.lastIndexOf("@");
  const start = /^(?:[^:/?#]*:[\\/]*|[\\/]{2,})/.exec(url.slice(0, Math.max(at, 0)))?.[0];
  const shown = start === undefined ? url : start + HIDDEN + url.slice(at);
  return show(redactQuery(shown.replace(/#.*/s, ""), allValues));
}

function redactQuery(text: string, allValues: boolean): string {
  return text.replace(/([?&])([^?=&#]*)=[^&#]*/g, (field, mark: string, name: string) =>
    allValues || isSensitive(name) ? `${mark}${name}=${HIDDEN}` : field,
  );
}

/** A header's value as it may be shown: of credentials only the scheme is left, of URLs what {@link redactUrl} leaves. */
export function redactHeader(name: string, value: string): string {
  if (isSensitive(name)) return (SCHEME.exec(value)?.[0] ?? "") + HIDDEN;
  return redactQuery(value.replace(/\/\/[^/?#\s]*@/g, `//${HIDDEN}@`), false);
}

/** Text of a peer or a caller, quoted, escaped and cut to 200 characters. */
export function show(text: unknown): string {
  return JSON.stringify(cut(String(text), 200)).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function cut(text: string, length = LONGEST_URL): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
