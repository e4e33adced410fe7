import { HarborageSaver, HarborageStore } from '@harborage/langgraph'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { allOfSession, newEventId, openHarborage } from 'harborage'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ring, valuesOf } from './support/graphs.ts'

const owner = { tenantId: 'acme', userId: 'ann' }
const session = { ...owner, sessionId: 't1' }
const config = { configurable: { thread_id: 't1' } }

const places: readonly (readonly [string, () => Promise<string>])[] = [
  ['SQLite', async () => `sqlite:${join(await temporaryFolder(), 'agent.db')}`],
  [
    'Postgres',
    async () => {
      const created = await createDatabase()
      onTestFinished(() => created.drop())
      return created.dsn
    },
  ],
]

test.each(places)(
  'a thread and items lie beside the data of the application on %s, opened once',
  async (_engine, place) => {
    const options = { dsn: await place(), state: { kindIndex: false } }
    const first = await openHarborage(options)
    const { state, journal, commitTogether } = first
    const graph = ring(new HarborageSaver({ state, owner }), 3)
    await graph.invoke({ log: ['begin'], document: 'a long text '.repeat(1_000) }, config)
    await new HarborageStore({ state, owner }).put(['memories'], 'tea', { text: 'green' })
    const bytes = Buffer.from('own')
    await commitTogether({
      stepId: 'own',
      parts: {
        saved: state.prepare.save({ eventId: newEventId(), identity: session, kind: 'own', bytes }),
        told: journal.prepare.append(session, 'events', [{ entryId: newEventId(), bytes }]),
      },
    })
    await first.close()

    await using again = await openHarborage(options)
    const saver = new HarborageSaver({ state: again.state, owner })
    expect(valuesOf(await ring(saver, 3).getState(config))).toMatchObject({ count: 3 })
    const items = new HarborageStore({ state: again.state, owner })
    expect(await items.get(['memories'], 'tea')).toMatchObject({ value: { text: 'green' } })
    // Erasing the session removes its thread, and what the application has of it.
    await again.state.deleteAll(allOfSession(session))
    expect(await saver.getTuple(config)).toBeUndefined()
    expect(await again.state.load(session, 'own')).toBeUndefined()
    // The saver does not close what it did not open.
    await saver.end()
    expect(await again.journal.head(session, 'events')).toMatchObject({ length: 1 })
  },
)
