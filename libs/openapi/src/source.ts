import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const OURS = /^\.|^@tumbler\//;
const TESTS = /\.(spec|suite)\.tsx?$|\/testing\/|\/migrations\//;

/** Every source file of the applications in a tree, tests and migrations aside. */
const appFiles = (root: string): string[] => filesIn(root, 'apps/*/src');

/** The same, with the libraries that they are made of. */
export const sourceFiles = (root: string): string[] =>
  ['apps/*/src', 'libs/*/src', 'libs/contracts/*/src'].flatMap((folders) => filesIn(root, folders));

function filesIn(root: string, folders: string): string[] {
  const [above = '', below = ''] = folders.split('*/');
  return readdirSync(join(root, above))
    .map((name) => join(root, above, name, below))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => /\.tsx?$/.test(file) && !TESTS.test(file))
    .sort();
}

/** The applications of a tree as the compiler sees them. Throws where the tree has no readable tsconfig.base.json. */
export function openSource(root: string): Source {
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic({ messageText }) {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  };
  const base = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.base.json'), {}, host);
  const options: ts.CompilerOptions = {
    ...base?.options,
    ...{ noEmit: true, composite: false, incremental: false, types: [] },
    ...{ jsx: ts.JsxEmit.ReactJSX, jsxImportSource: 'preact' },
  };
  return new Source(ts.createProgram(appFiles(root), options, hostOfOurs(options)));
}

/** What other people's packages declare is no part of the API, and most of what there would be to read. */
function hostOfOurs(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const cache = ts.createModuleResolutionCache(host.getCurrentDirectory(), (name) => name, options);
  host.resolveModuleNameLiterals = (names, file, redirected) =>
    names.map(({ text }) =>
      OURS.test(text)
        ? ts.resolveModuleName(text, file, options, host, cache, redirected, ts.ModuleKind.ESNext)
        : { resolvedModule: undefined },
    );
  return host;
}

/** Where a name leads in the source: what all the readers of it ask. */
export class Source {
  readonly checker: ts.TypeChecker;
  readonly files: ts.SourceFile[];

  constructor(program: ts.Program) {
    this.checker = program.getTypeChecker();
    this.files = program
      .getSourceFiles()
      .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file));
  }

  /** What a name or a property was declared as, whatever it was imported under. */
  symbolOf(node: ts.Node): ts.Symbol | undefined {
    const symbol = this.checker.getSymbolAtLocation(node);
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The declaration of a name, where it is in a file of ours. */
  declarationOf(node: ts.Node): ts.Declaration | undefined {
    const declaration = this.symbolOf(node)?.valueDeclaration;
    return declaration && this.isOurs(declaration) ? declaration : undefined;
  }

  /** The function that a name stands for: declared as one, or kept in a constant. */
  functionOf(node: ts.Node): ts.FunctionLikeDeclaration | undefined {
    const declaration = this.declarationOf(node);
    if (!declaration) return undefined;
    if (ts.isVariableDeclaration(declaration) && declaration.initializer) {
      const value = bare(declaration.initializer);
      return ts.isArrowFunction(value) || ts.isFunctionExpression(value) ? value : undefined;
    }
    const callable =
      ts.isFunctionDeclaration(declaration) ||
      ts.isMethodDeclaration(declaration) ||
      ts.isGetAccessorDeclaration(declaration);
    return callable && declaration.body ? declaration : undefined;
  }

  /** The first sentence of what is written above a declaration, and all of it. */
  words(node: ts.Node): { summary?: string; description?: string } {
    const name = ts.isClassDeclaration(node) || ts.isMethodDeclaration(node) ? node.name : undefined;
    const symbol = name && this.checker.getSymbolAtLocation(name);
    const text = symbol ? this.wordsOf(symbol) : '';
    if (!text) return {};
    const [first = ''] = text.split(/(?<=[.!?])\s/);
    return { summary: first.replace(/\.$/, ''), ...(first === text ? {} : { description: text }) };
  }

  wordsOf(symbol: ts.Symbol): string {
    return ts
      .displayPartsToString(symbol.getDocumentationComment(this.checker))
      .replace(/\s*\n\s*/g, ' ')
      .trim();
  }

  isOurs(node: ts.Node): boolean {
    const file = node.getSourceFile();
    return !file.isDeclarationFile && !file.fileName.includes('/node_modules/');
  }
}

/** An expression without what is for the compiler alone. */
export function bare(node: ts.Expression): ts.Expression {
  return ts.isAsExpression(node) ||
    ts.isParenthesizedExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
    ? bare(node.expression)
    : node;
}

/** Where something is, for whoever has to change it. */
export function place(node: ts.Node): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  return `${file.fileName.replace(/^.*\/(apps|libs)\//, '$1/')}:${line + 1}`;
}
