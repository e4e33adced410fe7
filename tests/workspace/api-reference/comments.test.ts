import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { faultsOfComments } from './check-comments.ts'
import { plantedComments, plantedHead } from './planted-comments.ts'
import { readEntries } from './read-entries.ts'

describe('a comment of a public name', () => {
  let folder: string
  let faults: readonly string[]
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-comments-'))
    const entries = [
      {
        name: 'planted',
        content: plantedHead + plantedComments.map(({ source }) => source).join('\n'),
      },
      { name: 'silent-entry', content: '/** A constant. */\nexport const one: string = ""' },
    ].map(async ({ name, content }) => {
      const source = join(folder, `${name}.ts`)
      await writeFile(source, content)
      return { name, source }
    })
    faults = faultsOfComments(await readEntries(folder, await Promise.all(entries)))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test.each(plantedComments)('is red, or not, for $what', ({ source, faults: expected }) => {
    const names = Array.from(source.matchAll(/export \w+ (\w+)/g), ([, name = '']) => name)
    const found = faults.filter((fault) =>
      names.some((name) => new RegExp(`planted\\.${name}\\b`).test(fault)),
    )
    const said = found.map((fault) => fault.replaceAll(/planted\.(?!ts)/g, '')).toSorted()
    expect(said).toHaveLength(expected.length)
    const missing = expected.filter((fault) => !said.some((each) => each.includes(fault)))
    expect(missing).toEqual([])
  })

  test('is red for an entry without one', () => {
    expect(faults).toContain('silent-entry.ts:2: silent-entry: has no doc comment with a summary')
  })

  test('is red only for what was planted', () => {
    const planted = plantedComments.flatMap(({ faults: expected }) => expected)
    expect(faults).toHaveLength(planted.length + 1)
  })
})
