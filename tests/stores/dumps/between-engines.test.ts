import { measure } from '@harborage/test-kit/measure'
import { expect, test } from 'vitest'
import { copyStores, linesOf } from './support/copy-stores.ts'
import { fillStores } from './support/fill-stores.ts'
import { inMemory, onPostgres, onSqlite } from './support/four-stores.ts'

const SEEDS = Array.from({ length: measure({ quick: 2, full: 20 }) }, (_, seed) => seed + 1)
const CALLS = measure({ quick: 400, full: 3_000 })

test.for(SEEDS)(
  'from SQLite to Postgres and back to SQLite, generated stores stay the same (seed %i)',
  async (seed) => {
    const first = await onSqlite()
    await fillStores(first, seed, CALLS)
    const lines = await linesOf(first)
    const postgres = await onPostgres()
    const answer = { loaded: lines.length, unchanged: 0 }
    expect(await copyStores(first, postgres)).toEqual(answer)
    expect(await linesOf(postgres)).toEqual(lines)
    const last = await onSqlite()
    expect(await copyStores(postgres, last)).toEqual(answer)
    expect(await linesOf(last)).toEqual(lines)
    // Once more changes nothing.
    expect(await copyStores(first, postgres)).toEqual({ loaded: 0, unchanged: lines.length })
    expect(await linesOf(postgres)).toEqual(lines)
  },
)

test('what is loaded in memory and from there on an engine stays the same', async () => {
  const first = await onSqlite()
  await fillStores(first, 7, CALLS)
  const lines = await linesOf(first)
  const memory = await inMemory()
  await copyStores(first, memory)
  expect(await linesOf(memory)).toEqual(lines)
  const last = await onPostgres()
  await copyStores(memory, last)
  expect(await linesOf(last)).toEqual(lines)
})

test('both sides of a copy go on in the same way', async () => {
  const first = await onSqlite()
  await fillStores(first, 3, CALLS)
  const second = await onPostgres()
  await copyStores(first, second)
  const run = { tenantId: 'a', userId: 'a.b', sessionId: 'é', runId: '' }
  for (const { memory, state, journal } of [first, second]) {
    await memory.addTurn(run, { userMessage: 'next', assistantResponse: 'x' })
    expect(await state.count(run, '')).toBe(await first.state.count(run, ''))
    expect(await journal.head(run, 'a')).toEqual(await first.journal.head(run, 'a'))
  }
  const contexts = await Promise.all([first, second].map(({ memory }) => memory.getLlmContext(run)))
  const said = contexts.map(({ recentTurns }) => recentTurns.map(({ userMessage }) => userMessage))
  expect(said[1]).toEqual(said[0])
})
