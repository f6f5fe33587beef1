/** The demo in a terminal. */
import { parseArgs } from "node:util";
import { type ClientOptions, DigestAuth } from "saluki";
import { NodeTransport } from "saluki/node";
import { startServer } from "../server/server.ts";
import { servePage } from "./page-server.ts";
import { Surprise, tellStory, visit } from "./story.ts";
import { type Kind, type Teller, TranscriptTransport } from "./transcript.ts";

const USAGE = `npm run demo                                      the story, against a server of our own
npm run demo -- --serve                           the story in your browser as well
npm run demo -- <url>                             one request to a URL of yours
npm run demo -- <url> --digest user:password      with Digest
npm run demo -- <url> --basic user:password       with Basic`;

/** Colour (ANSI SGR) and beginning of each kind of line. */
const LOOK: Readonly<Record<Kind, readonly [colour: number, beginning: string]>> = {
  title: [1, "\n"],
  note: [2, "   "],
  sent: [36, "\n   -> "],
  received: [33, "   <- "],
  header: [0, "        "],
  fact: [32, "\n   => "],
  fault: [31, "   !! "],
};

function terminal(): Teller {
  const { env, stdout } = process;
  const coloured = env.NO_COLOR === undefined && (stdout.isTTY || env.FORCE_COLOR !== undefined);
  return (kind, text) => {
    const [colour, beginning] = LOOK[kind];
    const paint = coloured && colour > 0 ? (line: string) => `\u001b[${colour}m${line}\u001b[0m` : String;
    // Servers choose part of the text, and a terminal obeys control characters.
    const safe = text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "?");
    stdout.write(`${beginning}${paint(safe.replaceAll("\n", "\n   "))}\n`);
  };
}

function credentials(text: string): [user: string, password: string] {
  const colon = text.indexOf(":");
  if (colon < 0) throw new TypeError("Credentials must have the form user:password");
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/** Runs the demo with these arguments; tells the exit code. */
export async function main(args: string[], root: URL): Promise<number> {
  const tell = terminal();
  try {
    return await run(args, root, tell);
  } catch (error) {
    if (error instanceof TypeError) process.stderr.write(`${error.message}\n\n${USAGE}\n`);
    else tell("fault", error instanceof Surprise ? error.message : String(error));
    return 1;
  }
}

async function run(args: string[], root: URL, tell: Teller): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      basic: { type: "string" },
      digest: { type: "string" },
      help: { type: "boolean", short: "h" },
      serve: { type: "boolean" },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const options: ClientOptions = { transport: new TranscriptTransport(new NodeTransport(), tell) };
  if (values.basic !== undefined) options.auth = credentials(values.basic);
  if (values.digest !== undefined) options.auth = new DigestAuth(...credentials(values.digest));
  const [url] = positionals;
  if (url !== undefined) {
    await visit(url, { options, tell });
    return 0;
  }

  const server = await startServer();
  await tellStory({ server: server.url, options, inBrowser: false, tell });
  tell("title", "The same in a browser");
  if (values.serve) {
    const page = await servePage(root, server.url);
    tell("note", `Open ${page.url} and stop with Ctrl+C`);
    await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
    await page.close();
  } else {
    tell("note", "npm run demo -- --serve keeps a page that plays this story with dist/saluki.browser.js");
  }
  await server.close();
  return 0;
}
