import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { readWorkspace } from '../architecture/workspace.ts'

const root = join(import.meta.dirname, '../..')
const table = readFileSync(join(root, 'packages/core/src/sql/repeats.md'), 'utf8')
const sources = readWorkspace(root)
  .packages.filter(({ role }) => role === 'core' || role === 'store')
  .flatMap(({ files }) => files)
  .filter(({ path }) => !path.endsWith('core/src/sql/sql-statement.ts'))
  .map(({ source }) => source)

/** Every statement and transaction of the stores, with its declaration. */
const declared = sources.flatMap((source) => [
  ...matches(source, /compile(?:Statement|AllOrNone)\(\s*'(\w+)'[^]*?repeat: '(\w+)'/g),
  ...matches(source, /\{\s*name: '(\w+)',\s*repeat: '(\w+)',?\s*\}/g),
])

function matches(text: string, pattern: RegExp): (readonly [name: string, repeat: string])[] {
  return [...text.matchAll(pattern)].map(([, name = '', repeat = '']) => [name, repeat])
}

/** What the table says of those that may write. */
const listed = new Map(matches(table, /^\| (\w+) +\| `(\w+)` +\|/gm))

test('every statement and transaction of the stores is declared and in the table of repetitions', () => {
  expect(declared.length).toBeGreaterThan(35)
  for (const [name, repeat] of declared) {
    if (repeat !== 'reads') expect([name, listed.get(name)]).toEqual([name, repeat])
    else
      expect(table.split('## Statements that change nothing')[1]).toMatch(
        new RegExp(`\\b${name}\\b`),
      )
  }
})

test('the table of repetitions lists nothing that is not there', () => {
  const names = new Set([...declared.map(([name]) => name), ...removals()])
  for (const name of listed.keys()) expect(names).toContain(name)
})

// Each call names its declaration where it stands, and not in a variable.
test('no statement is compiled in a way that these tests do not see', () => {
  const calls = sources.flatMap((source) => [
    ...source.matchAll(/\bcompile(Statement|AllOrNone)\(/g),
  ])
  // The ledgers have names that depend on their store.
  expect(calls).toHaveLength(
    sources.flatMap((source) =>
      matches(source, /compile(?:Statement|AllOrNone)\(\s*['`]([^'`]+)['`][^]*?repeat: '(\w+)'/g),
    ).length,
  )
})

/** The transactions of `removeAll`, which are never repeated. */
function removals(): string[] {
  return sources.flatMap((source) =>
    [...source.matchAll(/name: '(\w+_delete_scope)',/g)].map(([, name = '']) => name),
  )
}
