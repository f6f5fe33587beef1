/** Builds dist/: code and types of every entry, each as ESM and as CommonJS. */
import { readFileSync, rmSync } from "node:fs";
import { defineConfig } from "rollup";
import { dts } from "rollup-plugin-dts";
import esbuild from "rollup-plugin-esbuild";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const entries = ["index", "node"];
const platforms = ["web", "workerd", "edge", "node", "required", "deno", "bun"].map(
  (name) => `platform/${name}`,
);

const input = (names: string[]) => Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]));
const dependency = new RegExp(`^(${Object.keys(manifest.dependencies).join("|")})(/|$)`);
const external = [/^#/, /^node:/, dependency];

const disposable = '/// <reference lib="esnext.disposable" />';

// Chunks of their own: a bundler leaves out a whole file that is not used, and with it the packages that it
// imports, which it could not know to be free of side effects.
const chunks = {
  hoistTransitiveImports: false,
  onlyExplicitManualChunks: true,
  manualChunks: (id: string) =>
    /\/src\/auth\/digest-(algorithms|challenge)/.test(id) ? "digest" : undefined,
};

rmSync("dist", { recursive: true, force: true });

// All entries in one run, so that a class like HTTPError exists once in each format.
export default defineConfig([
  {
    input: input([...entries, ...platforms]),
    external,
    plugins: [esbuild({ target: "es2022" })],
    output: [
      {
        ...chunks,
        dir: "dist",
        format: "es",
        sourcemap: true,
        entryFileNames: "[name].js",
        chunkFileNames: "shared/[name].js",
      },
      {
        ...chunks,
        dir: "dist",
        format: "cjs",
        // Jest runs no import() in CommonJS without a flag; everything lazy here can be required as well.
        dynamicImportInCjs: false,
        // Node 20.18 cannot require an .mjs file.
        paths: { "js-md5/build/md5-lite.mjs": "js-md5/build/md5-lite.js" },
        sourcemap: true,
        exports: "named",
        entryFileNames: "[name].cjs",
        chunkFileNames: "shared/[name].cjs",
      },
    ],
  },
  {
    input: input(entries),
    external,
    plugins: [dts({ includeExternal: ["@standard-schema/spec"] })],
    // The base of closable classes is not public, its members are: applications lack nothing.
    onLog(level, log, handle) {
      if (!/no public re-export: Closable/.test(log.message)) handle(level, log);
    },
    // The types use Symbol.asyncDispose, which applications need not have asked their compiler for.
    output: [
      {
        dir: "dist",
        entryFileNames: "[name].d.ts",
        chunkFileNames: "shared/[name].d.ts",
        banner: disposable,
      },
      {
        dir: "dist",
        entryFileNames: "[name].d.cts",
        chunkFileNames: "shared/[name].d.cts",
        banner: disposable,
      },
    ],
  },
]);
