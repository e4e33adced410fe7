import { relative } from 'node:path'

import {
  ReflectionKind,
  SignatureReflection,
  type Comment,
  type CommentDisplayPart,
  type DeclarationReflection,
  type ParameterReflection,
  type Reflection,
  type TypeScript as ts,
} from 'typedoc'

import type { ReadEntries } from './read-entries.ts'
import { thrownCodes } from './thrown-codes.ts'

/** The kinds of names that have a comment of their own; a function and a method have it at each signature. */
const described =
  ReflectionKind.Module |
  ReflectionKind.Class |
  ReflectionKind.Interface |
  ReflectionKind.TypeAlias |
  ReflectionKind.Variable |
  ReflectionKind.Accessor

const signatures = ReflectionKind.CallSignature | ReflectionKind.ConstructorSignature

/** Returns what is missing or wrong in the comments of entries, each with its file, line and name. */
export function faultsOfComments(read: ReadEntries): readonly string[] {
  const codes = knownCodes(read)
  const checker = read.program.getTypeChecker()
  const faults = Object.values(read.project.reflections).flatMap((reflection) =>
    faultsOf(reflection).map((fault) => `${placeOf(read, reflection)}: ${fault}`),
  )
  return [...new Set([...faults, ...read.warnings])].toSorted()

  function faultsOf(reflection: Reflection): readonly string[] {
    if (reflection.kindOf(ReflectionKind.Property)) {
      return faultsOfProperty(reflection as DeclarationReflection)
    }
    if (reflection.kindOf(described)) return faultsOfSummary(reflection)
    if (!(reflection instanceof SignatureReflection) || !reflection.kindOf(signatures)) return []
    // The type of a function that is written in place is described where it is used, and a method that
    // a symbol of the language names, by the language.
    if (reflection.parent.kindOf(ReflectionKind.TypeLiteral)) return []
    if (reflection.name.startsWith('[')) return []
    return faultsOfSignature(reflection)
  }

  function faultsOfSignature(signature: SignatureReflection): readonly string[] {
    const isConstructor = signature.kindOf(ReflectionKind.ConstructorSignature)
    const declaration = read.declarations.get(signature)
    const summary = isConstructor ? [] : faultsOfSummary(signature)
    // The interface that it implements is where its parameters and errors are described.
    if (signature.implementationOf !== undefined) return summary
    return [
      ...summary,
      ...(signature.parameters ?? []).flatMap((each) => faultsOfParameter(signature, each)),
      ...faultsOfThrows(signature.comment, codes),
      ...(declaration === undefined ? [] : unnamedCodes(checker, signature, declaration)),
    ]
  }
}

function faultsOfSummary({ comment }: Reflection): readonly string[] {
  return textOf(comment?.summary).trim() === '' ? ['has no doc comment with a summary'] : []
}

/** The type of a property says neither the unit of a number nor what it means that it is left out. */
function faultsOfProperty(property: DeclarationReflection): readonly string[] {
  const type = property.type?.toString()
  const needsWords = property.flags.isOptional ? type !== 'undefined' : type === 'number'
  if (!needsWords || property.inheritedFrom !== undefined) return []
  // An object type that is written in place is described where it is used.
  if (property.parent?.kindOf(ReflectionKind.TypeLiteral) === true) return []
  return textOf(property.comment?.summary).trim() === ''
    ? ['is a number or optional: its comment has to say the unit, or what holds without it']
    : []
}

/** A parameter of a plain type is described by `@param`, by the summary, or by the function it links to. */
function faultsOfParameter(
  signature: SignatureReflection,
  parameter: ParameterReflection,
): readonly string[] {
  const { name, type } = parameter
  if (name.startsWith('__')) return ['destructures a parameter: name it with @param']
  if (!/^(readonly )?(string|number|boolean|unknown)(\[\])?$/.test(String(type))) return []
  if (parameter.hasComment()) return []
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).split(' ')
  const text = textOf(allParts(signature.comment)).toLowerCase()
  if (words.some((word) => text.includes(word.replace(/s$/, '')))) return []
  if (linksToParameter(signature.comment, name)) return []
  return [`does not say what "${name}" is`]
}

function linksToParameter(comment: Comment | undefined, name: string): boolean {
  return allParts(comment).some((part) => {
    if (part.kind !== 'inline-tag' || typeof part.target !== 'object') return false
    const { signatures: linked = [] } = part.target as Partial<DeclarationReflection>
    return linked.some(({ parameters = [] }) => parameters.some((each) => each.name === name))
  })
}

/** What `@throws` names as a code has to be one. */
function faultsOfThrows(comment: Comment | undefined, codes: ReadonlySet<string>): string[] {
  return (comment?.getTags('@throws') ?? []).flatMap(({ content }) => {
    const text = textOf(content)
    if (text.trim() === '') return ['has an empty @throws']
    return Array.from(text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g), ([, code = '']) => code)
      .filter((code) => !codes.has(code))
      .map((code) => `has an @throws with "${code}", which is not the code of an error`)
  })
}

/** A code that a function throws is in its comment, or in that of its class. */
function unnamedCodes(
  checker: ts.TypeChecker,
  { comment, parent }: SignatureReflection,
  declaration: ts.Node,
): string[] {
  const said = textOf([...allParts(comment), ...allParts(parent.parent?.comment)])
  return [...thrownCodes(checker, declaration)]
    .filter((code) => !said.includes(code))
    .map((code) => `throws "${code}", and its comment does not say so`)
}

/**
 * Returns the names of the interface of error codes, which stores add to, and the values of public
 * types, such as a strategy, which an `@throws` may name as well.
 */
function knownCodes({ project }: ReadEntries): ReadonlySet<string> {
  const declarations = project.getReflectionsByKind(
    ReflectionKind.Interface | ReflectionKind.TypeAlias,
  ) as DeclarationReflection[]
  const codes = declarations
    .filter(({ name }) => name === 'HarborageErrorCodes')
    .flatMap(({ children = [] }) => children.map(({ name }) => name))
  const values = declarations.flatMap(({ type }) =>
    type?.type === 'union' ? type.types.map((each) => each.toString().replaceAll('"', '')) : [],
  )
  return new Set([...codes, ...values])
}

function allParts(comment: Comment | undefined): readonly CommentDisplayPart[] {
  return [...(comment?.summary ?? []), ...(comment?.blockTags ?? []).flatMap((tag) => tag.content)]
}

function textOf(parts: readonly CommentDisplayPart[] = []): string {
  return parts.map(({ text }) => text).join('')
}

function placeOf({ root, project, program }: ReadEntries, reflection: Reflection): string {
  const named = reflection instanceof SignatureReflection ? reflection.parent : reflection
  const name = named.getFriendlyFullName()
  const { fileName = '', pos } = project.getSymbolIdFromReflection(named) ?? {}
  const file = program.getSourceFile(fileName)
  if (file === undefined || pos === undefined) return name
  const { line } = file.getLineAndCharacterOfPosition(pos)
  return `${relative(root, file.fileName)}:${line + 1}: ${name}`
}
