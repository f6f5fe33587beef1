/**
 * Holds README.md and docs/ to what they say: their code compiles and runs, their links lead somewhere, and no public
 * name, option, error or command is missing.
 *
 * Rules for a TypeScript block:
 * - A block that begins with an import is a module of its own; any other continues the one before it.
 * - A first line `// not run: needs ...` keeps a block from being run. It is type-checked all the same.
 * - `console.log(value); // text` means that the line prints this text; several prints are joined by ", ".
 *   Text that ends in "…" is a beginning. `// such as text` is not compared.
 * - https://api.example.com, https://other.example.net and https://cdn.example.org are the origins of examples/server.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import ts from "typescript";
import { describe, expect, inject, test } from "vitest";
import * as saluki from "../src/index.ts";

const root = join(import.meta.dirname, "..");
const read = (name: string): string => readFileSync(join(root, name), "utf8");

const texts = new Map(
  ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ...markdownBelow("docs")].map((name) => [
    name,
    read(name),
  ]),
);

/** What users read, as opposed to those who work on the project. */
const manual = [...texts].filter(([name]) => /^README|^docs\/[^/]+$/.test(name));

function markdownBelow(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true }) as string[];
  return names
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

// Blocks

interface Block {
  readonly page: string;
  /** The line of its first line of code, counted from 1. */
  readonly line: number;
  readonly code: string;
  readonly runs: boolean;
}

/** Blocks that are one module, and where each begins in its page. */
interface Module {
  readonly name: string;
  readonly blocks: readonly Block[];
}

function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((found) => {
    const code = found[1] as string;
    const line = text.slice(0, found.index).split("\n").length + 1;
    return { page, line, code, runs: !/^\/\/ not run: needs /.test(code) };
  });
}

function modulesOf(page: string, text: string): Module[] {
  const modules: { name: string; blocks: Block[] }[] = [];
  for (const block of blocksOf(page, text)) {
    const last = modules.at(-1);
    if (last && !/^import /m.test(block.code)) last.blocks.push(block);
    else modules.push({ name: `${page}:${block.line}`, blocks: [block] });
  }
  return modules;
}

/** The code with every line where it stands in its page, so that faults name the line to look at. */
function sourceOf(blocks: readonly Block[]): string {
  const lines: string[] = [];
  for (const { line, code } of blocks) {
    while (lines.length < line - 1) lines.push("");
    lines.push(...code.split("\n").slice(0, -1));
  }
  return lines.join("\n");
}

const modules = [...texts].flatMap(([page, text]) => modulesOf(page, text));

test("Every block of code names a language that is known here", () => {
  const known = new Set(["ts", "sh", "html", "text", "json"]);
  const strange = [...texts].flatMap(([page, text]) =>
    [...text.matchAll(/^```([^\n]*)\n.*?^```$/gms)].map(([, name]) => `${page}: ${name}`),
  );
  expect(strange.filter((line) => !known.has(line.split(": ")[1] ?? ""))).toEqual([]);
});

// Types

test("Blocks of code compile", { timeout: 60_000 }, () => {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  Object.assign(options, {
    paths: { saluki: [join(root, "src/index.ts")], "saluki/node": [join(root, "src/node.ts")] },
    moduleDetection: ts.ModuleDetectionKind.Force,
    noUnusedLocals: false,
  });
  // They stand in the root, where packages are found; the names are no files.
  const sources = new Map(
    modules.map((module) => [join(root, `${module.name.replace(/\W/g, "-")}.ts`), module]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...rest) => {
    const module = sources.get(name);
    return module
      ? ts.createSourceFile(name, sourceOf(module.blocks), version)
      : getSourceFile(name, version, ...rest);
  };
  const program = ts.createProgram(
    [...sources.keys(), join(root, "src/platform/current.d.ts")],
    options,
    host,
  );
  const faults = [...sources].flatMap(([name, module]) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(name)).map(({ start, messageText }) => {
      const place = program.getSourceFile(name)?.getLineAndCharacterOfPosition(start ?? 0);
      const text = ts.flattenDiagnosticMessageText(messageText, " ");
      return `${module.blocks[0]?.page}:${(place?.line ?? 0) + 1} ${text}`;
    }),
  );
  expect(faults).toEqual([]);
});

// Runs

type AsyncFunction = new (...code: string[]) => (...values: unknown[]) => Promise<unknown>;
const AsyncFunction = (async () => {}).constructor as AsyncFunction;

const packages: Readonly<Record<string, () => Promise<object>>> = {
  saluki: async () => saluki,
  "saluki/node": () => import("../src/node.ts"),
  "node:fs": () => import("node:fs"),
  "node:fs/promises": () => import("node:fs/promises"),
  "node:crypto": () => import("node:crypto"),
  hono: () => import("hono"),
  "hono/client": () => import("hono/client"),
  "tough-cookie": () => import("tough-cookie"),
  undici: () => import("undici"),
  valibot: () => import("valibot"),
};

const [first, second, third] = inject("servers").embedded;

/** The text with the origins of the documentation replaced by those of the test servers. */
function onServers(text: string): string {
  return text
    .replaceAll("https://api.example.com", first)
    .replaceAll("https://other.example.net", second)
    .replaceAll("https://cdn.example.org", third);
}

/** What each line printed. */
class Printer {
  readonly printed = new Map<number, string[]>();

  /** A console that knows which line it stands on. */
  at(line: number): { log(...values: unknown[]): void } {
    const log = (...values: unknown[]) => {
      const lines = this.printed.get(line) ?? [];
      lines.push(values.map(show).join(" "));
      this.printed.set(line, lines);
    };
    return { log };
  }

  // Where the console itself is handed over, as a logger.
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
}

