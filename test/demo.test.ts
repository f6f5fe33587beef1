/** `npm run demo` as its users see it: a process of its own, and a page in a browser. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redactHeader, redactURL } from "../examples/demo/transcript.ts";
import { PASSWORD } from "../examples/server/people.ts";
import { type EmbeddedServer, startServer } from "../examples/server/server.ts";

// The demo builds the package where that is missing or stale.
const BUILD_MILLISECONDS = 120_000;
const script = fileURLToPath(new URL("../scripts/demo.mjs", import.meta.url));
const chromiumPath = "/usr/bin/chromium";

function start(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  const env = { ...process.env };
  delete env.FORCE_COLOR;
  return spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
}

async function demo(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const child = start(...args);
  let [output, errors] = ["", ""];
  child.stdout.on("data", (text: Buffer) => {
    output += text.toString();
  });
  child.stderr.on("data", (text: Buffer) => {
    errors += text.toString();
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, output, errors };
}

/** The lines of the transcript that are exchanges: what was asked and what came. */
function exchanges(output: string): string[] {
  const lines = output.match(/^ {3}(?:->|<-) .*$/gm) ?? [];
  return lines.map((line) => line.trim().replace(/http:\/\/127\.0\.0\.1:\d+/, ""));
}

describe("The story", () => {
  let told: Awaited<ReturnType<typeof demo>>;
  beforeAll(async () => {
    told = await demo();
  }, BUILD_MILLISECONDS);

  test("ends by itself, and well", () => {
    expect(told.code, told.output + told.errors).toBe(0);
  });

  test("shows every exchange of every chapter", () => {
    expect(exchanges(told.output)).toEqual([
      "-> GET /private/basic",
      "<- 200 OK",
      "-> GET /private/digest/a",
      "<- 401 Unauthorized",
      "-> GET /private/digest/a",
      "<- 200 OK",
      "-> GET /private/digest/b",
      "<- 200 OK",
      "-> POST /token?uses=...",
      "<- 200 OK",
      "-> GET /token/protected",
      "<- 401 Unauthorized",
      "-> POST /token",
      "<- 200 OK",
      "-> GET /token/protected",
      "<- 200 OK",
      "-> GET /redirect-cookie/theme/dark",
      "<- 302 Found",
      "-> GET /cookies",
      "<- 200 OK",
      "-> GET /stream/3",
      "<- 200 OK",
    ]);
  });

  test("shows the Digest handshake, and the second request in one leg", () => {
    const digests = told.output.match(/Authorization: Digest .*/g) ?? [];
    expect(digests).toHaveLength(2);
    expect(digests[0]).toMatch(/uri="\/private\/digest\/a".*algorithm=SHA-256.*nc=00000001/);
    expect(digests[1]).toMatch(/uri="\/private\/digest\/b".*algorithm=SHA-256.*nc=00000002/);
  });

  test("tells no secret and has no colour outside a terminal", () => {
    const { output } = told;
    const basic = Buffer.from(`olivia:${PASSWORD}`).toString("base64");
    for (const secret of [PASSWORD, basic, "access-", "refresh-", "theme=dark", "\u001b"]) {
      expect(output).not.toContain(secret);
    }
    expect(output).not.toMatch(/(?:response|rspauth)="[0-9a-f]/);
    expect(output).toContain("Authorization: Basic [redacted]");
    expect(output).toContain("Authorization: Bearer [redacted]");
    expect(output).toContain("Cookie: theme=[redacted]");
  });
});

describe("A URL of one's own", { timeout: BUILD_MILLISECONDS }, () => {
  let server: EmbeddedServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  test("is asked with Digest, twice, and keeps its query to itself", async () => {
    const { code, output } = await demo(
      `${server.url}/private/digest/x?token=hidden`,
      "--digest",
      `olivia:${PASSWORD}`,
    );
    expect(code).toBe(0);
    expect(exchanges(output).filter((line) => line.startsWith("<-"))).toEqual([
      "<- 401 Unauthorized",
      "<- 200 OK",
      "<- 200 OK",
    ]);
    expect(exchanges(output)[0]).toBe("-> GET /private/digest/x?token=...");
    expect(output).not.toContain(PASSWORD);
  });

  test("is asked with Basic", async () => {
    const { code, output } = await demo(`${server.url}/private/basic`, "--basic", `olivia:${PASSWORD}`);
    expect(code).toBe(0);
    expect(exchanges(output)).toEqual(["-> GET /private/basic", "<- 200 OK"]);
    expect(output).toContain('"authenticated":true');
  });

  test("cannot write control characters to the terminal", async () => {
    const raw = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\u001b[2J").toString("base64url");
    const hostile = await demo(`${server.url}/raw/${raw}`);
    expect(hostile.output).toContain("?[2J");
    expect(hostile.output).not.toContain("\u001b");
  });

  test("that nobody answers is a fault, and a wrong option shows the usage", async () => {
    const nobody = await startServer();
    await nobody.close();
    const refused = await demo(nobody.url);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain("ConnectError");
    const wrong = await demo("--colour");
    expect(wrong.code).toBe(1);
    expect(wrong.errors).toMatch(/--colour[\s\S]*npm run demo -- <url>/);
    expect((await demo(server.url, "--basic", "nobody")).errors).toContain("user:password");
  });
});

describe("The page", { timeout: BUILD_MILLISECONDS }, () => {
  test("plays the same story in a browser and goes when it is told to", async ({ skip }) => {
    if (!existsSync(chromiumPath)) {
      if (process.env.CI === "true" || process.env.CI === "1") throw new Error(`There is no ${chromiumPath}`);
      skip(`there is no ${chromiumPath}`);
    }
    const child = start("--serve");
    let output = "";
    const address = new Promise<string>((resolve) => {
      child.stdout.on("data", (text: Buffer) => {
        output += text.toString();
        const url = /Open (\S+)/.exec(output)?.[1];
        if (url !== undefined) resolve(url);
      });
    });
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ["--no-sandbox", "--disable-gpu"],
    });
    try {
      const page = await browser.newPage();
      await page.goto(await address);
      await page.waitForSelector("body[data-state=done], body[data-state=failed]");
      const text = await page.textContent("main");
      expect(text).toContain("nc=00000002");
      expect(text).toContain("The browser followed the redirect and kept the cookie itself.");
      expect(text).not.toContain(PASSWORD);
      expect(await page.getAttribute("body", "data-state")).toBe("done");
    } finally {
      await browser.close();
      child.kill("SIGTERM");
    }
    expect(await once(child, "close")).toEqual([0, null]);
  });
});

describe("The transcript", () => {
  test("hides what only the two sides may know", () => {
    expect(redactHeader("Authorization", "Basic b2xpdmlh")).toBe("Basic [redacted]");
    expect(redactHeader("Authorization", "token")).toBe("[redacted]");
    expect(redactHeader("Cookie", "a=1; b=2=3")).toBe("a=[redacted]; b=[redacted]");
    expect(redactHeader("Set-Cookie", "a=1; Path=/")).toBe("a=[redacted]; Path=/");
    expect(redactHeader("Location", "/a?b=c")).toBe("/a?...");
    expect(redactHeader("Location", "https://u:p@x.example/a?b=c#d")).toBe("https://x.example/a?b=...");
    expect(redactURL(new URL("https://u:p@x.example/a?b=c&d=e#f"))).toBe("https://x.example/a?b=...&d=...");
  });
});
