/** Each runtime gets the package as its users do: built, and with its own platform file. */

import { get } from "saluki";
import { expect, inject, test } from "vitest";
import { platform } from "#platform";

declare module "vitest" {
  interface ProvidedContext {
    /** The name of the platform that package.json is to choose for this runtime. */
    platform: string;
  }
}

test("The package loads the platform of this runtime", () => {
  expect(platform.name).toBe(inject("platform"));
});

test("get reads a page of the test server", async () => {
  const response = await get(`${inject("servers").embedded[0]}/get`);
  expect(response.status).toBe(200);
});
