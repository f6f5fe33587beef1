/** Holds the rules that every file of src keeps: who may import whom, and what may be used where. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/**
 * Which floor a file stands on. It imports from its own floor or from below, never from above.
 * The first row that matches counts.
 */
const FLOORS: readonly (readonly [files: RegExp, floor: number])[] = [
  // 6: entries
  [/^(index|node)\.ts$|^cli\//, 6],
  // 0: ground
  [/^(watch|errors|version|source|snapshot|redact|shown)\.ts$|^platform\/(types\.ts|current\.d\.ts)$/, 0],
  // 1: fields
  [/^(grammar|text)\.ts$|^fields\//, 1],
  // 2: models
  [/^(request|response|headers|url|params|body|multipart|status|payload|schema|framing|progress)\.ts$/, 2],
  [/^(response-cookies|response-head)\.ts$/, 2],
  // 3: policies
  [/^auth\/|^(cookies|cookie-[a-z]+|redirects|retries|timeouts|proxies)\.ts$/, 3],
  // 4: transports
  [/^(transports|platform)\//, 4],
  // 5: client
  [/^(client|client-fetch|api|session|exchange|authenticate|options|log|response-promise)\.ts$/, 5],
];

const POLICIES = 3;

/** Files that may speak to one runtime by its own names. */
const RUNTIME_FILES = /^(platform\/|transports\/node|cli\/)/;
const FETCH_FILES = /^(platform\/|transports\/fetch\.ts$)/;
const RUNTIME_NAMES = new Set(["Deno", "Bun", "process", "Buffer"]);
const WATCHED = new Set([...RUNTIME_NAMES, "fetch"]);
const GLOBAL_OBJECTS = new Set(["globalThis", "window", "self", "global"]);

interface Import {
  specifier: string;
  line: number;
  typeOnly: boolean;
}

interface Source {
  name: string;
  text: string;
  tree: ts.SourceFile;
  imports: Import[];
}

function lineOf(source: Pick<Source, "tree">, node: ts.Node): number {
  return source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => visit(child, see));
}

function readImports(tree: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier && ts.isStringLiteralLike(specifier)) {
      imports.push({ specifier: specifier.text, line: lineOf({ tree }, node), typeOnly });
    }
  };
  visit(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, node.importClause?.isTypeOnly === true);
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node, node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false);
    }
  });
  return imports;
}

function readSources(): Map<string, Source> {
  const folder = join(root, "src");
  const names = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith(".ts"));
  return new Map(
    names.sort().map((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      const tree = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
      return [name, { name, text, tree, imports: readImports(tree) }];
    }),
  );
}

const sources = readSources();

const floorOf = (name: string) => FLOORS.find(([files]) => files.test(name))?.[1];

/** The file of src that a relative import names. */
const target = (from: Source, specifier: string) => join(dirname(from.name), specifier);

/** Collects what `look` finds in each file; a sentence for each. */
function problems(look: (source: Source, report: (line: number, fact: string) => void) => void): string[] {
  const found: string[] = [];
  for (const source of sources.values()) {
    look(source, (line, fact) => found.push(`src/${source.name}:${line} ${fact}`));
  }
  return found;
}

/** Nodes of one file that a rule is about. */
function nodesThat(
  select: (node: ts.Node) => string | undefined,
  allowed: (name: string) => boolean = () => false,
) {
  return problems((source, report) => {
    if (allowed(source.name)) return;
    visit(source.tree, (node) => {
      const fact = select(node);
      if (fact !== undefined) report(lineOf(source, node), fact);
    });
  });
}

function expectNone(found: string[]): void {
  expect(found, `${found.join("\n")}\n`).toEqual([]);
}

/** The global that a node uses: by its bare name, or as a property of the global object. */
function globalName(node: ts.Node): string | undefined {
  if (!ts.isIdentifier(node) || !WATCHED.has(node.text)) return undefined;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    return ts.isIdentifier(parent.expression) && GLOBAL_OBJECTS.has(parent.expression.text)
      ? node.text
      : undefined;
  }
  const isType = ts.isTypeQueryNode(parent) || ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent);
  const isNameOfSomething =
    ("name" in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent)) ||
    ("propertyName" in parent && parent.propertyName === node);
  return isType || isNameOfSomething || isDeclared(node.getSourceFile(), node.text) ? undefined : node.text;
}

/** Whether a file has a parameter or variable of this name, which then is not the global one. */
function isDeclared(tree: ts.SourceFile, name: string): boolean {
  let found = false;
  visit(tree, (node) => {
    if (ts.isParameter(node) || ts.isVariableDeclaration(node) || ts.isBindingElement(node)) {
      found ||= ts.isIdentifier(node.name) && node.name.text === name;
    }
  });
  return found;
}

test("Every file of src stands on a floor", () => {
  expectNone(
    problems((source, report) => {
      if (floorOf(source.name) === undefined)
        report(1, "stands on no floor: give it a row in FLOORS of test/house.test.ts");
    }),
  );
});

