/**
 * The server's side of the Digest scheme, written from RFC 7616 on node:crypto. It shares no code with src, so that an
 * error there cannot hide here.
 */
import { createHash } from "node:crypto";
import type { Request } from "../../src/request.ts";
import { Response } from "../../src/response.ts";
import { readAnswer } from "./drive.ts";

export interface DigestServerOptions {
  username?: string;
  password?: string;
  realm?: string;
  algorithm?: string;
  /** The value of qop; null for a challenge of RFC 2069. */
  qop?: string | null;
  userhash?: boolean;
  utf8?: boolean;
  /** More parameters of the challenge, as text. */
  more?: string;
  opaque?: string | null;
  /** How many requests a nonce is good for. */
  nonceUses?: number;
  /** Gives the nonce of each challenge. */
  nonce?: (count: number) => string;
  /** Sends Authentication-Info. */
  info?: boolean;
  nextnonce?: boolean;
  body?: string;
}

const HASHES: Record<string, string> = {
  MD5: "md5",
  SHA: "sha1",
  "SHA-256": "sha256",
  "SHA-512-256": "sha512-256",
};

/** Counts, checks and challenges. `handle` is the server. */
export class DigestServer {
  readonly options: Required<DigestServerOptions>;
  challenges = 0;
  accepted = 0;
  /** Why the last refused answer was refused. */
  refusal = "";
  /** Every nonce and nc that was used. */
  readonly used: Set<string> = new Set();
  readonly cnonces: Set<string> = new Set();
  readonly #nonces = new Map<string, { uses: number; firstCnonce: string | undefined; firstNonce: string }>();

  constructor(options: DigestServerOptions = {}) {
    this.options = {
      username: "Mufasa",
      password: "Circle of Life",
      realm: "http-auth@example.org",
      algorithm: "MD5",
      qop: "auth",
      userhash: false,
      utf8: false,
      more: "",
      opaque: "opaque-1",
      nonceUses: Number.POSITIVE_INFINITY,
      nonce: (count) => `nonce-${count}`,
      info: false,
      nextnonce: false,
      body: "welcome",
      ...options,
    };
  }

  readonly handle = (request: Request): Response => {
    const authorization = request.headers.get("authorization");
    if (authorization === null) return this.challenge();
    const params = readAnswer(authorization);
    const known = this.#nonces.get(params.nonce ?? "");
    this.refusal = known ? this.#check(request, params) : "unknown nonce";
    if (this.refusal || !known) return this.challenge(false);
    if (known.uses >= this.options.nonceUses) return this.challenge(true);
    known.uses++;
    this.accepted++;
    return new Response(this.options.body, { headers: this.#info(params) });
  };

  challenge(stale?: boolean): Response {
    const { realm, algorithm, qop, userhash, utf8, opaque, more } = this.options;
    const quote = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
    const fields = [`realm=${quote(realm)}`, `nonce=${quote(this.#newNonce())}`, `algorithm=${algorithm}`];
    if (opaque !== null) fields.push(`opaque=${quote(opaque)}`);
    if (qop !== null) fields.push(`qop=${quote(qop)}`);
    if (userhash) fields.push("userhash=true");
    if (utf8) fields.push("charset=UTF-8");
    if (stale !== undefined) fields.push(`stale=${stale}`);
    if (more) fields.push(more);
    return new Response("no", {
      status: 401,
      headers: { "WWW-Authenticate": `Digest ${fields.join(", ")}` },
    });
  }

  #newNonce(firstNonce?: string, firstCnonce?: string): string {
    const nonce = this.options.nonce(++this.challenges);
    if (!this.#nonces.has(nonce)) {
      this.#nonces.set(nonce, { uses: 0, firstCnonce, firstNonce: firstNonce ?? nonce });
    }
    return nonce;
  }

  #hash(...parts: (string | Uint8Array)[]): string {
    const name = HASHES[this.options.algorithm.toUpperCase().replace(/-SESS$/, "")] as string;
    const hash = createHash(name);
    for (const part of parts) hash.update(typeof part === "string" ? Buffer.from(part, "utf8") : part);
    return hash.digest("hex");
  }

