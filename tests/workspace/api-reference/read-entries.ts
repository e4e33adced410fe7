import { relative } from 'node:path'

import {
  Application,
  Converter,
  Logger,
  LogLevel,
  ReflectionKind,
  TypeScript as ts,
  type MinimalNode,
  type MinimalSourceFile,
  type ParameterReflection,
  type ProjectReflection,
  type SignatureReflection,
  type TypeDocOptions,
} from 'typedoc'
import type { PackageEntry } from './entries.ts'

/** The documented names of entries, as TypeDoc reads them. */
export interface ReadEntries {
  readonly root: string
  readonly app: Application
  readonly project: ProjectReflection
  readonly program: ts.Program
  /** The source of each signature, for checks that need the body of its function. */
  readonly declarations: ReadonlyMap<SignatureReflection, ts.Node>
  /**
   * What TypeDoc found wrong, such as a link that leads nowhere, an unknown tag, or an `@param` without
   * its parameter.
   */
  readonly warnings: readonly string[]
}

/**
 * What is read, and how the pages look. They name no line of a source, so that a page changes only with
 * a name or its comment.
 */
const options = {
  name: 'API reference',
  readme: 'none',
  plugin: ['typedoc-plugin-markdown'],
  router: 'module',
  logLevel: 'Warn',
  disableSources: true,
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  validation: { notExported: false, invalidLink: true, rewrittenLink: true, notDocumented: false },
} satisfies TypeDocOptions

/** What typedoc-plugin-markdown adds to the options of TypeDoc. */
const pageOptions = {
  excludeScopesInPaths: true,
  expandParameters: true,
  hidePageHeader: true,
  // A row of a table would be wider than a terminal.
  parametersFormat: 'list',
  useCodeBlocks: true,
}

/** How the packages are compiled, without output. */
const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  module: ts.ModuleKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  noEmit: true,
}

/** Reads the sources of entries as one program, whose types `tsc -b` has checked. */
export async function readEntries(
  root: string,
  entries: readonly PackageEntry[],
): Promise<ReadEntries> {
  const program = createProgram(
    entries.map(({ source }) => source),
    { ...compilerOptions, typeRoots: [`${root}/node_modules/@types`] },
  )
  const app = await Application.bootstrapWithPlugins({ ...options, ...pageOptions, basePath: root })
  const logger = new WarningsLogger(root)
  app.logger = logger
  const declarations = new Map<SignatureReflection, ts.Node>()
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, (_context, signature, declaration) => {
    if (declaration !== undefined) declarations.set(signature, declaration)
  })
  const project = app.converter.convert(
    entries.map(({ name, source }) => {
      const sourceFile = program.getSourceFile(source)
      if (sourceFile === undefined) throw new Error(`${name} has no source ${source}`)
      return { displayName: name, program, sourceFile }
    }),
  )
  app.validate(project)
  nameDestructured(project)
  return { root, app, project, program, declarations, warnings: logger.warnings }
}

/**
 * Makes a program of sources and of the libraries that they import. What these import of others
 * stands on no page, and would be most of all that is parsed.
 */
function createProgram(
  rootNames: readonly string[],
  programOptions: ts.CompilerOptions,
): ts.Program {
  const host = ts.createCompilerHost(programOptions)
  const cache = ts.createModuleResolutionCache(host.getCurrentDirectory(), (name) => name)
  host.resolveModuleNameLiterals = (literals, importer, redirected, resolving, source) =>
    literals.map((literal) => {
      if (isOfAnother(literal.text, importer)) return { resolvedModule: undefined }
      const mode = ts.getModeForUsageLocation(source, literal, resolving)
      return ts.resolveModuleName(literal.text, importer, resolving, host, cache, redirected, mode)
    })
  return ts.createProgram({ rootNames, options: programOptions, host })
}

/**
 * Returns whether a library imports something that is not of its own scope. Zod is not meant: types
 * of libraries are inferred from its schemas.
 */
function isOfAnother(name: string, importer: string): boolean {
  if (/^zod(\/|$)/.test(name)) return false
  const folder = /.*\/node_modules\/([^/]+)\//.exec(importer)?.[1]
  return folder !== undefined && !name.startsWith('.') && name.split('/', 1)[0] !== folder
}

/** Names each parameter that a function takes apart for its type, such as `slotKey` for a `SlotKey`. */
function nameDestructured(project: ProjectReflection): void {
  const parameters = project.getReflectionsByKind(ReflectionKind.Parameter) as ParameterReflection[]
  for (const parameter of parameters) {
    const { name, type } = parameter
    if (!name.startsWith('__namedParameters') || type?.type !== 'reference') continue
    parameter.name = type.name.charAt(0).toLowerCase() + type.name.slice(1)
  }
}

/** Keeps warnings and errors, each with its file and line where TypeDoc has them. */
class WarningsLogger extends Logger {
  readonly warnings: string[] = []
  readonly #root: string

  constructor(root: string) {
    super()
    this.#root = root
  }

  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.warnings.push(message)
  }

  protected override addContext(
    message: string,
    _level: LogLevel,
    ...place: [MinimalNode?] | [number, MinimalSourceFile]
  ): string {
    const [node] = place
    const [position, source] =
      typeof node === 'object' ? [node.getStart(), node.getSourceFile()] : place
    if (typeof position !== 'number' || source === undefined) return message
    const { line } = source.getLineAndCharacterOfPosition(position)
    return `${relative(this.#root, source.fileName)}:${line + 1}: ${message}`
  }
}
