import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { isFullRun } from '@harborage/test-kit/measure'
import { repositoryRoot } from '@harborage/test-kit/repository-root'

import type { ConsumerProject } from './consumer-project.ts'
import type { ExampleResult } from './example-runner.ts'
import type { Example } from './find-examples.ts'
import { typeCheck } from './type-check.ts'

/**
 * Type-checks examples and runs those that compile. Gives what is wrong, each with its file and line.
 *
 * @param strictness Options of the compiler that differ from those of a strict project.
 */
export async function faultsOf(
  project: ConsumerProject,
  examples: readonly Example[],
  strictness: object = {},
): Promise<string[]> {
  const written = await Promise.all(
    examples.filter(isProgram).map(async (example, index) => {
      const file = `src/${index}.ts`
      // As many empty lines go before the code as in the page, so that line numbers are the page's.
      const content = `${'\n'.repeat(example.line)}${example.code}\nexport {}\n`
      return { example, file, path: await project.write(file, content) }
    }),
  )
  const diagnostics = written.length === 0 ? [] : await typeCheck(project, strictness)
  const notTyped = diagnostics.map(({ file, line, code, message }) => {
    const source = written.find((each) => each.file === file)?.example.path ?? file
    return `${source}:${line}: ${code} ${message}`
  })
  const notFound = examples.filter(isMissingPiece).map(({ path, line, proof }) => {
    const file = typeof proof === 'object' ? proof.file : ''
    return `${path}:${line}: this is not a piece of ${file}`
  })
  const wrong = new Set(diagnostics.map(({ file }) => file))
  const toRun = written.filter(({ example, file }) => example.proof === 'run' && !wrong.has(file))
  const results = await run(toRun.map(({ path }) => path))
  const failed = toRun.flatMap(({ example, path }) =>
    faultsOfRun(example, results.get(path)).map((fault) => `${example.path}:${fault}`),
  )
  return [...notFound, ...notTyped, ...failed]
}

function isProgram({ proof }: Example): boolean {
  return typeof proof === 'string'
}

/**
 * Returns whether the lines of an example do not follow each other in the file that it names,
 * however indented.
 */
function isMissingPiece({ proof, code }: Example): boolean {
  if (typeof proof === 'string') return false
  const source = readFileSync(join(repositoryRoot, proof.file), 'utf8')
  return !`\n${withoutIndent(source)}\n`.includes(`\n${withoutIndent(code)}\n`)
}

function withoutIndent(code: string): string {
  return code.replaceAll(/^[ \t]+/gm, '')
}

/**
 * What an example registers with `node:test` runs when all were imported. In `pnpm test` that is the
 * first guarantee of a suite: `tests/conformance` has the others.
 */
const registered = isFullRun ? [] : ['--test-name-pattern=^[A-Z]1 ']

/** Runs the examples one after the other in one process, each in its own folder. */
async function run(paths: readonly string[]): Promise<Map<string, ExampleResult>> {
  const results = new Map<string, ExampleResult>()
  const runner = fork(join(import.meta.dirname, 'example-runner.ts'), [...paths], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: registered,
  })
  runner.on('message', (result: ExampleResult) => results.set(result.path, result))
  await once(runner, 'exit')
  return results
}

function faultsOfRun({ line, code }: Example, result: ExampleResult | undefined): string[] {
  if (result === undefined) return [`${line}: the example ended the process`]
  if (result.failure !== undefined) return [`${line}: the example failed: ${result.failure}`]
  return wrongClaims(line, code, result.printed)
}

/** Returns the comments whose `console.log` did not print what they say, in their order. */
function wrongClaims(firstLine: number, code: string, printed: readonly string[]): string[] {
  const rest = [...printed]
  return code.split('\n').flatMap((text, index) => {
    const [, claim] = /^\s*console\.log\(.*\) \/\/ (.*)$/.exec(text) ?? []
    if (claim === undefined) return []
    const found = rest.findIndex((value) => claim.startsWith(value))
    if (found === -1) {
      return [`${firstLine + index + 1}: the comment says ${claim}, printed was ${rest.join(' ')}`]
    }
    rest.splice(0, found + 1)
    return []
  })
}
