import { parseSync, Visitor } from 'oxc-parser'

import type { Rule } from '../rule.ts'
import type { SourceFile } from '../workspace.ts'

/**
 * `instanceof` asks about the workspace's own classes only: those of a relative import, of another
 * package here, or of the file itself. An Error, a Uint8Array or an AbortSignal may come from
 * another realm, as under Jest, where it is no instance of the global class.
 */
export const noForeignInstanceof: Rule = (workspace) => {
  const names = new Set(workspace.packages.map(({ name }) => name))
  return workspace.packages.flatMap(({ files }) =>
    files.flatMap((file) => foreignTests(file, names)),
  )
}

function foreignTests({ path, source }: SourceFile, packages: ReadonlySet<string>): string[] {
  const own = new Set<string>()
  const tests: { readonly right: string; readonly line: number }[] = []
  new Visitor({
    ImportDeclaration: ({ source: from, specifiers }) => {
      if (!from.value.startsWith('.') && !packages.has(packageOf(from.value))) return
      for (const { local } of specifiers) own.add(local.name)
    },
    ClassDeclaration: ({ id }) => {
      if (id) own.add(id.name)
    },
    BinaryExpression: ({ operator, right }) => {
      if (operator !== 'instanceof') return
      const line = source.slice(0, right.start).split('\n').length
      tests.push({ right: source.slice(right.start, right.end), line })
    },
  }).visit(parseSync(path, source).program)
  return tests
    .filter(({ right }) => !own.has(right))
    .map(
      ({ right, line }) =>
        `${path}:${line} asks for an instance of ${right}: it may come from another realm, use codeOf or isError of core, or util.types`,
    )
}

function packageOf(specifier: string): string {
  return specifier.split('/', 2).join('/')
}
