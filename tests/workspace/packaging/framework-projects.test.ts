import { createRequire } from 'node:module'

import { isFullRun } from '@harborage/test-kit/measure'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

import {
  type ConsumerProject,
  installInEmptyProject,
  projectWithEveryPackage,
} from './consumer-project.ts'
import { type Framework, frameworks, langgraph } from './frameworks.ts'
import { installedPackages } from './installed-packages.ts'
import { neededBy } from './needed-by.ts'
import { COMPILE, runCommand, tryCommand } from './run-command.ts'

const oldestNode = createRequire(import.meta.url).resolve('node-oldest/bin/node')
const DRIVER = '@harborage/driver-sqlite'

test.each(frameworks)('$name has no other packages as peers of its adapter', (framework) => {
  expect(Object.keys(peersOf(framework)).toSorted()).toEqual(framework.peers)
})

/**
 * Who uses one framework installs no other. All of them in one project need a sixth of the time of
 * npm in a project for each, which is what the full run does.
 */
const projects = isFullRun ? frameworks.map((framework) => [framework]) : [frameworks]

describe.each(['oldest', 'newest'] as const)('a project with the %s', (age) => {
  describe.each(projects.map((installed) => ({ installed, names: namesOf(installed) })))(
    '$names',
    ({ installed: inProject }) => {
      const unchecked = inProject.filter(({ isChecked }) => !isChecked)
      let project: ConsumerProject
      let installed: ReadonlyMap<string, ReadonlySet<string>>
      beforeAll(async () => {
        project = await projectWith(inProject, age)
        installed = await installedPackages(project.folder)
        for (const framework of inProject) {
          const [file, entries] = [sourceOf(framework), entriesOf(framework)]
          const imported = entries.map((entry) => `import '${entry}'`)
          await project.write(`${file}.ts`, [...imported, framework.program].join('\n'))
          const required = entries.map((entry) => `require('${entry}')`)
          await project.write(`${file}.cjs`, [...required, framework.requiredProgram].join('\n'))
        }
      })
      afterAll(() => project[Symbol.asyncDispose]())

      test.each(inProject)('has $name once', ({ once }) => {
        for (const name of once)
          expect({ name, installed: installed.get(name)?.size }).toEqual({ name, installed: 1 })
      })

      if (inProject.includes(langgraph)) {
        test('needs nothing besides LangGraph, the state store and one engine', async () => {
          const others = ['@types/node', '@harborage/state', DRIVER]
          const expected = await neededBy([...langgraph.packages, ...others], installed)
          const needed = await neededBy([langgraph.adapter, DRIVER], installed)
          const besides = [...needed].filter((name) => !expected.has(name))
          expect(besides).toEqual([langgraph.adapter])
        })

        // Of the newest, `pnpm test` compiles the same with what LangGraph cannot: see below.
        if (isFullRun || age === 'oldest') {
          test('compiles, with all declarations checked as far as those of LangGraph can be', async () => {
            await compile('adapters')
          })
        }

        // Our declarations are the same in both, and those of the newest are checked in every run.
        if (isFullRun || age === 'newest') {
          test('has declarations that pass wherever those of LangGraph do', async () => {
            const exact = ['-p', 'adapters', '--exactOptionalPropertyTypes', 'true']
            const { output } = await tryCommand(project.folder, ...COMPILE, ...exact)
            const faulty = Array.from(
              output.matchAll(/^(\S+?)\(\d+,\d+\): error/gm),
              ([, file]) => file,
            )
            const ofLangChain = /node_modules\/(@langchain|langsmith)\//
            expect(faulty.filter((file) => !ofLangChain.test(file ?? ''))).toEqual([])
          })
        }
      }

      if (unchecked.length > 0) {
        test(`compiles what uses ${namesOf(unchecked)}`, async () => {
          await compile('adapters/unchecked')
        })
      }

      // Compiled by the tests before.
      test.each(inProject.flatMap((framework) => waysToLoad(framework, age)))(
        'runs a program of $name, with $by on the oldest Node.js',
        async ({ file, prints }) => {
          const printed = await runCommand(project.folder, oldestNode, file, `${file}.db`)
          expect(JSON.parse(printed)).toEqual(prints)
        },
      )

      async function compile(folder: string): Promise<void> {
        const emit = ['--noEmit', 'false', '--outDir', `compiled/${folder}`]
        await runCommand(project.folder, ...COMPILE, '-p', folder, ...emit)
      }
    },
  )
})

type Age = 'oldest' | 'newest'

async function projectWith(installed: readonly Framework[], age: Age): Promise<ConsumerProject> {
  if (!isFullRun && age === 'newest') return projectWithEveryPackage()
  const names = installed.flatMap((framework) => [
    ...[framework.adapter, ...framework.ours],
    ...(age === 'newest' ? framework.packages : oldestOf(framework)),
  ])
  const all = [...new Set([...names, DRIVER, '@types/node'])]
  if (isFullRun) return installInEmptyProject('npm', ...all)
  const builds = installed.flatMap(({ builds = [] }) =>
    builds.map((name) => `--allow-build=${name}`),
  )
  return installInEmptyProject('pnpm', ...builds, ...all)
}

/** Returns what users of the oldest supported version install. */
function oldestOf(framework: Framework): readonly string[] {
  const { oldest = framework.packages.filter((name) => !(name in peersOf(framework))) } = framework
  const peers = Object.entries(peersOf(framework)).map(([name, range]) => {
    const [version = ''] = /\d+\.\d+\.\d+/.exec(range) ?? []
    return `${name}@${version}`
  })
  return [...oldest, ...peers]
}

/** Returns the public entries of an adapter. */
function entriesOf({ adapter }: Framework): readonly string[] {
  const manifest = inject('manifests').find(({ name }) => name === adapter)
  const entries = Object.keys(manifest?.exports ?? {}).filter((entry) => entry !== './package.json')
  return entries.map((entry) => adapter + entry.slice(1))
}

function peersOf({ adapter }: Framework): Readonly<Record<string, string>> {
  const manifest = inject('manifests').find(({ name }) => name === adapter)
  return manifest?.peerDependencies ?? {}
}

/** A file of a project that runs the program of a framework. */
interface WayToLoad extends Framework {
  readonly by: 'import' | 'require()'
  readonly file: string
}

/** Returns both ways in the full run. Otherwise one of them: the other age has the other one. */
function waysToLoad(framework: Framework, age: Age): readonly WayToLoad[] {
  const source = sourceOf(framework)
  const ways: readonly WayToLoad[] = [
    { ...framework, by: 'import', file: `compiled/${source}.js` },
    { ...framework, by: 'require()', file: `${source}.cjs` },
  ]
  return isFullRun ? ways : ways.slice(...(age === 'oldest' ? [0, 1] : [1]))
}

/** Returns the path of the program of a framework, without its ending. */
function sourceOf({ adapter, isChecked }: Framework): string {
  return `adapters/${isChecked ? '' : 'unchecked/'}${adapter.slice('@harborage/'.length)}`
}

function namesOf(installed: readonly Framework[]): string {
  return installed.map(({ name }) => name).join(', ')
}
