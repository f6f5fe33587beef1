/** What an application's bundle for browsers gets from Saluki, and what it does not. */
import { expect, test } from "vitest";
import { bundle } from "../../scripts/bundle.mjs";

const KIB = 1024;

const use = (names: string) => `import { ${names} } from "saluki"; console.log(${names});`;

/** What only servers, or only some applications, need. */
const SERVER_CODE = /undici|tough-cookie|tldts|platform\/(?!web)|transports\/node|node:/;
const DIGEST_CODE = /js-md5|@noble\/hashes|digest/;

async function measure(names: string, budget: number) {
  const { gzip, files, text, imports } = await bundle(use(names));
  console.log(`{ ${names} }: ${(gzip / KIB).toFixed(2)} KiB of ${budget} KiB`);
  const paths = files.map(({ path }) => path);
  expect(paths, "the bundle is made of the built package").toContain("dist/index.js");
  expect(imports, "the bundle imports nothing").toEqual([]);
  expect(paths.filter((path) => SERVER_CODE.test(path))).toEqual([]);
  expect(text).not.toMatch(/node:|undici|tough-cookie/);
  expect(gzip).toBeLessThanOrEqual(budget * KIB);
  return { text, paths };
}

// Measured, with a little room for other versions of the bundler. The goal is 10 and 20: see docs/decisions/005-size.md.
test("A bundle of `get` holds at most 18.5 KiB, and neither server nor Digest nor netrc code", async () => {
  const { text, paths } = await measure("get", 18.5);
  expect(paths.filter((path) => DIGEST_CODE.test(path))).toEqual([]);
  expect(text).not.toMatch(/SHA-512-256|netrc|macdef/i);
});

test("A bundle of Client, BasicAuth and DigestAuth holds at most 32.5 KiB, and no server or netrc code", async () => {
  const { text } = await measure("Client, BasicAuth, DigestAuth", 32.5);
  expect(text).not.toMatch(/netrc|macdef/i);
});
