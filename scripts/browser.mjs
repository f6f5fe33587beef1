/** Writes dist/saluki.browser.js: the whole package in one file, for `<script type="module">` without a bundler. */
import { writeFileSync } from "node:fs";
import { bundle } from "./bundle.mjs";

const { text, gzip, imports } = await bundle('export * from "saluki"; export { default } from "saluki";', {
  legalComments: "eof",
});
if (imports.length > 0) {
  throw new Error(
    `Cannot write the browser file: it still imports ${imports.map(({ path }) => path).join(", ")}`,
  );
}
writeFileSync("dist/saluki.browser.js", text);
console.log(`dist/saluki.browser.js: ${(gzip / 1024).toFixed(1)} KiB gzipped`);
