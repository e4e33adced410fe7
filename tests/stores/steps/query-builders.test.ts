import { appRows, commitTogether, newEventId, type Part } from '@harborage/core'
import { openStateStore, type StateStore } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'
import { withDrizzle } from './support/with-drizzle.ts'
import { withKysely } from './support/with-kysely.ts'
import { applicationDatabases } from './support/step-databases.ts'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }

function save(state: StateStore): Part<string> {
  const bytes = Buffer.from('paid')
  return state.prepare.save({ eventId: newEventId(), identity, kind: 'order', bytes })
}

const builders = [withKysely, withDrizzle] as const

describe.for(applicationDatabases)('rows of the application on $title', ({ open }) => {
  test.for(builders)('are written as $title compiles them, once', async ({ statementsOf }) => {
    await using application = await open()
    const { database, client } = application
    const { written } = statementsOf(client)
    await using state = await openStateStore({ database })
    const record = { eventId: newEventId(), identity, kind: 'order', bytes: Buffer.from('paid') }
    const apply = () =>
      commitTogether({
        stepId: 'o9',
        parts: {
          saved: state.prepare.save(record),
          made: appRows(database, written.made),
          kept: appRows(database, written.kept),
          paid: appRows(database, written.paid),
          gone: appRows(database, written.gone),
          missed: appRows(database, written.missed),
        },
      })
    const first = await apply()
    expect(first).toEqual({ saved: 'saved', made: 2, kept: 0, paid: 1, gone: 2, missed: 0 })
    expect(await apply()).toEqual(first)
    expect(await application.query('select id, state, paid from orders order by id')).toEqual([
      { id: 'o8', state: "it's; new", paid: 0 },
      { id: 'o9', state: 'paid', paid: 1 },
    ])
  })

  test.for(builders)('are what $title writes, and nothing else', async ({ statementsOf }) => {
    await using application = await open()
    const { database, client } = application
    await using state = await openStateStore({ database })
    const before = await application.query('select id, state, paid from orders order by id')
    const { refused, failing } = statementsOf(client)
    for (const [what, statement] of Object.entries(refused)) {
      expect([what, codeOf(() => appRows(database, statement))]).toEqual([what, 'invalid_record'])
    }
    for (const [what, statement] of Object.entries(failing)) {
      const step = commitTogether({
        stepId: what,
        parts: { saved: save(state), order: appRows(database, statement) },
      })
      expect([what, await failureOf(step)]).toMatchObject([
        what,
        { code: 'app_rows_failed', part: 'order' },
      ])
    }
    expect(await application.query('select id, state, paid from orders order by id')).toEqual(
      before,
    )
    expect(await state.load(identity, 'order')).toBeUndefined()
  })
})

function codeOf(prepare: () => unknown): unknown {
  try {
    prepare()
    return undefined
  } catch (error) {
    return typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : error
  }
}
