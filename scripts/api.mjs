/** Writes docs/api.txt, the public surface as the built types have it; a test compares the two. */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const entries = { saluki: "dist/index.d.ts", "saluki/node": "dist/node.d.ts" };

/** Every exported name of every entry, in order of the alphabet, each with its declarations. */
export function describeApi() {
  const paths = Object.values(entries).map((path) => root + path);
  const program = ts.createProgram(paths, {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
  });
  const checker = program.getTypeChecker();
  const printer = ts.createPrinter({ removeComments: true });

  const print = (declaration) => {
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    return printer
      .printNode(ts.EmitHint.Unspecified, statement, declaration.getSourceFile())
      .replace(/^(export )?(declare )?/, "")
      .replace(/^\s*#private;\n/gm, "");
  };

  const sections = Object.entries(entries).map(([name, path]) => {
    const file = program.getSourceFile(root + path);
    if (file === undefined) throw new Error(`Cannot read ${path}: run npm run build first`);
    const exported = checker
      .getExportsOfModule(checker.getSymbolAtLocation(file))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((symbol) => {
        const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
        const text = (target.declarations ?? []).map(print).join("\n");
        return target.name === symbol.name ? text : `// exported as ${symbol.name}\n${text}`;
      });
    return `# ${name}\n\n${exported.join("\n\n")}\n`;
  });
  return sections.join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(`${root}docs`, { recursive: true });
  writeFileSync(`${root}docs/api.txt`, describeApi());
}
