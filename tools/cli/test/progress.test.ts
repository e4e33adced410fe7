import { PassThrough } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Selection } from '../src/arguments/identity-options.ts'
import { Progress } from '../src/output/progress.ts'
import { countWork } from '../src/places/count-work.ts'
import { openPlace } from '../src/places/open-place.ts'
import { engines, fill, run, session } from './support/filled-stores.ts'
import { placeOf } from './support/profile-of.ts'

function terminal() {
  return Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
}

describe.each(Object.entries(engines))('on %s', (_, place) => {
  test('the work of a command is counted in advance, for the time left', async () => {
    const at = await place()
    await fill(at)
    const stream = terminal()
    const streams = { stdin: stream, stdout: stream, stderr: stream, env: {}, cwd: '/' }
    await using open = await openPlace(placeOf(at.dsn))
    const counts = async (selection?: Selection) => [
      Object.fromEntries(await countWork({ streams }, [open], 'dumped', selection)),
      Object.fromEntries(await countWork({ streams }, [open], 'deleted', selection)),
    ]
    const all = { artifacts: 1, memory: 1, journal: 4 }
    expect(await counts()).toEqual([
      { state: 6, ...all },
      { state: 6, ...all, journal: 1 },
    ])
    expect(await counts({ ...session, runId: '' })).toEqual([
      { state: 3, ...all },
      { state: 3, ...all, journal: 1 },
    ])
    expect(await counts(run)).toEqual([
      { state: 1, artifacts: 0, memory: 0, journal: 4 },
      { state: 1, artifacts: 0, memory: 0, journal: 1 },
    ])
    const piped = { ...streams, stderr: new PassThrough() }
    expect((await countWork({ streams: piped }, [open], 'dumped')).size).toBe(0)
  })
})

test('work that cannot be counted has no total, and goes on', async () => {
  const at = await engines.SQLite()
  await fill(at)
  const stream = terminal()
  const streams = { stdin: stream, stdout: stream, stderr: stream, env: {}, cwd: '/' }
  const open = await openPlace(placeOf(at.dsn))
  await open[Symbol.asyncDispose]()
  expect((await countWork({ streams }, [open], 'dumped')).size).toBe(0)
})

test('long work shows how far it is, its rate and the time left', async () => {
  const stream = terminal()
  const progress = new Progress(stream, 'copying state', 1_000)
  await setTimeout(600)
  progress.show(500)
  const line = stripVTControlCharacters(String(stream.read()))
  expect(line).toMatch(/^\rcopying state: 500 of 1,000, [\d,]+\/s, \d+ s left$/)
  progress.end()
})
