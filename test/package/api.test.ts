/** The public surface changes only on purpose. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeApi } from "../../scripts/api.mjs";

test("docs/api.txt is the public surface; `npm run build && npm run api` rewrites it", () => {
  const written = readFileSync(new URL("../../docs/api.txt", import.meta.url), "utf8");
  expect(describeApi()).toBe(written);
});
