/** Bundles a piece of code for browsers, as the tools of an application would. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Gives the bundle's text, its bytes after `gzip -9`, and the bytes that each file put into it. */
export async function bundle(code, options = {}) {
  const result = await build({
    stdin: { contents: code, resolveDir: root, sourcefile: "entry.js" },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    metafile: true,
    write: false,
    logLevel: "silent",
    ...options,
  });
  const [file] = result.outputFiles;
  const [output] = Object.values(result.metafile.outputs);
  const files = Object.entries(output.inputs)
    .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
    .filter(({ path, bytes }) => bytes > 0 && path !== "entry.js")
    .sort((a, b) => b.bytes - a.bytes);
  return {
    text: file.text,
    gzip: gzipSync(file.contents, { level: 9 }).length,
    files,
    imports: output.imports,
  };
}
