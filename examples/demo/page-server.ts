/** Serves the page of the demo on loopback: the page itself, its script, and the browser file of the package. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface Page {
  readonly url: string;
  close(): Promise<void>;
}

/** @param root the folder of the package @param api the origin of the embedded server */
export async function servePage(root: URL, api: string): Promise<Page> {
  const html = readFileSync(new URL("examples/demo/page.html", root), "utf8").replaceAll("{{api}}", api);
  const files = new Map([
    ["/", ["text/html", html]],
    ["/page.js", ["text/javascript", await bundlePage(root)]],
    [
      "/saluki.browser.js",
      ["text/javascript", readFileSync(new URL("dist/saluki.browser.js", root), "utf8")],
    ],
  ] as const);
  const server = createServer((request, response) => {
    const file = [...files].find(([path]) => path === request.url)?.[1];
    response.writeHead(file ? 200 : 404, { "Content-Type": `${file?.[0] ?? "text/plain"}; charset=utf-8` });
    response.end(file?.[1] ?? "Not found\n");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

// The package itself stays out: the page loads the very file that others would load.
async function bundlePage(root: URL): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL("examples/demo/page.ts", root))],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    alias: { saluki: "/saluki.browser.js" },
    external: ["/saluki.browser.js"],
  });
  return result.outputFiles[0]?.text ?? "";
}
