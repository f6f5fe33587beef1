/** The nonces that an origin gave out, and what became of each. */
import { randomBytes } from "node:crypto";
import type { Offer } from "./challenge.ts";

export interface Nonce {
  readonly value: string;
  readonly offer: Offer;
  /** The counts that were seen. A second request with one of them is a replay. */
  readonly counts: Set<number>;
  /** How many more requests it is good for. */
  usesLeft: number;
  /** How many more right answers are called stale, this nonce's and those of the nonces that follow it. */
  readonly staleLeft: number;
  /** H(A1) of a `-sess` algorithm: made by the first request after a challenge, kept through `nextnonce`. */
  readonly session: { a1?: string };
}

const MAX_NONCES = 10_000;

export class NonceBook {
  #nonces = new Map<string, Nonce>();

  issue(offer: Offer, { usesLeft, staleLeft }: Pick<Nonce, "usesLeft" | "staleLeft">, session = {}): Nonce {
    const value = randomBytes(18).toString("base64");
    const nonce: Nonce = { value, offer, counts: new Set(), usesLeft, staleLeft, session };
    this.#nonces.set(value, nonce);
    if (this.#nonces.size > MAX_NONCES) this.#nonces.delete(this.#nonces.keys().next().value ?? "");
    return nonce;
  }

  find(value: string): Nonce | undefined {
    return this.#nonces.get(value);
  }
}
