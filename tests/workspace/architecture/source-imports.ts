import { parseSync, Visitor } from 'oxc-parser'

export interface SourceImport {
  readonly specifier: string
  /** `type` imports leave no trace at run time, but they do in the published declarations. */
  readonly kind: 'value' | 'type' | 'dynamic'
  readonly line: number
}

/** Returns every module that a TypeScript file names, in any form. */
export function sourceImports(path: string, source: string): readonly SourceImport[] {
  const { program, errors } = parseSync(path, source)
  const [error] = errors
  if (error) throw new Error(`${path} cannot be parsed: ${error.message}`)

  const found: SourceImport[] = []
  const add = (specifier: string, kind: SourceImport['kind'], position: number): void => {
    found.push({ specifier, kind, line: source.slice(0, position).split('\n').length })
  }
  new Visitor({
    ImportDeclaration: (node) => add(node.source.value, node.importKind ?? 'value', node.start),
    ExportAllDeclaration: (node) => add(node.source.value, node.exportKind ?? 'value', node.start),
    ExportNamedDeclaration: (node) => {
      if (node.source) add(node.source.value, node.exportKind ?? 'value', node.start)
    },
    ImportExpression: (node) => {
      if (node.source.type === 'Literal') add(String(node.source.value), 'dynamic', node.start)
    },
    TSImportType: (node) => add(node.source.value, 'type', node.start),
    TSExternalModuleReference: (node) => add(node.expression.value, 'value', node.start),
    TSModuleDeclaration: (node) => {
      if (node.id.type === 'Literal') add(node.id.value, 'type', node.start)
    },
  }).visit(program)
  return found.toSorted((one, other) => one.line - other.line)
}
