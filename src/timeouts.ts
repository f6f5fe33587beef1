/** The limits of time of a call: merged from what a client and a call say. Starts no timer. */
import { argumentError } from "./errors.ts";
import type { PhaseTimeouts } from "./request.ts";
import { snapshot } from "./snapshot.ts";

/** Milliseconds by phase; null waits for ever. */
export interface TimeoutOptions {
  /** Until a connection is there. 0 or more; default 10_000. */
  connect?: number | null;
  /** Longest silence while waiting for the response or its next bytes. 0 or more; default 10_000. */
  read?: number | null;
  /** Longest time in which the peer takes no bytes of the body. 0 or more; default 10_000. */
  write?: number | null;
  /** Longest wait for a free connection of the pool. 0 or more; default 10_000. */
  pool?: number | null;
  /** The whole call: redirects, auth legs and body included. 0 or more; default none. */
  total?: number | null;
}

/** A number sets the four phases; null lifts them all; an object sets what it names. */
export type TimeoutInit = number | TimeoutOptions | null;

/** Every limit, known. */
export interface Timeouts extends PhaseTimeouts {
  total: number | null;
}

// Ten seconds: a server that says nothing for longer has most likely lost the request.
const DEFAULTS: Timeouts = { connect: 10_000, read: 10_000, write: 10_000, pool: 10_000, total: null };

// Timers of every runtime are 32-bit: what is larger would fire at once.
const MAX_DELAY = 2 ** 31 - 1;

/**
 * Lays one setting over another.
 * @throws {TypeError} when a limit is not a number of 0 or more, or a phase does not exist.
 */
export function mergeTimeouts(init: TimeoutInit | undefined, base: Timeouts = DEFAULTS): Timeouts {
  if (init === undefined) return base;
  if (init === null || typeof init === "number") {
    const limit = check("timeout", init);
    return {
      connect: limit,
      read: limit,
      write: limit,
      pool: limit,
      total: init === null ? null : base.total,
    };
  }
  if (typeof init !== "object") {
    throw argumentError(
      `Cannot use timeout: must be milliseconds, an object of phases, or null: ${String(init)}`,
    );
  }
  const merged = { ...base };
  for (const [phase, limit] of Object.entries(snapshot(init))) {
    if (!Object.hasOwn(DEFAULTS, phase)) {
      throw argumentError(
        `Cannot use timeout.${phase}: not a phase; use ${Object.keys(DEFAULTS).join(", ")}`,
      );
    }
    if (limit !== undefined) merged[phase as keyof Timeouts] = check(`timeout.${phase}`, limit);
  }
  return merged;
}

function check(name: string, limit: unknown): number | null {
  if (limit === null) return null;
  if (typeof limit !== "number" || !(limit >= 0)) {
    throw argumentError(`Cannot use ${name}: must be milliseconds of 0 or more, or null: ${String(limit)}`);
  }
  // Infinity means what null means.
  return limit > MAX_DELAY ? null : limit;
}