  /** H(A1). Of a session it holds the nonce and the cnonce that the session began with. */
  #secret(params: Record<string, string>): string {
    const { username, password, realm, algorithm } = this.options;
    const base = this.#hash(`${username}:`, Buffer.from(realm, "latin1"), `:${password}`);
    if (!/-sess$/i.test(algorithm)) return base;
    const session = this.#nonces.get(params.nonce as string);
    if (!session) throw new Error("A session has a nonce");
    session.firstCnonce ??= params.cnonce;
    return this.#hash(`${base}:${session.firstNonce}:${session.firstCnonce}`);
  }

  #digest(params: Record<string, string>, qop: string | undefined, a2: (string | Uint8Array)[]): string {
    const { nonce, nc, cnonce } = params;
    const middle = qop === undefined ? `${nonce}` : `${nonce}:${nc}:${cnonce}:${qop}`;
    return this.#hash(`${this.#secret(params)}:${middle}:${this.#hash(...a2)}`);
  }

  /** Says what is wrong with an answer, or "". */
  #check(request: Request, params: Record<string, string>): string {
    const { username, realm, algorithm, qop, userhash, utf8, opaque } = this.options;
    const expected: Record<string, string | undefined> = {
      realm,
      algorithm,
      opaque: opaque ?? undefined,
      uri: request.url.pathname + request.url.search,
      userhash: userhash ? "true" : undefined,
    };
    const plain = Buffer.from(username, "utf8").toString("latin1");
    const extended = utf8 && !userhash && plain !== username;
    if (userhash) expected.username = this.#hash(`${username}:${realm}`);
    else if (!extended) expected.username = plain;
    else if (decodeURIComponent(params["username*"]?.slice("UTF-8''".length) ?? "") !== username)
      return "username*";
    for (const [name, value] of Object.entries(expected)) if (params[name] !== value) return name;
    const offered = qop === null || qop === "" ? [] : qop.split(/\s*,\s*/);
    const session = /-sess$/i.test(algorithm);
    const allowed = new Set([
      ...Object.keys(expected).filter((name) => expected[name] !== undefined),
      ...(extended ? ["username*"] : []),
      ...["nonce", "response"],
      ...(offered.length > 0 ? ["qop", "nc", "cnonce"] : session ? ["cnonce"] : []),
    ]);
    for (const name of Object.keys(params)) if (!allowed.has(name)) return `unexpected ${name}`;
    for (const name of allowed) if (params[name] === undefined) return `missing ${name}`;
    if (params.qop !== undefined) {
      if (!offered.includes(params.qop)) return "qop not offered";
      if (!/^[0-9a-f]{8}$/.test(params.nc ?? "")) return "nc";
      const use = `${params.nonce} ${params.nc}`;
      if (this.used.has(use)) return `nc used twice: ${use}`;
      this.used.add(use);
    }
    if (params.cnonce !== undefined) {
      if (this.cnonces.has(params.cnonce)) return "cnonce used twice";
      this.cnonces.add(params.cnonce);
    }
    const a2: (string | Uint8Array)[] = [`${request.method}:${expected.uri}`];
    if (params.qop === "auth-int") a2.push(`:${this.#hash(request.content)}`);
    return this.#digest(params, params.qop, a2) === params.response ? "" : "response";
  }

  #info(params: Record<string, string>): Record<string, string> {
    const { info, nextnonce, body } = this.options;
    if (!info) return {};
    const a2 = [`:${params.uri}`];
    if (params.qop === "auth-int") a2.push(`:${this.#hash(body)}`);
    const fields = [`rspauth="${this.#digest(params, params.qop, a2)}"`];
    if (params.qop) fields.push(`cnonce="${params.cnonce}"`, `nc=${params.nc}`, `qop=${params.qop}`);
    if (nextnonce) {
      const session = this.#nonces.get(params.nonce as string);
      fields.push(`nextnonce="${this.#newNonce(session?.firstNonce, session?.firstCnonce)}"`);
    }
    return { "Authentication-Info": fields.join(", ") };
  }
}
