/** A small Digest client on node:crypto, written from RFC 7616 alone, to judge the judge with. */
import { createHash } from "node:crypto";

const HASH_NAMES: Record<string, string> = { MD5: "md5", "SHA-256": "sha256", "SHA-512-256": "sha512-256" };

export interface Client {
  path: string;
  user?: string;
  password?: string;
  method?: string;
  body?: string;
  nc?: number;
  cnonce?: string;
  qop?: string;
  /** The nonce and cnonce that a session began with. */
  session?: { nonce: string; cnonce: string };
  /** Parameters as they stand, in place of the right ones; undefined leaves one out. */
  replace?: Record<string, string | undefined>;
}

/** An Authorization header for a challenge in the plain style, computed the way that RFC 7616 section 3.4 reads. */
export function answer(challenge: string, options: Client): string {
  const { path, user = "u", password = "p", method = "GET", body = "", nc = 1, cnonce = "cafe" } = options;
  const said = Object.fromEntries(
    [...challenge.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]*))/g)].map((m) => [m[1], m[2] ?? m[3]]),
  );
  const { realm, nonce, opaque, algorithm = "MD5" } = said;
  const qop = options.qop ?? said.qop?.split(", ")[0];
  const h = (...parts: unknown[]) =>
    createHash(HASH_NAMES[algorithm.replace("-sess", "")] ?? "")
      .update(parts.join(":"))
      .digest("hex");
  const count = nc.toString(16).padStart(8, "0");
  const begun = options.session ?? { nonce, cnonce };
  const secret = h(user, realm, password);
  const ha1 = algorithm.endsWith("-sess") ? h(secret, begun.nonce, begun.cnonce) : secret;
  const ha2 = qop === "auth-int" ? h(method, path, h(body)) : h(method, path);
  const response = qop ? h(ha1, nonce, count, cnonce, qop, ha2) : h(ha1, nonce, ha2);
  const parameters: Record<string, string | undefined> = {
    username: `"${user}"`,
    realm: `"${realm}"`,
    nonce: `"${nonce}"`,
    uri: `"${path}"`,
    response: `"${response}"`,
    algorithm: said.algorithm,
    opaque: opaque === undefined ? undefined : `"${opaque}"`,
    qop,
    nc: qop && count,
    cnonce: qop || algorithm.endsWith("-sess") ? `"${cnonce}"` : undefined,
    ...options.replace,
  };
  const list = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return `Digest ${list.map(([name, value]) => `${name}=${value}`).join(", ")}`;
}
