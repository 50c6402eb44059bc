/** The packages' sources as the architecture tests see them: parsed, with what each file imports and exports. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The root of the repository, absolute. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** An `import … from` or `export … from`. */
export interface ModuleReference {
  readonly specifier: string;
  /** Erased when compiled. */
  readonly typeOnly: boolean;
  /** For `export { … } from`: the names that it passes on as values. */
  readonly values: readonly string[];
}

/** One file below a package's `src`. */
export interface SourceFile {
  /** The package's folder name. */
  readonly package: string;
  /** Path below `src`, with forward slashes. */
  readonly path: string;
  /** Path below the root, for messages. */
  readonly place: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly references: readonly ModuleReference[];
}

/** The files below a folder, with forward slashes, relative to it; none if it does not exist. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** The folder names of the packages. */
export function packageFolders(): string[] {
  return readdirSync(join(root, "packages"))
    .filter((name) => existsSync(join(root, "packages", name, "package.json")))
    .sort();
}

/** All source files of a package, parsed. */
export function sourcesOf(folder: string): SourceFile[] {
  const source = join(root, "packages", folder, "src");
  return filesBelow(source)
    .filter((path) => path.endsWith(".ts"))
    .map((path) => parse(folder, path, readFileSync(join(source, path), "utf8")));
}

/** Parses one file; `path` is relative to `src`. */
export function parse(folder: string, path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const references: ModuleReference[] = [];
  const visit = (node: ts.Node): void => {
    const reference = referenceOf(node);
    if (reference !== undefined) references.push(reference);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { package: folder, path, place: `packages/${folder}/src/${path}`, text, tree, references };
}

function referenceOf(node: ts.Node): ModuleReference | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const clause = node.importClause;
    const bindings = clause?.namedBindings;
    const onlyTypes =
      clause?.phaseModifier === ts.SyntaxKind.TypeKeyword ||
      (clause !== undefined &&
        clause.name === undefined &&
        bindings !== undefined &&
        ts.isNamedImports(bindings) &&
        bindings.elements.every((element) => element.isTypeOnly));
    return { specifier: node.moduleSpecifier.text, typeOnly: onlyTypes, values: [] };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    const named = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
    const values = node.isTypeOnly
      ? []
      : named.filter((each) => !each.isTypeOnly).map((each) => each.name.text);
    return { specifier: node.moduleSpecifier.text, typeOnly: values.length === 0, values };
  }
  const [argument] = ts.isCallExpression(node) ? node.arguments : [];
  if (ts.isCallExpression(node) && argument !== undefined && ts.isStringLiteralLike(argument)) {
    const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
    if (isImport) return { specifier: argument.text, typeOnly: false, values: [] };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const { literal } = node.argument;
    if (ts.isStringLiteral(literal)) return { specifier: literal.text, typeOnly: true, values: [] };
  }
  return undefined;
}

/** The path below `src` that a relative specifier leads to; undefined for packages and Node's modules. */
export function target(file: SourceFile, specifier: string): string | undefined {
  return specifier.startsWith(".") ? posix.join(dirname(file.path), specifier) : undefined;
}

/** The package that a bare specifier belongs to: "@credence/core/node" is of "@credence/core". */
export function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}

/** Whether a file compiles to nothing: interfaces, type aliases and type imports alone. */
export function isOnlyTypes(file: SourceFile): boolean {
  return file.tree.statements.every(
    (statement) =>
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ((ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
        (referenceOf(statement)?.typeOnly ?? true)),
  );
}
