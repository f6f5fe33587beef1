import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: { "#platform": source("./src/platform/node.ts") } },
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/types/**", "**/node_modules/**"],
        },
      },
    ],
  },
});