test("Imports go down or sideways, never up", () => {
  expectNone(
    problems((source, report) => {
      const floor = floorOf(source.name) ?? 0;
      for (const { specifier, line, typeOnly } of source.imports) {
        if (specifier === "#platform" && floor < POLICIES) {
          report(
            line,
            `stands on floor ${floor} and imports #platform, which only floor ${POLICIES} and above may`,
          );
        }
        if (!specifier.startsWith(".")) continue;
        const to = target(source, specifier);
        // The ground may name what errors and platforms are about.
        if (floor === 0 && typeOnly && /^(request|response)\.ts$/.test(to)) continue;
        const below = floorOf(to);
        if (!sources.has(to)) report(line, `imports src/${to}, which does not exist`);
        else if (below !== undefined && below > floor) {
          report(line, `stands on floor ${floor} and imports src/${to} from floor ${below} above it`);
        }
      }
    }),
  );
});

test("Imports form no cycle", () => {
  const found = new Set<string>();
  const done = new Set<string>();
  const follow = (name: string, path: string[]) => {
    const start = path.indexOf(name);
    if (start >= 0) {
      found.add(`src/${name}:1 imports itself in a circle: ${[...path.slice(start), name].join(" -> ")}`);
      return;
    }
    const source = sources.get(name);
    if (done.has(name) || source === undefined) return;
    for (const { specifier, typeOnly } of source.imports) {
      if (!specifier.startsWith(".")) continue;
      const to = target(source, specifier);
      if (floorOf(name) === 0 && typeOnly && (floorOf(to) ?? 0) > 0) continue;
      follow(to, [...path, name]);
    }
    done.add(name);
  };
  for (const name of sources.keys()) follow(name, []);
  expectNone([...found]);
});

test("No file of src has more than 400 lines", () => {
  expectNone(
    problems(({ text }, report) => {
      const lines = text.split("\n").length - 1;
      if (lines > 400) report(401, `has ${lines} lines, and 400 are the most: a file is one word of HTTP`);
    }),
  );
});

test("src has one index.ts and no `export *`", () => {
  expectNone([
    ...problems((source, report) => {
      if (/\/index\.ts$/.test(source.name))
        report(1, "is an index.ts below src: import from the file itself");
    }),
    ...nodesThat((node) =>
      ts.isExportDeclaration(node) && !(node.exportClause && ts.isNamedExports(node.exportClause))
        ? "exports with a star: name what is exported"
        : undefined,
    ),
  ]);
});

test("Names of one runtime stay in platform/, transports/node and cli/", () => {
  const allowed = (name: string) => RUNTIME_FILES.test(name);
  expectNone([
    ...problems((source, report) => {
      if (allowed(source.name)) return;
      for (const { specifier, line } of source.imports) {
        if (specifier.startsWith("node:")) report(line, `imports ${specifier}: ask #platform for it`);
        if (/^undici(\/|$)/.test(specifier)) report(line, "imports undici, which only transports/node may");
      }
    }),
    ...nodesThat((node) => {
      const name = globalName(node);
      return name !== undefined && RUNTIME_NAMES.has(name) ? `uses ${name}: ask #platform for it` : undefined;
    }, allowed),
  ]);
});

test("transports/node never imports #platform", () => {
  expectNone(
    problems((source, report) => {
      if (!source.name.startsWith("transports/node")) return;
      for (const { specifier, line } of source.imports) {
        if (specifier === "#platform") report(line, "imports #platform, which itself opens this transport");
      }
    }),
  );
});

test("The global fetch is used in platform/ and transports/fetch.ts only", () => {
  expectNone(
    nodesThat(
      (node) => (globalName(node) === "fetch" ? "uses the global fetch: go through a Transport" : undefined),
      (name) => FETCH_FILES.test(name),
    ),
  );
});

test("src has no `any` and no Math.random", () => {
  expectNone(
    nodesThat((node) => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) return "has an `any`: use unknown, or the type";
      if (ts.isPropertyAccessExpression(node) && node.getText() === "Math.random") {
        return "uses Math.random, which can be guessed: use crypto.getRandomValues";
      }
      return undefined;
    }),
  );
});

test("Policies decide and never wait, except the cookies", () => {
  expectNone(
    nodesThat(
      (node) => {
        // An async generator only hands requests out; who runs it does the waiting.
        if (!ts.canHaveModifiers(node) || !ts.isFunctionLike(node)) return undefined;
        const isAsync = ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
        const isGenerator = "asteriskToken" in node && node.asteriskToken !== undefined;
        return isAsync && !isGenerator
          ? "is async: a policy is plain code, and a transport waits"
          : undefined;
      },
      (name) => floorOf(name) !== POLICIES || /^cookie/.test(name),
    ),
  );
});

test("version.ts names the version of package.json", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const text = sources.get("version.ts")?.text ?? "";
  expect(text, `src/version.ts does not contain "${version}", the version in package.json`).toContain(
    `"${version}"`,
  );
});

test("The lock files name a version of every package, and no download address", () => {
  for (const name of ["package-lock.json", "test/runtimes/nodes/package-lock.json"]) {
    const text = readFileSync(join(root, name), "utf8");
    const found = text
      .split("\n")
      .flatMap((line, index) =>
        line.includes('"resolved"')
          ? [`${name}:${index + 1} has a download address: run npm install with this .npmrc`]
          : [],
      );
    const { packages } = JSON.parse(text) as { packages: Record<string, { version?: string }> };
    for (const [path, { version }] of Object.entries(packages)) {
      // npm leaves it out for packages of other systems, and npm ci then refuses the whole file.
      if (path !== "" && version === undefined) found.push(`${name} has no version for ${path}`);
    }
    expectNone(found);
  }
});
