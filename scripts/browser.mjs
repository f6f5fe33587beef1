/** Writes dist/saluki.browser.js: the whole package in one file, for `<script type="module">` without a bundler. */
import { writeFileSync } from "node:fs";
import { bundle } from "./bundle.mjs";

/** Browsers keep cookies themselves, so the engine that does it elsewhere is most of the bytes for nothing. */
const withoutCookieEngine = {
  name: "without-cookie-engine",
  setup(build) {
    build.onResolve({ filter: /^tough-cookie$/ }, ({ path }) => ({ path, namespace: "absent" }));
    build.onLoad({ filter: /./, namespace: "absent" }, () => ({
      contents: 'throw new Error("Cannot keep cookies in a browser: the browser does that itself");',
    }));
  },
};

const { text, gzip, imports } = await bundle('export * from "saluki"; export { default } from "saluki";', {
  legalComments: "eof",
  plugins: [withoutCookieEngine],
});
if (imports.length > 0) {
  throw new Error(
    `Cannot write the browser file: it still imports ${imports.map(({ path }) => path).join(", ")}`,
  );
}
writeFileSync("dist/saluki.browser.js", text);
console.log(`dist/saluki.browser.js: ${(gzip / 1024).toFixed(1)} KiB gzipped`);
