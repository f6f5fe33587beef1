/** Cross-origin answers (Fetch standard, section 3.3): everything is allowed and every header can be read. */
import type { IncomingMessage } from "node:http";

export type Header = [name: string, value: string];

/**
 * The headers that let a page of another origin read the answer, credentials included, so the origin is echoed
 * and the names are listed: `*` would not do. `?cors=off` leaves them out, `?cors=star` gives the bare `*`.
 */
export function corsHeaders(
  request: IncomingMessage,
  query: URLSearchParams,
  sent: readonly Header[],
): Header[] {
  const { origin } = request.headers;
  const mode = query.get("cors");
  if (origin === undefined || mode === "off") return [];
  if (mode === "star") return [["Access-Control-Allow-Origin", "*"]];
  const names = [...new Set(["Date", ...sent.map(([name]) => name)])];
  return [
    ["Access-Control-Allow-Origin", origin],
    ["Access-Control-Allow-Credentials", "true"],
    ["Access-Control-Expose-Headers", names.join(", ")],
    ["Vary", "Origin"],
  ];
}

/** The answer to a preflight, or undefined where the request is none. */
export function preflight(request: IncomingMessage, query: URLSearchParams): Header[] | undefined {
  const method = request.headers["access-control-request-method"];
  if (request.method !== "OPTIONS" || method === undefined) return undefined;
  const allowed = corsHeaders(request, query, []);
  if (allowed.length === 0) return [];
  const names = request.headers["access-control-request-headers"];
  const headers: Header[] = [
    ...allowed,
    ["Access-Control-Allow-Methods", method],
    ["Access-Control-Max-Age", "0"],
  ];
  if (names !== undefined) headers.push(["Access-Control-Allow-Headers", String(names)]);
  if (request.headers["access-control-request-private-network"] !== undefined) {
    headers.push(["Access-Control-Allow-Private-Network", "true"]);
  }
  return headers;
}
