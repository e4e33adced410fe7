import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { expect, test } from 'vitest'

import { readWorkspace } from './workspace.ts'

const table = readFileSync(join(repositoryRoot, 'packages/core/src/sql/repeats.md'), 'utf8')
const sources = readWorkspace(repositoryRoot)
  .packages.filter(({ role }) => role === 'core' || role === 'store')
  .flatMap(({ files }) => files)
  .filter(({ path }) => !path.endsWith('core/src/sql/sql-statement.ts'))
  .map(({ source }) => source)

/**
 * What makes statements for a caller: the parameter that begins their names, and how a caller names
 * it.
 */
const makers: readonly (readonly [parameter: string, caller: RegExp])[] = [
  ['scope', /\bcompile(?:Batch)?Removal\(\s*'(\w+)'/g],
  ['batch', /\bcompileBatchRemoval\(\s*'(\w+)'/g],
  ['directory', /\bcompileDirectory\(\s*'(\w+)'/g],
  ['runs', /\bcompileRuns\(\s*'(\w+)'/g],
  ['search', /\bcompileSearch\(\s*'(\w+)'/g],
  ['removed', /\bcompileRemove\(\s*'(\w+)'/g],
  ['counted', /\bcompileCount\(\s*'(\w+)'/g],
  ['forgetting', /\bcompileForget\(\s*'(\w+)'/g],
  ['shared', /\bcompileShared\(\s*'(\w+)'/g],
  ['name', /\bcompileLargeRead\([^)]*?\bname: '(\w+)'/g],
]

const callersOfMakers = makers.map(([parameter, caller]) => ({
  parameter,
  names: sources.flatMap((each) => Array.from(each.matchAll(caller), ([, name = '']) => name)),
}))

/** Every statement and transaction of the stores, with its declaration. */
const declared = sources.flatMap((source) => [
  ...matches(source, /compile(?:Statement|AllOrNone<\w+>)\(\s*'(\w+)'[^]*?repeat: '(\w+)'/g),
  ...matches(source, /\{\s*name: '(\w+)',\s*repeat: '(\w+)'/g),
  ...callersOfMakers.flatMap(({ parameter, names }) =>
    madeWith(source, parameter).flatMap(([ending, repeat]) =>
      names.map((name) => [`${name}${ending}`, repeat] as const),
    ),
  ),
])

/** Returns the statements of a source whose names begin with a parameter, by what follows it. */
function madeWith(source: string, parameter: string) {
  return [
    ...matches(
      source,
      new RegExp(
        `compileStatement\\(\\s*\`\\$\\{${parameter}\\}(\\w*)\`[^]*?repeat: '(\\w+)'`,
        'g',
      ),
    ),
    ...matches(
      source,
      new RegExp(`\\{\\s*name: \`\\$\\{${parameter}\\}(\\w*)\`,\\s*repeat: '(\\w+)'`, 'g'),
    ),
    ...matches(
      source,
      new RegExp(`compileStatement\\(\\s*${parameter}(),[^]*?repeat: '(\\w+)'`, 'g'),
    ),
  ]
}

function matches(text: string, pattern: RegExp): (readonly [name: string, repeat: string])[] {
  return [...text.matchAll(pattern)].map(([, name = '', repeat = '']) => [name, repeat])
}

/** What the table says of those that may write. */
const listed = new Map(matches(table, /^\| (\w+) +\| `(\w+)` +\|/gm))

test('every statement and transaction of the stores is declared and in the table of repetitions', () => {
  expect(declared.length).toBeGreaterThan(40)
  for (const [name, repeat] of declared) {
    if (repeat !== 'reads') expect([name, listed.get(name)]).toEqual([name, repeat])
    else
      expect(table.split('## Statements that change nothing')[1]).toMatch(
        new RegExp(`\\b${name}\\b`),
      )
  }
})

test('the table of repetitions lists only existing statements', () => {
  const names = new Set(declared.map(([name]) => name))
  for (const name of [...listed.keys(), ...readersListed()]) expect(names).toContain(name)
})

test('the table of repetitions names the ledgers as their statements are named', () => {
  const ledgers = sources.flatMap((source) => [
    ...source.matchAll(/compileStatement\(\s*`(harbor_\$\{subsystem\.name\}\w*)`/g),
  ])
  expect(ledgers).toHaveLength(1)
  for (const store of ['state', 'artifacts', 'memory', 'journal', 'steps']) {
    const name = ledgers[0]?.[1]?.replace('${subsystem.name}', store)
    expect(table.match(/\bharbor_\w+/g)).toContain(name)
  }
})

// Each call names its declaration where it stands, and not in a variable.
test('no statement is compiled in a way that these tests do not see', () => {
  const calls = sources.flatMap((source) => [
    ...source.matchAll(/\bcompile(?:Statement\(|AllOrNone<\w+>\(\s*')/g),
  ])
  const seen = sources.flatMap((source) => [
    // The ledgers have names that depend on their store.
    ...matches(
      source,
      /compile(?:Statement|AllOrNone<\w+>)\(\s*['`]([^'`]+)['`][^]*?repeat: '(\w+)'/g,
    ),
    ...matches(source, /compileStatement\(\s*(name),[^]*?repeat: '(\w+)'/g),
  ])
  expect(calls).toHaveLength(seen.length)
  // What begins their names has callers that these tests see.
  const templates = sources.flatMap((source) => [
    ...source.matchAll(/compileStatement\(\s*`\$\{(\w+)\}/g),
  ])
  for (const [, parameter] of templates) {
    expect(makers.map(([known]) => known)).toContain(parameter)
  }
})

/** Returns what the table says of those that only read; the ledgers have names of their stores. */
function readersListed(): readonly string[] {
  const text = table.split('## Statements that change nothing')[1] ?? ''
  return [...text.matchAll(/\b(?:state|artifacts|memory|journal|steps)_\w+/g)].map(([name]) => name)
}
