import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { isFullRun } from '@harborage/test-kit/measure'
import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { afterAll, beforeAll, expect, test } from 'vitest'

import type { CountedWalks } from './count-process.ts'
import { openDatabases, type EngineName } from './databases.ts'
import { callNames } from './measured-calls.ts'
import { countWalks, orderWalks, runUninlined } from './start-count.ts'

const script = join(import.meta.dirname, 'support/known-walk.ts')

/** A package with a call whose walk is known. */
const knownCheckout = {
  'package.json': '{ "type": "module" }',
  'packages/known/src/index.ts': `
import kysely from 'kysely'
import { add, Box, type Numbered } from './inner.ts'

export async function call(): Promise<number> {
  const box = new Box<Numbered>({ number: 1 })
  await null
  await null
  const sum = [1, 2, 3].map((value) => add(value, constant())).reduce((one, other) => one + other)
  for (const value of box.twice()) add(value.number, sum)
  return kysely(await box.later())
}

const constant = (): number => 1
export const uncalled = (): number => 2
`,
  'packages/known/src/inner.ts': `
export interface Numbered { readonly number: number }

export function add(one: number, other: number): number {
  return one + other
}

export class Box<Content extends Numbered> {
  readonly #content: Content

  constructor(content: Content) {
    this.#content = content
  }

  *twice(): Generator<Content> {
    yield this.#content
    yield this.#content
  }

  async later(): Promise<number> {
    const { number } = await Promise.resolve(this.#content)
    return number
  }
}
`,
  'packages/known/node_modules/kysely/package.json':
    '{ "name": "kysely", "type": "module", "exports": "./index.js" }',
  'packages/known/node_modules/kysely/index.js': `
export default function outer(value) {
  return inner(value) + inner(value)
}
function inner(value) {
  return value
}`,
}

let checkout: string
beforeAll(async () => {
  checkout = await realpath(await mkdtemp(join(tmpdir(), 'harborage-walks-')))
  for (const [path, content] of Object.entries(knownCheckout)) {
    await mkdir(dirname(join(checkout, path)), { recursive: true })
    await writeFile(join(checkout, path), content)
  }
})
afterAll(() => rm(checkout, { recursive: true }))

test('a known call is counted right', async () => {
  expect(JSON.parse(await runUninlined([script, 'count', checkout]))).toEqual({
    own: { files: 2, functions: 8, calls: 17 },
    longest: { lines: 8, place: 'packages/known/src/index.ts:5' },
    libraries: {
      kysely: { files: 1, functions: 2, calls: 3 },
      pg: { files: 0, functions: 0, calls: 0 },
      'better-sqlite3': { files: 0, functions: 0, calls: 0 },
    },
  })
})

test('the functions of a known call are listed in the order of their first calls', async () => {
  const passed = JSON.parse(await runUninlined([script, 'order', checkout])) as {
    name: string
    calls: number
    lines: number
    place: string
  }[]
  const index = 'packages/known/src/index.ts'
  const inner = 'packages/known/src/inner.ts'
  expect(passed.map(({ name, calls, lines, place }) => [name, calls, lines, place])).toEqual([
    ['call', 1, 8, `${index}:5`],
    ['Box.constructor', 1, 3, `${inner}:11`],
    ['(in call)', 3, 1, `${index}:9`],
    ['constant', 3, 1, `${index}:14`],
    ['add', 5, 3, `${inner}:4`],
    ['(in call)', 2, 1, `${index}:9`],
    ['Box.twice', 1, 4, `${inner}:15`],
    ['Box.later', 1, 4, `${inner}:20`],
  ])
})

if (isFullRun) {
  // The end of a turn of the event loop, and a reading of the clock for it, fall into some calls and
  // not into others, so that two runs may differ by one. `pnpm test` compares them for a known call.
  test(
    'what is counted and what is listed of each call of a store is the same',
    { retry: 3 },
    async () => {
      counts.delete('sqlite')
      const counted = await countOn('sqlite')
      const folder = await mkdtemp(join(checkout, 'listed-'))
      const listed = await orderWalks(repositoryRoot, `sqlite:${join(folder, 'listed.db')}`)
      for (const call of callNames) {
        const { own } = counted[call]
        const places = listed[call].map(({ place }) => place.replace(/:\d+$/, ''))
        const calls = listed[call].reduce((sum, passed) => sum + passed.calls, 0)
        expect({ call, ...own }).toEqual({
          call,
          files: new Set(places).size,
          functions: places.length,
          calls,
        })
        expect(own.files).toBeGreaterThan(10)
      }
    },
  )
}

test.each([
  ['sqlite', 'save', { files: 18, calls: 89 }],
  ['sqlite', 'addTurn', { files: 39, calls: 230 }],
  ['sqlite', 'commitTogether', { files: 66, calls: 720 }],
  ['postgres', 'save', { files: 17, calls: 95 }],
  ['postgres', 'addTurn', { files: 39, calls: 249 }],
  ['postgres', 'commitTogether', { files: 69, calls: 840 }],
] as const)('on %s a warm %s passes little code', async (engine, call, most) => {
  const { [call]: walk } = await countOn(engine)
  expect(walk.own.files).toBeLessThanOrEqual(most.files)
  expect(walk.own.calls).toBeLessThanOrEqual(most.calls)
  expect(walk.longest?.lines).toBeLessThanOrEqual(60)
})

const counts = new Map<EngineName, Promise<CountedWalks>>()

/** Counts every call on an engine, once. */
function countOn(engine: EngineName): Promise<CountedWalks> {
  const counted = counts.get(engine) ?? count(engine)
  counts.set(engine, counted)
  return counted
}

async function count(engine: EngineName): Promise<CountedWalks> {
  await using databases = await openDatabases(engine)
  return await countWalks(repositoryRoot, await databases.create())
}
