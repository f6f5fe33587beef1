/**
 * Access tokens that run out and are refreshed, as OAuth 2.0 has them (RFC 6749 sections 4.3, 4.4 and 6). A token
 * runs out after a number of uses rather than of seconds, so a test needs no clock.
 */
import { randomBytes } from "node:crypto";
import type { Exchange } from "./exchange.ts";
import { PASSWORD, USER } from "./people.ts";
import type { Route } from "./router.ts";

export const routes: readonly Route[] = [
  {
    path: "/token",
    about:
      "Tokens for password (of people.ts), client_credentials or refresh_token. ?uses=2 runs out after two.",
    answer: issue,
    methods: ["POST"],
  },
  { path: "/token/protected", about: "Needs a token that has not run out.", answer: guarded },
];

/** The tokens that are good. A refresh token is good for one time. */
export class TokenBook {
  #usesLeft = new Map<string, number>();
  #refresh = new Set<string>();

  issue(uses: number): { access: string; refresh: string } {
    const [access, refresh] = [
      `access-${randomBytes(9).toString("hex")}`,
      `refresh-${randomBytes(9).toString("hex")}`,
    ];
    this.#usesLeft.set(access, uses);
    this.#refresh.add(refresh);
    return { access, refresh };
  }

  /** Takes the refresh token out; false when it is not or no longer good. */
  redeem(refresh: string): boolean {
    return this.#refresh.delete(refresh);
  }

  /** Counts one use. */
  use(access: string): "good" | "expired" | "unknown" {
    const left = this.#usesLeft.get(access);
    if (left === undefined) return "unknown";
    if (left === 0) return "expired";
    this.#usesLeft.set(access, left - 1);
    return "good";
  }
}

async function issue(exchange: Exchange): Promise<void> {
  const form = new URLSearchParams((await exchange.body()).toString());
  const refused = refusal(exchange, form);
  if (refused !== undefined) return exchange.json(400, { error: refused });
  const uses = exchange.count(exchange.query.get("uses"), Number.MAX_SAFE_INTEGER);
  const { access, refresh } = exchange.world.tokens.issue(uses);
  const body = { access_token: access, token_type: "Bearer", expires_in: 3600, refresh_token: refresh };
  exchange.json(200, body, [["Cache-Control", "no-store"]]);
}

function refusal(exchange: Exchange, form: URLSearchParams): string | undefined {
  switch (form.get("grant_type")) {
    case "password":
      return form.get("username") === USER && form.get("password") === PASSWORD ? undefined : "invalid_grant";
    case "client_credentials":
      return undefined;
    case "refresh_token":
      return exchange.world.tokens.redeem(form.get("refresh_token") ?? "") ? undefined : "invalid_grant";
    default:
      return "unsupported_grant_type";
  }
}

function guarded(exchange: Exchange): void {
  const token = /^Bearer ([\w.~+/-]+=*)$/.exec(exchange.header("authorization") ?? "")?.[1];
  const state = token === undefined ? "missing" : exchange.world.tokens.use(token);
  if (state === "good") return exchange.json(200, { authenticated: true, scheme: "Bearer" });
  const about =
    state === "missing" ? "" : `, error="invalid_token", error_description="The token is ${state}"`;
  exchange.json(401, { authenticated: false, state }, [
    ["WWW-Authenticate", `Bearer realm="Saluki"${about}`],
  ]);
}
