/** What a logger is told of an exchange. Credentials, cookies, userinfo and query values never get here. */
import type { Logger } from "./options.ts";
import { redactUrl, show } from "./redact.ts";
import type { Request } from "./request.ts";
import type { Response } from "./response.ts";

/** One line for the exchange, and its headers in detail. */
export function logResponse(logger: Logger, response: Response): void {
  const { request, status, statusText, elapsed } = response;
  const reason = statusText ? ` ${show(statusText).slice(1, -1)}` : "";
  logger.info?.(`${line(request)} ${status}${reason} ${Math.round(elapsed)} ms`);
  logger.debug?.(`> ${JSON.stringify(request.headers)}`);
  logger.debug?.(`< ${JSON.stringify(response.headers)}`);
}

/** One line for an exchange that brought no response. */
export function logFailure(logger: Logger, request: Request, error: unknown, elapsed: number): void {
  const name = error instanceof Error ? error.name : "Error";
  logger.warn?.(`${line(request)} failed: ${name} ${Math.round(elapsed)} ms`);
}

function line(request: Request): string {
  return `${request.method} ${redactUrl(request.url, true)}`;
}