const show = (value: unknown) =>
  typeof value === "string" ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY });

async function run(source: string): Promise<Printer> {
  const placed = source
    .split("\n")
    .map((line, at) => line.replace(/\bconsole\.log\(/g, `console.at(${at + 1}).log(`));
  const { outputText } = ts.transpileModule(onServers(placed.join("\n")), {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
      moduleDetection: ts.ModuleDetectionKind.Force,
    },
  });
  const wanted = [...outputText.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name as string);
  const loaded = new Map<string, object>();
  for (const name of wanted) {
    const load = packages[name];
    if (!load) throw new Error(`Cannot import ${name}: give it a row in packages of test/docs.test.ts`);
    loaded.set(name, { __esModule: true, ...(await load()) });
  }
  const printer = new Printer();
  const module = new AsyncFunction("require", "exports", "console", outputText);
  await module((name: string) => loaded.get(name), {}, printer);
  return printer;
}

/** The lines that say what they print, and what it is. */
function promises(source: string): [line: number, text: string][] {
  return source.split("\n").flatMap((line, at) => {
    const text = /\bconsole\.log\(.* \/\/ (.*)$/.exec(line)?.[1];
    return text === undefined || text.startsWith("such as ") ? [] : [[at + 1, onServers(text)]];
  });
}

describe("Blocks of code run", () => {
  for (const { name, blocks } of modules) {
    const source = sourceOf(blocks.filter(({ runs }) => runs));
    if (!source) continue;
    test(name, async () => {
      const { printed } = await run(source);
      const page = blocks[0]?.page;
      for (const [line, text] of promises(source)) {
        const actual = printed.get(line)?.join(", ");
        const start = text.endsWith("…") ? text.slice(0, -1) : undefined;
        const seen = start === undefined ? actual : actual?.slice(0, start.length);
        expect(`${page}:${line} ${seen}`).toBe(`${page}:${line} ${start ?? text}`);
      }
    });
  }
});

// Links

/** The fragment that a heading gets, as common renderers make it. */
function fragmentOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

test("Relative links lead to files and headings", () => {
  const broken: string[] = [];
  for (const [page, text] of texts) {
    const prose = text.replace(/^```.*?^```$/gms, "");
    for (const [, link = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [path = "", fragment] = link.split("#");
      const target = path ? join(dirname(page), path) : page;
      if (!existsSync(join(root, target))) broken.push(`${page}: ${link}`);
      else if (fragment !== undefined) {
        const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
          fragmentOf(heading),
        );
        if (!headings.includes(fragment)) broken.push(`${page}: ${link}`);
      }
    }
  }
  expect(broken).toEqual([]);
});

// Completeness

const words = new Set(manual.flatMap(([, text]) => text.match(/[\w$]+/g) ?? []));

test("Every exported name occurs in README.md or docs/", () => {
  const names = ["src/index.ts", "src/node.ts"].flatMap((path) => {
    const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest);
    return file.statements
      .filter(ts.isExportDeclaration)
      .flatMap(({ exportClause }) =>
        exportClause && ts.isNamedExports(exportClause) ? exportClause.elements : [],
      )
      .map(({ name }) => name.text);
  });
  expect(names.length).toBeGreaterThan(80);
  expect(names.filter((name) => !words.has(name))).toEqual([]);
});

test("Every option and every public member of the client and its messages occurs in README.md or docs/", () => {
  const paths = [
    "options",
    "request",
    "client",
    "response",
    "response-head",
    "cookies",
    "timeouts",
    "headers",
  ];
  const missing = paths.flatMap((path) => {
    const file = ts.createSourceFile(path, read(`src/${path}.ts`), ts.ScriptTarget.Latest, true);
    return file.statements
      .filter((node) => ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node))
      .filter(({ name }) => name && (name.text in saluki || /Options$/.test(name.text)))
      .flatMap(({ name, members }) =>
        [...members]
          .map((member) => member.name?.getText() ?? "")
          .filter(
            (member) =>
              /^\w+$/.test(member) && !INTERNAL.has(`${name?.text}.${member}`) && !words.has(member),
          )
          .map((member) => `${name?.text}.${member}`),
      );
  });
  expect(missing).toEqual([]);
});

// What stands between the floors of the source and is for nobody else.
const INTERNAL = new Set([
  "Request.given",
  "Request.hasOwnAuthorization",
  "Response.bound",
  "Cookies.header",
  "Cookies.store",
]);

test("docs/errors.md has a row for every error, with its code", () => {
  const page = read("docs/errors.md");
  const errors = Object.values(saluki).filter(
    (value): value is typeof saluki.HTTPError =>
      typeof value === "function" &&
      (value === saluki.HTTPError || value.prototype instanceof saluki.HTTPError),
  );
  expect(errors.length).toBeGreaterThan(30);
  const missing = errors.map((Kind) => {
    const context = { history: [], issues: [] } as never;
    const { name, code } = new Kind("", context);
    return `| \`${name}\` | \`${code}\` |`;
  });
  expect(missing.filter((row) => !page.includes(row))).toEqual([]);
});

test("Every `npm run` of the documentation is a script of package.json", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const named = [...texts.values()].flatMap((text) => [...text.matchAll(/\bnpm run ([\w:-]+)/g)]);
  expect([...new Set(named.map(([, name = ""]) => name))].filter((name) => !(name in scripts))).toEqual([]);
});

test("README.md and CHANGELOG.md name the version of package.json", () => {
  const { version } = JSON.parse(read("package.json")) as { version: string };
  expect(saluki.VERSION).toBe(version);
  expect(read("CHANGELOG.md")).toContain(`## ${version}`);
});
