import { parseSync, Visitor, type Comment } from 'oxc-parser'

import type { Rule } from '../rule.ts'
import type { SourceFile } from '../workspace.ts'

const MAX_LINES = 350
const MAX_COLUMNS = 100

/** Words and phrases that plain English does without, also across the lines of a comment. */
const avoided = ['whoever', 'whatever', 'nobody', 'somebody', 'so many', 'stands against'].map(
  (phrase) => [phrase, new RegExp(`\\b${phrase.replace(' ', '[\\s*/]+')}\\b`, 'gi')] as const,
)

/** Beginnings of a doc comment that leave open what a function does. */
const vagueVerb = /^(?:Gives|Says|Tells)\b/
const nounOrQuestion = /^(?:Whether|What|How|Which|As|The|An?|All|Each|Every)\b/

/** Reports words and phrases that are hard to read in the sources of published packages. */
export const sourcesUsePlainWords: Rule = ruleAboutFiles(({ path, source }) =>
  avoided.flatMap(([phrase, pattern]) =>
    [...source.matchAll(pattern)].map(
      ({ index }) => `${path}:${lineAt(source, index)} says "${phrase}": use a plain noun`,
    ),
  ),
)

/** Reports doc comments of functions that do not begin with what the function does. */
export const functionDocsBeginWithAVerb: Rule = ruleAboutFiles(({ path, source }) => {
  const { program, comments } = parseSync(path, source)
  const starts = functionStarts(program)
  return comments.flatMap(({ type, value, start, end }) => {
    const kind = starts.get(nextStart(source, end))
    if (kind === undefined || type !== 'Block' || !value.startsWith('*')) return []
    const text = value.replace(/^[\s*]+/, '')
    // A getter is read like a field, which a noun describes.
    const found =
      vagueVerb.exec(text) ?? (kind === 'function' ? nounOrQuestion.exec(text) : undefined)
    if (!found) return []
    return [
      `${path}:${lineAt(source, start)} documents a function with "${found[0]} ...": begin with a verb such as Returns, Resolves to or Checks`,
    ]
  })
})

/** Reports lines of comments that are wider than the width in .editorconfig. */
export const commentsFitTheirWidth: Rule = ruleAboutFiles(({ path, source }) => {
  const lines = source.split('\n')
  return parseSync(path, source).comments.flatMap((comment) =>
    linesOf(source, comment)
      .filter((line) => isWide(lines[line - 1] ?? ''))
      .map((line) => `${path}:${line} is a comment wider than ${MAX_COLUMNS} columns`),
  )
})

/** Reports files that are too long to hold one thing. */
export const filesAreShort: Rule = ruleAboutFiles(({ path, source }) => {
  const lines = source.split('\n').length - 1
  return lines > MAX_LINES ? [`${path} has ${lines} lines, and may have ${MAX_LINES}`] : []
})

function ruleAboutFiles(violations: (file: SourceFile) => readonly string[]): Rule {
  return ({ packages }) => packages.flatMap(({ files }) => files.flatMap(violations))
}

/** Returns where functions, methods and getters begin, with their `export` if they have one. */
function functionStarts(
  program: ReturnType<typeof parseSync>['program'],
): ReadonlyMap<number, 'function' | 'getter'> {
  const starts = new Map<number, 'function' | 'getter'>()
  const add = ({ start }: { readonly start: number }): void => {
    starts.set(start, 'function')
  }
  const functionTypes = ['FunctionExpression', 'ArrowFunctionExpression', 'TSFunctionType']
  const isFunction = (node?: { readonly type: string } | null): boolean =>
    node !== undefined && node !== null && functionTypes.includes(node.type)
  const addDeclaration = (
    node: { readonly start: number },
    declaration?: Declared | null,
  ): void => {
    if (declaration === undefined || declaration === null) return
    const { type, declarations = [] } = declaration
    if (type === 'FunctionDeclaration' || type === 'TSDeclareFunction') add(node)
    if (declarations.some(({ init }) => isFunction(init))) add(node)
  }
  new Visitor({
    ExportNamedDeclaration: (node) => addDeclaration(node, node.declaration),
    ExportDefaultDeclaration: ({ start, declaration }) => {
      if (declaration.type === 'FunctionDeclaration') add({ start })
    },
    FunctionDeclaration: (node) => addDeclaration(node, node),
    TSDeclareFunction: (node) => addDeclaration(node, node),
    VariableDeclaration: (node) => addDeclaration(node, node),
    MethodDefinition: ({ start, kind }) => {
      starts.set(start, kind === 'get' ? 'getter' : 'function')
    },
    TSAbstractMethodDefinition: add,
    TSMethodSignature: add,
    TSPropertySignature: ({ start, typeAnnotation }) => {
      if (isFunction(typeAnnotation?.typeAnnotation)) add({ start })
    },
    PropertyDefinition: ({ start, value }) => {
      if (isFunction(value)) add({ start })
    },
    Property: ({ start, value }) => {
      if (isFunction(value)) add({ start })
    },
  }).visit(program)
  return starts
}

interface Declared {
  readonly type: string
  readonly declarations?: readonly { readonly init?: { readonly type: string } | null }[]
}

function nextStart(source: string, end: number): number {
  return end + (/\S/.exec(source.slice(end))?.index ?? 0)
}

function lineAt(source: string, position: number): number {
  return source.slice(0, position).split('\n').length
}

/** Returns the numbers of the lines that a comment has to itself. */
function linesOf(source: string, { start, end }: Comment): readonly number[] {
  const first = lineAt(source, start)
  const beginning = source.slice(source.lastIndexOf('\n', start - 1) + 1, start)
  const numbers = Array.from({ length: lineAt(source, end) - first + 1 }, (_, line) => first + line)
  return beginning.trim() === '' ? numbers : numbers.slice(1)
}

function isWide(line: string): boolean {
  return Array.from(line).length > MAX_COLUMNS
}
