import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { isFullRun } from '@harborage/test-kit/measure'
import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { beforeAll, describe, expect, test } from 'vitest'

import { publishedPatterns } from '../../../scripts/published-packages.ts'
import { faultsOf } from './check-examples.ts'
import { createConsumerProject, type ConsumerProject } from './consumer-project.ts'
import { examplesOfPage, examplesOfSource, type Example } from './find-examples.ts'
import { notInstalled } from './not-installed.ts'

const pages = globSync(
  ['*.md', 'docs/**/*.md', 'examples/*/README.md', ...inPublished('README.md')],
  // The guides are run as a whole, in projects of their own: tests/workspace/packaging/guides.ts.
  // The API reference repeats the examples of the sources.
  { cwd: repositoryRoot, exclude: ['docs/guides/**', 'docs/api/**'] },
)
const sources = globSync(inPublished('src/**/*.ts'), { cwd: repositoryRoot })

/** Where the examples are that are planted. */
const PLANTED = 'docs/planted/'

/** An example whose code begins in line 11 of a page of its own. */
interface Planted {
  readonly what: string
  readonly code: readonly string[]
  readonly proof?: 'compile' | 'run'
}

const notCompiling: readonly (Planted & { readonly report: RegExp })[] = [
  {
    what: 'does not compile',
    code: [`import { newEventId } from '@harborage/core'`, ``, `const id: number = newEventId()`],
    report: /:13: TS2322 Type 'EventId' is not assignable to type 'number'/,
  },
  {
    what: 'does not compile under strict',
    code: [`export const length = (text) => text.length`],
    report: /:11: TS7006/,
  },
  {
    what: 'imports a name that no package exports',
    code: [`import { checkKind } from '@harborage/state/internal/check-record.ts'`],
    report: /:11: TS2307/,
  },
]

/** They compile. The last one ends the process in which they run. */
const notRunning: readonly (Planted & { readonly report: RegExp })[] = [
  { what: 'throws', code: [`throw new Error('on purpose')`], report: /:10: .*on purpose/ },
  {
    what: 'does not print what its comment says',
    code: [`console.log('saved') // 'saved': fine`, `console.log(1 + 1) // 3`],
    report: /:12: the comment says 3, printed was 2/,
  },
  {
    what: 'ends the process',
    code: [`process.exit(0)`],
    report: /:10: .*ended the process/,
  },
]

const notRun: Planted = {
  what: 'compiles and is not run',
  code: [`throw new Error('on purpose')`],
  proof: 'compile',
}

const examples = [
  ...pages.flatMap((path) => examplesOfPage(path, read(path))),
  ...sources.flatMap((path) => examplesOfSource(path, read(path))),
]
// The declarations of the OpenAI Agents SDK name types of a browser.
const lib = ['es2024', 'esnext.disposable', 'dom']

// The compiler takes long, so that it sees all at once.
let faults: readonly string[]
beforeAll(async () => {
  await using project = await createExamplesProject()
  const all = [...examples, ...[...notCompiling, notRun, ...notRunning].map(planted)]
  // The declarations of ADK import what only some of its users install.
  faults = await faultsOf(project, all, { lib, skipLibCheck: true })
})

test('every example in the documentation compiles, runs, and prints what its comments say', () => {
  expect(pages).toContain('README.md')
  expect(examples.length).toBeGreaterThan(10)
  expect(faults.filter((fault) => !fault.startsWith(PLANTED))).toEqual([])
})

// As far as the packed packages need them, packaging/every-package.test.ts does so in every run.
if (isFullRun) {
  test('every example compiles where the declarations of libraries are checked', async () => {
    const others = examples.filter(({ code }) => !/from '@(google|harborage)\/adk/.test(code))
    expect(others.length).toBeLessThan(examples.length)
    await using project = await createExamplesProject()
    const compiled = others.map((each) => ({ ...each, proof: 'compile' as const }))
    expect(await faultsOf(project, compiled, { lib })).toEqual([])
  })
}

describe('an example is reported with its file and its line', () => {
  test.each([...notCompiling, ...notRunning])('if it $what', ({ what, report }) => {
    expect(faultsIn(what)).toEqual([expect.stringMatching(report)])
  })

  test('unless it is not to be run', () => {
    expect(faultsIn(notRun.what)).toEqual([])
  })

  function faultsIn(what: string): string[] {
    return faults.filter((fault) => fault.startsWith(pathOf(what)))
  }

  test('if it is not a part of the file that it names', async () => {
    await using project = await createConsumerProject()
    const proof = { file: 'packages/core/src/sql/lock-key.ts' }
    const pieces = [
      ['for (const byte of Buffer.from(name)) {', 'hash = BigInt.asUintN(64, hash)', '}'],
      ['return BigInt.asIntN(64, hash)'],
    ]
    const examples = pieces.map((code) => ({ ...planted({ what: 'is a piece', code }), proof }))
    expect(await faultsOf(project, examples)).toEqual([
      `${pathOf('is a piece')}:10: this is not a piece of ${proof.file}`,
    ])
  })
})

function inPublished(pattern: string): string[] {
  return publishedPatterns.map((folder) => `${folder}/${pattern}`)
}

function planted({ what, code, proof = 'run' }: Planted): Example {
  return { path: pathOf(what), line: 10, code: code.join('\n'), proof }
}

function pathOf(what: string): string {
  return `${PLANTED}${what}.md`
}

async function createExamplesProject(): Promise<ConsumerProject> {
  const project = await createConsumerProject()
  await project.write('src/not-installed.d.ts', notInstalled)
  return project
}

function read(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8')
}
