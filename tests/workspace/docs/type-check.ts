import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, relative } from 'node:path'
import { text } from 'node:stream/consumers'

import { isFullRun } from '@harborage/test-kit/measure'
import { repositoryRoot } from '@harborage/test-kit/repository-root'

import { publishedPackages } from '../../../scripts/published-packages.ts'
import type { ConsumerProject } from './consumer-project.ts'

/** What the compiler says about one place. */
export interface Diagnostic {
  /** From the folder of the project. */
  readonly file: string
  readonly line: number
  /** As in `TS2322`. */
  readonly code: string
  readonly message: string
}

const compilerOptions = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  types: ['node'],
  module: 'nodenext',
  strict: true,
  skipLibCheck: false,
  noEmit: true,
  // The packages are entered by their sources here, if not built.
  allowImportingTsExtensions: true,
}

/**
 * The packages, of which the compiler then reads the declarations that `pnpm test` has just built
 * from checked sources. Elsewhere it reads the sources, which takes as long again.
 */
const references =
  process.env['HARBORAGE_IS_BUILT'] === '1' && !isFullRun
    ? publishedPackages(repositoryRoot).map(({ folder }) => ({
        path: join(repositoryRoot, folder),
      }))
    : []

/** Type-checks every file of the project in one run, as strictly as its users may. */
export async function typeCheck(
  project: ConsumerProject,
  strictness: object = {},
): Promise<Diagnostic[]> {
  await project.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: { ...compilerOptions, ...strictness },
      include: ['src'],
      references,
    }),
  )
  // Beside other tests, several threads only do some of the work twice.
  const flags = ['--pretty', 'false', '--singleThreaded']
  const tsc = spawn(join(repositoryRoot, 'node_modules/.bin/tsc'), flags, {
    cwd: project.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output, [status]] = await Promise.all([
    text(tsc.stdout),
    once(tsc, 'exit') as Promise<[number]>,
  ])
  const diagnostics = parse(project, output)
  if (status !== 0 && diagnostics.length === 0) throw new Error(`the compiler failed:\n${output}`)
  return diagnostics
}

function parse({ folder }: ConsumerProject, output: string): Diagnostic[] {
  const pattern = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*(?:\n .*)*)/gm
  return Array.from(output.matchAll(pattern), ([, file = '', line, code = '', message = '']) => ({
    file: relative(folder, join(folder, file)),
    line: Number(line),
    code,
    message,
  }))
}
