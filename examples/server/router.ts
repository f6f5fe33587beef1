/** Finds the endpoint of a path. Segments that begin with a colon have a name; a last `*` takes whatever is left. */
import type { Exchange } from "./exchange.ts";

export type Answer = (exchange: Exchange) => void | Promise<void>;

export interface Route {
  readonly path: string;
  /** One line for the index page. */
  readonly about: string;
  readonly answer: Answer;
  /** Allowed methods; all where left out. HEAD goes wherever GET does. */
  readonly methods?: readonly string[];
  /** True where the endpoint reads the request body itself, or does not. Otherwise it is read before. */
  readonly streaming?: boolean;
}

export interface Match {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/** The first route that fits. @throws {URIError} when a segment is not well percent-encoded */
export function findRoute(routes: readonly Route[], pathname: string): Match | undefined {
  const segments = pathname.slice(1).split("/");
  for (const route of routes) {
    const params = matchPath(route.path.slice(1).split("/"), segments);
    if (params) return { route, params };
  }
  return undefined;
}

function matchPath(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const open = pattern.at(-1) === "*";
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? segments.length < fixed.length : segments.length !== fixed.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of fixed.entries()) {
    const segment = segments[index] ?? "";
    if (expected.startsWith(":")) params[expected.slice(1)] = decodeURIComponent(segment);
    else if (expected !== segment) return undefined;
  }
  if (open) params["*"] = segments.slice(fixed.length).join("/");
  return params;
}
