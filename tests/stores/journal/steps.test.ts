import { commitTogether, newEventId, openDatabase, type Database } from '@harborage/core'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { openStateStore, type StateStore } from '@harborage/state'
import { collect } from '@harborage/test-kit/collect'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { describe, expect, onTestFinished, test } from 'vitest'

const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

const places: readonly (readonly [name: string, open: () => Promise<Database | undefined>])[] = [
  ['in memory', async () => undefined],
  ['on SQLite', () => openDatabase('sqlite::memory:')],
  [
    'on Postgres',
    async () => {
      const created = await createDatabaseWithTables()
      onTestFinished(() => created.drop())
      return openDatabase(created.dsn)
    },
  ],
]

async function openStores(open: () => Promise<Database | undefined>) {
  const database = await open()
  const on = database === undefined ? {} : { database }
  const state = await openStateStore(on)
  const journal = await openJournalStore(on)
  onTestFinished(async () => {
    await state.close()
    await journal.close()
    await database?.close()
  })
  return { state, journal }
}

function entry(text: string) {
  return { entryId: newEventId(), bytes: Buffer.from(text) }
}

function checkpoint(state: StateStore) {
  const eventId = newEventId()
  return state.prepare.save({ eventId, identity: session, kind: 'step', bytes: Buffer.from('1') })
}

async function textsOf(journal: JournalStore): Promise<string[]> {
  const entries = await collect(journal.read(session, 'log'))
  return entries.map(({ bytes }) => Buffer.from(bytes).toString())
}

describe.for(places)('%s', ([, open]) => {
  test('appends and saves of a step are applied together, those of one stream in order', async () => {
    const { state, journal } = await openStores(open)
    const { first, second, saved } = await commitTogether({
      parts: {
        saved: checkpoint(state),
        first: journal.prepare.append(session, 'log', [entry('a'), entry('b')]),
        second: journal.prepare.append(session, 'log', [entry('c')], { ifPosition: 2 }),
        other: journal.prepare.append(session, 'another', [entry('d')], { ifPosition: 0 }),
      },
    })
    expect(saved).toBe('saved')
    expect(first.entries.map(({ position }) => position)).toEqual([1, 2])
    expect(second.head).toMatchObject({ position: 3, length: 3 })
    expect(await textsOf(journal)).toEqual(['a', 'b', 'c'])
    expect(await journal.head(session, 'log')).toEqual(second.head)
  })

  test('a part that fails is named, and nothing of the step is applied', async () => {
    const { state, journal } = await openStores(open)
    await journal.append(session, 'log', [entry('a')])
    const failing = commitTogether({
      parts: {
        saved: checkpoint(state),
        event: journal.prepare.append(session, 'log', [entry('b')], { ifPosition: 0 }),
      },
    })
    await expect(failing).rejects.toMatchObject({ code: 'condition_failed', part: 'event' })
    expect(await state.load(session, 'step')).toBeUndefined()
    expect(await textsOf(journal)).toEqual(['a'])
  })

  test('a repeated step answers as the first time, dates included', async () => {
    const { state, journal } = await openStores(open)
    const [a, b] = [entry('a'), entry('b')]
    const record = {
      eventId: newEventId(),
      identity: session,
      kind: 'step',
      bytes: Buffer.from('1'),
    }
    const step = () =>
      commitTogether({
        stepId: 'step 1',
        parts: {
          saved: state.prepare.save(record),
          event: journal.prepare.append(session, 'log', [a, b]),
        },
      })
    const answer = await step()
    await journal.append(session, 'log', [entry('later')])
    expect(await step()).toEqual(answer)
    expect(answer.event.head.updatedAt).toBeInstanceOf(Date)
    expect(await textsOf(journal)).toEqual(['a', 'b', 'later'])
  })

  test('a replacement in a step needs a step id, and is repeated by it', async () => {
    const { journal } = await openStores(open)
    await journal.append(session, 'log', [entry('a'), entry('b')])
    const operationId = newEventId()
    const [replaced, after] = [entry('c'), entry('d')]
    const parts = () => ({
      replaced: journal.prepare.replaceAfter({
        owner: session,
        stream: 'log',
        position: 1,
        entries: [replaced],
        operationId,
        ifPosition: 2,
      }),
      event: journal.prepare.append(session, 'log', [after]),
    })
    await expect(commitTogether({ parts: parts() })).rejects.toMatchObject({
      code: 'invalid_record',
    })
    const answer = await commitTogether({ stepId: 'step 1', parts: parts() })
    expect(answer.replaced).toMatchObject({ position: 4, length: 2 })
    expect(await textsOf(journal)).toEqual(['a', 'c', 'd'])
    await journal.append(session, 'log', [entry('later')])
    expect(await commitTogether({ stepId: 'step 1', parts: parts() })).toEqual(answer)
    expect(await textsOf(journal)).toEqual(['a', 'c', 'd', 'later'])
  })

  test('a late retry without a step id applies no half', async () => {
    const { state, journal } = await openStores(open)
    const a = entry('a')
    await journal.append(session, 'log', [a])
    await journal.trim(session, 'log', { before: 2 })
    const late = commitTogether({
      parts: { saved: checkpoint(state), event: journal.prepare.append(session, 'log', [a]) },
    })
    await expect(late).rejects.toMatchObject({ code: 'condition_failed' })
    expect(await state.load(session, 'step')).toBeUndefined()
  })

  test('a follower is woken by a step', async () => {
    const { state, journal } = await openStores(open)
    await journal.append(session, 'log', [entry('a')])
    const followed: string[] = []
    const following = (async () => {
      for await (const each of journal.follow(session, 'log')) {
        if ('replacedAfter' in each) continue
        if (followed.push(Buffer.from(each.bytes).toString()) === 2) return
      }
    })()
    await commitTogether({
      parts: {
        saved: checkpoint(state),
        event: journal.prepare.append(session, 'log', [entry('b')]),
      },
    })
    await following
    expect(followed).toEqual(['a', 'b'])
  })
})
