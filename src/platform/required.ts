/** Node, or Deno where `require()` is called there: it does not look for its own condition then, and ends up here. */
import { platform as deno } from "./deno.ts";
import { platform as node } from "./node.ts";
import type { Platform } from "./types.ts";

export const platform: Platform = "Deno" in globalThis ? deno : node;
