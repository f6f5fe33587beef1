/** Prints what Saluki adds to an application in the browser, minified and gzipped. */
import { bundle } from "./bundle.mjs";

const cases = {
  get: 'import { get } from "saluki"; console.log(get);',
  "Client, BasicAuth, DigestAuth":
    'import { Client, BasicAuth, DigestAuth } from "saluki"; console.log(Client, BasicAuth, DigestAuth);',
  everything: 'import * as saluki from "saluki"; console.log(saluki);',
};

for (const [name, code] of Object.entries(cases)) {
  const { gzip, files } = await bundle(code);
  console.log(`${name}: ${(gzip / 1024).toFixed(2)} KiB`);
  for (const { path, bytes } of files) console.log(`  ${String(bytes).padStart(6)}  ${path}`);
}
