/** Runs the spec with vitest, on whatever runtime vitest has put it. */
import { expect, inject, test } from "vitest";
import { type RuntimeName, spec } from "./spec.ts";

/** Engines of browsers, by what they alone have. */
function engine(): RuntimeName {
  const { userAgent } = navigator;
  if (userAgent.includes("Firefox")) return "firefox";
  return userAgent.includes("Chrome") ? "chromium" : "webkit";
}

const NAMES: Record<string, RuntimeName> = {
  Node: "node",
  Deno: "deno",
  Bun: "bun",
  workerd: "workerd",
  "an edge runtime": "edge",
};

const [base, other] = inject("servers").embedded;
const name = NAMES[inject("platform")] ?? engine();
const browser = !Object.values(NAMES).includes(name);

spec({ test: (title, body) => test(title, body), expect, base, other, runtime: { name, browser } });
