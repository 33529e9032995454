// Reads source files as far as the rules of layers.test.ts look, with TypeScript's own parser. Nothing is
// resolved or type-checked, and the files may exist in memory alone.
import { posix } from 'node:path'
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import {
  isCallExpression,
  isExportDeclaration,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isNewExpression,
  isPropertyAccessExpression,
  isStringLiteral,
} from 'typescript/unstable/ast/is'
import { createVirtualFileSystem } from 'typescript/unstable/fs'
import { API } from 'typescript/unstable/sync'

export type SourceText = readonly [path: string, code: string]

export type Source = {
  readonly path: string
  readonly folder: string
  readonly imports: readonly Import[]
  readonly identifiers: readonly Place[]
  /** What is called by a plain name, or made with `new`. */
  readonly calls: readonly Place[]
  /** `env` and `exit` of `process.env` and `process.exit(1)`. */
  readonly ofProcess: readonly Place[]
  /** The words of its types: `'due'` of `type State = 'due'`. */
  readonly words: readonly string[]
}

export type Place = { readonly name: string; readonly line: number }

/** `name` is a path from the root where the file is ours. */
export type Import = Place & { readonly ours: boolean; readonly typeOnly: boolean }

const CONFIG = JSON.stringify({
  compilerOptions: { noLib: true, noResolve: true, types: [] },
  include: ['**/*'],
})

export function readSources(texts: readonly SourceText[]): Source[] {
  // Each below a folder of its own, since examples share their paths.
  const files = texts.map(([path, code], index) => [`/${index}/${path}`, code] as const)
  const fs = createVirtualFileSystem({ '/tsconfig.json': CONFIG, ...Object.fromEntries(files) })
  const api = new API({ cwd: '/', fs })
  try {
    const [project] = api.updateSnapshot({ openProjects: ['/tsconfig.json'] }).getProjects()
    return texts.map(([path], index) => readSource(path, project!.program.getSourceFile(files[index]![0])!))
  } finally {
    api.close()
  }
}

/** The folder below `src/`, or `nouns` for the files right in it. Elsewhere the first: `receiver`. */
export function folderOf(path: string): string {
  const [first, second] = path.split('/')
  if (first !== 'src') return first!
  return second!.includes('.') ? 'nouns' : second!
}

function readSource(path: string, file: SourceFile): Source {
  const imports: Import[] = []
  const identifiers: Place[] = []
  const calls: Place[] = []
  const ofProcess: Place[] = []
  const words: string[] = []

  const visit = (node: Node): void => {
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
    if (isStringLiteral(node)) {
      const ours = /^\.{1,2}\/.*\.(tsx?|css)$/.test(node.text)
      const name = ours ? posix.join(posix.dirname(path), node.text) : node.text
      // Whatever names a file of ours is taken for an import: a worker's file is named by a URL.
      if (ours || namesModule(node)) imports.push({ name, line, ours, typeOnly: isTypeOnly(node.parent) })
      else if (isLiteralTypeNode(node.parent)) words.push(node.text)
    } else if (isIdentifier(node)) {
      identifiers.push({ name: node.text, line })
    } else if ((isCallExpression(node) || isNewExpression(node)) && isIdentifier(node.expression)) {
      calls.push({ name: node.expression.text, line })
    } else if (isPropertyAccessExpression(node) && isProcess(node.expression)) {
      ofProcess.push({ name: node.name.text, line })
    }
    node.forEachChild(visit)
  }
  visit(file)
  return { path, folder: folderOf(path), imports, identifiers, calls, ofProcess, words }
}

function isProcess(node: Node): boolean {
  return isIdentifier(node) && node.text === 'process'
}

function namesModule({ parent }: Node): boolean {
  if (isImportDeclaration(parent) || isExportDeclaration(parent)) return true
  if (isCallExpression(parent)) return parent.expression.kind === SyntaxKind.ImportKeyword
  return isImportTypeNode(parent.parent)
}

function isTypeOnly(parent: Node): boolean {
  if (isImportDeclaration(parent)) return parent.importClause?.phaseModifier === SyntaxKind.TypeKeyword
  if (isExportDeclaration(parent)) return parent.isTypeOnly
  return isImportTypeNode(parent.parent)
}
