import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { overridesForNpm, withoutBinaries } from './without-binaries.ts'

export interface ConsumerProject extends AsyncDisposable {
  readonly folder: string
  write(name: string, content: string): Promise<void>
}

/** Makes a project without any package in a new folder below another one. */
export async function makeEmptyProject(parent: string): Promise<ConsumerProject> {
  const folder = await mkdtemp(join(parent, 'harborage-consumer-'))
  const project: ConsumerProject = {
    folder,
    async write(name, content) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), content)
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
  const manifest = { private: true, type: 'module', overrides: overridesForNpm }
  await project.write('package.json', JSON.stringify(manifest))
  for (const [file, content] of Object.entries(withoutBinaries)) await project.write(file, content)
  for (const [file, content] of Object.entries(configurations)) {
    await project.write(file, JSON.stringify(content))
  }
  return project
}

const strictest = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
}

/** What adapters are imported by is in a folder of its own, since it is compiled otherwise. */
const configurations = {
  'tsconfig.json': {
    compilerOptions: strictest,
    exclude: ['node_modules', 'compiled', 'adapters'],
  },
  // Declarations of LangChain, which those of LangGraph import, are wrong if optional is exact.
  'adapters/tsconfig.json': {
    compilerOptions: { ...strictest, exactOptionalPropertyTypes: false },
    exclude: ['unchecked'],
  },
  // Those of the OpenAI Agents SDK have errors beside @types/node, and those of ADK import what only
  // some of its users install.
  'adapters/unchecked/tsconfig.json': {
    compilerOptions: { ...strictest, skipLibCheck: true },
  },
}
