/** What a logger is told of an exchange. Credentials, cookies, userinfo and query values never get here. */
import type { Log } from "./exchange.ts";
import type { Logger } from "./options.ts";
import { redactUrl, show } from "./redact.ts";
import type { Request } from "./request.ts";

/** Writes one line an exchange at `info`, or at `warn` where no response came, and headers at `debug`. */
export function logTo(logger: Logger): Log {
  return {
    response(response) {
      const { request, status, statusText, elapsed } = response;
      const reason = statusText ? ` ${show(statusText).slice(1, -1)}` : "";
      logger.info?.(`${line(request)} ${status}${reason} ${Math.round(elapsed)} ms`);
      logger.debug?.(`> ${JSON.stringify(request.headers)}`);
      logger.debug?.(`< ${JSON.stringify(response.headers)}`);
    },
    failure(request, error, elapsed) {
      const name = error instanceof Error ? error.name : "Error";
      logger.warn?.(`${line(request)} failed: ${name} ${Math.round(elapsed)} ms`);
    },
  };
}

function line(request: Request): string {
  return `${request.method} ${redactUrl(request.url, true)}`;
}
